// SPDX-License-Identifier: Apache-2.0
// Whether bytes are an index that can be used without a look at its bounds again.
#include "base/limits.h"
#include "svdb/re_block.h"

bool re_parts(const struct re_head *h, size_t at[PARTS + 1])
{
    const uint64_t size[PARTS] = {
        [PART_RULES] = (uint64_t)h->n_rules * sizeof(struct re_rule_facts),
        [PART_LITS] = (uint64_t)h->n_lits * sizeof(struct re_lit),
        [PART_KEYS] = (uint64_t)h->n_keys * sizeof(struct re_key),
        [PART_BUCKETS] = ((1u << RE_BUCKETS) + 1) * sizeof(uint32_t),
        [PART_FIRSTS] = (RE_FIRSTS + 1) * sizeof(uint32_t),
        [PART_LOOSE] = (uint64_t)h->n_loose * sizeof(uint32_t),
        [PART_FILTER] = 2 * sizeof(uint64_t) << RE_WORDS,
        [PART_TEXT] = h->n_text,
    };
    uint64_t end = sizeof *h;
    for (int i = 0; i < PARTS; i++) {
        at[i] = (size_t)end;
        end += (size[i] + 7) / 8 * 8;
        if (end > LIMIT_DB_BLOCK)
            return false;
    }
    at[PARTS] = (size_t)end;
    return true;
}

// Rising, from 0 to the end: n lists in one array.
static bool are_lists(const uint32_t *first, uint32_t n, uint32_t end)
{
    for (uint32_t i = 0; i < n; i++) {
        if (first[i] > first[i + 1])
            return false;
    }
    return first[0] == 0 && first[n] == end;
}

static bool are_rules(const struct re_view *v, const struct re_head *h)
{
    uint32_t next = 0;
    for (uint32_t i = 0; i < h->n_rules; i++) {
        const struct re_rule_facts *r = &v->rules[i];
        if (r->lit != next || r->n_lits > h->n_lits - next || r->n_lits > RE_LITERALS)
            return false;
        next += r->n_lits;
    }
    return next == h->n_lits;
}

static bool are_lits(const struct re_view *v, const struct re_head *h)
{
    for (uint32_t i = 0; i < h->n_lits; i++) {
        const struct re_lit *l = &v->lits[i];
        if (l->len == 0 || l->text > h->n_text || l->len > h->n_text - l->text)
            return false;
    }
    return true;
}

static bool are_keys(const struct re_view *v, const struct re_head *h)
{
    for (uint32_t i = 0; i < h->n_keys; i++) {
        const struct re_key *k = &v->keys[i];
        if (k->rule >= h->n_rules || k->lit >= h->n_lits ||
            (uint64_t)k->from + RE_GRAM > v->lits[k->lit].len)
            return false;
    }
    for (uint32_t i = 0; i < h->n_loose; i++) {
        if (v->loose[i] >= h->n_rules)
            return false;
    }
    return true;
}

static const void *part(const char *bytes, size_t at)
{
    return bytes + at;
}

enum err re_view_open(struct span index, uint32_t n_rules, struct re_view *out, struct err_at *at)
{
    struct re_head h;
    size_t from[PARTS + 1];
    if ((uintptr_t)index.ptr % 8 != 0)
        return err_set(at, ERR_RANGE, "the index of expressions is not aligned", SPAN(""));
    if (index.len < sizeof h)
        return err_set(at, ERR_TRUNC, "the index of expressions is cut", SPAN(""));
    memcpy(&h, index.ptr, sizeof h);
    if (h.magic != RE_MAGIC || h.n_rules != n_rules)
        return err_set(at, ERR_RANGE, "not the index of these expressions", SPAN(""));
    if (!re_parts(&h, from) || from[PARTS] != h.size)
        return err_set(at, ERR_RANGE, "the index of expressions has a wrong size", SPAN(""));
    if (index.len < h.size)
        return err_set(at, ERR_TRUNC, "the index of expressions is cut", SPAN(""));
    *out = (struct re_view){
        n_rules,
        part(index.ptr, from[PART_RULES]),
        part(index.ptr, from[PART_LITS]),
        part(index.ptr, from[PART_KEYS]),
        part(index.ptr, from[PART_BUCKETS]),
        part(index.ptr, from[PART_FIRSTS]),
        part(index.ptr, from[PART_LOOSE]),
        part(index.ptr, from[PART_FILTER]),
        part(index.ptr, from[PART_TEXT]),
    };
    if (!are_rules(out, &h) || !are_lits(out, &h) || !are_keys(out, &h) ||
        !are_lists(out->buckets, 1u << RE_BUCKETS, h.n_keys) ||
        !are_lists(out->firsts, RE_FIRSTS, h.n_loose))
        return err_set(at, ERR_RANGE, "the index of expressions is damaged", SPAN(""));
    return ERR_OK;
}
