// SPDX-License-Identifier: Apache-2.0
// Adding weighted bits for many references at once: 512 sums grow side by side, one bit of each
// in a vector. A full adder takes three vectors of one weight to one of the same and one of the
// double weight, until one is left for each weight. The vectors are the compiler's: it cuts them
// to what the processor has; WIDE (set by the build) makes it do so for several at once and
// choose at start-up.
#include "osdb/scratch.h"

typedef uint64_t vector __attribute__((vector_size(BLOCK_ROW)));

enum { CARRIES_MAX = ATTR_COUNT + 1 };

#define INLINE static inline __attribute__((always_inline))

// *acc + *x + *y: sum into *acc, carry into *carry, which may be *x.
INLINE void full_add(vector *acc, const vector *x, const vector *y, vector *carry)
{
    const vector differs = *x ^ *y;
    const vector both = *x & *y;
    *carry = both | (differs & *acc);
    *acc ^= differs;
}

INLINE void half_add(vector *acc, const vector *x, vector *carry)
{
    const vector both = *x & *acc;
    *acc ^= *x;
    *carry = both;
}

INLINE void load(vector *v, const char *from)
{
    memcpy(v, from, sizeof *v);
}

// All vectors of one weight: the rows and what was carried. Carries to the next weight replace
// those that were used up.
INLINE uint32_t add_plane(const char *const *in, uint32_t n, size_t at, vector *carry,
                          uint32_t n_carry, vector *sum)
{
    vector x, y;
    uint32_t i = 0, used = 0, made = 0;
    *sum = (vector){0};
    for (; i + 1 < n; i += 2) {
        load(&x, in[i] + at);
        load(&y, in[i + 1] + at);
        full_add(sum, &x, &y, &carry[CARRIES_MAX + made++]);
    }
    if (i < n && used < n_carry) {
        load(&x, in[i] + at);
        full_add(sum, &x, &carry[used++], &carry[CARRIES_MAX + made++]);
    } else if (i < n) {
        load(&x, in[i] + at);
        half_add(sum, &x, &carry[CARRIES_MAX + made++]);
    }
    for (; used + 1 < n_carry; used += 2)
        full_add(sum, &carry[used], &carry[used + 1], &carry[CARRIES_MAX + made++]);
    if (used < n_carry)
        half_add(sum, &carry[used], &carry[CARRIES_MAX + made++]);
    return made;
}

WIDE void sum_rows(const struct sum_plan *plan, size_t n_vectors, uint64_t *planes)
{
    vector carry[2 * CARRIES_MAX];
    vector sum;
    for (size_t v = 0; v < n_vectors; v++) {
        uint32_t n_carry = 0;
        for (uint32_t p = 0; p < plan->n_planes; p++) {
            const uint32_t first = plan->first[p];
            n_carry = add_plane(&plan->in[first], plan->first[p + 1] - first, v * BLOCK_ROW, carry,
                                n_carry, &sum);
            memcpy(carry, carry + CARRIES_MAX, n_carry * sizeof(vector));
            memcpy(planes, &sum, sizeof sum);
            planes += VECTOR_WORDS;
        }
    }
}

WIDE uint32_t sum_select(const uint64_t *planes, uint32_t n_planes, size_t n_vectors,
                         uint32_t limit, const uint64_t *valid, uint64_t *out)
{
    uint32_t n = 0;
    for (size_t v = 0; v < n_vectors; v++) {
        vector equal, above = {0}, bit;
        load(&equal, (const char *)(valid + v * VECTOR_WORDS));
        for (uint32_t p = n_planes; p-- > 0;) {
            load(&bit, (const char *)(planes + (v * n_planes + p) * VECTOR_WORDS));
            if (limit >> p & 1) {
                equal &= bit;
            } else {
                above |= equal & bit;
                equal &= ~bit;
            }
        }
        load(&bit, (const char *)(valid + v * VECTOR_WORDS));
        bit &= ~above;
        memcpy(out + v * VECTOR_WORDS, &bit, sizeof bit);
        for (int i = 0; i < VECTOR_WORDS; i++)
            n += (uint32_t)__builtin_popcountll(out[v * VECTOR_WORDS + (size_t)i]);
    }
    return n;
}
