// SPDX-License-Identifier: Apache-2.0
// New members of classes, systems and stacks: in each group a mixture of the mean over the members
// and the background. Only nodes are weighed that have a member not hopelessly far from the best
// reference: with parts of relatives that are all far away nobody is explained.
#include <math.h>

#include "verdict/weigh.h"

static const double hopeless = 15; // nats below the best reference

static double sum_of(const struct pair *pairs, uint32_t n, const float *row)
{
    float sum[4] = {0}; // side by side
    uint32_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (uint32_t k = 0; k < 4; k++)
            sum[k] += (float)pairs[i + k].count * row[pairs[i + k].row];
    for (; i < n; i++)
        sum[0] += (float)pairs[i].count * row[pairs[i].row];
    return (double)((sum[0] + sum[2]) + (sum[1] + sum[3]));
}

double nodes_factor(const struct verdict_model *m, const struct verdict_scratch *s,
                    enum verdict_group g, uint32_t h)
{
    const struct said *said = &s->said[g];
    const int kind = model_kind(m, h);
    const struct share *share =
        &m->shares.share[(size_t)(h - m->first_class) * TABLE_COUNT + said->table];
    const double q = kind == NODES_CLASS    ? m->params->q_class
                     : kind == NODES_SYSTEM ? m->params->q_system
                                            : m->params->q_stack;
    if (!(share->count > 0))
        return 1;
    const double sum =
        sum_of(m->shares.pairs + share->first, share[1].first - share->first, said->row);
    return q + (1 - q) * sum / ((double)share->count * said->background);
}

static void add_node(struct verdict_scratch *s, uint32_t h)
{
    if (s->score[h] > SCORE_NONE)
        return;
    s->score[h] = 0;
    s->nodes[s->n_nodes++] = h;
}

// Returns the score of the best reference.
static float choose(const struct verdict_model *m, struct verdict_scratch *s)
{
    const struct base *base = m->base;
    const uint32_t n = m->unknown - m->first_class;
    const float best = sum_largest(s->score, m->n);
    for (uint32_t i = 0; i < s->n_nodes; i++)
        s->score[s->nodes[i]] = SCORE_NONE;
    s->n_nodes = 0;
    s->n_near = sum_above(s->score, m->n, best - (float)(hopeless / m->params->beta), s->near);
    for (uint32_t i = 0; i < s->n_near; i++)
        for (uint32_t k = base->first_place[s->near[i]]; base->places[k] < n; k++)
            add_node(s, m->first_class + base->places[k]);
    return best;
}

// The groups that count one by one, with the most that each and all behind it can still give.
struct rest {
    uint32_t n;
    enum verdict_group group[GROUP_COUNT];
    double most[GROUP_COUNT + 1];
};

static double most_of(const struct verdict_scratch *s, enum verdict_group g)
{
    return s->said[g].most / s->said[g].background;
}

// Those that can give most come first: without them nothing is left to hope for.
static void put_group(const struct verdict_scratch *s, enum verdict_group g, struct rest *out)
{
    uint32_t at = out->n++;
    for (; at > 0 && most_of(s, out->group[at - 1]) < most_of(s, g); at--)
        out->group[at] = out->group[at - 1];
    out->group[at] = g;
}

static void find_rest(const struct verdict_model *m, const struct verdict_scratch *s,
                      struct rest *out)
{
    out->n = 0;
    for (int g = 0; g < GROUP_COUNT; g++)
        if (s->said[g].is_seen && !weigh_is_quiet(m, s, (enum verdict_group)g))
            put_group(s, (enum verdict_group)g, out);
    out->most[out->n] = 1;
    for (uint32_t i = out->n; i-- > 0;) {
        const double most = most_of(s, out->group[i]);
        out->most[i] = out->most[i + 1] * (most > 1 ? most : 1);
    }
}

// 0: beside the best reference it cannot count.
static double weigh_node(const struct verdict_model *m, const struct verdict_scratch *s,
                         const struct rest *rest, uint32_t h, double least)
{
    double product = 1;
    for (uint32_t i = 0; i < rest->n && product * rest->most[i] > least; i++)
        product *= nodes_factor(m, s, rest->group[i], h);
    if (product <= least)
        return 0;
    return s->n_silent > 0 ? product * weigh_silence(m, s, h) : product;
}

void nodes_weigh(const struct verdict_model *m, struct verdict_scratch *s)
{
    struct rest rest;
    find_rest(m, s, &rest);
    const double best = (double)(choose(m, s) + m->ref_score) - SUM_NEGLIGIBLE / m->params->beta;
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->n_nodes; i++) {
        const uint32_t h = s->nodes[i];
        const double product = weigh_node(m, s, &rest, h, exp(best - (double)m->prior_score[h]));
        s->score[h] = product > 0 ? (float)log(product) : SCORE_NONE;
        s->nodes[n] = h;
        n += product > 0;
    }
    s->n_nodes = n;
}
