// SPDX-License-Identifier: Apache-2.0
// The probes of both generations byte for byte (spec 2.3; first-generation specification 3) and
// their recognition in a capture.
#pragma once

#include "base/span.h"
#include "osfp/obs.h"

enum { BUILD_MAX = 348 }; // U1 over IPv6 is the longest probe

struct build_ip {
    uint8_t ttl;
    uint16_t id;
    uint16_t open;   // port of SEQ, OPS, ECN, T1-T4
    uint16_t closed; // port of T5-T7
};

// The packet of a probe with the values of *o; U1 stores its checksum there.
struct span build_probe(struct obs *o, enum probe p, const struct build_ip *ip,
                        uint8_t mem[BUILD_MAX]);

// Which probe a packet looks like; -1 if it is none. Resends look like their SEQ. In the first
// generation T5 stands for any SYN and T4 for any ACK: ports and numbers tell more.
int build_recognize(const struct frame *f, enum osdb_gen *gen);

// How far above tcp_base the source port of a TCP probe lies, and back: -1 if none is there.
int obs_port_of(enum osdb_gen gen, enum probe p);
int obs_probe_at(enum osdb_gen gen, uint16_t offset);
