// SPDX-License-Identifier: Apache-2.0
// Naming packets from a target's point of view (os-detection specification, table 2.3).
#pragma once

#include "base/span.h"
#include "wire/frame.h"

// A packet as a target sees it: one of the sixteen OS probes, or of the plain kinds.
enum probe {
    PROBE_OTHER,
    PROBE_ARP,
    PROBE_SYN, // any SYN that is not an OS probe
    PROBE_ACK,
    PROBE_PING, // ICMP echo, timestamp
    PROBE_UDP,
    PROBE_SEQ1, // also when it is sent again for the OPS, WIN and T1 tests
    PROBE_SEQ2,
    PROBE_SEQ3,
    PROBE_SEQ4,
    PROBE_SEQ5,
    PROBE_SEQ6,
    PROBE_ECN,
    PROBE_T2,
    PROBE_T3,
    PROBE_T4,
    PROBE_T5,
    PROBE_T6,
    PROBE_T7,
    PROBE_U1,
    PROBE_IE1,
    PROBE_IE2,
    PROBE_SYN1, // a SYN of the first generation, T5 too
    PROBE_COUNT,
};

enum probe probe_of(const struct frame *f);
const char *probe_name(enum probe probe);
int probe_by_name(struct span name); // -1 if unknown
