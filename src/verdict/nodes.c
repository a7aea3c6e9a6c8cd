// SPDX-License-Identifier: Apache-2.0
// New members of classes, systems and stacks: in each group a mixture of the mean over the members
// and the background. Only nodes are weighed that have a member not hopelessly far from the best
// reference: with parts of relatives that are all far away nobody is explained.
#include <math.h>

#include "verdict/weigh.h"

static const double hopeless = 15; // nats below the best reference

static const struct share *share_of(const struct verdict_model *m, uint32_t h)
{
    return &m->shares.share[(size_t)(h - m->first_class) * TABLE_COUNT];
}

static double sum_of(const struct pair *pairs, uint32_t n, const float *row)
{
    float sum[4] = {0}; // side by side
    uint32_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (uint32_t k = 0; k < 4; k++)
            sum[k] += pairs[i + k].count * row[pairs[i + k].row];
    for (; i < n; i++)
        sum[0] += pairs[i].count * row[pairs[i].row];
    return (double)((sum[0] + sum[2]) + (sum[1] + sum[3]));
}

static double q_of(const struct verdict_model *m, uint32_t h)
{
    const int kind = model_kind(m, h);
    return kind == NODES_CLASS    ? m->params->q_class
           : kind == NODES_SYSTEM ? m->params->q_system
                                  : m->params->q_stack;
}

double nodes_factor(const struct verdict_model *m, const struct verdict_scratch *s,
                    enum verdict_group g, uint32_t h)
{
    const struct said *said = &s->said[g];
    const struct share *share = share_of(m, h) + said->table;
    const double q = q_of(m, h);
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

// What each table says, so that a node is weighed without a question.
struct tables {
    const float *row[TABLE_COUNT]; // some zeros where nothing is seen
    float times[TABLE_COUNT];      // 1 / background; 0
    bool is_quiet[TABLE_COUNT];
};

static void find_tables(const struct verdict_model *m, const struct verdict_scratch *s,
                        struct tables *out)
{
    for (int t = 0; t < TABLE_COUNT; t++) {
        out->row[t] = s->zeros;
        out->times[t] = 0;
        out->is_quiet[t] = false;
    }
    for (int g = 0; g < GROUP_COUNT; g++) {
        const struct said *said = &s->said[g];
        if (!said->is_seen)
            continue;
        out->row[said->table] = said->row;
        out->times[said->table] = (float)(1 / said->background);
        out->is_quiet[said->table] = weigh_is_quiet(m, s, (enum verdict_group)g);
    }
}

// Small nodes, which are most, in one loop; of large ones each table has its own.
static void sum_tables(const struct pair *pairs, const struct share *share,
                       const struct tables *tables, float *sum)
{
    enum { SMALL = 96 };
    const uint32_t first = share[0].first;
    const uint32_t end = share[TABLE_COUNT].first;
    memset(sum, 0, TABLE_COUNT * sizeof *sum);
    for (uint32_t k = first; end - first <= SMALL && k < end; k++)
        sum[pairs[k].table] += pairs[k].count * tables->row[pairs[k].table][pairs[k].row];
    for (int t = 0; end - first > SMALL && t < TABLE_COUNT; t++)
        if (tables->times[t] > 0)
            sum[t] = (float)sum_of(pairs + share[t].first, share[t + 1].first - share[t].first,
                                   tables->row[t]);
}

// The factors of all groups.
static double weigh_node(const struct verdict_model *m, const struct verdict_scratch *s,
                         const struct tables *tables, uint32_t h)
{
    const struct share *share = share_of(m, h);
    const float q = (float)q_of(m, h);
    float sum[TABLE_COUNT];
    double loud = 1;
    double quiet = 1;
    sum_tables(m->shares.pairs, share, tables, sum);
    for (int t = 0; t < TABLE_COUNT; t++) {
        const float mean = sum[t] * tables->times[t] / share[t].count;
        const bool is_known = tables->times[t] > 0 && share[t].count > 0;
        sum[t] = is_known ? q + (1 - q) * mean : 1;
    }
    for (int t = 0; t < TABLE_COUNT; t++)
        loud *= tables->is_quiet[t] ? 1 : (double)sum[t];
    for (int t = 0; s->n_silent > 0 && t < TABLE_COUNT; t++)
        quiet *= tables->is_quiet[t] ? (double)sum[t] : 1;
    return s->n_silent > 0 ? loud * weigh_together(m, s, quiet) : loud;
}

// Nodes lie far apart: what the next ones need is asked for in time.
static void fetch(const struct verdict_model *m, const struct verdict_scratch *s, uint32_t i)
{
    enum { SOON = 2, LATER = 6, LINE = 64, LINES = 4 };
    if (i + LATER < s->n_nodes) {
        const char *share = (const char *)share_of(m, s->nodes[i + LATER]);
        __builtin_prefetch(share);
        __builtin_prefetch(share + LINE);
    }
    if (i + SOON < s->n_nodes) {
        const char *pairs =
            (const char *)(m->shares.pairs + share_of(m, s->nodes[i + SOON])->first);
        for (int k = 0; k < LINES; k++)
            __builtin_prefetch(pairs + k * LINE);
    }
}

// What cannot count beside the best reference is left out.
void nodes_weigh(const struct verdict_model *m, struct verdict_scratch *s)
{
    struct tables tables;
    find_tables(m, s, &tables);
    const float best = choose(m, s) + m->ref_score;
    const float least = best - (float)(SUM_NEGLIGIBLE / m->params->beta);
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->n_nodes; i++) {
        const uint32_t h = s->nodes[i];
        fetch(m, s, i);
        const float score = (float)log(weigh_node(m, s, &tables, h));
        const bool is_near = score + m->prior_score[h] > least;
        s->score[h] = is_near ? score : SCORE_NONE;
        s->nodes[n] = h;
        n += is_near;
    }
    s->n_nodes = n;
}
