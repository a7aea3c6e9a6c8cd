// SPDX-License-Identifier: Apache-2.0
// Fingerprints drawn from a database: each value is one that its expression accepts, but for a
// few that are strangers. The same number gives the same fingerprint.
#pragma once

#include "base/buf.h"
#include "base/rng.h"
#include "base/text.h"
#include "osdb/osdb.h"

enum { SUBJECT_TEXT = 4096, STRANGER_ONE_IN = 200 };

// The length of what stands before the first `end` that is outside of brackets, or all.
static inline size_t until(struct span s, char end)
{
    uint32_t depth = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (depth == 0 && s.ptr[i] == end)
            return i;
        if (s.ptr[i] == '[')
            depth++;
        else if (s.ptr[i] == ']' && depth > 0)
            depth--;
    }
    return s.len;
}

static inline struct span draw_alternative(struct rng *rng, struct span expr)
{
    uint32_t n = 1;
    for (size_t at = until(expr, '|'); at < expr.len; n++)
        at += 1 + until(span_from(expr, at + 1), '|');
    for (uint32_t k = rng_below(rng, n); k > 0; k--)
        expr = span_from(expr, until(expr, '|') + 1);
    return span_head(expr, until(expr, '|'));
}

// A number of a range or beyond a bound; false if it is none.
static inline bool draw_number(struct rng *rng, struct span one, struct buf *b)
{
    uint64_t from = 0;
    uint64_t to;
    struct span high = one;
    const struct span low = span_cut(&high, '-');
    if (one.len > 1 && one.ptr[0] == '>' && text_hex(span_from(one, 1), &from))
        buf_hex(b, from + 1 + rng_below(rng, 16));
    else if (one.len > 1 && one.ptr[0] == '<' && text_hex(span_from(one, 1), &to) && to > 0)
        buf_hex(b, rng_below(rng, (uint32_t)to));
    else if (!span_is_absent(high) && text_hex(low, &from) && text_hex(high, &to) && to >= from)
        buf_hex(b, from + rng_below(rng, (uint32_t)(to - from + 1)));
    else
        return false;
    return true;
}

// One value that the expression accepts.
static inline void draw_value(struct rng *rng, struct span expr, struct buf *b)
{
    struct span one = draw_alternative(rng, expr);
    if (draw_number(rng, one, b))
        return;
    while (one.len > 0) {
        const size_t open = span_find(one, '[');
        buf_bytes(b, span_head(one, open));
        one = span_from(one, open + 1);
        if (one.len == 0)
            return;
        const size_t close = until(one, ']');
        const struct span inside = span_head(one, close);
        const struct span first = draw_alternative(rng, inside);
        if (!draw_number(rng, first, b))
            buf_bytes(b, first);
        one = span_from(one, close + 1);
    }
}

static inline bool draw_attr(const struct osdb *db, uint32_t ref, int attr, struct rng *rng,
                             struct buf *b)
{
    const bool is_stranger = rng_below(rng, STRANGER_ONE_IN) == 0;
    const uint32_t other = rng_below(rng, osdb_count(db));
    const struct span own = osdb_expr_at(db, ref, attr);
    const struct span strange = osdb_expr_at(db, other, attr);
    if (span_is_absent(own))
        return false;
    buf_str(b, osdb_attr_names[attr]);
    buf_char(b, '=');
    draw_value(rng, is_stranger && !span_is_absent(strange) ? strange : own, b);
    return true;
}

// The test lines of fingerprint number i.
static inline void draw_subject(const struct osdb *db, uint64_t seed, uint64_t i, struct buf *b)
{
    struct rng rng;
    rng_seed(&rng, seed + i);
    const uint32_t ref = rng_below(&rng, osdb_count(db));
    const struct osdb_gen_info *gen = &osdb_gens[osdb_gen(db)];
    for (int t = gen->test; t < gen->test + gen->n_tests; t++) {
        bool is_first = true;
        buf_str(b, osdb_tests[t].name);
        buf_char(b, '(');
        for (int k = 0; k < osdb_tests[t].n; k++) {
            const uint8_t *before = b->p;
            if (!is_first)
                buf_char(b, '%');
            if (draw_attr(db, ref, osdb_tests[t].first + k, &rng, b))
                is_first = false;
            else
                b->p = (uint8_t *)(uintptr_t)before;
        }
        buf_str(b, ")\n");
    }
}
