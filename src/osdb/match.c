// SPDX-License-Identifier: Apache-2.0
// The naive matcher: the score of each reference, and the list of the best ones. No
// allocation, no failure. The list is sorted by accuracy, equal ones in database order; of
// equal names only the best stays. Reference: os-detection specification 6.1, 6.2.
#include "osdb/store.h"

static const double REQUIRED = 0.85;
static const double STEP = 0.00001; // what a newcomer must be better than the last of a full list

struct score {
    const struct osdb *db;
    const struct osdb_subject *subject;
    double required;
};

static bool item_match(const struct osdb *db, struct span v, const struct osdb_item *item)
{
    const struct span expr = span_of(item->ptr, item->len);
    const bool has_zeros = v.len > 1 && v.ptr[0] == '0';
    if (item->is_literal && !has_zeros)
        return span_eq(v, expr);
    return osdb_expr_match(v, expr, osdb_attr_nested(item->attr), db->quirks);
}

// Gives up with 0 as soon as the accuracy cannot reach what is required.
static double accuracy_of(const struct score *s, const struct osdb_entry *e)
{
    const double may_lose = (1.0 - s->required) * e->points + 0.001; // rounding loses no match
    uint32_t possible = 0;
    uint32_t lost = 0;
    for (uint32_t i = 0; i < e->n_items; i++) {
        const struct osdb_item *item = &e->items[i];
        const struct span v = s->subject->value[item->attr];
        if (span_is_absent(v))
            continue;
        possible += s->db->points[item->attr];
        if (item_match(s->db, v, item))
            continue;
        lost += s->db->points[item->attr];
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
static bool make_way(struct osdb_result *r, const struct osdb_match *m)
{
    for (uint32_t i = 0; i < r->n; i++) {
        if (!span_eq(r->match[i].ref->name, m->ref->name))
            continue;
        if (r->match[i].accuracy >= m->accuracy)
            return false;
        remove_at(r, i);
        return true;
    }
    return true;
}

// False: more perfect matches than the list holds.
static bool offer(struct osdb_result *r, const struct osdb_match *m)
{
    if (!make_way(r, m))
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
    if (r->n < LIMIT_OS_MATCHES)
        return REQUIRED;
    const double need = r->match[LIMIT_OS_MATCHES - 1].accuracy + STEP;
    return need < 1.0 ? need : 1.0;
}

void osdb_match(const struct osdb *db, const struct osdb_subject *subject, struct osdb_result *out)
{
    struct score s = {db, subject, REQUIRED};
    memset(out, 0, sizeof *out);
    for (uint32_t i = 0; i < db->n; i++) {
        const struct osdb_match m = {&db->entries[i]->ref, accuracy_of(&s, db->entries[i])};
        if (m.accuracy < s.required)
            continue;
        if (!offer(out, &m)) {
            out->status = OSDB_TOO_MANY;
            return;
        }
        if (out->n == LIMIT_OS_MATCHES)
            s.required = next_required(out);
    }
    out->status = out->n ? OSDB_SUCCESS : OSDB_NO_MATCHES;
}
