// SPDX-License-Identifier: Apache-2.0
// Does a value of a subject satisfy an expression of a reference? Total: any bytes on either
// side give an answer. Alternatives are tried from left to right and none has side effects.
// Reference: os-detection specification 5.5; rows 8 to 11 of its section 9 for the quirks:
//   7.991  brackets count only in the last alternative
//   7.93   no brackets; operators apply to values of hex digits alone, the empty one included;
//          leading zeros of literals count; a range needs lo < hi (there the reference aborts)
// Own mode drops leading zeros of the value too: 7.93 printed RD zero-padded.
// First generation (its specification, section 5): alternatives if there is a '|', else parts
// joined by '&' that must all hold; bounds hold for values that are hexadecimal throughout, all
// else is compared as text.
#include "osdb/expr.h"

#include "base/text.h"
#include "osdb/tree.h"

static struct span no_zeros(struct span s)
{
    size_t n = 0;
    while (n + 1 < s.len && s.ptr[n] == '0')
        n++;
    return span_from(s, n);
}

// Numbers of any size: the longer one is greater.
static int number_cmp(struct span a, struct span b)
{
    a = no_zeros(a);
    b = no_zeros(b);
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    return span_cmp(a, b);
}

static size_t hex_run(struct span s)
{
    size_t n = 0;
    while (n < s.len && text_is_hex(s.ptr[n]))
        n++;
    return n;
}

static bool starts_hex(struct span s)
{
    return s.len > 0 && text_is_hex(s.ptr[0]);
}

// ">x", "<x", "lo-hi". False with *is_operator unset if alt is none of these.
static bool operator_match(struct span v, struct span alt, bool *is_operator)
{
    const struct span operand = span_from(alt, 1);
    const size_t dash = span_find(alt, '-');
    *is_operator = true;
    if (alt.len > 0 && alt.ptr[0] == '>')
        return number_cmp(v, operand) > 0;
    if (alt.len > 0 && alt.ptr[0] == '<')
        return number_cmp(v, operand) < 0;
    *is_operator = starts_hex(alt) && dash < alt.len;
    return *is_operator && number_cmp(v, span_head(alt, dash)) >= 0 &&
           number_cmp(v, span_from(alt, dash + 1)) <= 0;
}

static bool range_is_proper(struct span alt)
{
    const size_t dash = span_find(alt, '-');
    return number_cmp(span_head(alt, dash), span_from(alt, dash + 1)) < 0;
}

static bool alt_match_793(struct span v, struct span alt)
{
    bool is_operator = false;
    if (hex_run(v) == v.len) {
        const bool hit = operator_match(v, alt, &is_operator);
        if (is_operator)
            return hit && (!starts_hex(alt) || range_is_proper(alt));
    }
    return span_eq(v, alt);
}

static bool alt_match(struct span v, struct span alt, enum quirks quirks)
{
    if (quirks == QUIRKS_793)
        return alt_match_793(v, alt);
    if (!starts_hex(v) || alt.len == 0)
        return span_eq(v, alt);
    bool is_operator = false;
    const bool hit = operator_match(v, alt, &is_operator);
    if (is_operator || !starts_hex(alt))
        return hit;
    return span_eq(quirks == QUIRKS_NONE ? no_zeros(v) : v, no_zeros(alt));
}

static bool plain_match(struct span v, struct span expr, enum quirks quirks)
{
    if (expr.len == 0)
        return v.len == 0;
    while (!span_is_absent(expr))
        if (alt_match(v, span_cut(&expr, '|'), quirks))
            return true;
    return false;
}

// One alternative with brackets: literal text and bracketed numbers by turns.
static bool bracket_match(struct span v, struct span alt, enum quirks quirks)
{
    size_t open = span_find(alt, '[');
    while (open < alt.len) {
        const struct span inside = span_from(alt, open + 1);
        const size_t close = span_find(inside, ']');
        if (close == inside.len || !span_starts(v, span_head(alt, open)))
            return false;
        v = span_from(v, open);
        const size_t digits = hex_run(v);
        if (digits == 0 || !plain_match(span_head(v, digits), span_head(inside, close), quirks))
            return false;
        v = span_from(v, digits);
        alt = span_from(inside, close + 1);
        open = span_find(alt, '[');
    }
    return span_eq(v, alt);
}

// Cuts at the first '|' outside of brackets.
static struct span nested_cut(struct span *rest)
{
    bool is_inside = false;
    for (size_t i = 0; i < rest->len; i++) {
        const char c = rest->ptr[i];
        if (c == '[')
            is_inside = true;
        else if (c == ']')
            is_inside = false;
        else if (c == '|' && !is_inside) {
            const struct span head = span_head(*rest, i);
            *rest = span_from(*rest, i + 1);
            return head;
        }
    }
    const struct span all = *rest;
    *rest = (struct span){NULL, 0};
    return all;
}

static bool nested_match(struct span v, struct span expr, enum quirks quirks)
{
    while (!span_is_absent(expr)) {
        const struct span alt = nested_cut(&expr);
        const bool has_bracket = span_find(alt, '[') < alt.len;
        const bool is_heard = quirks == QUIRKS_NONE || span_is_absent(expr);
        if (!has_bracket && alt_match(v, alt, quirks))
            return true;
        if (has_bracket && is_heard && bracket_match(v, alt, quirks))
            return true;
    }
    return false;
}

