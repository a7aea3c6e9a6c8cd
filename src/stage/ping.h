// SPDX-License-Identifier: Apache-2.0
// Private to discovery: its probes and what their answers say (scanning spec 2.2, 2.3). The try is
// in the source port, and in the id of ICMP queries.
#pragma once

#include "stage/probe.h"

enum { PING_ROUNDS = 2 };

struct ping_answer {
    bool is_up; // else an error that does not come from the host
    enum reason reason;
    uint32_t ping;  // index of the probe that it answers
    uint32_t round; // PING_ROUNDS: not known
};

// How many rounds there are.
uint32_t ping_rounds(const struct plan *plan);

// Between two probes of a round: how long an answer may take that makes the next one needless;
// 0: not known. near: what other hosts took.
uint64_t ping_step_ns(const struct rtt *near);

// The probes for the host's family.
const struct plan_pings *ping_list(const struct visit *v);

struct span ping_packet(const struct visit *v, const struct ping *p, uint32_t round,
                        uint8_t mem[PROBE_UDP_MAX_LEN]);

// False: the packet answers none of the probes of the host.
bool ping_answer(const struct visit *v, const struct frame *f, struct ping_answer *out);

// Whether who forges such an answer needs nothing but the probe: a firewall may send resets for
// hosts that do not exist.
bool ping_is_forgeable(enum reason r);

// Whether both tell of the same thing, so that one adds nothing to the other.
bool ping_is_akin(enum reason a, enum reason b);
