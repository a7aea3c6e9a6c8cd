// SPDX-License-Identifier: Apache-2.0
// The verdict taken apart: the factors of the best hypothesis below each of two nodes, group by
// group. Their differences, with the prior's and the rest's, add up to the odds of the nodes.
#include "verdict/explain.h"

#include <math.h>

#include "verdict/weigh.h"

static bool is_below(const struct verdict_model *m, uint32_t h, const struct verdict_node *node)
{
    const struct level *systems = &m->base->level[VERDICT_SYSTEM];
    if (node->id == NO_NODE)
        return h == m->unknown;
    if (h == m->unknown)
        return false;
    if (h >= m->first_stack) // of nobody known
        return false;
    if (h >= m->first_system)
        return h - m->first_system == node->id;
    if (h >= m->first_class)
        return m->base->level[VERDICT_CLASS].parent[h - m->first_class] == node->id;
    for (uint32_t k = systems->first[h]; k < systems->first[h + 1]; k++)
        if (systems->ids[k] == node->id)
            return true;
    return false;
}

static uint32_t best_below(const struct verdict_model *m, const struct verdict_scratch *s,
                           const struct verdict_node *node)
{
    uint32_t best = m->unknown;
    for (uint32_t i = 0; i < s->n_alive; i++) {
        const uint32_t h = s->alive[i];
        if ((best == m->unknown || s->posterior[h] > s->posterior[best]) && is_below(m, h, node))
            best = h;
    }
    return best;
}

// Some stacks do not answer some probes: then silence is an answer.
static bool is_expected_silence(const struct verdict_model *m, const struct verdict_scratch *s,
                                const struct said *said, uint32_t h)
{
    const struct table *t = &m->table[said->table];
    uint32_t ref = h < m->n ? h : 0;
    for (uint32_t i = 0; h >= m->n && i < s->n_alive && s->alive[i] < m->n; i++)
        if (s->posterior[s->alive[i]] > s->posterior[ref])
            ref = s->alive[i];
    return m->n > 0 && t->has[t->row_of[ref]] &&
           (double)said->row[t->row_of[ref]] > 0.5 * said->scale;
}

// What the group's mixture says of the best hypothesis: which part of it is larger.
static enum verdict_state state_of(const struct verdict_model *m, const struct verdict_scratch *s,
                                   enum verdict_group g, uint32_t h)
{
    const struct said *said = &s->said[g];
    const struct table *t = &m->table[said->table];
    const double new_values = m->params->nu * said->novelty;
    const bool is_new = new_values > said->background - new_values;
    if (!said->is_seen)
        return VERDICT_NOT_ASKED;
    if (said->is_silent && !is_expected_silence(m, s, said, h))
        return VERDICT_SILENT;
    if (h >= m->first_class)
        return is_new ? VERDICT_NEW_VALUE : VERDICT_AGREES;
    const uint32_t row = t->row_of[h];
    if (!t->has[row])
        return VERDICT_NOT_IN_REFERENCE;
    if ((1 - m->params->q[g]) * (double)said->row[row] >= m->params->q[g] * said->background)
        return VERDICT_AGREES;
    return is_new ? VERDICT_NEW_VALUE : VERDICT_CHANGED;
}

static void find_cause(const struct verdict_model *m, const struct verdict_scratch *s, uint32_t h,
                       struct verdict_reason *r)
{
    if (r->group != GROUP_OPT || r->state != VERDICT_AGREES || h >= m->first_class)
        return;
    r->cause = reading_cause(m, s, m->table[GROUP_OPT].row_of[h]);
    if (r->cause != CAUSE_NONE)
        r->state = VERDICT_EXPLAINED;
}

static void put_reason(struct verdict_reasons *out, uint32_t n, const struct verdict_reason *r)
{
    uint32_t at = n;
    while (at > 0 && fabs(out->reason[at - 1].nats) < fabs(r->nats)) {
        out->reason[at] = out->reason[at - 1];
        at--;
    }
    out->reason[at] = *r;
}

static void compare(const struct verdict_model *m, const struct verdict_scratch *s, uint32_t best,
                    uint32_t rival, struct verdict_reasons *out)
{
    const double beta = s->beta;
    *out = (struct verdict_reasons){.n_silent = s->n_silent};
    for (int g = 0; g < GROUP_COUNT; g++) {
        const enum verdict_group group = (enum verdict_group)g;
        struct verdict_reason r = {.group = group, .state = state_of(m, s, group, best)};
        const bool is_one_of_many = s->n_silent > 0 && m->params->phi[g] > 0;
        if (!is_one_of_many)
            r.nats = beta * (weigh_factor(m, s, group, best) - weigh_factor(m, s, group, rival));
        find_cause(m, s, best, &r);
        if (r.cause == CAUSE_CLAMP)
            out->mss = s->mss;
        put_reason(out, (uint32_t)g, &r);
    }
    if (s->n_silent > 0)
        out->silence = beta * log(weigh_silence(m, s, best) / weigh_silence(m, s, rival));
    out->prior = (double)m->prior[best] - (double)m->prior[rival];
    out->voted = log(vote_of(m, s, best) / vote_of(m, s, rival));
}

static double sum_of(const struct verdict_reasons *r)
{
    double sum = r->silence + r->prior + r->voted;
    for (int g = 0; g < GROUP_COUNT; g++)
        sum += r->reason[g].nats;
    return sum;
}

void verdict_explain(const struct verdict_model *m, const struct verdict_scratch *s,
                     const struct verdict *verdict, struct verdict_reasons *out)
{
    enum { MOST = 99 }; // nats, where the rival has nothing
    const struct verdict_node unknown = {
        .level = VERDICT_UNKNOWN, .id = NO_NODE, .p = verdict->unknown};
    const struct verdict_node *system = &verdict->path[VERDICT_SYSTEM];
    const bool is_unknown = system->id == NO_NODE || verdict->unknown > system->p;
    const struct verdict_node *best = is_unknown ? &unknown : system;
    const struct verdict_node *rival = is_unknown ? system : &verdict->rival;
    compare(m, s, best_below(m, s, best), best_below(m, s, rival), out);
    out->odds = rival->p > 0 ? log(best->p / rival->p) : MOST;
    out->others = out->odds - sum_of(out);
}

void verdict_explain_refs(const struct verdict_model *m, const struct verdict_scratch *s,
                          uint32_t best, uint32_t rival, struct verdict_reasons *out)
{
    compare(m, s, best < m->n ? best : m->unknown, rival < m->n ? rival : m->unknown, out);
    out->odds = sum_of(out);
}
