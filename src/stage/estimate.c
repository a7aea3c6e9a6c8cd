// SPDX-License-Identifier: Apache-2.0
// Stage after stage: when will the last host have left it? Not before
// - each host in it is through, by its own account (outlook.h) or by what others took,
// - the last one to come has come, and has spent there what others spend,
// - all that is to be done there is done, at the pace of late, where the machine, a rate limit or
//   the line at a gate holds it up and not the hosts themselves.
// The last one comes when the stage before is left by all, and at the very first when the places
// for all targets have become free. Until a stage has been seen, a guess stands in for it.
#include "stage/estimate.h"
#define SECOND_NS 1e9

// Of the hosts that have work left: from there on it is not they who set the pace.
static const double starved_share = 0.3;
// Hosts that are woken so late are held up by the machine.
static const double late_most_ns = 5e6;
// A host that has taken longer than others will go on for that part of the time it took.
static const double still_share = 1.0 / 3;
// Of the places: places that become free are taken a little later.
static const double full_share = 0.9;
// Hosts that walk side by side come to the next stage late in the time that this one takes.
static const double first_share = 0.75;

static double larger(double a, double b)
{
    return a > b ? a : b;
}

// Of a stage that nobody has left yet.
static double guess_ns(uint32_t stage)
{
    static const double seconds[STAGE_COUNT] = {1, 3, 1, 9, 1};
    return seconds[stage] * SECOND_NS;
}

static double usual_ns(const struct estimate *e, uint32_t stage)
{
    const struct stage_tally *s = &e->tally->stage[stage];
    const struct estimate_stage *now = &e->stage[stage];
    if (s->n_ended > 0)
        return s->usual_ns;
    return now->n_known > 0 ? now->whole_ns / now->n_known : guess_ns(stage);
}

static double chance_up(const struct tally *t)
{
    const double up = (double)t->n_up + 1, down = (double)t->n_down;
    return up / (up + down);
}

// That a host that is up needs the stage.
static double chance(const struct tally *t, uint32_t stage)
{
    const struct stage_tally *s = &t->stage[stage];
    return s->n_asked > 0 ? (double)s->n_begun / (double)s->n_asked : s->is_wanted;
}

void estimate_begin(struct estimate *e, const struct tally *t, uint64_t now_ns)
{
    *e = (struct estimate){.tally = t, .now = {.now_ns = now_ns}};
}

static double left_ns(const struct estimate *e, const struct outlook *o)
{
    enum { LONG = 2 };
    const double usual = usual_ns(e, o->at);
    if (!o->has_begun)
        return usual;
    const double like_others = larger(usual - o->spent_ns, o->spent_ns * still_share);
    const bool are_all_up = e->tally->n_down == 0 && e->tally->n_up > 0;
    if (o->own_ns < 0 || (o->at == 0 && are_all_up && like_others < o->own_ns))
        return like_others;
    // Probes that are left and round trips say little of who has lost most of his: it goes on.
    if (o->spent_ns > LONG * usual && o->units_left >= 1)
        return larger(o->own_ns, o->spent_ns * still_share);
    return o->own_ns;
}

uint64_t estimate_hope_ns(const struct tally *t)
{
    enum { SEEN = 8, LATE = 4 };
    return t->n_up >= SEEN ? (uint64_t)(LATE * t->up_ns) : UINT64_MAX;
}

// It would have been found up long ago.
static bool is_hopeless(const struct estimate *e, const struct outlook *o)
{
    return o->at == 0 && o->spent_ns > (double)estimate_hope_ns(e->tally);
}

void estimate_swept(struct estimate *e, uint32_t stage, uint32_t n, uint32_t n_hopeless,
                    double longest_ns)
{
    struct estimate_stage *s = &e->stage[stage];
    e->is_swept = true;
    e->swept = stage;
    e->shortest_ns = 0;
    e->n_live += n;
    s->n += n;
    s->n_hopeless += n_hopeless;
    s->sum_ns += n * longest_ns / 2; // the first one is through now
    s->longest_ns = larger(s->longest_ns, longest_ns);
    s->n_known += n;
    s->whole_ns += n * longest_ns;
}

void estimate_host(struct estimate *e, const struct outlook *o)
{
    struct estimate_stage *s = &e->stage[o->at];
    const double left = left_ns(e, o);
    e->shortest_ns = e->n_live == 0 || left < e->shortest_ns ? left : e->shortest_ns;
    e->n_live++;
    s->n++;
    s->n_hopeless += is_hopeless(e, o);
    s->n_waiting += !o->has_begun;
    s->n_busy += o->units_left >= 1;
    const bool is_late = e->tally->late_ns > late_most_ns;
    s->n_starved += o->units_left >= 1 && (o->is_starved || is_late);
    s->sum_ns += left;
    s->longest_ns = larger(s->longest_ns, left);
    s->n_known += o->own_ns >= 0;
    s->whole_ns += o->own_ns >= 0 ? o->spent_ns + o->own_ns : 0;
    s->units_done += o->units_done;
    s->units_left += o->units_left;
    e->now.has_queue |= !o->has_begun;
}

static double seconds_between(const struct tally_sample *a, const struct tally_sample *b)
{
    return (double)(b->now_ns - a->now_ns) / SECOND_NS;
}

static bool is_held_up(const struct estimate_stage *s)
{
    enum { CROWD = 32 }; // they take each other's answers away, whatever each says by itself
    return s->n_busy >= CROWD || (s->n_busy > 0 && s->n_starved >= s->n_busy * starved_share);
}

