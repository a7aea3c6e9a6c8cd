// SPDX-License-Identifier: Apache-2.0
// Ports, their states and the reasons for them (scanning spec section 4.3).
#pragma once

#include <stdint.h>

enum proto { PROTO_TCP, PROTO_UDP, PROTO_SCTP, PROTO_IP, PROTO_COUNT };

enum port_state {
    PORT_UNKNOWN, // not decided yet
    PORT_OPEN,
    PORT_FILTERED,
    PORT_UNFILTERED,
    PORT_CLOSED,
    PORT_OPEN_FILTERED,
    PORT_CLOSED_FILTERED,
    PORT_STATE_COUNT,
};

enum reason {
    REASON_NONE, // printed as "unknown-response"
    REASON_RESET,
    REASON_CONN_REFUSED,
    REASON_SYN_ACK,
    REASON_SPLIT_HANDSHAKE,
    REASON_UDP_RESPONSE,
    REASON_TCP_RESPONSE,
    REASON_PROTO_RESPONSE,
    REASON_NET_UNREACH,
    REASON_HOST_UNREACH,
    REASON_PROTO_UNREACH,
    REASON_PORT_UNREACH,
    REASON_ECHO_REPLY,
    REASON_DEST_UNREACH,
    REASON_NET_PROHIBITED,
    REASON_HOST_PROHIBITED,
    REASON_ADMIN_PROHIBITED,
    REASON_TIME_EXCEEDED,
    REASON_ARP_RESPONSE,
    REASON_ND_RESPONSE,
    REASON_NO_ROUTE,
    REASON_BEYOND_SCOPE,
    REASON_REJECT_ROUTE,
    REASON_NO_RESPONSE,
    REASON_LOCALHOST_RESPONSE,
    REASON_USER_SET,
    REASON_STAMP_REPLY,
    REASON_MASK_REPLY,
    REASON_INIT_ACK,
    REASON_ABORT,
    REASON_PARAM_PROBLEM,
    REASON_COUNT, // below 64: host.signs has a bit for each
};

// One port of one host, 8 bytes: a host may have 65,536 of them.
struct port {
    uint16_t number;
    uint8_t proto;  // enum proto
    uint8_t state;  // enum port_state
    uint8_t reason; // enum reason
    uint8_t ttl;    // of the deciding answer, 0 = not known
    uint16_t from;  // who answered: 0 the target itself, else host->from[from - 1]
};

const char *proto_name(enum proto p);
const char *port_state_name(enum port_state s);
const char *reason_name(enum reason r);

// ICMP destination unreachable code (RFC 792, RFC 1812) -> reason; REASON_NONE if other codes.
enum reason reason_of_unreach(uint8_t code);
// The same of ICMPv6 (RFC 4443 section 3.1).
enum reason reason_of_unreach6(uint8_t code);
