// SPDX-License-Identifier: Apache-2.0
// Which rows of each table the members of a class, system or stack have, and how often.
#include "verdict/model.h"

struct making {
    const struct verdict_model *m;
    struct shares out;
    uint32_t n_numbers;
    uint16_t *count; // by row, of the node and table at hand
    uint16_t *rows;  // that have one
};

static void put_members(struct making *k, int kind)
{
    const struct verdict_model *m = k->m;
    const struct level *level = &m->base->level[model_level(kind)];
    const uint32_t node = model_first(m, kind) - m->first_class;
    const uint32_t *size = m->size[model_level(kind)];
    uint32_t *first = k->out.first_member;
    for (uint32_t id = 0; id < level->n; id++)
        first[node + id + 2] = first[node + id + 1] + size[id];
    for (uint32_t i = 0; i < m->n; i++)
        for (uint32_t at = level->first[i]; model_has(m, i) && at < level->first[i + 1]; at++)
            k->out.members[first[node + level->ids[at] + 1]++] = (uint16_t)i;
}

// Rows that occur once, then rows with their counts.
static void put_numbers(struct making *k, struct share *share, uint32_t n)
{
    uint16_t *to = k->out.numbers + k->n_numbers;
    share->first = k->n_numbers;
    for (uint32_t i = 0; i < n; i++)
        if (k->count[k->rows[i]] == 1)
            to[share->n_once++] = k->rows[i];
    to += share->n_once;
    for (uint32_t i = 0; i < n; i++) {
        if (k->count[k->rows[i]] > 1) {
            to[2 * share->n_more] = k->rows[i];
            to[2 * share->n_more++ + 1] = k->count[k->rows[i]];
        }
        k->count[k->rows[i]] = 0;
    }
    k->n_numbers += share->n_once + 2u * share->n_more;
}

static void put_node(struct making *k, uint32_t node, uint32_t which)
{
    const struct table *t = &k->m->table[which];
    const uint32_t *first = &k->out.first_member[node];
    uint32_t n = 0;
    uint32_t n_has = 0;
    for (uint32_t i = first[0]; i < first[1]; i++) {
        const uint16_t row = t->row_of[k->out.members[i]];
        if (!t->has[row])
            continue;
        n_has++;
        if (k->count[row]++ == 0)
            k->rows[n++] = row;
    }
    k->out.each[node * ROWS_WIDE + which] = n_has > 0 ? 1.0F / (float)n_has : 0;
    if (first[1] - first[0] > FEW_MEMBERS)
        put_numbers(k, &k->out.share[node * TABLE_COUNT + which], n);
    for (uint32_t i = 0; i < n; i++)
        k->count[k->rows[i]] = 0;
}

static size_t count_members(const struct verdict_model *m)
{
    size_t n = 0;
    for (int kind = 0; kind < NODE_KINDS; kind++)
        for (uint32_t id = 0; id < m->base->level[model_level(kind)].n; id++)
            n += m->size[model_level(kind)][id];
    return n;
}

// Many systems have one class, many stacks one system.
static void find_same(struct making *k, uint32_t n, struct arena *run)
{
    struct intern lists = intern_new(run, sizeof(uint16_t));
    uint32_t *first_of = arena_array(run, n, sizeof *first_of); // by list
    const uint32_t *first = k->out.first_member;
    k->out.same = arena_array(run, n, sizeof *k->out.same);
    for (uint32_t node = 0; node < n; node++) {
        const uint32_t before = lists.n;
        const uint32_t list = intern_add(&lists, k->out.members + first[node],
                                         (first[node + 1] - first[node]) * sizeof(uint16_t));
        if (lists.n > before)
            first_of[list] = node;
        k->out.same[node] = first_of[list];
    }
}

void share_make(struct verdict_model *m, struct arena *run)
{
    const uint32_t n = m->unknown - m->first_class;
    const size_t n_members = count_members(m);
    struct making k = {.m = m};
    k.out.first_member = arena_array(run, (size_t)n + 2, sizeof *k.out.first_member);
    k.out.members = arena_array(run, n_members, sizeof *k.out.members);
    k.out.each = arena_array(run, (size_t)n * ROWS_WIDE, sizeof *k.out.each);
    k.out.share = arena_array(run, (size_t)n * TABLE_COUNT, sizeof *k.out.share);
    k.out.numbers = arena_array(run, n_members * TABLE_COUNT, sizeof *k.out.numbers);
    k.count = arena_array(run, (size_t)m->n + 1, sizeof *k.count);
    k.rows = arena_array(run, (size_t)m->n + 1, sizeof *k.rows);
    for (int kind = 0; kind < NODE_KINDS; kind++)
        put_members(&k, kind);
    find_same(&k, n, run);
    for (uint32_t node = 0; node < n; node++)
        for (uint32_t t = 0; t < TABLE_COUNT; t++)
            put_node(&k, node, t);
    m->shares = k.out;
}
