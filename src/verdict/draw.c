// SPDX-License-Identifier: Apache-2.0
// A value that an alternative of an expression accepts. Numbers are uniform in their range; a
// common divisor of random numbers is 1 in six of ten cases, and v with the weight 1 / v^2.
#include "base/buf.h"
#include "base/text.h"
#include "verdict/column.h"

enum { BEYOND = 16 }; // values that '>' stands for

// False: not a range of numbers.
static bool number_range(struct span one, uint64_t *low, uint64_t *high)
{
    struct span upper = one;
    const struct span lower = span_cut(&upper, '-');
    if (one.len > 1 && one.ptr[0] == '>' && text_hex(span_from(one, 1), low)) {
        *high = *low + BEYOND;
        *low += 1;
        return true;
    }
    *low = 0;
    if (one.len > 1 && one.ptr[0] == '<' && text_hex(span_from(one, 1), high) && *high > 0) {
        *high -= 1;
        return true;
    }
    return !span_is_absent(upper) && text_hex(lower, low) && text_hex(upper, high) && *high >= *low;
}

static uint64_t draw_gcd(struct rng *rng, uint64_t low, uint64_t high)
{
    double sum = 0;
    for (uint64_t v = low; v <= high; v++)
        sum += 1 / ((double)v * (double)v);
    sum *= rng_unit(rng);
    for (uint64_t v = low; v < high; v++) {
        sum -= 1 / ((double)v * (double)v);
        if (sum < 0)
            return v;
    }
    return high;
}

static bool draw_number(struct rng *rng, struct span one, bool is_gcd, struct buf *b)
{
    enum { GCD_WIDEST = 4096 };
    uint64_t low;
    uint64_t high;
    if (!number_range(one, &low, &high))
        return false;
    if (is_gcd && low > 0 && high - low < GCD_WIDEST)
        buf_hex(b, draw_gcd(rng, low, high));
    else
        buf_hex(b, low + rng_u64(rng) % (high - low + 1));
    return true;
}

static struct span draw_one_of(struct rng *rng, struct span list)
{
    uint32_t n = 0;
    struct span rest = list;
    for (; !span_is_absent(rest); n++)
        (void)span_cut(&rest, '|');
    struct span one = list;
    for (uint32_t k = 1 + rng_below(rng, n ? n : 1); k > 0; k--)
        one = span_cut(&list, '|');
    return one;
}

void draw_value(struct rng *rng, struct span one, bool is_gcd, struct buf *b)
{
    if (draw_number(rng, one, is_gcd, b))
        return;
    while (one.len > 0) {
        const size_t open = span_find(one, '[');
        buf_bytes(b, span_head(one, open));
        if (open == one.len)
            return;
        one = span_from(one, open + 1);
        const size_t close = span_find(one, ']');
        const struct span inside = draw_one_of(rng, span_head(one, close));
        if (!draw_number(rng, inside, false, b))
            buf_bytes(b, inside);
        one = span_from(one, close + 1);
    }
}
