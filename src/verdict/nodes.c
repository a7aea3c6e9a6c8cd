// SPDX-License-Identifier: Apache-2.0
// New members of classes, systems and stacks: in each group a mixture of the mean over the members
// and the background. Only nodes are weighed that have a member not hopelessly far from the best
// reference: with parts of relatives that are all far away nobody is explained.
#include <math.h>

#include "verdict/weigh.h"

// Sum of the rows of one table below a node.
static float sum_shared(const struct shares *shares, const struct share *share, const float *row)
{
    const uint16_t *once = shares->numbers + share->first;
    const uint16_t *more = once + share->n_once;
    const uint32_t n_once = share->n_once;
    const uint32_t n_more = share->n_more;
    float a = 0; // side by side
    float b = 0;
    float c = 0;
    float d = 0;
    uint32_t i = 0;
    for (; i + 4 <= n_once; i += 4) {
        a += row[once[i]];
        b += row[once[i + 1]];
        c += row[once[i + 2]];
        d += row[once[i + 3]];
    }
    for (; i < n_once; i++)
        a += row[once[i]];
    for (i = 0; i + 2 <= n_more; i += 2) {
        c += (float)more[2 * i + 1] * row[more[2 * i]];
        d += (float)more[2 * i + 3] * row[more[2 * i + 2]];
    }
    if (i < n_more)
        b += (float)more[2 * i + 1] * row[more[2 * i]];
    return (a + c) + (b + d);
}

static float sum_members(const struct verdict_model *m, uint32_t node, uint32_t table,
                         const float *row)
{
    const struct shares *shares = &m->shares;
    float sum = 0;
    for (uint32_t i = shares->first_member[node]; i < shares->first_member[node + 1]; i++)
        sum += row[m->rows[(uint32_t)shares->members[i] * ROWS_WIDE + table]];
    return sum;
}

static bool has_few(const struct shares *shares, uint32_t node)
{
    return shares->first_member[node + 1] - shares->first_member[node] <= FEW_MEMBERS;
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
    const uint32_t node = h - m->first_class;
    const float each = m->shares.each[node * ROWS_WIDE + said->table];
    const double q = q_of(m, h);
    if (!(each > 0))
        return 1;
    const double sum =
        (double)(has_few(&m->shares, node)
                     ? sum_members(m, node, said->table, said->row)
                     : sum_shared(&m->shares, &m->shares.share[node * TABLE_COUNT + said->table],
                                  said->row));
    return q + (1 - q) * sum * (double)each / said->background;
}

static void add_node(struct verdict_scratch *s, uint32_t h)
{
    s->nodes[s->n_nodes] = h; // stays if it is a new one
    s->n_nodes += s->score[h] <= SCORE_NONE;
    s->score[h] = 0;
}

static void find_lineages(const struct verdict_model *m, struct verdict_scratch *s)
{
    s->n_lineages = 0;
    for (uint32_t i = 0; i < s->n_near; i++) {
        const uint32_t lineage = m->base->lineage[s->near[i]];
        s->lineages[s->n_lineages] = lineage; // stays if it is a new one
        s->n_lineages += s->lineage_round[lineage] != s->round;
        s->lineage_round[lineage] = s->round;
    }
}

static void choose(const struct verdict_model *m, struct verdict_scratch *s)
{
    const struct base *base = m->base;
    const uint32_t n = m->unknown - m->first_class;
    for (uint32_t i = 0; i < s->n_nodes; i++)
        s->score[s->nodes[i]] = SCORE_NONE;
    s->n_nodes = 0;
    find_lineages(m, s);
    for (uint32_t i = 0; i < s->n_lineages; i++) {
        const uint32_t end = base->first_place[s->lineages[i] + 1];
        for (uint32_t k = base->first_place[s->lineages[i]]; k < end && base->places[k] < n; k++)
            add_node(s, m->first_class + base->places[k]);
    }
}

_Static_assert((int)SUM_WIDE == (int)ROWS_WIDE, "sum_factors takes all tables of a node");

// What is asked of each node: all tables side by side, so that none is a question of its own.
struct asked {
    const float *row[TABLE_COUNT]; // zeros: not seen
    uint32_t seen[TABLE_COUNT];
    uint32_t n_seen;
    float loud[ROWS_WIDE];  // 1 / background; 0: not seen
    float quiet[ROWS_WIDE]; // the same of the groups that are one observation
};

static void find_asked(const struct verdict_model *m, const struct verdict_scratch *s,
                       struct asked *out)
{
    for (int t = 0; t < TABLE_COUNT; t++)
        out->row[t] = s->zeros;
    for (int g = 0; g < GROUP_COUNT; g++) {
        const struct said *said = &s->said[g];
        if (!said->is_seen)
            continue;
        out->row[said->table] = said->row;
        out->seen[out->n_seen++] = said->table;
        float *times = weigh_is_quiet(m, s, (enum verdict_group)g) ? out->quiet : out->loud;
        times[said->table] = (float)(1 / said->background);
    }
}

