// SPDX-License-Identifier: Apache-2.0
// "value NEWLINE expression": every pair gives an answer, and the modes agree where they must:
// own mode accepts all that 7.991 accepts, and an expression without operators accepts itself.
#include <stdlib.h>

#include "osdb/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span expr = span_of(data, size);
    const struct span value = span_cut(&expr, '\n');
    for (int nested = 0; nested <= 1; nested++) {
        const bool own = osdb_expr_match(value, expr, nested, QUIRKS_NONE);
        const bool new = osdb_expr_match(value, expr, nested, QUIRKS_7991);
        const bool old = osdb_expr_match(value, expr, nested, QUIRKS_793);
        const bool is_padded = value.len > 1 && value.ptr[0] == '0';
        if (new && !own && !is_padded)
            abort();
        if (osdb_expr_is_literal(expr) && !is_padded &&
            (own != new || own != old || own != span_eq(value, expr)))
            abort();
        if (!osdb_expr_match(value, value, nested, QUIRKS_NONE) && osdb_expr_is_literal(value))
            abort();
    }
    const struct span open = osdb_expr_unclosed(expr);
    if (!span_is_absent(open) && open.ptr[0] != '[')
        abort();
    return 0;
}
