// SPDX-License-Identifier: Apache-2.0
// The gap between hosts grows by half when packets were dropped or wake-ups came late, and shrinks
// by a tenth in a period without trouble. Trains of probes have a spacing of 100 ms and are
// accepted with an error of a few: that is what "late" is measured by.
#include "stage/gate.h"

enum { PERIOD_MS = 100, LATE_MS = 3 };

#define MS UINT64_C(1000000)

static const uint64_t gap_first = 400000; // 2,500 hosts a second
static const uint64_t gap_least = 200000;
static const uint64_t gap_most = 4 * MS;

void gate_init(struct gate *g)
{
    *g = (struct gate){.gap_ns = gap_first};
}

bool gate_enter(struct gate *g, uint64_t now_ns)
{
    if (now_ns < g->next_ns)
        return false;
    // What a late wake-up cost is made up for, but not in a burst that makes the next one late.
    const uint64_t slack = 4 * g->gap_ns;
    const uint64_t from = g->next_ns + slack > now_ns ? g->next_ns : now_ns;
    g->next_ns = from + g->gap_ns;
    return true;
}

void gate_note_late(struct gate *g, uint64_t late_ns)
{
    g->late_ns += late_ns;
    g->n_wakes++;
}

bool gate_is_due(const struct gate *g, uint64_t now_ns)
{
    return now_ns >= g->period_ns;
}

void gate_review(struct gate *g, uint64_t dropped, uint64_t now_ns)
{
    const bool is_late = g->late_ns > g->n_wakes * LATE_MS * MS;
    const bool is_trouble = dropped > g->dropped || is_late;
    const uint64_t gap = is_trouble ? g->gap_ns + g->gap_ns / 2 : g->gap_ns - g->gap_ns / 10;
    g->gap_ns = gap < gap_least ? gap_least : gap > gap_most ? gap_most : gap;
    g->dropped = dropped;
    g->late_ns = g->n_wakes = 0;
    g->period_ns = now_ns + PERIOD_MS * MS;
}
