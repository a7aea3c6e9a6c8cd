// SPDX-License-Identifier: Apache-2.0
// sum_rows for processors with vectors of 64 bytes and instructions that combine three of them
// (AVX-512): a full adder is two instructions. Compilers do not find them, so they are named.
// Where they cannot be, the build takes sum512_none.c.
#include "osdb/scratch.h"

#include <immintrin.h>

enum { WIDTH = 64, LANES = BLOCK_ROW / WIDTH, CARRIES_MAX = ATTR_COUNT + 2 };

#define AVX512 __attribute__((target("avx512f")))
#define INLINE static inline __attribute__((always_inline)) AVX512

enum { PARITY = 0x96, MAJORITY = 0xE8 };

struct lanes {
    __m512i v[LANES];
};

_Static_assert(sizeof(struct lanes) == BLOCK_ROW, "rows are whole groups");

INLINE void full_add_one(int i, struct lanes *sum, const char *x, const char *y,
                         struct lanes *carry)
{
    const __m512i a = _mm512_loadu_si512(x + i * WIDTH);
    const __m512i b = _mm512_loadu_si512(y + i * WIDTH);
    carry->v[i] = _mm512_ternarylogic_epi64(sum->v[i], a, b, MAJORITY);
    sum->v[i] = _mm512_ternarylogic_epi64(sum->v[i], a, b, PARITY);
}

INLINE void full_add(struct lanes *sum, const char *x, const char *y, struct lanes *carry)
{
    full_add_one(0, sum, x, y, carry);
    full_add_one(1, sum, x, y, carry);
    full_add_one(2, sum, x, y, carry);
    full_add_one(3, sum, x, y, carry);
}

INLINE uint32_t add_plane(const char *const *in, uint32_t n, size_t at, const struct lanes *from,
                          uint32_t n_from, struct lanes *to, char *plane)
{
    static const char zero[BLOCK_ROW];
    struct lanes sum = {{{0}}};
    uint32_t i = 0, used = 0, made = 0;
    for (; i + 1 < n; i += 2)
        full_add(&sum, in[i] + at, in[i + 1] + at, &to[made++]);
    if (i < n)
        full_add(&sum, in[i] + at, used < n_from ? (const char *)&from[used] : zero, &to[made++]);
    used += i < n && used < n_from;
    for (; used + 1 < n_from; used += 2)
        full_add(&sum, (const char *)&from[used], (const char *)&from[used + 1], &to[made++]);
    if (used < n_from)
        full_add(&sum, (const char *)&from[used], zero, &to[made++]);
    memcpy(plane, &sum, sizeof sum);
    return made;
}

AVX512 static void sum_rows_512(const struct sum_plan *plan, size_t row, uint64_t *planes)
{
    struct lanes carry[2][CARRIES_MAX];
    for (size_t at = 0; at < row; at += BLOCK_ROW) {
        uint32_t n_carry = 0;
        for (uint32_t p = 0; p < plan->n_planes; p++) {
            const uint32_t first = plan->first[p];
            n_carry = add_plane(&plan->in[first], plan->first[p + 1] - first, at, carry[p % 2],
                                n_carry, carry[(p + 1) % 2], (char *)planes + p * row + at);
        }
    }
}

bool sum_rows_widest(const struct sum_plan *plan, size_t row, uint64_t *planes)
{
    if (!__builtin_cpu_supports("avx512f"))
        return false;
    sum_rows_512(plan, row, planes);
    return true;
}
