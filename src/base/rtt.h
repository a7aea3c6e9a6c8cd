// SPDX-License-Identifier: Apache-2.0
// Round trip estimate and retransmission timeout in microseconds: Jacobson's rule (RFC 6298)
// with the sample filter and the bounds of scanning spec 5.2.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct rtt {
    int64_t srtt_us;
    int64_t rttvar_us;
    bool is_known;
};

struct rtt_bounds {
    int64_t initial_us;
    int64_t min_us;
    int64_t max_us;
};

// Takes one measured round trip; implausible ones are ignored.
void rtt_add(struct rtt *r, int64_t sample_us);

// The timeout of the next probe.
int64_t rtt_timeout_us(const struct rtt *r, const struct rtt_bounds *bounds);
