// SPDX-License-Identifier: Apache-2.0
// New members of classes and systems: in each group a mixture of the mean over the members and the
// background. Only nodes are weighed that have a member not hopelessly far from the best reference:
// with parts of relatives that are all far away nobody is explained.
#include <math.h>

#include "verdict/weigh.h"

static const double hopeless = 16; // nats below the best reference

double nodes_factor(const struct verdict_model *m, const struct verdict_scratch *s,
                    enum verdict_group g, uint32_t h)
{
    const struct said *said = &s->said[g];
    const struct table *t = &m->table[said->table];
    const bool is_system = h >= m->first_system;
    const struct share *share = is_system ? &t->by_system : &t->by_class;
    const uint32_t node = h - (is_system ? m->first_system : m->first_class);
    const double q = is_system ? m->params->q_system : m->params->q_class;
    const struct pair *end = share->pairs + share->first[node + 1];
    double sum = 0;
    if (!(share->count[node] > 0))
        return 1;
    for (const struct pair *p = share->pairs + share->first[node]; p < end; p++)
        sum += (double)p->count * said->row[p->row];
    return q + (1 - q) * sum / ((double)share->count[node] * said->background);
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
    const uint32_t r = m->db_ref[ref];
    for (uint32_t k = classes->first[r]; k < classes->first[r + 1]; k++) {
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
    return m->n > 0 ? best * m->prior_root[0] * exp(-SUM_NEGLIGIBLE / m->params->beta) : 0;
}

// The groups that count one by one, with the most that each and all behind it can still give.
struct rest {
    uint32_t n;
    enum verdict_group group[GROUP_COUNT];
    double most[GROUP_COUNT + 1];
};

static void find_rest(const struct verdict_model *m, const struct verdict_scratch *s,
                      struct rest *out)
{
    out->n = 0;
    for (int g = 0; g < GROUP_COUNT; g++)
        if (s->said[g].is_seen && !weigh_is_quiet(m, s, (enum verdict_group)g))
            out->group[out->n++] = (enum verdict_group)g;
    out->most[out->n] = 1;
    for (uint32_t i = out->n; i-- > 0;) {
        const struct said *said = &s->said[out->group[i]];
        const double most = said->most / said->background;
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
