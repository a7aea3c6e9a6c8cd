// SPDX-License-Identifier: Apache-2.0
// Seeded pseudo random numbers (xoshiro256**, seeded by splitmix64). The same seed gives the
// same numbers everywhere; not for secrets.
#pragma once

#include <stdint.h>

struct rng {
    uint64_t s[4];
};

void rng_seed(struct rng *r, uint64_t seed);
uint64_t rng_u64(struct rng *r);
uint32_t rng_u32(struct rng *r);

// 0 .. n-1, n > 0; bias below 2^-32.
uint32_t rng_below(struct rng *r, uint32_t n);

// 0.0 <= x < 1.0
double rng_unit(struct rng *r);
