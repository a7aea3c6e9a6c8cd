// SPDX-License-Identifier: Apache-2.0
// Compiling one attribute: for every value that stands literally in an expression, and for every
// interval between the operands of <, > and -, which references accept it. So a value of a
// subject is looked up once, whatever number of expressions there are. Values that this cannot
// know (with leading zeros or operators in them) are left to the expressions themselves; so are
// all values if an attribute has so many bounds that the intervals would not fit.
#include "osdb/compile.h"
#include "osdb/expr.h"

#define WORK_MAX (UINT64_C(64) << 20) // expressions asked, or bytes of intervals, per attribute

struct bound {
    uint32_t expr;
    enum osdb_alt_kind kind;
    uint64_t low; // keys
    uint64_t high;
};

struct pair {
    uint32_t key; // number of the literal
    uint32_t expr;
};

struct list {
    uint32_t *v;
    uint32_t n;
};

struct index {
    struct compile *c;
    struct block_attr *a;
    const uint32_t *cell;
    enum osdb_form form;
    uint32_t *post_first; // references of expression e: post[post_first[e]] .. post_first[e + 1]
    uint32_t *post;
    uint64_t *present; // one row
    uint64_t *row;     // of those that match
    struct intern keys;
    struct pile pairs;
    struct pile bounds;
    struct list asked;    // expressions with bounds or brackets: asked for every literal
    struct list brackets; // those with brackets
};

static struct span expr_of(const struct index *x, uint32_t expr)
{
    const struct block_text *t = (const void *)x->c->part[PART_EXPR].bytes;
    return span_of(x->c->text.bytes.bytes + t[x->a->first_expr + expr].at,
                   t[x->a->first_expr + expr].len);
}

static void *part_take(struct index *x, enum block_part part, size_t size)
{
    return pile_take(&x->c->part[part], size);
}

static uint32_t part_n(const struct index *x, enum block_part part)
{
    return (uint32_t)(x->c->part[part].len / block_kind.part_size[part]);
}

static void set_bit(uint64_t *row, uint32_t i)
{
    row[i / 64] |= UINT64_C(1) << i % 64;
}

static void collect_posts(struct index *x)
{
    const uint32_t n = x->c->tree->n;
    const uint32_t n_exprs = x->a->n_exprs;
    x->post_first = arena_array(x->c->arena, n_exprs + 2, sizeof(uint32_t));
    x->post = arena_array(x->c->arena, n, sizeof(uint32_t));
    uint32_t *at = x->post_first + 1; // moves from the first to behind the last one
    for (uint32_t i = 0; i < n; i++)
        if (x->cell[i] != BLOCK_NONE)
            x->post_first[x->cell[i] - x->a->first_expr + 2]++;
    for (uint32_t e = 1; e <= n_exprs; e++)
        at[e] += at[e - 1];
    for (uint32_t i = 0; i < n; i++) {
        if (x->cell[i] == BLOCK_NONE)
            continue;
        x->post[at[x->cell[i] - x->a->first_expr]++] = i;
        set_bit(x->present, i);
    }
}

static void add_posts(const struct index *x, uint32_t expr, uint64_t *row)
{
    for (uint32_t i = x->post_first[expr]; i < x->post_first[expr + 1]; i++)
        set_bit(row, x->post[i]);
}

// Longer operands are greater than any value that is looked up.
static uint64_t bound_key(struct span operand)
{
    return operand.len <= VALUE_SHORT ? value_short_key(operand) : UINT64_C(9) << 56;
}

static void take_alt(struct index *x, uint32_t expr, const struct osdb_alt *alt, bool *is_asked,
                     bool *has_bracket)
{
    const enum quirks quirks = x->c->tree->quirks;
    if (alt->kind == ALT_LITERAL && alt->low.len <= VALUE_LONG) {
        const struct pair p = {intern_add(&x->keys, alt->low.ptr, alt->low.len), expr};
        pile_add(&x->pairs, &p, sizeof p);
    } else if (alt->kind == ALT_BRACKET) {
        *has_bracket = true;
        *is_asked = true;
    } else if (alt->kind != ALT_RANGE || osdb_range_is_heard(alt, quirks)) {
        const struct bound b = {expr, alt->kind, bound_key(alt->low), bound_key(alt->high)};
        pile_add(&x->bounds, &b, sizeof b);
        *is_asked = true;
    }
}

static void collect_alts(struct index *x)
{
    x->asked.v = arena_array(x->c->arena, x->a->n_exprs, sizeof(uint32_t));
    x->brackets.v = arena_array(x->c->arena, x->a->n_exprs, sizeof(uint32_t));
    (void)intern_add(&x->keys, "", 0);
    for (uint32_t e = 0; e < x->a->n_exprs; e++) {
        struct span expr = expr_of(x, e);
        const bool is_plain = x->form == OSDB_FORM_NESTED && span_find(expr, '[') == expr.len;
        const enum osdb_form form = is_plain ? OSDB_FORM_PLAIN : x->form;
        bool is_asked = false;
        bool has_bracket = false;
        while (!span_is_absent(expr)) {
            const struct osdb_alt alt = osdb_alt_next(&expr, form);
            take_alt(x, e, &alt, &is_asked, &has_bracket);
        }
        if (is_asked)
            x->asked.v[x->asked.n++] = e;
        if (has_bracket)
            x->brackets.v[x->brackets.n++] = e;
    }
}