static void sum_few(const struct verdict_model *m, const struct asked *asked, uint32_t node,
                    float *out)
{
    const struct shares *shares = &m->shares;
    float sum[TABLE_COUNT] = {0};
    for (uint32_t i = shares->first_member[node]; i < shares->first_member[node + 1]; i++) {
        const uint16_t *row = m->rows + (size_t)shares->members[i] * ROWS_WIDE;
#pragma GCC unroll 16 // sums stay in registers
        for (uint32_t t = 0; t < TABLE_COUNT; t++)
            sum[t] += asked->row[t][row[t]];
    }
    memcpy(out, sum, sizeof sum);
}

static void sum_anew(const struct verdict_model *m, const struct asked *asked, uint32_t node,
                     float *sum)
{
    const struct share *share = &m->shares.share[node * TABLE_COUNT];
    if (has_few(&m->shares, node)) {
        sum_few(m, asked, node, sum);
        return;
    }
    for (uint32_t i = 0; i < asked->n_seen; i++) {
        const uint32_t t = asked->seen[i];
        sum[t] = sum_shared(&m->shares, &share[t], asked->row[t]);
    }
}

// The sums of nodes with the same members are the same.
static const float *sum_tables(const struct verdict_model *m, struct verdict_scratch *s,
                               const struct asked *asked, uint32_t node)
{
    const uint32_t same = m->shares.same[node];
    float *sum = s->node_sums + (size_t)same * ROWS_WIDE;
    if (s->node_round[same] != s->round) {
        s->node_round[same] = s->round;
        sum_anew(m, asked, same, sum);
    }
    return sum;
}

// The factors of all groups, in two parts.
static void weigh_node(const struct verdict_model *m, struct verdict_scratch *s,
                       const struct asked *asked, uint32_t h, float out[SUM_PARTS])
{
    const uint32_t node = h - m->first_class;
    const float q = (float)q_of(m, h);
    const float *sum = sum_tables(m, s, asked, node);
    const float *each = m->shares.each + (size_t)node * ROWS_WIDE;
    float quiet[SUM_PARTS];
    sum_factors(sum, asked->loud, each, q, out);
    if (s->n_silent == 0)
        return;
    sum_factors(sum, asked->quiet, each, q, quiet);
    out[0] *= (float)weigh_together(m, s, (double)quiet[0] * (double)quiet[1]);
}

// Nodes lie far apart: what the next ones need is asked for in time.
static void fetch(const struct verdict_model *m, const struct verdict_scratch *s, uint32_t i)
{
    enum { SOON = 3, LATER = 8, LINE = 64 };
    const struct shares *shares = &m->shares;
    if (i + LATER < s->n_nodes) {
        const uint32_t node = s->nodes[i + LATER] - m->first_class;
        const char *share = (const char *)&shares->share[node * TABLE_COUNT];
        __builtin_prefetch(&shares->first_member[node]);
        __builtin_prefetch(&shares->same[node]);
        __builtin_prefetch(&shares->each[node * ROWS_WIDE]);
        __builtin_prefetch(share);
        __builtin_prefetch(share + LINE);
    }
    if (i + SOON >= s->n_nodes)
        return;
    const uint32_t node = s->nodes[i + SOON] - m->first_class;
    const uint16_t *numbers = shares->numbers + shares->share[node * TABLE_COUNT].first;
    __builtin_prefetch(&s->node_round[shares->same[node]]);
    __builtin_prefetch(&s->node_sums[(size_t)shares->same[node] * ROWS_WIDE]);
    for (uint32_t k = shares->first_member[node];
         has_few(shares, node) && k < shares->first_member[node + 1]; k++)
        __builtin_prefetch(&m->rows[(size_t)shares->members[k] * ROWS_WIDE]);
    for (uint32_t k = 0; !has_few(shares, node) && k < 4; k++)
        __builtin_prefetch((const char *)numbers + (size_t)k * LINE);
}

// What cannot count beside the best reference is left out.
void nodes_weigh(const struct verdict_model *m, struct verdict_scratch *s)
{
    struct asked asked = {0};
    s->round++;
    find_asked(m, s, &asked);
    choose(m, s);
    float *factor = s->node_factor;
    for (uint32_t i = 0; i < s->n_nodes; i++) {
        fetch(m, s, i);
        weigh_node(m, s, &asked, s->nodes[i], factor + (size_t)SUM_PARTS * i);
    }
    sum_logarithms(factor, SUM_PARTS * s->n_nodes, 1, 0, factor);
    const float least = s->best + weigh_prior(s, m->ref_score) - (float)(SUM_NEGLIGIBLE / s->beta);
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->n_nodes; i++) {
        const uint32_t h = s->nodes[i];
        const float score = factor[SUM_PARTS * i] + factor[SUM_PARTS * i + 1];
        const bool is_near = score + weigh_prior(s, m->prior_score[h]) > least;
        s->score[h] = is_near ? score : SCORE_NONE;
        s->nodes[n] = h;
        n += is_near;
    }
    s->n_nodes = n;
}
