// SPDX-License-Identifier: Apache-2.0
// From sums to the few references that count: those up to a limit, the limit that lets enough
// through, and the order of a few keys. All on vectors, without branches that depend on one
// reference; WIDE as in sum.c.
#include "osdb/scratch.h"

typedef uint64_t vector __attribute__((vector_size(VECTOR_BYTES)));

#define INLINE static inline __attribute__((always_inline))

INLINE void load(vector *v, const uint64_t *from)
{
    memcpy(v, from, sizeof *v);
}

INLINE void store(uint64_t *to, const vector *v)
{
    memcpy(to, v, sizeof *v);
}

INLINE uint32_t count(const uint64_t *words)
{
    uint32_t n = 0;
    for (int i = 0; i < VECTOR_WORDS; i++)
        n += (uint32_t)__builtin_popcountll(words[i]);
    return n;
}

WIDE uint32_t sum_select(const struct sums *s, uint32_t limit, uint64_t *out)
{
    uint32_t n = 0;
    for (size_t i = 0; i < s->words; i += VECTOR_WORDS) {
        vector all, equal, above = {0}, bit;
        load(&all, s->valid + i);
        equal = all;
        for (uint32_t p = s->n_planes; p-- > 0;) {
            load(&bit, s->planes + p * s->words + i);
            if (limit >> p & 1) {
                equal &= bit;
            } else {
                above |= equal & bit;
                equal &= ~bit;
            }
        }
        all &= ~above;
        store(out + i, &all);
        n += count(out + i);
    }
    return n;
}

// Those below 1 << top.
INLINE uint32_t begin(const struct sums *s, uint32_t top, uint64_t *out)
{
    uint32_t n = 0;
    for (size_t i = 0; i < s->words; i += VECTOR_WORDS) {
        vector all, bit, above = {0};
        load(&all, s->valid + i);
        for (uint32_t p = top; p < s->n_planes; p++) {
            load(&bit, s->planes + p * s->words + i);
            above |= bit;
        }
        all &= ~above;
        store(out + i, &all);
        n += count(out + i);
    }
    return n;
}

// Those of `equal` that do not have the bit.
INLINE uint32_t without(const uint64_t *equal, const uint64_t *plane, size_t words, uint64_t *out)
{
    uint32_t n = 0;
    for (size_t i = 0; i < words; i += VECTOR_WORDS) {
        vector all, bit;
        load(&all, equal + i);
        load(&bit, plane + i);
        all &= ~bit;
        store(out + i, &all);
        n += count(out + i);
    }
    return n;
}

// The others may still be; these are.
INLINE void keep(uint64_t *chosen, uint64_t *equal, const uint64_t *less, size_t words)
{
    for (size_t i = 0; i < words; i += VECTOR_WORDS) {
        vector all, part, rest;
        load(&all, chosen + i);
        load(&rest, equal + i);
        load(&part, less + i);
        all |= part;
        rest &= ~part;
        store(chosen + i, &all);
        store(equal + i, &rest);
    }
}

WIDE uint32_t sum_limit(const struct sums *s, uint32_t top, uint32_t few, uint32_t many,
                        uint64_t *chosen)
{
    uint64_t *equal = s->room;
    uint64_t *less = s->room + s->words;
    uint32_t limit = 0, kept = 0;
    const uint32_t all = begin(s, top, equal);
    memset(chosen, 0, s->words * sizeof *chosen);
    if (all <= many)
        top = 0, limit = UINT32_MAX;
    for (uint32_t p = top; p-- > 0;) {
        const uint32_t n = without(equal, s->planes + p * s->words, s->words, less);
        if (kept + n < few) {
            keep(chosen, equal, less, s->words);
            kept += n;
            limit |= 1u << p;
            continue;
        }
        uint64_t *other = equal;
        equal = less;
        less = other;
        if (kept + n > many)
            continue;
        limit |= (1u << p) - 1;
        break;
    }
    keep(chosen, less, equal, s->words);
    return limit;
}

WIDE void sum_places(const uint64_t *key, uint32_t n, uint32_t *place)
{
    for (uint32_t i = 0; i < n; i++) {
        vector better = {0}, other;
        for (uint32_t j = 0; j < n; j += VECTOR_WORDS) {
            load(&other, key + j);
            better -= (vector)(other < key[i]);
        }
        uint64_t total = 0;
        for (int k = 0; k < VECTOR_WORDS; k++)
            total += better[k];
        place[i] = (uint32_t)total;
    }
}