// The set of x->row, in whatever form is cheapest to use.
static struct block_set put_set(struct index *x)
{
    const uint32_t words = x->c->row / 8;
    uint32_t n = 0;
    uint64_t missing = 0;
    for (uint32_t i = 0; i < words; i++) {
        x->row[i] &= x->present[i];
        missing |= x->present[i] & ~x->row[i];
        n += (uint32_t)__builtin_popcountll(x->row[i]);
    }
    if (!missing)
        return (struct block_set){0, SET_ALL};
    if (n > x->c->row / 8) { // more than half the bytes of a row
        for (uint32_t i = 0; i < words; i++)
            x->row[i] = x->present[i] & ~x->row[i];
        return (struct block_set){intern_add(&x->c->rows, x->row, x->c->row), SET_ROW};
    }
    const struct block_set set = {part_n(x, PART_POST), n};
    uint32_t *post = part_take(x, PART_POST, n * sizeof *post);
    for (uint32_t i = 0; i < words; i++)
        for (uint64_t left = x->row[i]; left; left &= left - 1)
            *post++ = i * 64 + (uint32_t)__builtin_ctzll(left);
    return set;
}

static void clear_row(struct index *x)
{
    memset(x->row, 0, x->c->row);
}

static void put_brackets(struct index *x)
{
    x->a->first_bracket = part_n(x, PART_BRACKET);
    x->a->n_brackets = x->brackets.n;
    for (uint32_t i = 0; i < x->brackets.n; i++) {
        clear_row(x);
        add_posts(x, x->brackets.v[i], x->row);
        const struct block_set set = put_set(x);
        struct block_bracket *b = part_take(x, PART_BRACKET, sizeof *b);
        *b = (struct block_bracket){x->a->first_expr + x->brackets.v[i], set};
    }
}

static void ask(struct index *x, struct span value, uint32_t expr)
{
    if (osdb_expr_match(value, expr_of(x, expr), x->form, x->c->tree->quirks))
        add_posts(x, expr, x->row);
}

static void put_slot(struct index *x, uint32_t key_number, struct block_set set)
{
    const struct intern_item item = intern_at(&x->keys, key_number);
    const struct span value = span_of(x->keys.bytes.bytes + item.at, item.len);
    const uint64_t key = value_key(value);
    struct block_slot *slots = (struct block_slot *)(void *)x->c->part[PART_SLOT].bytes;
    uint32_t *texts = (uint32_t *)(void *)x->c->part[PART_SLOT_TEXT].bytes;
    const uint32_t mask = (1u << x->a->slot_bits) - 1;
    uint32_t at = value_slot(key, x->a->slot_bits);
    while (slots[x->a->first_slot + at].key)
        at = (at + 1) & mask;
    slots[x->a->first_slot + at] = (struct block_slot){key, set};
    if (value.len > VALUE_SHORT)
        texts[x->a->first_slot + at] = compile_text(x->c, value).at;
}

static void put_slots(struct index *x)
{
    const uint32_t n = x->keys.n;
    const struct pair *pairs = (const void *)x->pairs.bytes;
    const uint32_t n_pairs = (uint32_t)(x->pairs.len / sizeof *pairs);
    uint32_t *first = arena_array(x->c->arena, n + 2, sizeof *first);
    uint32_t *expr = arena_array(x->c->arena, n_pairs, sizeof *expr);
    for (uint32_t i = 0; i < n_pairs; i++)
        first[pairs[i].key + 2]++;
    for (uint32_t k = 2; k <= n; k++)
        first[k] += first[k - 1];
    for (uint32_t i = 0; i < n_pairs; i++)
        expr[first[pairs[i].key + 1]++] = pairs[i].expr;
    x->a->first_slot = part_n(x, PART_SLOT);
    x->a->slot_bits = 1;
    while (1u << x->a->slot_bits < n + n / 2 + 1)
        x->a->slot_bits++;
    (void)part_take(x, PART_SLOT, sizeof(struct block_slot) << x->a->slot_bits);
    (void)part_take(x, PART_SLOT_TEXT, sizeof(uint32_t) << x->a->slot_bits);
    for (uint32_t k = 0; k < n; k++) {
        const struct intern_item item = intern_at(&x->keys, k);
        const struct span value = span_of(x->keys.bytes.bytes + item.at, item.len);
        clear_row(x);
        for (uint32_t i = first[k]; i < first[k + 1]; i++)
            ask(x, value, expr[i]);
        for (uint32_t i = 0; i < x->asked.n; i++)
            ask(x, value, x->asked.v[i]);
        put_slot(x, k, put_set(x));
    }
}

