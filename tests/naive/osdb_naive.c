// SPDX-License-Identifier: Apache-2.0
// Reference: os-detection specification 6.1, 6.2.
#include "naive/osdb_naive.h"

static const double REQUIRED = 0.85;
static const double STEP = 0.00001; // what a newcomer must be better than the last of a full list

struct item {
    struct span expr;
    uint8_t attr;
    bool is_literal; // no operator at all: equal bytes match, others do not
};

struct entry {
    struct span name;
    struct item *items;
    uint32_t n_items;
    uint32_t points;
};

struct naive {
    const struct osdb_tree *tree;
    struct entry *entries;
};

struct score {
    const struct naive *naive;
    const struct osdb_subject *subject;
    double required;
};

static bool is_literal(struct span expr)
{
    for (size_t i = 0; i < expr.len; i++) {
        const char c = expr.ptr[i];
        if (c == '|' || c == '<' || c == '>' || c == '-' || c == '[')
            return false;
    }
    return expr.len < 2 || expr.ptr[0] != '0';
}

struct naive *naive_new(struct arena *run, const struct osdb_tree *tree)
{
    struct naive *n = arena_alloc(run, sizeof *n);
    n->tree = tree;
    n->entries = arena_array(run, tree->n, sizeof *n->entries);
    for (uint32_t i = 0; i < tree->n; i++) {
        const struct osdb_entry *from = tree->entries[i];
        struct entry *e = &n->entries[i];
        e->name = from->name;
        e->n_items = from->n_items;
        e->items = arena_array(run, from->n_items, sizeof *e->items);
        for (uint32_t k = 0; k < from->n_items; k++) {
            const struct osdb_item *item = &from->items[k];
            const struct span expr = span_of(item->ptr, item->len);
            e->items[k] = (struct item){expr, item->attr, is_literal(expr)};
            e->points += tree->points[item->attr];
        }
    }
    return n;
}

static bool item_match(const struct naive *n, struct span v, const struct item *item)
{
    const bool has_zeros = v.len > 1 && v.ptr[0] == '0';
    if (item->is_literal && !has_zeros)
        return span_eq(v, item->expr);
    return osdb_expr_match(v, item->expr, osdb_attr_form(item->attr), n->tree->quirks);
}

// Gives up with 0 as soon as the accuracy cannot reach what is required.
static double accuracy_of(const struct score *s, const struct entry *e)
{
    const double may_lose = (1.0 - s->required) * e->points + 0.001; // rounding loses no match
    uint32_t possible = 0;
    uint32_t lost = 0;
    for (uint32_t i = 0; i < e->n_items; i++) {
        const struct item *item = &e->items[i];
        const struct span v = s->subject->value[item->attr];
        if (span_is_absent(v))
            continue;
        possible += s->naive->tree->points[item->attr];
        if (item_match(s->naive, v, item))
            continue;
        lost += s->naive->tree->points[item->attr];
        if (lost > may_lose)
            return 0;
    }
    return possible ? (double)(possible - lost) / possible : 0;
}

static void remove_at(struct osdb_result *r, uint32_t at)
{
    r->n--;
    memmove(&r->match[at], &r->match[at + 1], (r->n - at) * sizeof r->match[0]);
}

// Behind all entries that are as good; the one that has no room is dropped.
static void insert(struct osdb_result *r, struct osdb_match m)
{
    uint32_t at = 0;
    while (at < r->n && r->match[at].accuracy >= m.accuracy)
        at++;
    if (at == LIMIT_OS_MATCHES)
        return;
    if (r->n == LIMIT_OS_MATCHES)
        r->n--;
    memmove(&r->match[at + 1], &r->match[at], (r->n - at) * sizeof r->match[0]);
    r->match[at] = m;
    r->n++;
}

// True if m may enter; a worse entry of the same name has left then.
static bool make_way(const struct naive *n, struct osdb_result *r, const struct osdb_match *m)
{
    for (uint32_t i = 0; i < r->n; i++) {
        if (!span_eq(n->entries[r->match[i].ref].name, n->entries[m->ref].name))
            continue;
        if (r->match[i].accuracy >= m->accuracy)
            return false;
        remove_at(r, i);
        return true;
    }
    return true;
}

// False: more perfect matches than the list holds.
static bool offer(const struct naive *n, struct osdb_result *r, const struct osdb_match *m)
{
    if (!make_way(n, r, m))
        return true;
    if (m->accuracy == 1.0) {
        if (r->n_perfect == LIMIT_OS_MATCHES)
            return false;
        r->n_perfect++;
    }
    insert(r, *m);
    return true;
}

static double next_required(const struct osdb_result *r)
{
    const double need = r->match[LIMIT_OS_MATCHES - 1].accuracy + STEP;
    return need < 1.0 ? need : 1.0;
}

void naive_match(const struct naive *n, const struct osdb_subject *subject, struct osdb_result *out)
{
    struct score s = {n, subject, REQUIRED};
    memset(out, 0, sizeof *out);
    for (uint32_t i = 0; i < n->tree->n; i++) {
        const struct osdb_match m = {i, accuracy_of(&s, &n->entries[i])};
        if (m.accuracy < s.required)
            continue;
        if (!offer(n, out, &m)) {
            out->status = OSDB_TOO_MANY;
            return;
        }
        if (out->n == LIMIT_OS_MATCHES)
            s.required = next_required(out);
    }
    out->status = out->n ? OSDB_SUCCESS : OSDB_NO_MATCHES;
}
