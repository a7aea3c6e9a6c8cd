// SPDX-License-Identifier: Apache-2.0
// Each stage has a mean time, taught by the hosts that left it; a host that stays longer than the
// mean raises it, so that the first hosts of a slow network count before they are finished. Until
// a stage has been seen, a guess stands in for it. Hosts that do not need a stage lower its share.
// Where hosts wait in line for a stage, the pace at which they leave it is a second estimate; the
// longer one counts.
#include "stage/tally.h"

#include "stage/plan.h"

#define SECOND_NS 1e9
#define PACE_WINDOW_NS UINT64_C(1000000000)

void tally_begin(struct tally *t, uint32_t stage, uint64_t now_ns)
{
    struct stage_tally *s = &t->stage[stage];
    if (s->n_begun++ == 0)
        s->began_ns = now_ns;
}

static void learn_pace(struct stage_tally *s, uint64_t now_ns, bool has_queue)
{
    if (!has_queue || s->window_ns == 0) {
        s->window_ns = has_queue ? now_ns : 0;
        s->n_window = 0;
        return;
    }
    s->n_window++;
    if (now_ns - s->window_ns < PACE_WINDOW_NS)
        return;
    const uint64_t gap_ns = (now_ns - s->window_ns) / s->n_window;
    s->pace_ns = s->pace_ns > 0 ? s->pace_ns + gap_ns / 4 - s->pace_ns / 4 : gap_ns;
    s->window_ns = now_ns;
    s->n_window = 0;
}

void tally_end(struct tally *t, uint32_t stage, uint64_t since_ns, uint64_t now_ns, bool has_queue)
{
    struct stage_tally *s = &t->stage[stage];
    learn_pace(s, now_ns, has_queue);
    s->n_ended++;
    s->spent_ns += now_ns - since_ns;
}

uint32_t tally_live(const struct tally *t, uint32_t stage)
{
    return (uint32_t)(t->stage[stage].n_begun - t->stage[stage].n_ended);
}

// Of a stage that nobody has left yet.
static double guess_ns(uint32_t stage)
{
    static const double seconds[STAGE_COUNT] = {1, 3, 1, 9};
    return seconds[stage] * SECOND_NS;
}

static double chance_up(const struct tally *t)
{
    const double up = (double)t->n_up + 1, down = (double)t->n_down;
    return up / (up + down);
}

void estimate_begin(struct estimate *e, const struct tally *t, uint64_t now_ns)
{
    *e = (struct estimate){.tally = t, .now_ns = now_ns};
    double ahead = 0;
    for (uint32_t i = STAGE_COUNT; i-- > 0;) {
        const struct stage_tally *s = &t->stage[i];
        e->mean_ns[i] = s->n_ended ? (double)s->spent_ns / (double)s->n_ended : guess_ns(i);
        e->chance[i] = s->n_asked ? (double)s->n_begun / (double)s->n_asked : s->is_wanted;
        e->ahead_ns[i] = ahead;
        ahead += e->chance[i] * e->mean_ns[i];
    }
    e->ahead_ns[0] *= chance_up(t);
    e->all_ns = e->mean_ns[0] + e->ahead_ns[0];
}

// By its own account where the stage has one, else by what others took; one that has taken longer
// than others will go on for a good part of that time.
static double stage_left_ns(const struct estimate *e, const struct visit *v)
{
    enum { STILL = 3 };
    const uint64_t own = stages[v->at]->left ? stages[v->at]->left(v, e->now_ns) : UINT64_MAX;
    const double spent = (double)(e->now_ns - v->stage_since_ns);
    const double usual = e->mean_ns[v->at] - spent;
    const double least = spent / STILL;
    if (own < UINT64_MAX)
        return (double)own;
    return usual > least ? usual : least;
}

void estimate_host(struct estimate *e, const struct visit *v, bool has_begun)
{
    const double here = has_begun ? stage_left_ns(e, v) : e->mean_ns[v->at];
    const double left = here + e->ahead_ns[v->at];
    e->longest_ns = left > e->longest_ns ? left : e->longest_ns;
    e->shortest_ns = e->n_live == 0 || left < e->shortest_ns ? left : e->shortest_ns;
    e->sum_ns += left;
    e->n_live++;
    const double up = v->at == 0 ? chance_up(e->tally) : 1;
    e->to_come[v->at] += 1;
    for (uint32_t i = v->at + 1; i < STAGE_COUNT; i++)
        e->to_come[i] += up * e->chance[i];
}

// Of the slowest line: all that have to go through it, and what the last one has behind it.
static double line_left_ns(const struct estimate *e, uint64_t n_more)
{
    double most = 0;
    for (uint32_t i = 0; i < STAGE_COUNT; i++) {
        const double more = (double)n_more * chance_up(e->tally) * e->chance[i];
        const double pace = (double)e->tally->stage[i].pace_ns;
        const double left = pace > 0 ? (e->to_come[i] + more) * pace + e->ahead_ns[i] : 0;
        most = left > most ? left : most;
    }
    return most;
}

uint64_t estimate_end(const struct estimate *e, uint64_t n_more)
{
    if (n_more == UINT64_MAX)
        return UINT64_MAX;
    const double n = (double)n_more + e->n_live;
    const double most = e->tally->lanes;
    const double lanes = n < most ? n : most;
    const double shared = lanes > 0 ? (e->sum_ns + (double)n_more * e->all_ns) / lanes : 0;
    const double wait = e->n_live >= e->tally->lanes ? e->shortest_ns : 0; // for a lane
    double longest = e->longest_ns;
    if (n_more > 0 && wait + e->all_ns > longest)
        longest = wait + e->all_ns;
    const double line = line_left_ns(e, n_more);
    const double side_by_side = shared > longest ? shared : longest;
    const double left = line > side_by_side ? line : side_by_side;
    return left < 1e18 ? (uint64_t)left : UINT64_MAX - 1;
}
