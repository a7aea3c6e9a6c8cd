// SPDX-License-Identifier: Apache-2.0
// The gap between hosts grows by half when packets were dropped or wake-ups came late, and shrinks
// by a tenth in a period without trouble. Trains of probes have a spacing of 100 ms and are
// accepted with an error of a few: that is what "late" is measured by. Where the work that follows
// the probes is what takes the time, hosts enter as fast as others are done with.
#include "stage/gate.h"

enum {
    PERIOD_MS = 100,
    LATE_MS = 2,
    WAKES_LEAST = 8,   // few tell nothing
    BEHIND_LEAST = 8,  // hosts whose work waits: as many enter as are done
    BEHIND_MUCH = 128, // fewer enter
    BEHIND_MOST = 768, // nobody does
};

#define MS UINT64_C(1000000)

static const uint64_t second_ns = 1000 * MS;
static const uint64_t gap_first = 250000; // 4,000 hosts a second
static const uint64_t gap_least = 150000;
static const uint64_t gap_most = 4 * MS;

void gate_init(struct gate *g)
{
    *g = (struct gate){.gap_ns = gap_first, .least_ns = gap_first, .rate = second_ns / gap_least};
}

bool gate_enter(struct gate *g, uint32_t n_behind, uint64_t now_ns)
{
    if (now_ns < g->next_ns)
        return false;
    // What a late wake-up cost is made up for, but not in a burst that makes the next one late.
    const uint64_t slack = 4 * g->gap_ns;
    const uint64_t from = g->next_ns + slack > now_ns ? g->next_ns : now_ns;
    g->next_ns = from + g->gap_ns;
    return n_behind < BEHIND_MOST;
}

void gate_note_late(struct gate *g, uint64_t late_ns)
{
    g->late_ns += late_ns;
    g->n_wakes++;
}

void gate_note_done(struct gate *g)
{
    g->n_done++;
}

bool gate_is_due(const struct gate *g, uint64_t now_ns)
{
    return now_ns >= g->period_ns;
}

// Hosts a second that are done with, as long as there is always something to do; else more may be.
static uint64_t rate_of(const struct gate *g, bool is_behind, uint64_t now_ns)
{
    const uint64_t since_ns = now_ns + PERIOD_MS * MS - g->period_ns;
    if (is_behind && g->was_behind)
        return (3 * g->rate + g->n_done * second_ns / since_ns) / 4;
    const uint64_t more = g->rate + g->rate / 8 + 1;
    return more < second_ns / gap_least ? more : second_ns / gap_least;
}

// Between two hosts, so that probes leave in time.
static uint64_t gap_for(const struct gate *g, bool is_trouble)
{
    const uint64_t gap =
        is_trouble ? g->least_ns + g->least_ns / 2 : g->least_ns - g->least_ns / 10;
    return gap < gap_least ? gap_least : gap > gap_most ? gap_most : gap;
}

void gate_review(struct gate *g, uint64_t dropped, uint32_t n_behind, uint64_t now_ns)
{
    const bool is_late = g->n_wakes >= WAKES_LEAST && g->late_ns > g->n_wakes * LATE_MS * MS;
    const bool is_behind = n_behind >= BEHIND_LEAST;
    g->rate = rate_of(g, is_behind, now_ns);
    g->least_ns = gap_for(g, dropped > g->dropped || is_late);
    const uint64_t keeps_ns = second_ns / (g->rate > 0 ? g->rate : 1);
    const uint64_t wanted_ns = n_behind >= BEHIND_MUCH ? keeps_ns + keeps_ns / 4 : keeps_ns;
    g->gap_ns = wanted_ns > g->least_ns ? wanted_ns : g->least_ns;
    g->was_behind = is_behind;
    g->dropped = dropped;
    g->late_ns = g->n_wakes = g->n_done = 0;
    g->period_ns = now_ns + PERIOD_MS * MS;
}
