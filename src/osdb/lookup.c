// SPDX-License-Identifier: Apache-2.0
// A value of a subject -> the references that lose its points. Each distinct literal has a slot
// in the hash table of its attribute; a number without a slot lies in one interval between the
// bounds of the attribute; expressions with brackets are asked one by one, and so are all
// expressions for the few values that the compiler left to them (osdb/expr.h).
#include "osdb/expr.h"
#include "osdb/scratch.h"
#include "osdb/tree.h"

static uint64_t load_le(const char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

// Two words that overlap instead of a loop over the last bytes.
static uint64_t long_key(struct span v)
{
    const uint64_t odd = 0xD6E8FEB86659FD93u;
    uint64_t h = 0;
    for (size_t i = 0; i + sizeof h < v.len; i += sizeof h) {
        h = (h ^ load_le(v.ptr + i)) * odd;
        h ^= h >> 32;
    }
    h = (h ^ load_le(v.ptr + v.len - sizeof h)) * odd;
    return UINT64_C(1) << 63 | (uint64_t)v.len << 52 | h >> 12;
}

static uint64_t load_be32(const char *p)
{
    uint64_t v = 0;
    for (int i = 0; i < 4; i++)
        v = v << 8 | (uint8_t)p[i];
    return v;
}

// Reads that overlap, so that there is no loop: first, middle and last byte of up to three, the
// first and the last four of more.
uint64_t value_short_key(struct span v)
{
    const uint64_t size = ((uint64_t)v.len + 1) << 56;
    const uint8_t *p = (const uint8_t *)v.ptr;
    if (v.len == 0)
        return size;
    if (v.len >= 4)
        return size | load_be32(v.ptr) << 8 * (v.len - 4) | load_be32(v.ptr + v.len - 4);
    const size_t last = v.len - 1;
    return size | (uint64_t)p[0] << 8 * last | (uint64_t)p[v.len / 2] << 8 * (last - v.len / 2) |
           p[last];
}

uint64_t value_key(struct span value)
{
    return value.len <= VALUE_SHORT ? value_short_key(value) : long_key(value);
}

static const struct block_slot *find_slot(const struct osdb *db, const struct block_attr *a,
                                          struct span value, uint64_t key)
{
    const uint32_t mask = (1u << a->slot_bits) - 1;
    uint32_t at = value_slot(key, a->slot_bits);
    const struct block_slot *slots = db->slots + a->first_slot;
    for (; slots[at].key; at = (at + 1) & mask) {
        if (slots[at].key != key)
            continue;
        const char *text = db->text + db->slot_texts[a->first_slot + at];
        if (value.len <= VALUE_SHORT || memcmp(text, value.ptr, value.len) == 0)
            return &slots[at];
    }
    return NULL;
}

static struct block_set find_rank(const struct osdb *db, const struct block_attr *a, uint64_t key)
{
    const uint64_t *bounds = db->bounds + a->first_bound;
    uint32_t i = 0;
    for (uint32_t left = a->n_bounds; left > 0;) { // the first one that is not below key
        const uint32_t half = left / 2;
        const bool is_below = bounds[i + half] < key;
        i = is_below ? i + half + 1 : i;
        left = is_below ? left - half - 1 : half;
    }
    const bool is_bound = i < a->n_bounds && bounds[i] == key;
    return db->ranks[a->first_rank + 2 * i + is_bound];
}

static void clear_posts(const struct osdb *db, struct block_set set, char *row)
{
    uint64_t *bits = (uint64_t *)(void *)row;
    for (uint32_t i = 0; i < set.n; i++) {
        const uint32_t ref = db->posts[set.first + i];
        bits[ref / 64] &= ~(UINT64_C(1) << ref % 64);
    }
}

// What the set leaves of `row`.
static void clear_set(const struct osdb *db, struct block_set set, const char *present, char *row)
{
    uint64_t *bits = (uint64_t *)(void *)row;
    const uint64_t *other = (const void *)(set.n == SET_ROW ? view_row(db, set.first) : present);
    if (set.n < SET_ALL) {
        clear_posts(db, set, row);
        return;
    }
    for (uint32_t i = 0; i < db->row / 8; i++)
        bits[i] &= set.n == SET_ROW ? other[i] : ~other[i];
}

// The row of a set: the block's own where possible, else one made in `room`.
static const char *row_of(const struct osdb *db, const struct block_attr *a, struct block_set set,
                          char *room)
{
    if (set.n == SET_ALL)
        return NULL;
    if (set.n == SET_ROW)
        return view_row(db, set.first);
    if (set.n == 0)
        return view_row(db, a->present);
    memcpy(room, view_row(db, a->present), db->row);
    clear_posts(db, set, room);
    return room;
}

// Which references have an expression that accepts the value: all are asked.
static const char *ask_all(const struct osdb *db, int attr, struct span value, char *room)
{
    const struct block_attr *a = &db->head->attr[attr];
    const enum osdb_form form = osdb_attr_form(attr);
    const enum quirks quirks = osdb_quirks(db);
    uint64_t *bits = (uint64_t *)(void *)room;
    uint32_t last = BLOCK_NONE; // neighbours often have the same expression
    bool is_hit = false;
    memcpy(room, view_row(db, a->present), db->row);
    for (uint32_t ref = 0; ref < db->n_refs; ref++) {
        const uint32_t expr = view_expr(db, ref, attr);
        if (expr == BLOCK_NONE)
            continue;
        if (expr != last)
            is_hit = osdb_expr_match(value, view_text(db, db->exprs[expr]), form, quirks);
        last = expr;
        if (is_hit)
            bits[ref / 64] &= ~(UINT64_C(1) << ref % 64);
    }
    return room;
}

static const char *ask_brackets(const struct osdb *db, int attr, struct span value, const char *row,
                                char *room)
{
    const struct block_attr *a = &db->head->attr[attr];
    const enum osdb_form form = osdb_attr_form(attr);
    for (uint32_t i = 0; i < a->n_brackets && row; i++) {
        const struct block_bracket *b = &db->brackets[a->first_bracket + i];
        const struct span expr = view_text(db, db->exprs[b->expr]);
        if (!osdb_expr_match(value, expr, form, osdb_quirks(db)))
            continue;
        if (row != room)
            memcpy(room, row, db->row);
        row = room;
        clear_set(db, b->set, view_row(db, a->present), room);
    }
    return row;
}

// Key 0: no slot can know the value.
static const char *lookup(const struct osdb *db, int attr, struct span value, uint64_t key,
                          char *room)
{
    const struct block_attr *a = &db->head->attr[attr];
    if (key == 0)
        return ask_all(db, attr, value, room);
    const struct block_slot *slot = find_slot(db, a, value, key);
    if (slot)
        return row_of(db, a, slot->set, room);
    const bool is_number = osdb_value_is_number(value, osdb_attr_form(attr), osdb_quirks(db));
    const bool is_bounded = a->n_bounds > 0 && is_number;
    if (osdb_value_is_odd(value) || (is_bounded && value.len > VALUE_SHORT))
        return ask_all(db, attr, value, room);
    struct block_set set = {0, 0};
    if (is_bounded)
        set = find_rank(db, a, key);
    return ask_brackets(db, attr, value, row_of(db, a, set, room), room);
}

// The slots are all over the block: they are fetched while the other keys are made.
static uint64_t begin_lookup(const struct osdb *db, const struct block_attr *a, struct span value)
{
    const bool has_zeros = value.len > 1 && value.ptr[0] == '0';
    if (has_zeros || value.len > VALUE_LONG || a->slot_bits == 0)
        return 0;
    const uint64_t key = value_key(value);
    __builtin_prefetch(&db->slots[a->first_slot + value_slot(key, a->slot_bits)]);
    return key;
}

void lookup_subject(const struct osdb *db, const struct osdb_subject *subject,
                    struct osdb_scratch *s)
{
    uint64_t key[ATTR_COUNT];
    uint8_t attr[ATTR_COUNT];
    uint32_t n = 0;
    s->has[0] = s->has[1] = 0;
    s->points = 0;
    for (int a = 0; a < db->gen->n_attrs; a++) {
        const int i = db->gen->attr + a;
        const struct span value = subject->value[i];
        s->missing[i] = NULL;
        if (span_is_absent(value) || db->points[i] == 0)
            continue;
        s->has[a / 64] |= UINT64_C(1) << a % 64;
        s->points += db->points[i];
        key[n] = begin_lookup(db, &db->head->attr[i], value);
        attr[n++] = (uint8_t)i;
    }
    for (uint32_t k = 0; k < n; k++) {
        const int i = attr[k];
        s->missing[i] = lookup(db, i, subject->value[i], key[k], s->rows + (size_t)i * db->row);
    }
}
