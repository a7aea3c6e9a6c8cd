// SPDX-License-Identifier: Apache-2.0
// A seeded permutation of 0 .. n-1 that is computed, not stored: any n costs the same few bytes.
#pragma once

#include <stdint.h>

#include "base/hash.h"

struct shuffle {
    uint64_t n;
    unsigned half_bits;
    struct hash_key key;
};

#define SHUFFLE_MOST (UINT64_C(1) << 62)

// n from 1 to SHUFFLE_MOST.
void shuffle_init(struct shuffle *s, uint64_t n, uint64_t seed);

// Where i < n goes.
uint64_t shuffle_at(const struct shuffle *s, uint64_t i);
