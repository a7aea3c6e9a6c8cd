// SPDX-License-Identifier: Apache-2.0
// Stacks of TCP/IP, whoever sells them: references are of one stack if they answer a SYN alike, at
// an open port (kinds of options and their order in each SYN-ACK, initial TTL) and at a closed one
// (whether, and how the reset is built). Numbers do not count (MSS, scale, windows), for owners set
// them. Of an attribute with alternatives the first one counts. So the stack of a reference depends
// on nothing else in the database.
#include "base/buf.h"
#include "base/text.h"
#include "osdb/expr.h"
#include "verdict/model.h"

static struct span first_text(struct span expr, enum osdb_form form)
{
    struct span rest = expr;
    if (span_is_absent(expr))
        return expr;
    (void)osdb_alt_next(&rest, form);
    return span_is_absent(rest) ? expr : span_head(expr, (size_t)(rest.ptr - expr.ptr) - 1);
}

// Options without MSS and scale, and without brackets.
static void put_kinds(struct buf *b, struct span s)
{
    bool is_number = false;
    while (s.len > 0) {
        const char c = s.ptr[0];
        is_number = c == 'M' || c == 'W' || (is_number && (text_is_hex(c) || strchr("<>-|", c)));
        if (c == '[') {
            s = span_from(s, span_find(s, ']') + 1);
            continue;
        }
        if (!is_number || c == 'M' || c == 'W')
            buf_char(b, c);
        s = span_from(s, 1);
    }
}

static struct span expr_of(const struct base *base, uint32_t ref, int attr)
{
    return base->column[attr].expr[base->cell[attr][ref]];
}

static void put_attr(struct buf *b, const struct base *base, uint32_t ref, enum osdb_test test,
                     const char *name)
{
    const int attr = osdb_attr(test, span_str(name));
    const struct span first = first_text(expr_of(base, ref, attr), osdb_attr_form(attr));
    if (test == TEST_OPS)
        put_kinds(b, first);
    else if (!span_is_absent(first))
        buf_bytes(b, first);
    buf_char(b, '%');
}

static void put_signature(struct buf *b, const struct base *base, uint32_t ref)
{
    static const char *const parts[] = {"R", "S", "A", "F"};
    for (int a = osdb_tests[TEST_OPS].first; a < osdb_tests[TEST_WIN].first; a++)
        put_attr(b, base, ref, TEST_OPS, osdb_attr_names[a]);
    put_attr(b, base, ref, TEST_T1, "TG");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        put_attr(b, base, ref, TEST_T5, parts[i]);
}

// The references of one stack.
struct users {
    const struct base *base;
    const uint32_t *refs;
    uint32_t n;
};

// The node of a level that most of the users have; of equals the first one. skip: another one.
static uint32_t most_of(const struct users *u, enum verdict_level which, uint32_t skip,
                        uint32_t *tally, uint32_t *n)
{
    const struct level *level = &u->base->level[which];
    uint32_t best = NO_NODE;
    *n = 0;
    memset(tally, 0, level->n * sizeof *tally);
    for (uint32_t i = 0; i < u->n; i++)
        for (uint32_t k = level->first[u->refs[i]]; k < level->first[u->refs[i] + 1]; k++) {
            const uint32_t id = level->ids[k];
            const bool is_none = span_eq(level->nodes[id].family, SPAN("embedded"));
            if (id != skip && !(is_none && which == VERDICT_FAMILY) && ++tally[id] > *n) {
                *n = tally[id];
                best = id;
            }
        }
    return best;
}

static void put_system(struct buf *b, const struct verdict_node *n)
{
    if (!span_eq(n->vendor, n->family)) {
        buf_bytes(b, n->vendor);
        buf_char(b, ' ');
    }
    buf_bytes(b, n->family);
}

// "X-like" if at least half are of that family, else the two systems that have it most often.
static void name_stack(const struct users *u, uint32_t *tally, struct verdict_node *out,
                       struct arena *run)
{
    char mem[LIMIT_DB_LINE + 1];
    struct buf b;
    uint32_t n;
    const uint32_t family = most_of(u, VERDICT_FAMILY, NO_NODE, tally, &n);
    if (family != NO_NODE && 2 * n >= u->n)
        out->family = u->base->level[VERDICT_FAMILY].nodes[family].family;
    const struct verdict_node *systems = u->base->level[VERDICT_SYSTEM].nodes;
    const uint32_t first = most_of(u, VERDICT_SYSTEM, NO_NODE, tally, &n);
    const uint32_t second = most_of(u, VERDICT_SYSTEM, first, tally, &n);
    buf_init(&b, mem, sizeof mem);
    buf_str(&b, "stack");
    if (first != NO_NODE) {
        buf_str(&b, " like that of ");
        put_system(&b, &systems[first]);
    }
    if (second != NO_NODE) {
        buf_str(&b, " or ");
        put_system(&b, &systems[second]);
    }
    out->text = arena_copy(run, buf_span(&b));
}

static void name_all(const struct base *base, struct level *level, struct arena *run)
{
    const uint32_t n = osdb_count(base->db);
    uint32_t *first = arena_array(run, level->n + 2, sizeof *first);
    uint32_t *refs = arena_array(run, n, sizeof *refs);
    uint32_t *tally = arena_array(
        run, base->level[VERDICT_SYSTEM].n + base->level[VERDICT_FAMILY].n, sizeof *tally);
    for (uint32_t i = 0; i < n; i++)
        first[level->ids[i] + 2]++;
    for (uint32_t k = 2; k < level->n + 2; k++)
        first[k] += first[k - 1];
    for (uint32_t i = 0; i < n; i++)
        refs[first[level->ids[i] + 1]++] = i;
    for (uint32_t k = 0; k < level->n; k++) {
        const struct users u = {base, refs + first[k], first[k + 1] - first[k]};
        level->nodes[k] = (struct verdict_node){.level = VERDICT_STACK, .id = k};
        name_stack(&u, tally, &level->nodes[k], run);
    }
}

void stack_make(struct base *base, struct arena *run)
{
    char mem[LIMIT_DB_LINE + 1];
    const uint32_t n = osdb_count(base->db);
    struct level *level = &base->level[VERDICT_STACK];
    struct intern keys = intern_new(run, 1);
    level->first = arena_array(run, n + 1, sizeof *level->first);
    level->ids = arena_array(run, n, sizeof *level->ids);
    for (uint32_t i = 0; i < n; i++) {
        struct buf b;
        buf_init(&b, mem, sizeof mem);
        put_signature(&b, base, i);
        level->ids[i] = intern_add(&keys, mem, buf_len(&b));
        level->first[i + 1] = i + 1;
    }
    level->n = keys.n;
    level->nodes = arena_array(run, level->n, sizeof *level->nodes);
    name_all(base, level, run);
}
