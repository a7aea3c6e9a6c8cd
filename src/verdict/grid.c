// SPDX-License-Identifier: Apache-2.0
#include "verdict/grid.h"

enum { PARTS_MAX = 64 };

// Parts that wait to be joined: which, and the number of each row in it.
struct parts {
    uint32_t n;
    uint32_t which[PARTS_MAX];
    uint32_t *ids[PARTS_MAX];
};

static void copy_numbers(struct join *j, const uint32_t *a, const uint32_t *b, uint32_t n,
                         struct arena *run)
{
    j->n = n;
    j->a = arena_array(run, n, sizeof *j->a);
    j->b = arena_array(run, n, sizeof *j->b);
    for (uint32_t i = 0; i < n; i++) {
        j->a[i] = (uint16_t)a[i];
        j->b[i] = (uint16_t)b[i];
    }
}

// Returns the number of each row in the join; the last join keeps the rows as they are.
static uint32_t *join_make(struct join *j, const uint32_t *a, const uint32_t *b, uint32_t n,
                           struct arena *run)
{
    struct intern pairs = intern_new(run, sizeof(uint32_t));
    uint32_t *ids = arena_array(run, n, sizeof *ids);
    for (uint32_t r = 0; r < n; r++) {
        const uint32_t key[2] = {a[r], b[r]};
        ids[r] = intern_add(&pairs, key, sizeof key);
    }
    j->n = pairs.n;
    j->a = arena_array(run, pairs.n, sizeof *j->a);
    j->b = arena_array(run, pairs.n, sizeof *j->b);
    for (uint32_t i = 0; i < pairs.n; i++) {
        uint32_t key[2];
        memcpy(key, pairs.bytes.bytes + intern_at(&pairs, i).at, sizeof key);
        j->a[i] = (uint16_t)key[0];
        j->b[i] = (uint16_t)key[1];
    }
    return ids;
}

static void join_two(struct grid *g, struct parts *p, uint32_t i, bool is_last, struct arena *run)
{
    struct join *j = &g->joins[g->n_joins];
    const uint32_t *a = p->ids[i];
    const uint32_t *b = i + 1 < p->n ? p->ids[i + 1] : a;
    *j = (struct join){
        .left = p->which[i], .right = i + 1 < p->n ? p->which[i + 1] : UINT32_MAX, .at = g->room};
    if (is_last)
        copy_numbers(j, a, b, g->n, run);
    else
        p->ids[i / 2] = join_make(j, a, b, g->n, run);
    p->which[i / 2] = g->n_cols + g->n_joins++;
    g->room += j->n;
}

struct grid grid_make(struct arena *run, const uint16_t *cell, uint32_t n_cols, uint32_t n)
{
    struct grid g = {.n_cols = n_cols, .n = n};
    struct parts p = {.n = n_cols};
    g.joins = arena_array(run, n_cols + 1, sizeof *g.joins);
    for (uint32_t c = 0; c < n_cols; c++) {
        p.which[c] = c;
        p.ids[c] = arena_array(run, n, sizeof *p.ids[c]);
        for (uint32_t r = 0; r < n; r++)
            p.ids[c][r] = cell[(size_t)c * n + r];
    }
    do {
        const uint32_t before = p.n;
        for (uint32_t i = 0; i + 1 < before || (i < before && before == 1); i += 2)
            join_two(&g, &p, i, before <= 2, run);
        if (before % 2 == 1 && before > 1) { // the odd one waits for the next round
            p.which[before / 2] = p.which[before - 1];
            p.ids[before / 2] = p.ids[before - 1];
        }
        p.n = (before + 1) / 2;
    } while (p.n > 1);
    return g;
}

WIDE static void gather(const uint16_t *at, uint32_t n, const float *from, float *to)
{
    for (uint32_t i = 0; i < n; i++)
        to[i] = from[at[i]];
}

WIDE static void gather_products(const struct join *j, const float *a, const float *b, float *to)
{
    const uint16_t *left = j->a;
    const uint16_t *right = j->b;
    for (uint32_t i = 0; i < j->n; i++)
        to[i] = a[left[i]] * b[right[i]];
}

WIDE static void gather_sums(const struct join *j, const float *a, const float *b, float *to)
{
    const uint16_t *left = j->a;
    const uint16_t *right = j->b;
    for (uint32_t i = 0; i < j->n; i++)
        to[i] = a[left[i]] + b[right[i]];
}

// False: no column has a leaf.
static bool run(const struct grid *g, const float *const *leaf, float *room, float *rows,
                void (*both)(const struct join *, const float *, const float *, float *))
{
    const float *part[2 * PARTS_MAX];
    memcpy(part, leaf, g->n_cols * sizeof *part);
    for (uint32_t k = 0; k < g->n_joins; k++) {
        const struct join *j = &g->joins[k];
        const bool is_last = k + 1 == g->n_joins;
        const float *a = part[j->left];
        const float *b = j->right < UINT32_MAX ? part[j->right] : NULL;
        float *to = is_last ? rows : room + j->at;
        if (a && b)
            both(j, a, b, to);
        else if (a || b)
            gather(a ? j->a : j->b, j->n, a ? a : b, to);
        part[g->n_cols + k] = a || b ? to : NULL;
    }
    return part[g->n_cols + g->n_joins - 1] != NULL;
}

void grid_multiply(const struct grid *g, const float *const *leaf, float *room, float *rows)
{
    if (!run(g, leaf, room, rows, gather_products))
        for (uint32_t r = 0; r < g->n; r++)
            rows[r] = 1;
}

void grid_add(const struct grid *g, const float *const *leaf, float *room, float *rows)
{
    if (!run(g, leaf, room, rows, gather_sums))
        memset(rows, 0, g->n * sizeof *rows);
}

struct lists lists_make(struct arena *run, const uint16_t *cell, uint32_t n_cols, uint32_t n,
                        const uint32_t *n_numbers)
{
    struct lists l = {.n_cols = n_cols, .n = n};
    l.first = arena_array(run, n_cols, sizeof *l.first);
    l.rows = arena_array(run, n_cols, sizeof *l.rows);
    for (uint32_t c = 0; c < n_cols; c++) {
        const uint16_t *of_row = cell + (size_t)c * n;
        uint32_t *first = arena_array(run, n_numbers[c] + 2, sizeof *first);
        for (uint32_t r = 0; r < n; r++)
            first[of_row[r] + 2]++;
        for (uint32_t i = 2; i < n_numbers[c] + 2; i++)
            first[i] += first[i - 1];
        l.rows[c] = arena_array(run, n, sizeof *l.rows[c]);
        for (uint32_t r = 0; r < n; r++)
            l.rows[c][first[of_row[r] + 1]++] = (uint16_t)r;
        l.first[c] = first;
    }
    return l;
}

void lists_apply(const struct lists *l, uint32_t col, const struct hit *hits, uint32_t n,
                 float *rows)
{
    const uint32_t *first = l->first[col];
    const uint16_t *list = l->rows[col];
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = first[hits[i].number]; k < first[hits[i].number + 1]; k++)
            rows[list[k]] *= hits[i].times;
}
