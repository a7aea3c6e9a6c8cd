// SPDX-License-Identifier: Apache-2.0
// Likelihoods -> posterior. All is compared as prior^(1/beta) * likelihood, so that a power is
// taken only of what is not negligible.
#include <math.h>

#include "verdict/weigh.h"

// Natural logarithm to 1e-7 of a normal positive number: m * 2^e, and the logarithm of m by the
// series of the area tangent. Of 0 it is about -88.
static inline float logarithm(float x)
{
    const int32_t one = 0x3F800000;
    const int32_t root = 0x004AFB0D; // makes m lie around 1
    int32_t bits;
    float m;
    memcpy(&bits, &x, sizeof bits);
    bits += root;
    const float e = (float)((bits >> 23) - 127);
    bits = (bits & 0x007FFFFF) + one - root;
    memcpy(&m, &bits, sizeof m);
    const float t = (m - 1) / (m + 1);
    const float u = t * t;
    return t * (2 + u * (2.0F / 3 + u * (2.0F / 5 + u * (2.0F / 7)))) + e * 0.69314718F;
}

// e^x to 1e-7 for -87 < x < 87; what is beyond is taken for these.
static inline float small_exponential(float x)
{
    const float y = (x < -87 ? -87 : x > 87 ? 87 : x) * 1.44269504F;
    const int32_t whole = (int32_t)(y + 127.5F) - 127;
    const float f = (y - (float)whole) * 0.69314718F; // -0.35 .. 0.35
    const float series =
        1 + f * (1 + f * (1.0F / 2 + f * (1.0F / 6 + f * (1.0F / 24 + f * (1.0F / 120)))));
    const int32_t bits = (whole + 127) << 23;
    float power;
    memcpy(&power, &bits, sizeof power);
    return series * power;
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

// Vectors of whatever width there is: compilers do not reorder sums of floats on their own.
enum { LANES = 8 };
typedef float lanes __attribute__((vector_size(LANES * sizeof(float))));
typedef int32_t masks __attribute__((vector_size(LANES * sizeof(int32_t))));

WIDE float sum_largest(const float *v, uint32_t n)
{
    lanes best = {0};
    lanes next;
    uint32_t i = 0;
    best = best + (n > 0 ? v[0] : 0);
    for (; i + LANES <= n; i += LANES) {
        memcpy(&next, v + i, sizeof next);
        const masks is_more = next > best;
        best = (lanes)((is_more & (masks)next) | (~is_more & (masks)best));
    }
    float most = best[0];
    for (uint32_t k = 1; k < LANES; k++)
        most = best[k] > most ? best[k] : most;
    for (; i < n; i++)
        most = v[i] > most ? v[i] : most;
    return most;
}

WIDE double sum_products(const float *a, const float *b, uint32_t n)
{
    lanes sum = {0};
    lanes x;
    lanes y;
    uint32_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        memcpy(&x, a + i, sizeof x);
        memcpy(&y, b + i, sizeof y);
        sum += x * y;
    }
    for (; i < n; i++)
        sum[0] += a[i] * b[i];
    return (double)(((sum[0] + sum[4]) + (sum[1] + sum[5])) +
                    ((sum[2] + sum[6]) + (sum[3] + sum[7])));
}

WIDE void sum_add_logarithms(const float *v, uint32_t n, float times, float *to)
{
    for (uint32_t i = 0; i < n; i++)
        to[i] += times * logarithm(v[i]);
}

WIDE void sum_exponentials(float *v, uint32_t n, float more)
{
    for (uint32_t i = 0; i < n; i++)
        v[i] = small_exponential(v[i] + more);
}

WIDE void sum_logarithms(const float *v, uint32_t n, float times, float plus, float *out)
{
    for (uint32_t i = 0; i < n; i++)
        out[i] = logarithm(plus + times * v[i]);
}

WIDE void sum_mixtures(float *v, uint32_t n, float more, float plus)
{
    for (uint32_t i = 0; i < n; i++)
        v[i] = logarithm(plus + small_exponential(v[i] + more));
}

WIDE void sum_factors(const float *v, const float *times, const float *each, float q,
                      float out[SUM_PARTS])
{
    const lanes one = (lanes){0} + 1;
    lanes product = one;
    for (uint32_t i = 0; i < SUM_WIDE; i += LANES) {
        lanes x;
        lanes y;
        lanes z;
        memcpy(&x, v + i, sizeof x);
        memcpy(&y, times + i, sizeof y);
        memcpy(&z, each + i, sizeof z);
        y *= z;
        x = q + (1 - q) * x * y;
        const masks is_any = y > 0;
        product *= (lanes)((is_any & (masks)x) | (~is_any & (masks)one));
    }
    out[0] = (product[0] * product[4]) * (product[1] * product[5]);
    out[1] = (product[2] * product[6]) * (product[3] * product[7]);
}

uint32_t sum_above(const float *v, const float *tops, uint32_t n, float least, uint32_t *out)
{
    uint32_t n_out = 0;
    for (uint32_t first = 0; first < n; first += SUM_BLOCK) {
        const uint32_t end = tops[first / SUM_BLOCK] > least ? sum_block_end(first, n) : first;
        for (uint32_t i = first; i < end; i++) {
            out[n_out] = i;
            n_out += v[i] > least;
        }
    }
    return n_out;
}

static void bury(struct verdict_scratch *s)
{
    for (uint32_t i = 0; i < s->n_alive; i++)
        s->posterior[s->alive[i]] = 0;
    s->n_alive = 0;
}

static double value_of(const struct verdict_model *m, const struct verdict_scratch *s, uint32_t h)
{
    return (double)s->score[h] + (double)weigh_prior(s, m->prior_score[h]);
}

static void add_alive(const struct verdict_model *m, struct verdict_scratch *s,
                      const uint32_t *hypotheses, uint32_t n, float least)
{
    uint32_t n_alive = s->n_alive;
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t h = hypotheses[i];
        s->alive[n_alive] = h; // stays if it is not negligible
        n_alive += s->score[h] + weigh_prior(s, m->prior_score[h]) > least;
    }
    s->n_alive = n_alive;
}

static double best_value(const struct verdict_model *m, const struct verdict_scratch *s)
{
    const double unknown = value_of(m, s, m->unknown);
    float best = s->n_near > 0 ? s->best + weigh_prior(s, m->ref_score) : -HUGE_VALF;
    for (uint32_t i = 0; i < s->n_nodes; i++) {
        const float v = s->score[s->nodes[i]] + weigh_prior(s, m->prior_score[s->nodes[i]]);
        best = v > best ? v : best;
    }
    return unknown > (double)best ? unknown : (double)best;
}

double sum_posterior(const struct verdict_model *m, struct verdict_scratch *s)
{
    const double beta = s->beta;
    const double top = best_value(m, s);
    const float least = (float)(top - SUM_NEGLIGIBLE / beta);
    float *p = s->kept;
    double sum = 0;
    bury(s);
    add_alive(m, s, s->near, s->n_near, least);
    add_alive(m, s, s->nodes, s->n_nodes, least);
    add_alive(m, s, &m->unknown, 1, least);
    for (uint32_t i = 0; i < s->n_alive; i++)
        p[i] = (float)(beta * (value_of(m, s, s->alive[i]) - top));
    sum_exponentials(p, s->n_alive, 0);
    for (uint32_t i = 0; i < s->n_alive; i++)
        sum += (double)p[i];
    for (uint32_t i = 0; i < s->n_alive; i++)
        s->posterior[s->alive[i]] = (double)p[i] / sum;
    return beta * (top + s->common) + log(sum);
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