// One part of the first generation: "+" is any number but 0.
static struct osdb_alt first_part(struct span part)
{
    const struct span operand = span_from(part, 1);
    const size_t dash = span_find(part, '-');
    const struct span high = span_from(part, dash + 1);
    const bool is_bound = operand.len > 0 && hex_run(operand) == operand.len;
    if (part.len == 1 && part.ptr[0] == '+')
        return (struct osdb_alt){ALT_ABOVE, SPAN("0"), SPAN("0")};
    if (is_bound && part.ptr[0] == '>')
        return (struct osdb_alt){ALT_ABOVE, no_zeros(operand), no_zeros(operand)};
    if (is_bound && part.ptr[0] == '<')
        return (struct osdb_alt){ALT_BELOW, no_zeros(operand), no_zeros(operand)};
    if (dash > 0 && high.len > 0 && hex_run(part) == dash && hex_run(high) == high.len)
        return (struct osdb_alt){ALT_RANGE, no_zeros(span_head(part, dash)), no_zeros(high)};
    return (struct osdb_alt){ALT_LITERAL, part, part};
}

static bool first_part_match(struct span v, struct span part, bool is_list)
{
    const struct osdb_alt alt = first_part(part);
    if (alt.kind == ALT_LITERAL)
        return span_eq(v, part);
    if (v.len == 0 && is_list)
        v = SPAN("0"); // an old slip, kept
    if (v.len == 0 || hex_run(v) != v.len)
        return false;
    return (alt.kind == ALT_BELOW || number_cmp(v, alt.low) >= (alt.kind == ALT_ABOVE)) &&
           (alt.kind == ALT_ABOVE || number_cmp(v, alt.high) <= -(alt.kind == ALT_BELOW));
}

static bool first_match(struct span v, struct span expr)
{
    const bool is_list = span_find(expr, '|') < expr.len;
    bool holds = !is_list;
    if (expr.len == 0)
        return v.len == 0;
    while (!span_is_absent(expr)) {
        const struct span part = span_cut(&expr, is_list ? '|' : '&');
        const bool hit = first_part_match(v, part, is_list);
        holds = is_list ? holds || hit : holds && hit;
    }
    return holds;
}

bool osdb_expr_match(struct span value, struct span expr, enum osdb_form form, enum quirks quirks)
{
    const bool has_bracket = span_find(expr, '[') < expr.len;
    if (form == OSDB_FORM_FIRST)
        return first_match(value, expr);
    if (form == OSDB_FORM_NESTED && has_bracket && quirks != QUIRKS_793)
        return nested_match(value, expr, quirks);
    return plain_match(value, expr, quirks);
}

struct span osdb_expr_unclosed(struct span expr)
{
    size_t open = span_find(expr, '[');
    while (open < expr.len) {
        const struct span from = span_from(expr, open);
        const size_t close = span_find(from, ']');
        if (close == from.len)
            return from;
        expr = span_from(from, close + 1);
        open = span_find(expr, '[');
    }
    return (struct span){NULL, 0};
}

// Parts joined by '&' are asked together.
static struct osdb_alt first_next(struct span *expr)
{
    const bool is_list = span_find(*expr, '|') < expr->len;
    const struct span all = *expr;
    if (is_list || span_find(all, '&') == all.len)
        return first_part(span_cut(expr, '|'));
    *expr = (struct span){NULL, 0};
    return (struct osdb_alt){ALT_BRACKET, all, all};
}

struct osdb_alt osdb_alt_next(struct span *expr, enum osdb_form form)
{
    const bool nested = form == OSDB_FORM_NESTED;
    if (form == OSDB_FORM_FIRST)
        return first_next(expr);
    const struct span alt = nested ? nested_cut(expr) : span_cut(expr, '|');
    const struct span operand = no_zeros(span_from(alt, 1));
    const size_t dash = span_find(alt, '-');
    if (nested && span_find(alt, '[') < alt.len)
        return (struct osdb_alt){ALT_BRACKET, alt, alt};
    if (alt.len > 0 && alt.ptr[0] == '>')
        return (struct osdb_alt){ALT_ABOVE, operand, operand};
    if (alt.len > 0 && alt.ptr[0] == '<')
        return (struct osdb_alt){ALT_BELOW, operand, operand};
    if (!starts_hex(alt) || dash == alt.len)
        return (struct osdb_alt){ALT_LITERAL, no_zeros(alt), no_zeros(alt)};
    return (struct osdb_alt){ALT_RANGE, no_zeros(span_head(alt, dash)),
                             no_zeros(span_from(alt, dash + 1))};
}

bool osdb_value_is_number(struct span value, enum osdb_form form, enum quirks quirks)
{
    return form == OSDB_FORM_FIRST || quirks == QUIRKS_793 ? hex_run(value) == value.len
                                                           : starts_hex(value);
}

bool osdb_range_is_heard(const struct osdb_alt *alt, enum quirks quirks)
{
    const int order = number_cmp(alt->low, alt->high);
    return quirks == QUIRKS_793 ? order < 0 : order <= 0;
}

bool osdb_value_is_odd(struct span value)
{
    for (size_t i = 0; i < value.len; i++) {
        const char c = value.ptr[i];
        if (c == '<' || c == '>' || c == '-' || c == '|' || c == '[')
            return true;
    }
    return false;
}
