// SPDX-License-Identifier: Apache-2.0
// UDP (RFC 768).
//
//   0       2       4        6       8
//   | sport | dport | length | cksum | payload
#pragma once

#include "base/buf.h"
#include "base/cur.h"
#include "base/err.h"
#include "base/ip.h"

enum { UDP_HDR_LEN = 8 };

struct udp_hdr {
    uint16_t sport;
    uint16_t dport;
    uint16_t len; // as on the wire, header included
    uint16_t cksum;
    struct span payload; // what is there; may be shorter than len says
};

enum err udp_decode(struct cur *c, struct udp_hdr *out);

// len and cksum of h are ignored and computed; src and dst in host order.
void udp_encode(struct buf *b, const struct udp_hdr *h, uint32_t src, uint32_t dst);

// The same in a packet of either family.
void udp_encode_ip(struct buf *b, const struct udp_hdr *h, const struct ip_addr *src,
                   const struct ip_addr *dst);