static uint32_t rank_of(const uint64_t *bounds, uint32_t n, uint64_t key)
{
    uint32_t i = 0;
    for (uint32_t step = n; step > 0;) { // the first one that is not below key
        const uint32_t half = step / 2;
        const bool is_below = bounds[i + half] < key;
        i = is_below ? i + half + 1 : i;
        step = is_below ? step - half - 1 : half;
    }
    return 2 * i + 1;
}

// Sorted, each once. Merging from below needs no recursion.
static uint32_t sort_unique(struct arena *arena, uint64_t *v, uint32_t n)
{
    uint64_t *other = arena_array(arena, n, sizeof *other);
    for (uint32_t run = 1; run < n; run *= 2) {
        for (uint32_t from = 0; from < n; from += 2 * run) {
            const uint32_t mid = from + run < n ? from + run : n;
            const uint32_t end = mid + run < n ? mid + run : n;
            uint32_t a = from, b = mid;
            for (uint32_t i = from; i < end; i++)
                other[i] = b == end || (a < mid && v[a] <= v[b]) ? v[a++] : v[b++];
        }
        memcpy(v, other, n * sizeof *v);
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++)
        if (kept == 0 || v[kept - 1] != v[i])
            v[kept++] = v[i];
    return kept;
}

static void add_ranks(const struct index *x, const struct bound *b, const uint64_t *bounds,
                      uint32_t n, uint64_t *rows)
{
    const uint32_t words = x->c->row / 8;
    uint32_t from = 0;
    uint32_t to = 2 * n; // the last one
    if (b->kind == ALT_ABOVE)
        from = rank_of(bounds, n, b->low) + 1;
    else if (b->kind == ALT_BELOW)
        to = rank_of(bounds, n, b->high) - 1;
    else {
        from = rank_of(bounds, n, b->low);
        to = rank_of(bounds, n, b->high);
    }
    for (uint32_t r = from; r <= to; r++)
        add_posts(x, b->expr, rows + (size_t)r * words);
}

static void put_ranks(struct index *x)
{
    const struct bound *b = (const void *)x->bounds.bytes;
    const uint32_t n_bounds = (uint32_t)(x->bounds.len / sizeof *b);
    uint64_t *keys = arena_array(x->c->arena, 2 * (size_t)n_bounds, sizeof *keys);
    for (uint32_t i = 0; i < n_bounds; i++) {
        keys[2 * i] = b[i].low;
        keys[2 * i + 1] = b[i].high;
    }
    const uint32_t n = sort_unique(x->c->arena, keys, 2 * n_bounds);
    const uint32_t words = x->c->row / 8;
    uint64_t *rows = arena_array(x->c->arena, 2 * (size_t)n + 1, x->c->row);
    for (uint32_t i = 0; i < n_bounds; i++)
        add_ranks(x, &b[i], keys, n, rows);
    x->a->first_bound = part_n(x, PART_BOUND);
    x->a->n_bounds = n;
    pile_add(&x->c->part[PART_BOUND], keys, n * sizeof *keys);
    x->a->first_rank = part_n(x, PART_RANK);
    struct block_set *sets = arena_array(x->c->arena, 2 * (size_t)n + 1, sizeof *sets);
    for (uint32_t r = 0; r < 2 * n + 1; r++) {
        memcpy(x->row, rows + (size_t)r * words, x->c->row);
        sets[r] = put_set(x);
    }
    pile_add(&x->c->part[PART_RANK], sets, (2 * (size_t)n + 1) * sizeof *sets);
}

static bool is_too_much(const struct index *x)
{
    const uint64_t n_bounds = x->bounds.len / sizeof(struct bound);
    return (uint64_t)x->keys.n * x->asked.n > WORK_MAX ||
           (n_bounds > 0 && (x->keys.n + 4 * n_bounds) * x->c->row > WORK_MAX);
}

void compile_index(struct compile *c, int attr)
{
    struct index x = {
        .c = c,
        .a = &c->attr[attr],
        .cell = c->cell[attr],
        .form = c->tree->quirks == QUIRKS_793 ? OSDB_FORM_PLAIN : osdb_attr_form(attr),
        .present = arena_alloc(c->arena, c->row),
        .row = arena_alloc(c->arena, c->row),
        .keys = intern_new(c->arena, 1),
        .pairs = {.arena = c->arena},
        .bounds = {.arena = c->arena},
    };
    collect_posts(&x);
    x.a->present = intern_add(&c->rows, x.present, c->row);
    collect_alts(&x);
    if (is_too_much(&x)) {
        x.a->first_rank = 0;
        return;
    }
    put_brackets(&x);
    put_slots(&x);
    put_ranks(&x);
}
