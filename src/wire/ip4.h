// SPDX-License-Identifier: Apache-2.0
// IPv4 header (RFC 791).
//
//   0        1        2        4        6        8    9      10      12    16
//   |ver|ihl | tos    | total  | id     |flg|off | ttl| proto| cksum | src | dst | options
#pragma once

#include "base/buf.h"
#include "base/cur.h"
#include "base/err.h"

enum {
    IP4_HDR_LEN = 20,
    IP4_ICMP = 1,
    IP4_IGMP = 2,
    IP4_TCP = 6,
    IP4_UDP = 17,
    IP4_SCTP = 132,
};

struct ip4_hdr {
    uint8_t hdr_len; // bytes, 20..60
    uint8_t tos;
    uint16_t total_len; // as on the wire
    uint16_t id;
    bool df;
    bool mf;
    bool rf;           // reserved flag
    uint16_t frag_off; // units of 8 bytes
    uint8_t ttl;
    uint8_t proto;
    uint16_t cksum;
    uint32_t src; // host order
    uint32_t dst;
    bool cksum_ok;
};

// Leaves the cursor on the payload, its end cut to the total length (padding does not count).
// ERR_SYNTAX: not version 4 or a header length below 20; ERR_TRUNC: shorter than its header or
// total length says, unless `quoted`: an ICMP error may quote less than the whole packet.
enum err ip4_decode(struct cur *c, bool quoted, struct ip4_hdr *out);

// Header without options; hdr_len, cksum and cksum_ok of h are ignored, the checksum is computed.
void ip4_encode(struct buf *b, const struct ip4_hdr *h);
