// SPDX-License-Identifier: Apache-2.0
// The work on vectors. Adding weighted bits for many references at once: their sums grow side by
// side, one bit of each in a vector. A full adder takes three vectors of one weight to one of the
// same and one of the double weight, until one is left for each weight.
//
// The vectors are the compiler's: it cuts them to what the processor has; WIDE (set by the build)
// makes it do so for several processors and choose at start-up.
#include "osdb/scratch.h"

typedef uint64_t vector __attribute__((vector_size(VECTOR_BYTES)));

// Some vectors side by side, so that one turn of a loop does more.
struct group {
    vector v[GROUP];
};

enum { CARRIES_MAX = ATTR_COUNT + 2 };

#define INLINE static inline __attribute__((always_inline))

// Written out, not looped: the sum must stay in registers.
#define EACH(f, ...)                                                             \
    (f(0, __VA_ARGS__), f(1, __VA_ARGS__), f(2, __VA_ARGS__), f(3, __VA_ARGS__), \
     f(4, __VA_ARGS__), f(5, __VA_ARGS__), f(6, __VA_ARGS__), f(7, __VA_ARGS__))
_Static_assert(GROUP == 8, "EACH");

INLINE void full_add_one(int i, struct group *acc, const char *x, const char *y,
                         struct group *carry)
{
    vector a, b;
    memcpy(&a, x + i * VECTOR_BYTES, sizeof a);
    memcpy(&b, y + i * VECTOR_BYTES, sizeof b);
    const vector differs = a ^ b;
    const vector both = a & b;
    carry->v[i] = both | (differs & acc->v[i]);
    acc->v[i] ^= differs;
}

INLINE void half_add_one(int i, struct group *acc, const char *x, struct group *carry)
{
    vector a;
    memcpy(&a, x + i * VECTOR_BYTES, sizeof a);
    carry->v[i] = a & acc->v[i];
    acc->v[i] ^= a;
}

// *acc + x + y: sum into *acc, carry into *carry, which may be one of them.
INLINE void full_add(struct group *acc, const char *x, const char *y, struct group *carry)
{
    EACH(full_add_one, acc, x, y, carry);
}

INLINE void half_add(struct group *acc, const char *x, struct group *carry)
{
    EACH(half_add_one, acc, x, carry);
}

// All groups of one weight: the rows and what was carried. Returns how many carries were made.
INLINE uint32_t add_plane(const char *const *in, uint32_t n, size_t at, const struct group *from,
                          uint32_t n_from, struct group *to, uint64_t *plane)
{
    struct group sum = {{{0}}};
    uint32_t i = 0, used = 0, made = 0;
    for (; i + 1 < n; i += 2)
        full_add(&sum, in[i] + at, in[i + 1] + at, &to[made++]);
    if (i < n && used < n_from)
        full_add(&sum, in[i] + at, (const char *)&from[used++], &to[made++]);
    else if (i < n)
        half_add(&sum, in[i] + at, &to[made++]);
    for (; used + 1 < n_from; used += 2)
        full_add(&sum, (const char *)&from[used], (const char *)&from[used + 1], &to[made++]);
    if (used < n_from)
        half_add(&sum, (const char *)&from[used], &to[made++]);
    memcpy(plane, &sum, sizeof sum);
    return made;
}

WIDE void sum_rows_common(const struct sum_plan *plan, size_t row, uint64_t *planes)
{
    struct group carry[2][CARRIES_MAX];
    for (size_t at = 0; at < row; at += BLOCK_ROW) {
        uint32_t n_carry = 0;
        for (uint32_t p = 0; p < plan->n_planes; p++) {
            const uint32_t first = plan->first[p];
            n_carry = add_plane(&plan->in[first], plan->first[p + 1] - first, at, carry[p % 2],
                                n_carry, carry[(p + 1) % 2], planes + (p * row + at) / 8);
        }
    }
}

void sum_rows(const struct sum_plan *plan, size_t row, uint64_t *planes)
{
    if (!sum_rows_widest(plan, row, planes))
        sum_rows_common(plan, row, planes);
}
