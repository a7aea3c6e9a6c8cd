// SPDX-License-Identifier: Apache-2.0
// Private to verdict: what is computed of many floats at once, to 1e-7.
#pragma once

#include <stdint.h>

float sum_largest(const float *v, uint32_t n);
double sum_logarithm(double x); // to 1e-7, of a normal positive number
double sum_products(const float *a, const float *b, uint32_t n);
// Adds times * the logarithms of v; v = exp(v + more).
void sum_add_logarithms(const float *v, uint32_t n, float times, float *to);
void sum_exponentials(float *v, uint32_t n, float more);
// Logarithms of plus + times * v; and of plus + exp(v + more).
void sum_logarithms(const float *v, uint32_t n, float times, float plus, float *out);
void sum_mixtures(float *v, uint32_t n, float more, float plus);
// Numbers of those above a bound, in order; returns how many. out: room for 1 more.
uint32_t sum_above(const float *v, uint32_t n, float least, uint32_t *out);
