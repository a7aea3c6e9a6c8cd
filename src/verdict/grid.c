// SPDX-License-Identifier: Apache-2.0
#include "verdict/grid.h"

enum { PARTS_MAX = 64 };

// Parts that wait to be joined: which, and the number of each row in it.
struct part_at {
    uint32_t which;
    uint32_t n; // numbers
    uint32_t *ids;
};

struct parts {
    uint32_t n;
    struct part_at at[PARTS_MAX];
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

// The part with the fewest different numbers, taken out.
static struct part_at take_least(struct parts *p)
{
    uint32_t least = 0;
    for (uint32_t i = 1; i < p->n; i++)
        if (p->at[i].n < p->at[least].n)
            least = i;
    const struct part_at taken = p->at[least];
    p->n--;
    for (uint32_t i = least; i < p->n; i++)
        p->at[i] = p->at[i + 1];
    return taken;
}

static struct part_at join_two(struct grid *g, const struct part_at *a, const struct part_at *b,
                               bool is_last, struct arena *run)
{
    struct join *j = &g->joins[g->n_joins];
    struct part_at out = {.which = g->n_cols + g->n_joins++};
    *j = (struct join){.left = a->which, .right = b->which, .at = g->room};
    if (is_last)
        copy_numbers(j, a->ids, b->ids, g->n, run);
    else
        out.ids = join_make(j, a->ids, b->ids, g->n, run);
    out.n = j->n;
    g->room += j->n;
    return out;
}

static uint32_t count_numbers(const uint32_t *ids, uint32_t n)
{
    uint32_t most = 0;
    for (uint32_t r = 0; r < n; r++)
        most = ids[r] > most ? ids[r] : most;
    return most + 1;
}

// Parts with few numbers are joined first, as in a code of Huffman: little is computed often.
struct grid grid_make(struct arena *run, const uint16_t *cell, uint32_t n_cols, uint32_t n)
{
    struct grid g = {.n_cols = n_cols, .n = n};
    struct parts p = {.n = n_cols};
    g.joins = arena_array(run, n_cols + 1, sizeof *g.joins);
    for (uint32_t c = 0; c < n_cols; c++) {
        p.at[c] = (struct part_at){.which = c, .ids = arena_array(run, n, sizeof(uint32_t))};
        for (uint32_t r = 0; r < n; r++)
            p.at[c].ids[r] = cell[(size_t)c * n + r];
        p.at[c].n = count_numbers(p.at[c].ids, n);
    }
    if (n_cols == 1) {
        g.joins[g.n_joins++] = (struct join){.left = 0, .right = UINT32_MAX};
        copy_numbers(&g.joins[0], p.at[0].ids, p.at[0].ids, n, run);
    }
    while (p.n > 1) {
        const struct part_at a = take_least(&p);
        const struct part_at b = take_least(&p);
        p.at[p.n] = join_two(&g, &a, &b, p.n == 0, run);
        p.n++;
    }
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
    uint32_t i = 0;
    for (; i + 4 <= j->n; i += 4) { // side by side
        const float x0 = a[left[i]] * b[right[i]];
        const float x1 = a[left[i + 1]] * b[right[i + 1]];
        const float x2 = a[left[i + 2]] * b[right[i + 2]];
        const float x3 = a[left[i + 3]] * b[right[i + 3]];
        to[i] = x0;
        to[i + 1] = x1;
        to[i + 2] = x2;
        to[i + 3] = x3;
    }
    for (; i < j->n; i++)
        to[i] = a[left[i]] * b[right[i]];
}

WIDE static void gather_sums(const struct join *j, const float *a, const float *b, float *to)
{
    const uint16_t *left = j->a;
    const uint16_t *right = j->b;
    uint32_t i = 0;
    for (; i + 4 <= j->n; i += 4) { // side by side
        const float x0 = a[left[i]] + b[right[i]];
        const float x1 = a[left[i + 1]] + b[right[i + 1]];
        const float x2 = a[left[i + 2]] + b[right[i + 2]];
        const float x3 = a[left[i + 3]] + b[right[i + 3]];
        to[i] = x0;
        to[i + 1] = x1;
        to[i + 2] = x2;
        to[i + 3] = x3;
    }
    for (; i < j->n; i++)
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

void lists_find(const struct lists *l, uint32_t col, const struct hit *hits, uint32_t n,
                struct stretch *out)
{
    const uint32_t *first = l->first[col];
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t at = first[hits[i].number];
        const uint32_t end = first[hits[i].number + 1];
        out[i] = (struct stretch){(uint16_t)at, (uint16_t)(end - at), hits[i].times};
    }
}

void lists_apply(const struct lists *l, uint32_t col, const struct stretch *hits, uint32_t n,
                 float *rows)
{
    for (uint32_t i = 0; i < n; i++) {
        const uint16_t *list = l->rows[col] + hits[i].first;
        for (uint32_t k = 0; k < hits[i].n; k++)
            rows[list[k]] *= hits[i].times;
    }
}
