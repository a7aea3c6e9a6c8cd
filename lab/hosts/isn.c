// SPDX-License-Identifier: Apache-2.0
// Initial sequence numbers with given SP, GCD and ISR (os-detection specification 3.2). A scanner
// sees five steps between six SYNs sent 100 ms apart; five fixed steps used in turn have the same
// mean and the same deviation wherever it starts to look. Neighboring steps have no common
// divisor but GCD, so GCD comes out as asked. Where the deviation is small beside the steps, no
// host that steps by connection would show it, as no scanner keeps its spacing that well: there the
// steps follow the time that has passed.
#include "lab/hosts/hosts.h"

enum {
    ATTR_LIMIT = 0x17F,
    GCD_SEEN = 9,     // a GCD above 9 is divided out of SP
    BY_TIME_LEAST = 8 // steps, in units of their divisor
};

#define STEADY 0.02 // deviation by mean, below which steps follow the time

static const double spacing_s = 0.1;
static const double step_limit = 2147483647.0; // larger steps look like backward ones

// 2^(v/8)
static double root8(uint32_t v)
{
    static const double part[8] = {1.0,        1.09050773, 1.18920712, 1.29683955,
                                   1.41421356, 1.54221083, 1.68179283, 1.83400809};
    double x = part[v % 8];
    for (uint32_t i = v / 8; i > 0; i--)
        x *= 2;
    return x;
}

static uint64_t gcd64(uint64_t a, uint64_t b)
{
    while (b != 0) {
        const uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

// Five numbers of that mean and deviation, none negative where that can be.
static void spread(double mean, double dev, double out[PERS_ISN_STEPS])
{
    static const double even[PERS_ISN_STEPS] = {-1.264911, 0.632456, 0, 1.264911, -0.632456};
    static const double skew[PERS_ISN_STEPS] = {-0.447214, -0.447214, 1.788854, -0.447214,
                                                -0.447214};
    const double *pattern = mean + even[0] * dev < 0 ? skew : even;
    for (int i = 0; i < PERS_ISN_STEPS; i++) {
        const double v = mean + pattern[i] * dev;
        out[i] = v < 0 ? 0 : v > step_limit ? step_limit : v;
    }
}

static void make_coprime(uint64_t m[PERS_ISN_STEPS], uint64_t max)
{
    for (int i = 1; i < PERS_ISN_STEPS; i++) {
        const bool is_high = m[i] + 64 > max;
        if (m[i - 1] == 0 && m[i] > 1)
            m[i - 1] = 1;
        while (m[i] > 1 && gcd64(m[i], m[i - 1]) > 1)
            m[i] = is_high ? m[i] - 1 : m[i] + 1;
    }
}

uint32_t isn_step(const struct pers_isn *isn, uint32_t step, uint64_t passed_ns, uint32_t *last)
{
    static const double spacing_ns = 1e8;
    if (isn->unit == 0)
        return step;
    const double want = (double)step * ((double)passed_ns / spacing_ns) / isn->unit;
    uint64_t m = want < step_limit / isn->unit ? (uint64_t)(want + 0.5) : 1;
    while (m > 1 && *last > 0 && gcd64(m, *last) > 1)
        m++;
    *last = (uint32_t)m;
    return (uint32_t)(m * isn->unit);
}

void isn_plan(struct pers_isn *isn, uint32_t sp, uint32_t gcd, uint32_t isr)
{
    double v[PERS_ISN_STEPS];
    uint64_t m[PERS_ISN_STEPS];
    uint64_t sum = 0;
    *isn = (struct pers_isn){.kind = PERS_ISN_STEP};
    if (gcd == 0)
        return;
    if (gcd > INT32_MAX)
        gcd = INT32_MAX;
    const double unit = gcd > GCD_SEEN ? (double)gcd : 1;
    const double dev = sp == 0 ? 0 : root8(sp < ATTR_LIMIT ? sp : ATTR_LIMIT) * unit;
    spread(root8(isr < ATTR_LIMIT ? isr : ATTR_LIMIT) * spacing_s, dev * spacing_s, v);
    for (int i = 0; i < PERS_ISN_STEPS; i++) {
        m[i] = (uint64_t)(v[i] / (double)gcd + 0.5);
        if (sp == 0 && gcd > GCD_SEEN)
            m[i] = 1;
        sum += m[i];
    }
    if (sum == 0)
        m[0] = 1;
    if (sp > 0 && sum > PERS_ISN_STEPS)
        make_coprime(m, (uint64_t)INT32_MAX / gcd);
    const double mean = (double)sum / PERS_ISN_STEPS;
    if (mean >= BY_TIME_LEAST && dev * spacing_s < STEADY * mean * (double)gcd)
        isn->unit = gcd;
    for (int i = 0; i < PERS_ISN_STEPS; i++)
        isn->step[i] = (uint32_t)(m[i] * gcd);
}
