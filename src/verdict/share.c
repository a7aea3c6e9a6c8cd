// SPDX-License-Identifier: Apache-2.0
// Which rows of each table the members of a class, system or stack have, and how often.
#include "verdict/model.h"

struct making {
    const struct verdict_model *m;
    struct shares out;
    uint32_t n_pairs;
    uint32_t *place[TABLE_COUNT]; // by row: 1 + its pair, if of the node at hand
    uint32_t *owner[TABLE_COUNT]; // 1 + node
};

// The references below each node of a level, one node after the other.
struct members {
    uint32_t *first;
    uint32_t *refs;
};

static struct members members_of(const struct verdict_model *m, enum verdict_level which,
                                 struct arena *run)
{
    const struct level *level = &m->base->level[which];
    struct members out = {arena_array(run, level->n + 1, sizeof(uint32_t)), NULL};
    uint32_t *at = arena_array(run, level->n, sizeof *at);
    for (uint32_t k = 0; k < level->n; k++) {
        at[k] = out.first[k];
        out.first[k + 1] = out.first[k] + m->size[which][k];
    }
    out.refs = arena_array(run, out.first[level->n], sizeof *out.refs);
    for (uint32_t i = 0; i < m->n; i++)
        for (uint32_t k = level->first[i]; k < level->first[i + 1]; k++)
            out.refs[at[level->ids[k]]++] = i;
    return out;
}

static void add_table(struct making *k, uint32_t node, int which, const uint32_t *refs, uint32_t n)
{
    const struct table *t = &k->m->table[which];
    const uint32_t at = node * TABLE_COUNT + (uint32_t)which;
    k->out.share[at].first = k->n_pairs;
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t row = t->row_of[refs[i]];
        if (!t->has[row])
            continue;
        if (k->owner[which][row] != node + 1) {
            k->out.pairs[k->n_pairs++] = (struct pair){0, (uint16_t)row, (uint16_t)which};
            k->place[which][row] = k->n_pairs;
            k->owner[which][row] = node + 1;
        }
        k->out.pairs[k->place[which][row] - 1].count++;
        k->out.share[at].count++;
    }
    k->out.share[at + 1].first = k->n_pairs;
}

void share_make(struct verdict_model *m, struct arena *run)
{
    const uint32_t n = m->unknown - m->first_class;
    struct making k = {.m = m};
    struct members members[NODE_KINDS];
    size_t most = 0;
    for (int kind = 0; kind < NODE_KINDS; kind++) {
        members[kind] = members_of(m, model_level(kind), run);
        most += members[kind].first[m->base->level[model_level(kind)].n];
    }
    for (int t = 0; t < TABLE_COUNT; t++) {
        k.place[t] = arena_array(run, m->table[t].n, sizeof *k.place[t]);
        k.owner[t] = arena_array(run, m->table[t].n, sizeof *k.owner[t]);
    }
    k.out.share = arena_array(run, (size_t)n * TABLE_COUNT + 1, sizeof *k.out.share);
    k.out.pairs = arena_array(run, most * TABLE_COUNT, sizeof *k.out.pairs);
    for (uint32_t node = 0; node < n; node++) {
        const int kind = model_kind(m, m->first_class + node);
        const uint32_t id = m->first_class + node - model_first(m, kind);
        const uint32_t *first = members[kind].first;
        for (int t = 0; t < TABLE_COUNT; t++)
            add_table(&k, node, t, members[kind].refs + first[id], first[id + 1] - first[id]);
    }
    m->shares = k.out;
}

// Takes one reference from the counts of a node.
static void drop(const struct verdict_model *m, uint32_t node, uint32_t ref)
{
    for (uint32_t t = 0; t < TABLE_COUNT; t++) {
        const uint32_t at = node * TABLE_COUNT + t;
        const uint32_t row = m->table[t].row_of[ref];
        if (!m->table[t].has[row])
            continue;
        m->shares.share[at].count--;
        for (uint32_t k = m->shares.share[at].first; k < m->shares.share[at + 1].first; k++)
            if (m->shares.pairs[k].row == row)
                m->shares.pairs[k].count--;
    }
}

void share_recount(struct verdict_model *m, struct arena *run)
{
    const struct shares all = m->shares;
    const size_t n = (size_t)(m->unknown - m->first_class) * TABLE_COUNT;
    m->shares.share = arena_array(run, n + 1, sizeof *all.share);
    m->shares.pairs = arena_array(run, all.share[n].first, sizeof *all.pairs);
    memcpy(m->shares.share, all.share, (n + 1) * sizeof *all.share);
    memcpy(m->shares.pairs, all.pairs, all.share[n].first * sizeof *all.pairs);
    for (uint32_t i = 0; i < m->n; i++)
        for (int kind = 0; kind < NODE_KINDS && !model_has(m, i); kind++) {
            const struct level *level = &m->base->level[model_level(kind)];
            for (uint32_t k = level->first[i]; k < level->first[i + 1]; k++)
                drop(m, model_first(m, kind) - m->first_class + level->ids[k], i);
        }
}
