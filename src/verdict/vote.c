// SPDX-License-Identifier: Apache-2.0
// Votes of other layers on the posterior of TCP/IP. Who is sure is not outvoted: a host that
// answers like one system and speaks like another is a finding, not an average.
#include "verdict/weigh.h"

static const double sure = 0.9;

// The kernel below a hypothesis; of a reference in several systems, one that is told.
static enum kin kin_of(const struct verdict_model *m, uint32_t h)
{
    const struct level *systems = &m->base->level[VERDICT_SYSTEM];
    enum kin kin = KIN_NONE;
    if (h == m->unknown)
        return KIN_NONE;
    if (h >= m->first_system) // stacks follow
        return (enum kin)m->kin[h - m->first_system];
    if (h >= m->first_class)
        return (enum kin)m->kin[m->base->level[VERDICT_CLASS].parent[h - m->first_class]];
    for (uint32_t k = systems->first[h]; k < systems->first[h + 1] && kin == KIN_NONE; k++)
        kin = (enum kin)m->kin[systems->ids[k]];
    return kin;
}

double vote_of(const struct verdict_model *m, const struct verdict_scratch *s, uint32_t h)
{
    return s->vote[kin_of(m, h)];
}

static void find_stances(struct verdict_votes *votes, const double *p)
{
    enum kin best = KIN_NONE;
    for (int k = 1; k < KIN_COUNT; k++)
        if (p[k] > p[best] || best == KIN_NONE)
            best = (enum kin)k;
    for (uint32_t i = 0; i < votes->n; i++)
        votes->vote[i].stance = votes->kin[i] == best && p[best] > 0.5 ? VOTE_AGREES
                                : p[best] >= sure                      ? VOTE_DIFFERS
                                                                       : VOTE_OPEN;
}

// A weak hint that differs is shown and no more.
static bool is_contradicted(const struct verdict_votes *votes)
{
    bool is = false;
    for (uint32_t i = 0; i < votes->n; i++)
        is = is || (votes->vote[i].stance == VOTE_DIFFERS && votes->is_strong[i]);
    return is;
}

static void make_factors(const struct verdict_votes *votes, struct verdict_scratch *s)
{
    for (uint32_t i = 0; i < votes->n; i++) {
        if (votes->vote[i].stance == VOTE_DIFFERS)
            continue;
        for (int k = 1; k < KIN_COUNT; k++)
            s->vote[k] *= (int)votes->kin[i] == k ? votes->times[i] : 1 / votes->times[i];
    }
}

bool vote_apply(const struct verdict_model *m, struct verdict_scratch *s,
                struct verdict_votes *votes)
{
    double p[KIN_COUNT] = {0};
    double sum = 0;
    for (int k = 0; k < KIN_COUNT; k++)
        s->vote[k] = 1;
    if (votes->n == 0)
        return true;
    for (uint32_t i = 0; i < s->n_alive; i++)
        p[kin_of(m, s->alive[i])] += s->posterior[s->alive[i]];
    find_stances(votes, p);
    if (is_contradicted(votes))
        return false;
    make_factors(votes, s);
    for (uint32_t i = 0; i < s->n_alive; i++)
        sum += s->posterior[s->alive[i]] *= vote_of(m, s, s->alive[i]);
    for (uint32_t i = 0; i < s->n_alive; i++)
        s->posterior[s->alive[i]] /= sum;
    return true;
}
