// SPDX-License-Identifier: Apache-2.0
// New members of classes, systems and stacks: in each group a mixture of the mean over the members
// and the background. Only nodes are weighed that have a member not hopelessly far from the best
// reference: with parts of relatives that are all far away nobody is explained.
#include <math.h>

#include "verdict/weigh.h"

static const double hopeless = 15; // nats below the best reference

static double sum_of(const struct pair *pairs, uint32_t n, const double *row)
{
    double sum[2] = {0}; // side by side
    uint32_t i = 0;
    for (; i + 2 <= n; i += 2) {
        sum[0] += (double)pairs[i].count * row[pairs[i].row];
        sum[1] += (double)pairs[i + 1].count * row[pairs[i + 1].row];
    }
    if (i < n)
        sum[0] += (double)pairs[i].count * row[pairs[i].row];
    return sum[0] + sum[1];
}

double nodes_factor(const struct verdict_model *m, const struct verdict_scratch *s,
                    enum verdict_group g, uint32_t h)
{
    const struct said *said = &s->said[g];
    const int kind = model_kind(m, h);
    const struct shares *shares = &m->shares;
    const uint32_t at = (h - m->first_class) * TABLE_COUNT + said->table;
    const double q = kind == NODES_CLASS    ? m->params->q_class
                     : kind == NODES_SYSTEM ? m->params->q_system
                                            : m->params->q_stack;
    if (!(shares->count[at] > 0))
        return 1;
    const double sum = sum_of(shares->pairs + shares->first[at],
                              shares->first[at + 1] - shares->first[at], said->row);
    return q + (1 - q) * sum / ((double)shares->count[at] * said->background);
}

static void add_node(struct verdict_scratch *s, uint32_t h)
{
    if (s->product[h] > 0)
        return;
    s->product[h] = 1;
    s->nodes[s->n_nodes++] = h;
}

static void add_nodes_of(const struct verdict_model *m, struct verdict_scratch *s, uint32_t ref)
{
    const struct level *classes = &m->base->level[VERDICT_CLASS];
    add_node(s, m->first_stack + m->base->level[VERDICT_STACK].ids[ref]);
    for (uint32_t k = classes->first[ref]; k < classes->first[ref + 1]; k++) {
        add_node(s, m->first_class + classes->ids[k]);
        add_node(s, m->first_system + classes->parent[classes->ids[k]]);
    }
}

// Returns what a hypothesis must reach to count, prior included.
static double choose(const struct verdict_model *m, struct verdict_scratch *s)
{
    const double best = sum_largest(s->product, m->n);
    s->n_nodes = 0;
    const double least = best * exp(-hopeless / m->params->beta);
    for (uint32_t h = m->first_class; h < m->unknown; h++)
        s->product[h] = 0;
    for (uint32_t i = 0; i < m->n; i++)
        if (s->product[i] > least)
            add_nodes_of(m, s, i);
    return best * m->root_ref * exp(-SUM_NEGLIGIBLE / m->params->beta);
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
    const double best = choose(m, s);
    for (uint32_t i = 0; i < s->n_nodes; i++) {
        const uint32_t h = s->nodes[i];
        s->product[h] = weigh_node(m, s, &rest, h, best / m->prior_root[h]);
    }
}
