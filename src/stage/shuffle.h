// SPDX-License-Identifier: Apache-2.0
// A seeded permutation of 0 .. n-1 that is computed, not stored: any n costs the same few bytes.
#pragma once

#include <stdint.h>

#include "base/hash.h"
#include "base/wide.h"

struct shuffle {
    struct wide n;
    unsigned half_bits;
    struct hash_key key;
};

// n from 1.
void shuffle_init(struct shuffle *s, struct wide n, uint64_t seed);

// Where i < n goes.
struct wide shuffle_at(const struct shuffle *s, struct wide i);
