// SPDX-License-Identifier: Apache-2.0
// Expressions compared with each other, by the values they accept. An alternative is a literal
// or an interval; its ends stand for it: two closed intervals meet exactly if an end of one lies
// in the other, and an interval covers another if it holds both ends. Bracketed alternatives are
// sampled with all their low and with all their high ends.
#include "osdb/tree.h"

#include "base/buf.h"
#include "base/text.h"
#include "osdb/draft.h"
#include "osdb/expr.h"

enum { HIGH_DIGITS = 8 }; // "FFFFFFFF": no number of a fingerprint is greater

// Cuts at the first '|' outside of brackets.
static struct span alt_cut(struct span *rest, enum osdb_form form)
{
    bool is_inside = false;
    for (size_t i = 0; i < rest->len; i++) {
        const char c = rest->ptr[i];
        is_inside = form == OSDB_FORM_NESTED && (c == '[' || (is_inside && c != ']'));
        if (c != '|' || is_inside)
            continue;
        const struct span head = span_head(*rest, i);
        *rest = span_from(*rest, i + 1);
        return head;
    }
    const struct span all = *rest;
    *rest = (struct span){NULL, 0};
    return all;
}

static void put_number(struct buf *b, struct span digits, int64_t step)
{
    uint64_t v;
    if (text_hex(digits, &v))
        buf_hex(b, v + (uint64_t)step);
    else
        buf_bytes(b, digits);
}

// The low or high end of an alternative without brackets.
static void put_end(struct buf *b, struct span alt, bool is_high)
{
    const size_t dash = span_find(alt, '-');
    const bool is_hex = alt.len > 0 && text_is_hex(alt.ptr[0]);
    if (alt.len > 1 && alt.ptr[0] == '>' && is_high)
        for (int i = 0; i < HIGH_DIGITS; i++)
            buf_char(b, 'F');
    else if (alt.len > 1 && alt.ptr[0] == '>')
        put_number(b, span_from(alt, 1), 1);
    else if (alt.len > 1 && alt.ptr[0] == '<' && is_high)
        put_number(b, span_from(alt, 1), -1);
    else if (alt.len > 1 && alt.ptr[0] == '<')
        buf_char(b, '0');
    else if (is_hex && dash < alt.len)
        buf_bytes(b, is_high ? span_from(alt, dash + 1) : span_head(alt, dash));
    else
        buf_bytes(b, alt);
}

// The alternative number `pick`, or the last one.
static struct span alt_at(struct span expr, enum osdb_form form, uint32_t pick)
{
    struct span alt = alt_cut(&expr, form);
    for (uint32_t i = 0; i < pick && !span_is_absent(expr); i++)
        alt = alt_cut(&expr, form);
    return alt;
}

// First generation: what all parts of the alternative leave.
static struct span first_end(struct arena *a, struct span alt, bool is_high)
{
    uint64_t low = 0;
    uint64_t high = UINT32_MAX;
    struct buf b;
    for (struct span rest = alt; !span_is_absent(rest);) {
        struct span part = span_cut(&rest, '&');
        const struct osdb_alt bound = osdb_alt_next(&part, OSDB_FORM_FIRST);
        const bool is_above = bound.kind == ALT_ABOVE;
        const bool is_below = bound.kind == ALT_BELOW;
        uint64_t v;
        if (bound.kind == ALT_LITERAL)
            return alt;
        if (!is_below && text_hex(bound.low, &v) && v + is_above > low)
            low = v + is_above;
        if (!is_above && text_hex(bound.high, &v) && v > 0 && v - is_below < high)
            high = v - is_below;
    }
    buf_init(&b, arena_alloc(a, 2 * HIGH_DIGITS), 2 * HIGH_DIGITS);
    buf_hex(&b, is_high ? high : low);
    return buf_span(&b);
}

