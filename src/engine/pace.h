// SPDX-License-Identifier: Apache-2.0
// Packets per second for the whole run: a credit that grows with time and is spent per packet.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct pace {
    uint64_t gap_ns;   // between packets, 0 = no limit
    uint64_t next_ns;  // the next packet may leave then
    uint64_t slack_ns; // as much as that is made up for
    bool is_wanted;    // somebody waits for next_ns: what passes after it is lateness, not idleness
};

// max_rate in packets per second, 0 = no limit.
void pace_init(struct pace *p, double max_rate);

// When the next packet may leave (0 = at once).
uint64_t pace_ready(const struct pace *p);

// Somebody had to wait: lateness from now on is made up for, up to a tenth of a second or two gaps.
void pace_refuse(struct pace *p);

// One packet left at now_ns. Unused time is not saved up for a burst.
void pace_spend(struct pace *p, uint64_t now_ns);
