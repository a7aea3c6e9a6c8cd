// SPDX-License-Identifier: Apache-2.0
// A set of 16-bit numbers (ports): one bit each, 8 KiB.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct set {
    uint64_t word[65536 / 64];
};

static inline bool set_has(const struct set *s, uint16_t v)
{
    return s->word[v / 64] >> (v % 64) & 1;
}

static inline void set_add(struct set *s, uint16_t v)
{
    s->word[v / 64] |= (uint64_t)1 << (v % 64);
}

static inline void set_del(struct set *s, uint16_t v)
{
    s->word[v / 64] &= ~((uint64_t)1 << (v % 64));
}
