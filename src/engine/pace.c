// SPDX-License-Identifier: Apache-2.0
#include "engine/pace.h"

enum { LATE_NS = 100000000 };

void pace_init(struct pace *p, double max_rate)
{
    *p =
        (struct pace){.gap_ns = max_rate > 0 ? (uint64_t)(1e9 / max_rate) : 0, .slack_ns = 2000000};
}

uint64_t pace_ready(const struct pace *p)
{
    return p->next_ns;
}

void pace_refuse(struct pace *p)
{
    p->is_wanted = true;
}

void pace_spend(struct pace *p, uint64_t now_ns)
{
    if (p->gap_ns == 0)
        return;
    // A wake-up may come late by many gaps on a busy machine; that much is made up for, so the
    // rate is kept.
    const uint64_t late_ns = 2 * p->gap_ns > LATE_NS ? 2 * p->gap_ns : LATE_NS;
    const uint64_t slack_ns = p->is_wanted && p->slack_ns < late_ns ? late_ns : p->slack_ns;
    const uint64_t earliest = now_ns > slack_ns ? now_ns - slack_ns : 0;
    const uint64_t from = p->next_ns > earliest ? p->next_ns : now_ns;
    p->next_ns = from + p->gap_ns;
    p->is_wanted = p->is_wanted && p->next_ns <= now_ns;
}
