// SPDX-License-Identifier: Apache-2.0
// What asking one probe after the other would have found, from the answers that are there (spec
// 2.2, 2.4, 2.5): the walk stops at the first ask whose end is not known yet.
#include "svid/state.h"

// No ask from here on can matter: some hard match stands before it.
static uint32_t bound_from(const struct svid *s, uint32_t from, const struct found *soft)
{
    for (uint32_t i = from; i < s->round.n; i++)
        if (s->round.asks[i].hard && choose_fits(s, &s->round.asks[i], soft))
            return i;
    return s->round.n;
}

struct verdict judge(const struct svid *s, bool is_last)
{
    struct verdict v = {.kind = VERDICT_END, .soft = s->told, .bound = s->round.n};
    for (uint32_t i = 0; i < s->round.n; i++) {
        const struct ask *a = &s->round.asks[i];
        if (a->state == ASK_OVER ? !a->soft && !a->hard : is_last && !a->soft)
            continue;
        if (!choose_fits(s, a, v.soft))
            continue;
        if (a->state != ASK_OVER && !is_last) {
            v.kind = VERDICT_OPEN;
            v.at = i;
            v.bound = bound_from(s, i, v.soft);
            return v;
        }
        if (a->soft && !v.soft)
            v.soft = a->soft;
        if (a->hard) {
            v.kind = VERDICT_HARD;
            v.at = i;
            v.hard = a->hard;
            return v;
        }
    }
    return v;
}