static struct span end_of(struct arena *a, struct span alt, enum osdb_form form, bool is_high)
{
    if (form == OSDB_FORM_FIRST)
        return first_end(a, alt, is_high);
    const size_t room = alt.len + 2 * HIGH_DIGITS * (alt.len / 3 + 1);
    struct buf b;
    buf_init(&b, arena_alloc(a, room), room);
    size_t open = form == OSDB_FORM_NESTED ? span_find(alt, '[') : alt.len;
    while (open < alt.len) {
        const struct span inside = span_from(alt, open + 1);
        const size_t close = span_find(inside, ']');
        const uint32_t pick = is_high ? UINT32_MAX : 0;
        buf_bytes(&b, span_head(alt, open));
        put_end(&b, alt_at(span_head(inside, close), OSDB_FORM_PLAIN, pick), is_high);
        alt = span_from(inside, close + 1);
        open = span_find(alt, '[');
        if (open == alt.len) {
            buf_bytes(&b, alt);
            return buf_span(&b);
        }
    }
    put_end(&b, alt, is_high);
    return buf_span(&b);
}

static bool is_one_covered(struct arena *a, struct span wide, struct span alt, enum osdb_form form)
{
    const struct span low = end_of(a, alt, form, false);
    const struct span high = end_of(a, alt, form, true);
    while (!span_is_absent(wide)) {
        const struct span w = alt_cut(&wide, form);
        if (osdb_expr_match(low, w, form, QUIRKS_NONE) &&
            osdb_expr_match(high, w, form, QUIRKS_NONE))
            return true;
    }
    return false;
}

bool osdb_expr_covers(struct arena *scratch, struct span wide, struct span narrow, int attr)
{
    const enum osdb_form form = osdb_attr_form(attr);
    const struct arena_mark mark = arena_mark(scratch);
    bool is_covered = true;
    if (span_eq(wide, narrow))
        return true;
    while (is_covered && !span_is_absent(narrow))
        is_covered = is_one_covered(scratch, wide, alt_cut(&narrow, form), form);
    arena_rewind(scratch, mark);
    return is_covered;
}

// An end of an alternative of `a` lies in b.
static bool has_end_in(struct arena *scratch, struct span a, struct span b, enum osdb_form form)
{
    while (!span_is_absent(a)) {
        const struct span alt = alt_cut(&a, form);
        for (int high = 0; high < 2; high++)
            if (osdb_expr_match(end_of(scratch, alt, form, high), b, form, QUIRKS_NONE))
                return true;
    }
    return false;
}

bool osdb_expr_meets(struct arena *scratch, struct span a, struct span b, int attr)
{
    const enum osdb_form form = osdb_attr_form(attr);
    const struct arena_mark mark = arena_mark(scratch);
    const bool meets =
        span_eq(a, b) || has_end_in(scratch, a, b, form) || has_end_in(scratch, b, a, form);
    arena_rewind(scratch, mark);
    return meets;
}

// T is told where the distance is known, TG elsewhere; an example has T.
static bool is_needless(const struct osdb_draft *d, int attr)
{
    const bool is_tg = span_eq(span_str(osdb_attr_names[attr]), SPAN("TG"));
    return is_tg && !span_is_absent(d->expr[attr - 1]);
}

void osdb_example(struct arena *a, const struct osdb_draft *d, uint32_t pick, bool is_high,
                  struct osdb_subject *out)
{
    memset(out, 0, sizeof *out);
    for (int t = 0; t < TEST_COUNT; t++) {
        const struct osdb_test_info *test = &osdb_tests[t];
        bool is_silent = false; // R=N is all there is
        for (int i = test->first; i < test->first + test->n; i++) {
            const enum osdb_form form = osdb_attr_form(i);
            if (span_is_absent(d->expr[i]) || is_needless(d, i) || is_silent)
                continue;
            out->value[i] = end_of(a, alt_at(d->expr[i], form, pick), form, is_high);
            out->has_line[t] = true;
            is_silent = test->has_r && i == test->first && span_eq(out->value[i], SPAN("N"));
        }
    }
}
