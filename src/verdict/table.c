// SPDX-License-Identifier: Apache-2.0
// The rows of each group and how often each occurs.
#include "verdict/model.h"

static void count_rows(struct table *t, const struct verdict_model *m, struct arena *run)
{
    t->count = arena_array(run, t->n, sizeof *t->count);
    t->bare = arena_array(run, t->n, sizeof *t->bare);
    for (uint32_t r = 0; r < t->n; r++)
        if (!t->has[r])
            t->bare[t->n_bare++] = r;
    for (uint32_t i = 0; i < m->n; i++)
        t->count[t->row_of[i]] += t->has[t->row_of[i]];
    for (uint32_t r = 0; r < t->n; r++)
        t->n_has += (double)t->count[r];
}

static void table_cells(struct table *t, const struct verdict_model *m, struct arena *run)
{
    uint32_t key[TABLE_WIDEST] = {0};
    struct intern rows = intern_new(run, sizeof key[0]);
    (void)intern_add(&rows, key, t->n_cols * sizeof key[0]); // ROW_ABSENT
    t->row_of = arena_array(run, m->n, sizeof *t->row_of);
    for (uint32_t i = 0; i < m->n; i++) {
        for (uint32_t c = 0; c < t->n_cols; c++)
            key[c] = m->base->cell[t->col[c]][i];
        t->row_of[i] = (uint16_t)intern_add(&rows, key, t->n_cols * sizeof key[0]);
    }
    t->n = rows.n;
    t->has = arena_array(run, t->n, sizeof *t->has);
    t->cell = arena_array(run, (size_t)t->n * t->n_cols, sizeof *t->cell);
    for (uint32_t r = 0; r < t->n; r++) {
        memcpy(key, rows.bytes.bytes + intern_at(&rows, r).at, t->n_cols * sizeof key[0]);
        t->has[r] = r != ROW_ABSENT;
        for (uint32_t c = 0; c < t->n_cols; c++)
            t->cell[(size_t)c * t->n + r] = (uint16_t)key[c];
    }
}

// Windows are counted in the MSS: whether it was clamped is seen in the options.
static void table_join(struct table *t, const struct verdict_model *m, struct arena *run)
{
    const struct table *opt = &m->table[GROUP_OPT];
    const struct table *win = &m->table[GROUP_WIN];
    struct intern rows = intern_new(run, sizeof(uint32_t));
    t->n_cols = 2;
    t->row_of = arena_array(run, m->n, sizeof *t->row_of);
    for (uint32_t i = 0; i < m->n; i++) {
        const uint32_t key[2] = {opt->row_of[i], win->row_of[i]};
        t->row_of[i] = (uint16_t)intern_add(&rows, key, sizeof key);
    }
    t->n = rows.n;
    t->has = arena_array(run, t->n, sizeof *t->has);
    t->cell = arena_array(run, (size_t)t->n * 2, sizeof *t->cell);
    for (uint32_t r = 0; r < t->n; r++) {
        uint32_t key[2];
        memcpy(key, rows.bytes.bytes + intern_at(&rows, r).at, sizeof key);
        t->has[r] = key[1] != ROW_ABSENT;
        t->cell[r] = (uint16_t)key[0];
        t->cell[t->n + r] = (uint16_t)key[1];
    }
}

static void table_columns(struct verdict_model *m)
{
    for (int a = 0; a < VERDICT_ATTRS; a++) {
        struct table *t = &m->table[m->base->group[a]];
        t->col[t->n_cols++] = a;
    }
}

static void make_blank(struct verdict_model *m, enum view view, struct arena *run)
{
    const struct table *t = &m->table[GROUP_OPT];
    uint16_t *cell = arena_array(run, (size_t)t->n * OPTIONS, sizeof *cell);
    uint32_t n_numbers[OPTIONS];
    for (uint32_t c = 0; c < OPTIONS; c++) {
        n_numbers[c] = m->base->blank[view][c].n;
        for (uint32_t r = 0; r < t->n; r++)
            cell[(size_t)c * t->n + r] = m->base->of_plain[view][c][t->cell[(size_t)c * t->n + r]];
    }
    m->blank[view] = lists_make(run, cell, OPTIONS, t->n, n_numbers);
}

