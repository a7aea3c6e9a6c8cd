// SPDX-License-Identifier: Apache-2.0
// Round trip estimate and retransmission timeout of one host (spec 2.5), microseconds.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/rtt.h"

struct osfp_timing;

struct rto {
    struct rtt est;
    int64_t longest_us; // round trip that was seen
};

void rto_sample(struct rto *r, int64_t rtt_us);
int64_t rto_us(const struct rto *r, const struct osfp_timing *timing);
