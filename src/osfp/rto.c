// SPDX-License-Identifier: Apache-2.0
#include "osfp/rto.h"

#include "osfp/osfp.h"

enum { LONGEST_MAX_US = 8 * 1000 * 1000 }; // what is beyond is no round trip (spec 2.5)

void rto_sample(struct rto *r, int64_t rtt_us)
{
    rtt_add(&r->est, rtt_us);
    if (rtt_us > r->longest_us && rtt_us < LONGEST_MAX_US)
        r->longest_us = rtt_us;
}

int64_t rto_us(const struct rto *r, const struct osfp_timing *timing)
{
    const struct rtt_bounds bounds = {timing->initial_us, timing->min_us, timing->max_us};
    const int64_t v = rtt_timeout_us(&r->est, &bounds);
    return v < timing->scan_delay_us ? timing->scan_delay_us : v;
}
