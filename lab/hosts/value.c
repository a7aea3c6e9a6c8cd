// SPDX-License-Identifier: Apache-2.0
// From an expression of a reference to one value that satisfies it. Plain subject values are
// expressions of one alternative, so both go through here. Reference: os-detection specification
// 5.5. Numbers are hexadecimal.
#include "lab/hosts/hosts.h"

#include "base/text.h"

struct span value_span(const struct value *v)
{
    return span_of(v->text, v->len);
}

// Cuts at the first '|' that stands in no bracket.
static struct span first_alternative(struct span expr)
{
    bool is_inside = false;
    for (size_t i = 0; i < expr.len; i++) {
        const char c = expr.ptr[i];
        if (c == '[')
            is_inside = true;
        else if (c == ']')
            is_inside = false;
        else if (c == '|' && !is_inside)
            return span_head(expr, i);
    }
    return expr;
}

bool value_range(struct span expr, uint64_t *lo, uint64_t *hi)
{
    struct span rest = first_alternative(expr);
    if (rest.len > 0 && (rest.ptr[0] == '>' || rest.ptr[0] == '<')) {
        const bool is_above = rest.ptr[0] == '>';
        if (!text_hex(span_from(rest, 1), lo))
            return false;
        *hi = is_above ? *lo + 1 : *lo - (*lo > 0);
        *lo = is_above ? *hi : 0;
        return true;
    }
    const struct span first = span_cut(&rest, '-');
    if (!text_hex(first, lo))
        return false;
    *hi = *lo;
    return span_is_absent(rest) || (text_hex(rest, hi) && *hi >= *lo);
}

static void put_number(struct buf *b, struct span text, enum value_pick pick)
{
    uint64_t lo, hi;
    const bool is_plain = span_find(text, '-') == text.len && span_find(text, '>') == text.len &&
                          span_find(text, '<') == text.len;
    if (is_plain || !value_range(text, &lo, &hi))
        buf_bytes(b, text);
    else if (text.ptr[0] == '<')
        buf_hex(b, hi);
    else
        buf_hex(b, pick == VALUE_LOW ? lo : lo + (hi - lo) / 2);
}

bool value_first(struct span expr, enum value_pick pick, struct value *out)
{
    struct span rest = first_alternative(expr);
    struct buf b;
    buf_init(&b, out->text, sizeof out->text);
    if (span_find(rest, '[') == rest.len) {
        put_number(&b, rest, pick);
    } else {
        while (!span_is_absent(rest)) {
            buf_bytes(&b, span_cut(&rest, '['));
            if (span_is_absent(rest))
                break;
            put_number(&b, first_alternative(span_cut(&rest, ']')), pick);
        }
    }
    out->len = buf_len(&b);
    return !b.full;
}
