// SPDX-License-Identifier: Apache-2.0
// Samples are kept for the whole run: when there is no room for more, every other one goes, and
// those to come lie twice as far apart.
#include "stage/tally.h"

#define MS UINT64_C(1000000)

static const uint64_t apart_least_ns = 100 * MS;
static const uint64_t window_least_ns = 2000 * MS;
static const uint64_t window_enough_ns = 500 * MS;

enum { WINDOW_SHARE = 3, RECENT = 200 };

void tally_begin(struct tally *t, uint32_t stage, uint64_t now_ns)
{
    struct stage_tally *s = &t->stage[stage];
    if (s->n_begun++ == 0)
        s->began_ns = now_ns;
}

void tally_end(struct tally *t, uint32_t stage, uint64_t spent_ns, double units_done)
{
    struct stage_tally *s = &t->stage[stage];
    s->n_ended++;
    const double weight = 1.0 / (double)(s->n_ended < RECENT ? s->n_ended : RECENT);
    s->usual_ns += ((double)spent_ns - s->usual_ns) * weight;
    s->units_done += units_done;
}

void tally_found(struct tally *t, bool is_up, uint64_t spent_ns)
{
    t->n_up += is_up;
    t->n_down += !is_up;
    if (is_up)
        t->up_ns += ((double)spent_ns - t->up_ns) / (double)(t->n_up < RECENT ? t->n_up : RECENT);
}

void tally_late(struct tally *t, uint64_t late_ns)
{
    t->late_ns += ((double)late_ns - t->late_ns) / RECENT;
}

uint32_t tally_live(const struct tally *t, uint32_t stage)
{
    return (uint32_t)(t->stage[stage].n_begun - t->stage[stage].n_ended);
}

static void thin_out(struct tally *t)
{
    for (uint32_t i = 1; i < TALLY_SAMPLES / 2; i++)
        t->sample[i] = t->sample[2 * i];
    t->n_samples = TALLY_SAMPLES / 2;
    t->apart_ns *= 2;
}

void tally_look(struct tally *t, const struct tally_sample *now)
{
    if (t->apart_ns == 0)
        t->apart_ns = apart_least_ns;
    if (t->n_samples > 0 && now->now_ns < t->sample[t->n_samples - 1].now_ns + t->apart_ns)
        return;
    if (t->n_samples == TALLY_SAMPLES)
        thin_out(t);
    t->sample[t->n_samples++] = *now;
}

const struct tally_sample *tally_before(const struct tally *t, const struct tally_sample *now)
{
    const uint64_t elapsed_ns = t->n_samples > 0 ? now->now_ns - t->sample[0].now_ns : 0;
    const uint64_t third_ns = elapsed_ns / WINDOW_SHARE;
    const uint64_t window_ns = third_ns > window_least_ns ? third_ns : window_least_ns;
    for (uint32_t i = 0; i < t->n_samples; i++) {
        const struct tally_sample *s = &t->sample[i];
        if (now->now_ns - s->now_ns <= window_ns)
            return now->now_ns - s->now_ns >= window_enough_ns ? s : NULL;
    }
    return t->n_samples > 0 ? &t->sample[t->n_samples - 1] : NULL;
}
