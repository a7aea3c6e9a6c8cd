// SPDX-License-Identifier: Apache-2.0
// Likelihoods -> posterior. All is compared as prior^(1/beta) * likelihood, so that a power is
// taken only of what is not negligible.
#include <math.h>

#include "verdict/weigh.h"

// Natural logarithm to 1e-9 of a normal positive number: m * 2^e, and the logarithm of m by the
// series of the area tangent.
static inline double logarithm(double x)
{
    const uint64_t one = UINT64_C(0x3FF0000000000000);
    const uint64_t mantissa = UINT64_C(0x000FFFFFFFFFFFFF);
    const uint64_t root = UINT64_C(0x0009F3B64DF00000); // makes m lie around 1
    uint64_t bits;
    double m;
    memcpy(&bits, &x, sizeof bits);
    bits += root;
    const double e = (double)(int64_t)(bits >> 52) - 1023;
    bits = (bits & mantissa) + one - root;
    memcpy(&m, &bits, sizeof m);
    const double t = (m - 1) / (m + 1);
    const double u = t * t;
    const double series = t * (2 + u * (2.0 / 3 + u * (2.0 / 5 + u * (2.0 / 7 + u * 2 / 9))));
    return series + e * 0.69314718055994531;
}

// e^x to 1e-9 for -700 < x <= 0.
static inline double exponential(double x)
{
    const double y = x * 1.4426950408889634;
    const int64_t whole = (int64_t)(y - 0.5);
    const double f = (y - (double)whole) * 0.69314718055994531; // -0.35 .. 0.35
    const double series =
        1 +
        f * (1 + f * (1.0 / 2 + f * (1.0 / 6 + f * (1.0 / 24 + f * (1.0 / 120 +
                                                                    f * (1.0 / 720 + f / 5040))))));
    const uint64_t bits = (uint64_t)(whole + 1023) << 52;
    double power;
    memcpy(&power, &bits, sizeof power);
    return series * power;
}

WIDE double sum_largest(const double *v, uint32_t n)
{
    double best[4] = {0}; // side by side
    uint32_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (uint32_t k = 0; k < 4; k++)
            best[k] = v[i + k] > best[k] ? v[i + k] : best[k];
    for (; i < n; i++)
        best[0] = v[i] > best[0] ? v[i] : best[0];
    return fmax(fmax(best[0], best[1]), fmax(best[2], best[3]));
}

WIDE double sum_products(const double *a, const double *b, uint32_t n)
{
    double sum[8] = {0}; // side by side
    uint32_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (uint32_t k = 0; k < 8; k++)
            sum[k] += a[i + k] * b[i + k];
    for (; i < n; i++)
        sum[0] += a[i] * b[i];
    return (sum[0] + sum[4]) + (sum[1] + sum[5]) + (sum[2] + sum[6]) + (sum[3] + sum[7]);
}

WIDE static void multiply(double *v, const double *by, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        v[i] *= by[i];
}

static void bury(struct verdict_scratch *s)
{
    for (uint32_t i = 0; i < s->n_alive; i++)
        s->posterior[s->alive[i]] = 0;
    s->n_alive = 0;
}

double sum_posterior(const struct verdict_model *m, struct verdict_scratch *s)
{
    const uint32_t n = model_hypotheses(m);
    const double beta = m->params->beta;
    multiply(s->product, m->prior_root, n); // takes the place of the likelihood
    const double best = sum_largest(s->product, n);
    const double least = best * exp(-SUM_NEGLIGIBLE / beta);
    const double top = log(best);
    double sum = 0;
    bury(s);
    uint32_t n_alive = 0;
    for (uint32_t h = 0; h < n; h++) {
        s->alive[n_alive] = h;
        n_alive += s->product[h] > least;
    }
    s->n_alive = n_alive;
    for (uint32_t i = 0; i < s->n_alive; i++) {
        const uint32_t h = s->alive[i];
        const double v = logarithm(s->product[h]) - top;
        s->posterior[h] = exponential(beta * (v < 0 ? v : 0));
        sum += s->posterior[h];
    }
    for (uint32_t i = 0; i < s->n_alive; i++)
        s->posterior[s->alive[i]] /= sum;
    return beta * (top + s->common) + log(sum);
}

void sum_scores(const struct verdict_model *m, struct verdict_scratch *s, float *score)
{
    const uint32_t n = model_hypotheses(m);
    for (uint32_t h = 0; h < n; h++)
        score[h] = (float)(logarithm(s->product[h]) + s->common);
}

double sum_of_scores(const struct verdict_model *m, const float *score)
{
    const uint32_t n = model_hypotheses(m);
    const double beta = m->params->beta;
    double best = -HUGE_VAL;
    double sum = 0;
    for (uint32_t h = 0; h < n; h++)
        best = fmax(best, (double)m->prior[h] + beta * (double)score[h]);
    for (uint32_t h = 0; h < n; h++) {
        const double v = (double)m->prior[h] + beta * (double)score[h] - best;
        sum += v > -SUM_NEGLIGIBLE ? exponential(v) : 0;
    }
    return best + log(sum);
}
