// SPDX-License-Identifier: Apache-2.0
// Is a block safe to use? The parts are known to lie inside of it. Here every index, place and
// length in them is held against what it counts, so that whatever the bytes are, nothing outside
// of the block is ever read. What a checked block says may still be nonsense.
#include "osdb/view.h"

static uint32_t count(const struct osdb *db, enum block_part part)
{
    return db->head->part[part].n;
}

// Whether first .. first + n - 1 are below `limit`.
static bool is_inside(uint32_t first, uint32_t n, uint32_t limit)
{
    return first <= limit && n <= limit - first;
}

static bool is_text(const struct osdb *db, struct block_text t)
{
    return is_inside(t.at, t.len, count(db, PART_TEXT));
}

static bool are_below(const uint32_t *v, uint32_t n, uint32_t limit)
{
    uint32_t bad = 0;
    for (uint32_t i = 0; i < n; i++)
        bad |= v[i] >= limit;
    return !bad;
}

static bool is_set(const struct osdb *db, struct block_set s)
{
    if (s.n == SET_ALL)
        return true;
    if (s.n == SET_ROW)
        return s.first < count(db, PART_ROW) / db->row;
    return is_inside(s.first, s.n, count(db, PART_POST));
}

static bool check_sizes(const struct osdb *db)
{
    const uint64_t bits = (uint64_t)db->row * 8;
    const uint32_t n = db->n_refs;
    return db->head->quirks <= QUIRKS_7991 && db->row % BLOCK_ROW == 0 && db->row > 0 &&
           bits >= n && bits < (uint64_t)n + (uint64_t)8 * BLOCK_ROW + 1 &&
           count(db, PART_ROW) >= db->row && count(db, PART_ROW) % db->row == 0 &&
           count(db, PART_REF_KEY) == n &&
           count(db, PART_REF_LINE) == (uint64_t)n * db->gen->n_tests &&
           count(db, PART_SLOT) == count(db, PART_SLOT_TEXT);
}

static bool check_sources(const struct osdb *db)
{
    for (uint32_t i = 0; i < count(db, PART_SOURCE); i++)
        if (!is_text(db, db->sources[i].name) || db->sources[i].err > ERR_SYS)
            return false;
    for (uint32_t i = 0; i < count(db, PART_DIAG); i++) {
        const struct block_diag *d = &db->diags[i];
        const bool is_good = d->source < count(db, PART_SOURCE) && d->code <= ERR_SYS &&
                             is_text(db, d->what) && is_text(db, d->token) && d->what.len > 0 &&
                             d->token.len < sizeof((struct err_at *)0)->token &&
                             db->text[d->what.at + d->what.len - 1] == '\0';
        if (!is_good)
            return false;
    }
    return true;
}

static bool check_classes(const struct osdb *db)
{
    for (uint32_t i = 0; i < count(db, PART_CLASS); i++) {
        const struct block_class *c = &db->classes[i];
        const bool has_generation = c->generation.len != BLOCK_NONE;
        if (!is_text(db, c->vendor) || !is_text(db, c->family) || !is_text(db, c->type) ||
            (has_generation && !is_text(db, c->generation)) ||
            !is_inside(c->first_cpe, c->n_cpe, count(db, PART_CPE)))
            return false;
    }
    for (uint32_t i = 0; i < count(db, PART_CPE); i++)
        if (!is_text(db, db->cpes[i]))
            return false;
    return are_below(db->ref_classes, count(db, PART_REF_CLASS), count(db, PART_CLASS));
}

static bool check_refs(const struct osdb *db)
{
    for (uint32_t i = 0; i < db->n_refs; i++) {
        const struct block_ref *r = &db->refs[i];
        if (!is_text(db, r->name) || r->source >= count(db, PART_SOURCE) ||
            !is_inside(r->first_class, r->n_classes, count(db, PART_REF_CLASS)))
            return false;
    }
    const uint32_t n_tests = db->gen->n_tests;
    for (uint32_t i = 0; i < db->n_refs * n_tests; i++) {
        const uint32_t n = osdb_tests[db->gen->test + i % n_tests].n;
        const uint32_t line = db->ref_lines[i];
        if (line != BLOCK_NONE && !is_inside(line, n, count(db, PART_LINE_EXPR)))
            return false;
    }
    uint32_t bad = 0;
    for (uint32_t i = 0; i < db->n_refs; i++)
        bad |= db->ref_keys[i].shape >= count(db, PART_SHAPE);
    return !bad;
}

static bool check_exprs(const struct osdb *db)
{
    const uint32_t n = count(db, PART_EXPR);
    for (uint32_t i = 0; i < n; i++)
        if (!is_text(db, db->exprs[i]))
            return false;
    uint32_t bad = 0;
    for (uint32_t i = 0; i < count(db, PART_LINE_EXPR); i++)
        bad |= db->line_exprs[i] != BLOCK_NONE && db->line_exprs[i] >= n;
    return !bad;
}

static bool check_sets(const struct osdb *db)
{
    bool is_good = true;
    for (uint32_t i = 0; i < count(db, PART_SLOT); i++)
        is_good &= is_set(db, db->slots[i].set);
    for (uint32_t i = 0; i < count(db, PART_RANK); i++)
        is_good &= is_set(db, db->ranks[i]);
    for (uint32_t i = 0; i < count(db, PART_BRACKET); i++)
        is_good &= is_set(db, db->brackets[i].set) && db->brackets[i].expr < count(db, PART_EXPR);
    return is_good && are_below(db->posts, count(db, PART_POST), db->n_refs);
}

// A table has a free slot, so that every search ends. The text of a long value lies inside.
static bool check_table(const struct osdb *db, const struct block_attr *a)
{
    bool has_free = false;
    if (a->slot_bits == 0)
        return true;
    if (a->slot_bits > 31 || !is_inside(a->first_slot, 1u << a->slot_bits, count(db, PART_SLOT)))
        return false;
    for (uint32_t i = 0; i < 1u << a->slot_bits; i++) {
        const uint64_t key = db->slots[a->first_slot + i].key;
        const uint32_t text = db->slot_texts[a->first_slot + i];
        has_free |= key == 0;
        if (key >> 63 && !is_inside(text, value_long_len(key), count(db, PART_TEXT)))
            return false;
    }
    return has_free;
}

static bool check_attr(const struct osdb *db, const struct block_attr *a)
{
    const uint32_t n_ranks = count(db, PART_RANK);
    return is_inside(a->first_expr, a->n_exprs, count(db, PART_EXPR)) &&
           a->present < count(db, PART_ROW) / db->row &&
           is_inside(a->first_bound, a->n_bounds, count(db, PART_BOUND)) &&
           a->n_bounds <= n_ranks && is_inside(a->first_rank, 2 * a->n_bounds + 1, n_ranks) &&
           is_inside(a->first_bracket, a->n_brackets, count(db, PART_BRACKET)) &&
           check_table(db, a);
}

enum err view_check(const struct osdb *db, struct err_at *at)
{
    bool is_good = check_sizes(db) && check_sources(db) && check_classes(db) && check_refs(db) &&
                   check_exprs(db) && check_sets(db);
    for (int i = 0; i < ATTR_COUNT && is_good; i++)
        is_good = check_attr(db, &db->head->attr[i]);
    if (is_good)
        return ERR_OK;
    if (at)
        *at = (struct err_at){0};
    return err_set(at, ERR_RANGE, "compiled database with a wrong index", (struct span){NULL, 0});
}
