// SPDX-License-Identifier: Apache-2.0
// Probes are numbered by the offset of their source port (spec 2.2), then U1, IE1, IE2; IPv6 has
// offsets of its own and six probes more (osfp/six.h). First generation: SEQ (its six SYNs),
// T1-T7, each a probe of its own, and U1 (its PU).
#pragma once

enum probe {
    PROBE_SEQ = 0, // SEQ1 .. SEQ6
    PROBE_OPS = 6, // resends 1 .. 6
    PROBE_ECN = 12,
    PROBE_T1 = 13, // resend
    PROBE_T2,
    PROBE_T3,
    PROBE_T4,
    PROBE_T5,
    PROBE_T6,
    PROBE_T7,
    PROBE_U1,
    PROBE_IE1,
    PROBE_IE2,
    PROBE_COUNT4,            // of IPv4
    PROBE_X1 = PROBE_COUNT4, // IPv6 only, from here (osfp/six.h)
    PROBE_X2,
    PROBE_NS,
    PROBE_F1,
    PROBE_F2,
    PROBE_F3,
    PROBE_COUNT,
};
