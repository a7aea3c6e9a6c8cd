// SPDX-License-Identifier: Apache-2.0
// Round trip estimate (spec 2.5): mean and deviation with shifts, in whole microseconds, and
// which samples are too odd to be used.
#include "osfp/rto.h"

#include "osfp/osfp.h"

enum {
    VAR_MIN_US = 5 * 1000,
    VAR_MAX_US = 2 * 1000 * 1000,
    VAR_CAP_US = 2300 * 1000,
    RTT_MAX_US = 8 * 1000 * 1000,
    EARLY_US = 50 * 1000,       // clock noise: a reply "before" its probe
    EARLY_TAKEN_US = 10 * 1000, // what it counts as
    OUTLIER_US = 1500 * 1000,
};

static int64_t clamp(int64_t v, int64_t min, int64_t max)
{
    return v < min ? min : v > max ? max : v;
}

void rto_sample(struct rto *r, int64_t rtt_us)
{
    if (rtt_us < 0 && rtt_us > -EARLY_US)
        rtt_us = EARLY_TAKEN_US;
    if (rtt_us < 0 || rtt_us >= RTT_MAX_US)
        return;
    if (rtt_us > r->longest_us)
        r->longest_us = rtt_us;
    if (!r->has_sample) {
        r->has_sample = true;
        r->srtt_us = rtt_us;
        r->rttvar_us = clamp(rtt_us, VAR_MIN_US, VAR_MAX_US);
        return;
    }
    const int64_t off = rtt_us - r->srtt_us;
    const int64_t size = off < 0 ? -off : off;
    if (off > OUTLIER_US && off > 3 * r->srtt_us + 2 * r->rttvar_us)
        return;
    r->srtt_us += off >> 3;
    r->rttvar_us += (size - r->rttvar_us) >> 2;
    if (r->rttvar_us > VAR_CAP_US)
        r->rttvar_us = VAR_MAX_US;
}

int64_t rto_us(const struct rto *r, const struct osfp_timing *timing)
{
    int64_t v = timing->initial_us;
    if (r->has_sample)
        v = clamp(r->srtt_us + 4 * r->rttvar_us, timing->min_us, timing->max_us);
    return v < timing->scan_delay_us ? timing->scan_delay_us : v;
}
