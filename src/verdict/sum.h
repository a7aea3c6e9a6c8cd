// SPDX-License-Identifier: Apache-2.0
// Private to verdict: what is computed of many floats at once, to 1e-7.
#pragma once

#include <stdint.h>

float sum_largest(const float *v, uint32_t n);
double sum_products(const float *a, const float *b, uint32_t n);
// Adds times * the logarithms of v; v = exp(v + more).
void sum_add_logarithms(const float *v, uint32_t n, float times, float *to);
void sum_exponentials(float *v, uint32_t n, float more);
// Logarithms of plus + times * v; and of plus + exp(v + more).
void sum_logarithms(const float *v, uint32_t n, float times, float plus, float *out);
void sum_mixtures(float *v, uint32_t n, float more, float plus);
// The product of q + (1 - q) * v * times * each along SUM_WIDE numbers, where times * each is more
// than 0, in two parts: the whole may be too much for a float.
enum { SUM_WIDE = 16, SUM_PARTS = 2 };
void sum_factors(const float *v, const float *times, const float *each, float q,
                 float out[SUM_PARTS]);
// Blocks of references: how many of n there are, and the end of the one that begins there.
enum { SUM_BLOCK = 16 };
static inline uint32_t sum_blocks(uint32_t n)
{
    return (n + SUM_BLOCK - 1) / SUM_BLOCK;
}
static inline uint32_t sum_block_end(uint32_t first, uint32_t n)
{
    return n - first < SUM_BLOCK ? n : first + SUM_BLOCK;
}
// Numbers of those above a bound, in order; returns how many. tops: the most of each block.
// out: room for 1 more.
uint32_t sum_above(const float *v, const float *tops, uint32_t n, float least, uint32_t *out);
