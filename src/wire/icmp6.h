// SPDX-License-Identifier: Apache-2.0
// ICMPv6 (RFC 4443) and the neighbor messages among them (RFC 4861 section 4.3, 4.4).
//
//   0      1      2       4          6     8
//   | type | code | cksum | id       | seq | data                   echo
//   | type | code | cksum | unused, MTU or pointer | quoted packet  errors
//   | type | code | cksum | flags (32 bit) | target, options        neighbor messages
#pragma once

#include "base/buf.h"
#include "base/cur.h"
#include "base/err.h"
#include "wire/ip6.h"

enum icmp6_type {
    ICMP6_UNREACH = 1,
    ICMP6_TOO_BIG = 2,
    ICMP6_TIME_EXCEEDED = 3,
    ICMP6_PARAM_PROBLEM = 4,
    ICMP6_ECHO = 128,
    ICMP6_ECHO_REPLY = 129,
    ICMP6_SOLICIT = 135,
    ICMP6_ADVERT = 136,
};

enum icmp6_unreach_code {
    ICMP6_NO_ROUTE = 0,
    ICMP6_ADMIN_PROHIBITED = 1,
    ICMP6_BEYOND_SCOPE = 2,
    ICMP6_ADDR_UNREACH = 3,
    ICMP6_PORT_UNREACH = 4,
};

enum { ICMP6_HDR_LEN = 8, ICMP6_ND_LEN = ICMP6_HDR_LEN + 16 + 8, ICMP6_ND_HOPS = 255 };

struct icmp6_hdr {
    uint8_t type;
    uint8_t code;
    uint16_t cksum;
    uint16_t id;
    uint16_t seq;
    uint32_t unused; // id and seq read as one word
    struct span body;
};

// A neighbor solicitation or advertisement.
struct icmp6_nd {
    struct ip_addr target;
    bool has_mac; // the link-layer address option
    struct mac_addr mac;
};

enum err icmp6_decode(struct cur *c, struct icmp6_hdr *out);
bool icmp6_is_error(uint8_t type);

// False: no neighbor message, or a malformed one (RFC 4861 section 7.1).
bool icmp6_nd(const struct icmp6_hdr *h, struct icmp6_nd *out);

// cksum of h is ignored and computed; `unused` is written but for echo: there id and seq.
void icmp6_encode(struct buf *b, const struct icmp6_hdr *h, const struct ip_addr *src,
                  const struct ip_addr *dst);

// Asks for the link address of `target`; own == NULL: without our link address.
void icmp6_solicit(struct buf *b, const struct ip_addr *target, const struct mac_addr *own,
                   const struct ip_addr *src, const struct ip_addr *dst);