// Of the hosts in a stage. What those think that are held up is far apart: round trips and losses
// are of a crowd that will not last.
static double own_ns(const struct estimate *e, uint32_t stage)
{
    const struct estimate_stage *s = &e->stage[stage];
    const double mean = s->n > 0 ? s->sum_ns / s->n : 0;
    return is_held_up(s) && s->longest_ns > mean * 2 ? mean : s->longest_ns;
}

// Of all the work of a stage, n hosts of which have still to come to it; 0 = it does not matter.
static double work_ns(const struct estimate *e, uint32_t stage, double n)
{
    const struct tally_sample *before = tally_before(e->tally, &e->now);
    const struct estimate_stage *s = &e->stage[stage];
    const uint64_t n_seen = e->tally->stage[stage].n_ended + s->n;
    if (!before || !is_held_up(s))
        return 0;
    const double done = e->now.stage[stage].units_done - before->stage[stage].units_done;
    const double each = (e->now.stage[stage].units_done + s->units_left) / (double)n_seen;
    const double rate = done / seconds_between(before, &e->now);
    return rate > 0 ? (s->units_left + n * each) / rate * SECOND_NS : 0;
}

// Until the last one of those that wait, and of n that have still to come, is through a gate and
// the stage behind it.
static double line_ns(const struct estimate *e, uint32_t stage, double n)
{
    const struct tally_sample *before = tally_before(e->tally, &e->now);
    const double all = n + e->stage[stage].n_waiting;
    if (!stages[stage]->is_timed || all < 1)
        return 0;
    double gap = (double)e->tally->gap_ns;
    if (before && before->has_queue && e->now.has_queue) {
        const uint64_t begun = e->now.stage[stage].n_begun - before->stage[stage].n_begun;
        const double each = begun > 0 ? seconds_between(before, &e->now) / (double)begun : 0;
        gap = larger(gap, each * SECOND_NS);
    }
    return all * gap + usual_ns(e, stage);
}

static double ahead_ns(const struct estimate *e, uint32_t stage)
{
    double sum = 0;
    for (uint32_t i = stage + 1; i < STAGE_COUNT; i++)
        sum += chance(e->tally, i) * usual_ns(e, i);
    return stage == 0 ? sum * chance_up(e->tally) : sum;
}

// All time that hosts have still before them, side by side in their places; a sweep needs none.
static double shared_ns(const struct estimate *e, double n_more)
{
    const uint32_t first = e->is_swept ? e->swept + 1 : 0;
    const double n = n_more + e->n_live;
    const double lanes = n < e->tally->lanes ? n : e->tally->lanes;
    double sum = n_more * (first > 0 ? ahead_ns(e, e->swept) : usual_ns(e, 0) + ahead_ns(e, 0));
    for (uint32_t i = 0; i < STAGE_COUNT; i++)
        sum += (i >= first) * e->stage[i].sum_ns + e->stage[i].n * ahead_ns(e, i);
    return lanes > 0 ? sum / lanes : 0;
}

// Until the last target begins: at the pace of late, if that has been seen for a while.
static double entry_ns(const struct estimate *e, double n_more, double shared)
{
    enum { TURNED = 8 };
    const struct tally_sample *before = tally_before(e->tally, &e->now);
    const double whole = usual_ns(e, 0) + ahead_ns(e, 0);
    if (n_more < 1)
        return 0;
    if (before && (before->is_full || e->is_swept) && e->now.is_full) {
        const double begun = (double)(e->now.n_begun - before->n_begun);
        if (begun >= (double)e->n_live / TURNED)
            return n_more / begun * seconds_between(before, &e->now) * SECOND_NS;
    }
    const double by_places = shared > whole ? shared - whole : 0;
    return e->now.is_full ? larger(by_places, e->shortest_ns) : by_places;
}

static void complete(struct estimate *e, bool is_full)
{
    e->now.is_full = is_full || e->n_live >= e->tally->lanes * full_share;
    e->now.n_begun = e->tally->n_done + e->n_live;
    for (uint32_t i = 0; i < STAGE_COUNT; i++) {
        const struct stage_tally *s = &e->tally->stage[i];
        e->now.stage[i].n_begun = s->n_begun;
        e->now.stage[i].units_done = s->units_done + e->stage[i].units_done;
    }
}

uint64_t estimate_end(struct estimate *e, uint64_t n_more, bool is_full)
{
    complete(e, is_full);
    if (n_more == UINT64_MAX)
        return UINT64_MAX;
    const double shared = shared_ns(e, (double)n_more);
    double past = entry_ns(e, (double)n_more, shared); // all have left the stage before
    double coming = (double)n_more;
    for (uint32_t i = 0; i < STAGE_COUNT; i++) {
        const struct estimate_stage *s = &e->stage[i];
        const double mine = coming * (i > 0 ? chance(e->tally, i) : 1);
        const double work = larger(work_ns(e, i, mine), line_ns(e, i, mine));
        const double first = s->n > 0 || mine < 1 ? 0 : past * first_share;
        const double last = past + (mine < 1 ? mine : 1) * usual_ns(e, i);
        past = larger(larger(own_ns(e, i), first + work), mine > 0 ? last : past);
        coming = (coming + s->n - s->n_hopeless) * (i == 0 ? chance_up(e->tally) : 1);
    }
    const double left = larger(past, shared);
    return left < 1e18 ? (uint64_t)left : UINT64_MAX - 1;
}
