// SPDX-License-Identifier: Apache-2.0
// The arithmetic of the SEQ line: ISN rates (SP GCD ISR), IP ID comparison (SS), timestamp clock
// (TS). Comes in: an observation. Goes out: numbers and classes, no text.
// Time is in microseconds as the reference counts it. Reference: os-detection spec 3.2 - 3.5.
#include "osfp/seq.h"

#include <math.h>

#include "osfp/ipid.h"
#include "osfp/isntime.h"

enum {
    RATES_MIN = 4,                    // samples
    RATES_DELAY_MAX_US = 1000 * 1000, // scan delay beyond which rates mean nothing
    GCD_SMALL = 9,                    // not divided out up to here
    GAP_US = 100 * 1000,              // of the train
    GAP_ERROR_US = 5000,
};

#define BY_TIME 0.8 // of a deviation that five gaps an error of 5 % may take away by chance

static uint32_t mdiff(uint32_t a, uint32_t b)
{
    const uint32_t up = a - b;
    const uint32_t down = b - a;
    return up < down ? up : down;
}

static uint32_t gcd(uint32_t a, uint32_t b)
{
    while (b != 0) {
        const uint32_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static double between_us(uint64_t from_ns, uint64_t to_ns)
{
    const uint64_t from = from_ns / 1000;
    const uint64_t to = to_ns / 1000;
    return to > from ? (double)(to - from) : 1.0;
}

static const struct obs_probe *probe_of(const struct obs *o, const struct seq_result *r, uint32_t i)
{
    return &o->probe[PROBE_SEQ + r->slot[i]];
}

// Microseconds between the sends of sample i and the next one.
static double gap_us(const struct obs *o, const struct seq_result *r, uint32_t i)
{
    return between_us(probe_of(o, r, i)->sent_ns, probe_of(o, r, i + 1)->sent_ns);
}

static uint32_t isn_step(const struct obs *o, const struct seq_result *r, uint32_t i)
{
    return mdiff(o->sample[r->slot[i + 1]].isn, o->sample[r->slot[i]].isn);
}

static uint32_t log_scale(double v)
{
    return v <= 1 ? 0 : (uint32_t)floor(8 * log2(v) + 0.5);
}

// How much round trips of the samples vary, as a standard deviation. What arrives later by chance
// steps later, so that this much is in every gap between two samples as the host saw it.
double seq_unsteadiness_us(const struct obs *o, const struct seq_result *r)
{
    double trip[OBS_SEQ];
    double mean = 0, squares = 0;
    for (uint32_t i = 0; i < r->n; i++) {
        const struct obs_probe *p = probe_of(o, r, i);
        trip[i] = p->reply.rx_ns > p->sent_ns ? (double)(p->reply.rx_ns - p->sent_ns) / 1000 : 0;
        mean += trip[i] / r->n;
    }
    for (uint32_t i = 0; i < r->n; i++)
        squares += (trip[i] - mean) * (trip[i] - mean);
    return sqrt(squares / (r->n - 1));
}

// What the way alone would make of numbers that follow the time. Those that step by a large unit
// are rounded down to it at moments that the way has shifted: two roundings in each step.
static double noise_of(const struct obs *o, const struct seq_result *r, double rate,
                       double noise_us)
{
    const double gap = gap_us(o, r, 0);
    const double shifted = rate * noise_us / gap;
    const double rounded = r->gcd > GCD_SMALL ? sqrt(2.0 / 12) * 1000000 / gap : 0;
    return sqrt(shifted * shifted + rounded * rounded);
}

// The bounds are those between which chance lets six samples and five steps lie apart.
static bool is_noise(const struct obs *o, const struct seq_result *r, double rate, double deviation)
{
    const double noise_us = seq_unsteadiness_us(o, r);
    const double noise = noise_of(o, r, rate, noise_us);
    // Much less than the path would cause: the numbers do not follow the time.
    const bool is_like = noise > deviation / 3 && noise < deviation * 12;
    if (noise_us <= SEQ_STEADY_US || !is_like)
        return false;
    return r->gcd > GCD_SMALL || isn_may_follow_time(o, r->gcd, rate); // others step by both
}

struct rates {
    double mean;
    double deviation; // of what was divided by `scale`
};

// From steps and gaps between the samples.
static struct rates rates_of(const uint32_t *step, const double *gap, uint32_t n, double scale)
{
    double rate[OBS_SEQ];
    double sum = 0, squares = 0;
    for (uint32_t i = 0; i < n; i++) {
        rate[i] = (double)(float)(step[i] * 1000000.0 / gap[i]); // spec 3.2: 32-bit float
        sum += rate[i];
    }
    const double mean = sum / n;
    for (uint32_t i = 0; i < n; i++) {
        const double off = rate[i] / scale - mean / scale;
        squares += off * off;
    }
    return (struct rates){mean, sqrt(squares / (n - 1))};
}

// The gaps as they should have been. False: one was far from it.
static bool ideal_gaps(const struct seq_result *r, const double *gap, uint32_t n, double *out)
{
    for (uint32_t i = 0; i < n; i++) {
        out[i] = (r->slot[i + 1] - r->slot[i]) * GAP_US;
        if (fabs(gap[i] - out[i]) > GAP_ERROR_US)
            return false;
    }
    return true;
}

// The gaps as the answers came. False: the way has changed one by much.
static bool answered_gaps(const struct obs *o, const struct seq_result *r, const double *gap,
                          uint32_t n, double *out)
{
    for (uint32_t i = 0; i < n; i++) {
        out[i] = between_us(probe_of(o, r, i)->reply.rx_ns, probe_of(o, r, i + 1)->reply.rx_ns);
        if (fabs(gap[i] - out[i]) > GAP_ERROR_US)
            return false;
    }
    return true;
}

// A host that steps by connection does not know when they come: what its steps differ by is its
// own, and dividing by uneven gaps would add ours. Only where that explains the steps better do
// they follow the time. When an answer came the kernel tells, when a probe left a busy scanner only
// about: who follows the time may be seen better by the answers.
static struct rates own_rates(const struct obs *o, const struct seq_result *r, const uint32_t *step,
                              const double *gap, double scale)
{
    double other[OBS_SEQ];
    const uint32_t n = r->n - 1;
    const struct rates by_time = rates_of(step, gap, n, scale);
    struct rates best = by_time;
    if (ideal_gaps(r, gap, n, other)) {
        const struct rates by_connection = rates_of(step, other, n, scale);
        if (by_time.deviation >= BY_TIME * by_connection.deviation)
            best = by_connection;
    }
    if (answered_gaps(o, r, gap, n, other)) {
        const struct rates by_answers = rates_of(step, other, n, scale);
        if (by_answers.deviation < BY_TIME * best.deviation)
            best = by_answers;
    }
    return best;
}

static void evaluate_rates(const struct obs *o, const struct seq_env *env, struct seq_result *r)
{
    uint32_t step[OBS_SEQ];
    double gap[OBS_SEQ];
    const bool is_own = env->quirks == QUIRKS_NONE;
    if (r->n < RATES_MIN || env->scan_delay_us > RATES_DELAY_MAX_US)
        return;
    const uint32_t n = r->n - 1;
    for (uint32_t i = 0; i < n; i++) {
        step[i] = isn_step(o, r, i);
        gap[i] = gap_us(o, r, i);
        r->gcd = gcd(step[i], r->gcd);
    }
    r->has_rates = true;
    if (r->gcd == 0)
        return;
    const double scale = r->gcd > GCD_SMALL ? r->gcd : 1;
    const struct rates v =
        is_own ? own_rates(o, r, step, gap, scale) : rates_of(step, gap, n, scale);
    r->isr = log_scale(v.mean);
    r->sp = log_scale(v.deviation);
    r->is_sp_noise = is_own && is_noise(o, r, v.mean / scale, v.deviation);
}

enum {
    FIRST_RANDOM = 50 * 1000 * 1000, // a step beyond is random
    FIRST_RANDOM_INDEX = 9999999,
    FIRST_TIME_INDEX = 75, // below: depends on the time alone
};

// The spread of the steps, in units of their common divisor.
static uint32_t first_spread(const uint32_t *step, uint32_t n, uint32_t unit)
{
    double squares = 0;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += step[i] / unit;
    const double mean = (double)(sum / n);
    for (uint32_t i = 0; i < n; i++) {
        const double off = step[i] / unit - mean;
        squares += off * off;
    }
    return (uint32_t)floor(sqrt(squares / n) + 0.5);
}

static void put_first(struct seq_result *r, enum isn_class cls, uint32_t index)
{
    r->isn_class = cls;
    r->index = index;
}

static void evaluate_first(const struct obs *o, const struct seq_env *env, struct seq_result *r)
{
    uint32_t step[OBS_SEQ];
    bool is_random = false;
    if (r->n < RATES_MIN || env->scan_delay_us > RATES_DELAY_MAX_US)
        return;
    const uint32_t n = r->n - 1;
    for (uint32_t i = 0; i < n; i++) {
        step[i] = isn_step(o, r, i);
        is_random |= step[i] > FIRST_RANDOM;
        r->gcd = gcd(step[i], r->gcd);
    }
    r->has_rates = true;
    if (r->gcd == 0)
        put_first(r, ISN_CONSTANT, 0);
    else if (r->gcd % 64000 == 0)
        put_first(r, ISN_64K, 1);
    else if (r->gcd % 800 == 0)
        put_first(r, ISN_800, 10);
    else if (is_random)
        put_first(r, ISN_RANDOM, FIRST_RANDOM_INDEX);
    else
        put_first(r, ISN_POSITIVE, first_spread(step, n, r->gcd));
    if (r->isn_class == ISN_POSITIVE && r->index < FIRST_TIME_INDEX)
        r->isn_class = ISN_TIME;
}

static bool has_ss_class(enum ipid_class cls)
{
    return cls == IPID_INC || cls == IPID_BI || cls == IPID_RI;
}

// What was sent between the last sample and IE1: each packet may be a step of a shared counter,
// also those whose replies were lost.
static uint32_t sent_between(const struct obs *o, const struct seq_result *r)
{
    const uint32_t from = o->probe[PROBE_SEQ + r->slot[r->n - 1]].n_out;
    const uint32_t to = o->probe[PROBE_IE1].n_out;
    return to > from ? to - from - 1 : 0;
}

// How far a counter that steps by `mean` at a time, or by a fixed step, goes in n packets more.
static uint32_t slack_for(const struct seq_result *r, uint32_t n, uint32_t mean)
{
    const uint32_t step = r->ti.cls == IPID_INC ? 1 : r->ti.cls == IPID_BI ? 256 : mean;
    const uint32_t more = n * step;
    return 3 * mean + (more < 0x4000 ? more : 0);
}

// Spec 3.4. In own mode IE1 may come before the train, if that was repeated, and the counter may
// go through 65535 on its way.
static char evaluate_ss(const struct obs *o, const struct seq_env *env, const struct seq_result *r)
{
    if (!has_ss_class(r->ti.cls) || !has_ss_class(r->ii.cls))
        return 0;
    const uint16_t first = o->sample[r->slot[0]].ip_id;
    const uint16_t last = o->sample[r->slot[r->n - 1]].ip_id;
    const uint16_t icmp = o->probe[PROBE_IE1].reply.ip_id;
    if (env->quirks != QUIRKS_NONE)
        return icmp < last + 3 * (((uint32_t)last - first) / (r->n - 1)) ? 'S' : 'O';
    const uint32_t way = (uint16_t)(last - first);
    const uint32_t mean = way / (r->n - 1);
    const uint32_t first_out = o->probe[PROBE_SEQ + r->slot[0]].n_out;
    const uint32_t ie_out = o->probe[PROBE_IE1].n_out;
    if (ie_out < first_out &&
        (uint16_t)(last - icmp) < way + slack_for(r, first_out - ie_out, mean))
        return 'S';
    const uint32_t slack = slack_for(r, sent_between(o, r), mean);
    if (last < first)
        return (uint16_t)(icmp - first) < way + slack ? 'S' : 'O';
    return icmp < last + slack ? 'S' : 'O';
}

enum { CLOCK_MAX_HZ = 4 * 1000 * 1000 }; // microsecond clocks exist, faster ones do not

// Is there one clock behind the timestamps? Not if they run backwards or faster than any clock
// does, or if a step is far from the mean rate: more than two ticks and three quarters of it,
// which leaves room for jitter on the way (packets are 100 ms apart).
static bool is_one_clock(const struct obs *o, const struct seq_result *r)
{
    if (r->ts_hz > CLOCK_MAX_HZ)
        return false;
    for (uint32_t i = 0; i + 1 < r->n; i++) {
        const uint32_t step = o->sample[r->slot[i + 1]].ts - o->sample[r->slot[i]].ts;
        const double want = r->ts_hz * gap_us(o, r, i) / 1e6;
        if (step > INT32_MAX || fabs(step - want) > 2 + 0.75 * want)
            return false;
    }
    return true;
}

// First-generation specification 4.3.
static enum ts_class first_clock_class(double hz)
{
    if (hz > 0 && hz < 3.9)
        return TS_2HZ;
    if (hz >= 85 && hz <= 115)
        return TS_100HZ;
    return hz >= 900 && hz <= 1100 ? TS_1000HZ : TS_UNKNOWN;
}

// Spec 3.5, last column.
static enum ts_class clock_class(double hz)
{
    if (hz <= 0)
        return TS_UNKNOWN;
    if (hz < 5.66)
        return TS_2HZ;
    if (hz > 70 && hz < 150)
        return TS_100HZ;
    return hz > 724 && hz < 1448 ? TS_1000HZ : TS_OTHER;
}

static void evaluate_ts(const struct obs *o, const struct seq_env *env, struct seq_result *r)
{
    double sum = 0;
    r->ts_class = o->ts == OBS_TS_ZERO ? TS_ZERO : TS_UNSUPPORTED;
    if (o->ts != OBS_TS_OK)
        return;
    for (uint32_t i = 0; i + 1 < r->n; i++) {
        const uint32_t step = mdiff(o->sample[r->slot[i + 1]].ts, o->sample[r->slot[i]].ts);
        sum += step / (gap_us(o, r, i) / 1e6);
    }
    r->ts_hz = r->n >= 2 ? sum / (r->n - 1) : 0;
    const bool is_first = env->gen == OSDB_FIRST;
    r->ts_class = is_first ? first_clock_class(r->ts_hz) : clock_class(r->ts_hz);
    if (is_first && r->ts_class != TS_UNKNOWN)
        return;
    if (env->quirks == QUIRKS_NONE && r->ts_hz > 0 && !is_one_clock(o, r))
        r->ts_class = TS_RANDOM;
}

void seq_evaluate(const struct obs *o, const struct seq_env *env, struct seq_result *out)
{
    *out = (struct seq_result){0};
    for (uint32_t k = 0; k < OBS_SEQ; k++)
        if (o->sample[k].isn != 0)
            out->slot[out->n++] = k;
    if (env->gen == OSDB_FIRST) {
        evaluate_first(o, env, out);
        out->ti = ipid_of_first(o, env);
        evaluate_ts(o, env, out);
        return;
    }
    evaluate_rates(o, env, out);
    out->index = out->sp;
    out->ti = ipid_of_seq(o, env);
    out->ci = ipid_of_closed(o, env);
    out->ii = ipid_of_echo(o, env);
    out->ss = evaluate_ss(o, env, out);
    evaluate_ts(o, env, out);
}
