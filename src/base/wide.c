// SPDX-License-Identifier: Apache-2.0
#include "base/wide.h"

struct wide wide_of(uint64_t v)
{
    return (struct wide){0, v};
}

struct wide wide_power(unsigned bits)
{
    if (bits > 127)
        return (struct wide){UINT64_MAX, UINT64_MAX};
    return bits > 63 ? (struct wide){UINT64_C(1) << (bits - 64), 0}
                     : (struct wide){0, UINT64_C(1) << bits};
}

struct wide wide_add(struct wide a, struct wide b)
{
    struct wide sum = {a.hi + b.hi, a.lo + b.lo};
    const bool carries = sum.lo < a.lo;
    const bool is_over = sum.hi < a.hi || (carries && sum.hi == UINT64_MAX);
    sum.hi += carries;
    return is_over ? wide_power(128) : sum;
}

struct wide wide_minus(struct wide a, struct wide b)
{
    return (struct wide){a.hi - b.hi - (a.lo < b.lo), a.lo - b.lo};
}

bool wide_less(struct wide a, struct wide b)
{
    return a.hi != b.hi ? a.hi < b.hi : a.lo < b.lo;
}

uint64_t wide_narrow(struct wide a)
{
    return a.hi > 0 ? UINT64_MAX : a.lo;
}
