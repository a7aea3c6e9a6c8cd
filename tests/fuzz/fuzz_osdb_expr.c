// SPDX-License-Identifier: Apache-2.0
// "value NEWLINE expression": every pair gives an answer, and the modes agree where they must:
// own mode accepts all that 7.991 accepts, an expression without operators accepts itself, and
// literals say what osdb/expr.h promises to those who prepare comparisons.
#include <stdlib.h>

#include "osdb/expr.h"
#include "osdb/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_literal(struct span expr)
{
    return !osdb_value_is_odd(expr) && (expr.len < 2 || expr.ptr[0] != '0');
}

// Whether a literal of the expression is the value; *is_plain: it has nothing but literals.
static bool has_literal(struct span expr, struct span value, enum osdb_form form, bool *is_plain)
{
    bool is_hit = false;
    *is_plain = true;
    while (!span_is_absent(expr)) {
        const struct osdb_alt alt = osdb_alt_next(&expr, form);
        *is_plain = *is_plain && alt.kind == ALT_LITERAL;
        is_hit = is_hit || (alt.kind == ALT_LITERAL && span_eq(alt.low, value));
    }
    return is_hit;
}

static void check_literals(struct span value, struct span expr, enum osdb_form form,
                           enum quirks quirks)
{
    const bool is_hit = osdb_expr_match(value, expr, form, quirks);
    const bool has_brackets =
        form == OSDB_FORM_NESTED && quirks != QUIRKS_793 && span_find(expr, '[') < expr.len;
    bool is_plain;
    const bool has =
        has_literal(expr, value, has_brackets ? OSDB_FORM_NESTED : OSDB_FORM_PLAIN, &is_plain);
    if (is_plain && !has && is_hit)
        abort();
    if (is_literal(expr) && is_hit != span_eq(value, expr))
        abort();
}

// First generation: '&' narrows, '|' widens, text accepts itself.
static void check_first(struct span value, struct span expr)
{
    const bool is_hit = osdb_expr_match(value, expr, OSDB_FORM_FIRST, QUIRKS_NONE);
    const bool is_list = span_find(expr, '|') < expr.len;
    const bool is_mixed = is_list && span_find(expr, '&') < expr.len;
    bool any = false, all = true;
    for (struct span rest = expr; !span_is_absent(rest);) {
        const struct span part = span_cut(&rest, is_list ? '|' : '&');
        const bool hit = osdb_expr_match(value, part, OSDB_FORM_FIRST, QUIRKS_NONE);
        any |= hit;
        all &= hit;
    }
    if (!is_mixed && value.len > 0 && !span_is_absent(expr) && is_hit != (is_list ? any : all))
        abort();
    if (is_literal(value) && span_find(value, '&') == value.len && !span_eq(value, SPAN("+")) &&
        !osdb_expr_match(value, value, OSDB_FORM_FIRST, QUIRKS_NONE))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span expr = span_of(data, size);
    const struct span value = span_cut(&expr, '\n');
    const bool is_padded = value.len > 1 && value.ptr[0] == '0';
    for (enum osdb_form form = OSDB_FORM_PLAIN; form <= OSDB_FORM_NESTED; form++) {
        const bool own = osdb_expr_match(value, expr, form, QUIRKS_NONE);
        const bool new = osdb_expr_match(value, expr, form, QUIRKS_7991);
        if (new && !own && !is_padded)
            abort();
        for (int q = QUIRKS_NONE; q <= QUIRKS_7991 && !is_padded && !osdb_value_is_odd(value); q++)
            check_literals(value, expr, form, (enum quirks)q);
        if (!osdb_expr_match(value, value, form, QUIRKS_NONE) && is_literal(value))
            abort();
    }
    check_first(value, expr);
    const struct span open = osdb_expr_unclosed(expr);
    if (!span_is_absent(open) && open.ptr[0] != '[')
        abort();
    return 0;
}
