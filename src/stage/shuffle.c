// SPDX-License-Identifier: Apache-2.0
// A Feistel network over the least even number of bits that holds n, with a keyed hash as its round
// function: a permutation whatever the function is. What falls outside of 0 .. n-1 goes through it
// again until it does not (Black and Rogaway, Ciphers with Arbitrary Finite Domains, 2002); that is
// fewer than four times on average, as there are less than 4n numbers of so many bits.
#include "stage/shuffle.h"

#include "base/rng.h"

enum { ROUNDS = 4 };

void shuffle_init(struct shuffle *s, struct wide n, uint64_t seed)
{
    struct rng rng;
    unsigned bits = 0;
    while (bits < 128 && wide_less(wide_power(bits), n))
        bits++;
    rng_seed(&rng, seed);
    *s = (struct shuffle){.n = n, .half_bits = bits / 2 + bits % 2};
    s->key.k0 = rng_u64(&rng);
    s->key.k1 = rng_u64(&rng);
}

static uint64_t round_of(const struct shuffle *s, uint32_t round, uint64_t half)
{
    const uint64_t text[2] = {round, half};
    return hash_keyed(&s->key, span_of(text, sizeof text));
}

// half_bits from 1 to 64.
static struct wide pass(const struct shuffle *s, struct wide i)
{
    const unsigned half = s->half_bits, rest = 64 - half;
    const uint64_t mask = UINT64_MAX >> rest;
    uint64_t left = rest > 0 ? (i.hi << rest | i.lo >> half) & mask : i.hi;
    uint64_t right = i.lo & mask;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        const uint64_t next = left ^ (round_of(s, round, right) & mask);
        left = right;
        right = next;
    }
    return rest > 0 ? (struct wide){left >> rest, left << half | right}
                    : (struct wide){left, right};
}

struct wide shuffle_at(const struct shuffle *s, struct wide i)
{
    if (s->half_bits == 0)
        return i;
    do
        i = pass(s, i);
    while (!wide_less(i, s->n));
    return i;
}