// The cells of PART_OPTIONS with the rows of GROUP_WIN for those that they share with the options.
static const uint16_t *windows_of(const struct verdict_model *m, const uint16_t *cell, uint32_t n,
                                  struct arena *run)
{
    const struct table *join = &m->table[TABLE_WIN_BY_OPT];
    uint16_t *out = arena_array(run, 2 * (size_t)n, sizeof *out);
    for (uint32_t r = 0; r < n; r++) {
        out[r] = cell[r];
        out[n + r] = join->cell[join->n + cell[n + r]];
    }
    return out;
}

// Rows of the groups of a part, once each.
static void make_part(struct verdict_model *m, int which, struct arena *run)
{
    struct part *part = &m->part[which];
    struct intern rows = intern_new(run, sizeof(uint32_t));
    uint32_t key[GROUP_COUNT];
    for (uint32_t i = 0; i < m->n; i++) {
        for (uint32_t c = 0; c < part->n; c++)
            key[c] = m->table[part->table[c]].row_of[i];
        m->part_rows[i * (N_PARTS + 1) + (uint32_t)which] =
            (uint16_t)intern_add(&rows, key, part->n * sizeof *key);
    }
    uint16_t *cell = arena_array(run, (size_t)rows.n * part->n, sizeof *cell);
    for (uint32_t r = 0; r < rows.n; r++) {
        memcpy(key, rows.bytes.bytes + intern_at(&rows, r).at, part->n * sizeof *key);
        for (uint32_t c = 0; c < part->n; c++)
            cell[(size_t)c * rows.n + r] = (uint16_t)key[c];
    }
    part->grid = grid_make(run, cell, part->n, rows.n);
    if (which == PART_OPTIONS)
        part->by_windows = grid_make(run, windows_of(m, cell, rows.n, run), part->n, rows.n);
}

static void make_parts(struct verdict_model *m, struct arena *run)
{
    static const struct part parts[N_PARTS] = {
        [PART_OPTIONS] = {.n = 2, .table = {GROUP_OPT, TABLE_WIN_BY_OPT}},
        [PART_TTL] = {.n = 2, .table = {GROUP_TTL, GROUP_DF}},
        [PART_IDS] = {.n = 3, .table = {GROUP_IPID, GROUP_TS, GROUP_SYNACK}},
    };
    m->part_rows = arena_array(run, (size_t)m->n * (N_PARTS + 1), sizeof *m->part_rows);
    for (int i = 0; i < N_PARTS; i++) {
        m->part[i] = parts[i];
        make_part(m, i, run);
    }
    for (uint32_t i = 0; i < m->n; i++)
        m->part_rows[i * (N_PARTS + 1) + N_PARTS] = m->table[GROUP_ISN].row_of[i];
}

static void make_lists(struct table *t, const struct verdict_model *m, struct arena *run)
{
    uint32_t n_numbers[TABLE_WIDEST];
    for (uint32_t c = 0; c < t->n_cols; c++)
        n_numbers[c] = m->base->column[t->col[c]].n;
    t->lists = lists_make(run, t->cell, t->n_cols, t->n, n_numbers);
}

void table_make_all(struct verdict_model *m, struct arena *run)
{
    table_columns(m);
    for (int i = 0; i < TABLE_COUNT; i++) {
        struct table *t = &m->table[i];
        if (i == TABLE_WIN_BY_OPT)
            table_join(t, m, run);
        else
            table_cells(t, m, run);
        count_rows(t, m, run);
        if (i == GROUP_OPT || i == GROUP_WIN)
            make_lists(t, m, run);
        else if (i != TABLE_WIN_BY_OPT)
            t->grid = grid_make(run, t->cell, t->n_cols, t->n);
    }
    make_blank(m, VIEW_SHIFT, run);
    make_blank(m, VIEW_MSS, run);
    make_parts(m, run);
    m->rows = arena_array(run, (size_t)m->n * ROWS_WIDE, sizeof *m->rows);
    for (uint32_t i = 0; i < m->n; i++)
        for (int t = 0; t < TABLE_COUNT; t++)
            m->rows[i * ROWS_WIDE + (uint32_t)t] = m->table[t].row_of[i];
}

void table_recount(struct verdict_model *m, struct arena *run)
{
    for (int i = 0; i < TABLE_COUNT; i++) {
        struct table *t = &m->table[i];
        const float *all = t->count;
        t->count = arena_array(run, t->n, sizeof *t->count);
        memcpy(t->count, all, t->n * sizeof *t->count);
        for (uint32_t r = 0; r < m->n; r++) {
            const bool is_gone = !model_has(m, r) && t->has[t->row_of[r]];
            t->count[t->row_of[r]] -= is_gone;
            t->n_has -= is_gone;
        }
    }
}
