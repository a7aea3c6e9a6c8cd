// SPDX-License-Identifier: Apache-2.0
// Probes below ports: ICMP queries, SCTP INIT, and one packet for any IP protocol (scanning
// spec 2.2, 4.2). The tag of an INIT is the cookie of its ports, and comes back in the answer.
#pragma once

#include "stage/probe.h"

enum {
    PROBE_PROTO_TCP_PORT = 80,    // asked by the packets for protocols that have ports
    PROBE_PROTO_UDP_PORT = 40125, // (scanning spec 2.2, -PO)
};

// What an ICMP query asks for.
enum icmp_query { QUERY_ECHO, QUERY_STAMP, QUERY_MASK };

// Timestamp and mask are IPv4's alone.
struct span probe_query(const struct visit *v, enum icmp_query what, uint16_t id,
                        uint8_t mem[PROBE_MAX_LEN]);

// The reply to one, if f is: what was asked, and the id. False: it is none.
bool probe_query_reply(const struct frame *f, enum icmp_query *what, uint16_t *id);

struct span probe_sctp(const struct visit *v, uint16_t sport, uint16_t dport,
                       uint8_t mem[PROBE_MAX_LEN]);

// Whether an SCTP packet answers the INIT that was sent to its source port from its destination
// port.
bool probe_is_answer_sctp(const struct visit *v, const struct frame *f);

// A packet of an IP protocol: with a header for those that have one (ICMP, IGMP, TCP, UDP, SCTP),
// else with nothing behind that of IP. sport and id are for those that have them.
struct span probe_proto(const struct visit *v, uint8_t proto, uint16_t sport, uint16_t id,
                        uint8_t mem[PROBE_UDP_MAX_LEN]);

// Puts an identification into the IPv4 header of a packet; IPv6 has none.
void probe_set_id(uint8_t *packet, uint16_t id);

// Whether an ICMP error quotes such a packet.
bool probe_is_quoted_proto(const struct visit *v, uint8_t proto, const struct frame_quote *q);
