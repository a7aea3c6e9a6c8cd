// SPDX-License-Identifier: Apache-2.0
// IPv6 header and the extension headers that can be stepped over (RFC 8200, RFC 4302).
//
//   0              4            6      7     8     24    40
//   |ver|class|flow| payload len| next | hop | src | dst | extension headers, upper layer
#pragma once

#include "base/buf.h"
#include "base/cur.h"
#include "base/err.h"
#include "base/ip.h"

enum {
    IP6_HDR_LEN = 40,
    IP6_HOP_OPTIONS = 0,
    IP6_TCP = 6,
    IP6_UDP = 17,
    IP6_ROUTING = 43,
    IP6_FRAGMENT = 44,
    IP6_AUTH = 51,
    IP6_ICMP = 58,
    IP6_NONE = 59,
    IP6_DEST_OPTIONS = 60,
};

struct ip6_hdr {
    uint8_t tclass;
    uint32_t flow; // 20 bits
    uint16_t payload_len;
    uint8_t next; // as in the fixed header
    uint8_t hop_limit;
    struct ip_addr src; // zone 0
    struct ip_addr dst;
    uint8_t proto;     // behind all extension headers
    uint16_t ext_len;  // bytes of them
    bool is_fragment;  // not all of a packet
    uint16_t frag_off; // units of 8 bytes
    uint32_t frag_id;
};

// Leaves the cursor on the upper layer, its end cut to the payload length. ERR_SYNTAX: not version
// 6, or more than LIMIT_IP6_EXTENSIONS headers; ERR_TRUNC: shorter than it says, unless `quoted`:
// an ICMP error may quote less than the whole packet, but all headers must be there. Headers behind
// a fragment that is not the first are not looked for.
enum err ip6_decode(struct cur *c, bool quoted, struct ip6_hdr *out);

// The fixed header; proto, ext_len and fragment fields are ignored.
void ip6_encode(struct buf *b, const struct ip6_hdr *h);

bool ip6_is_link_local(const struct ip_addr *a);

// ff02::1:ffXX:XXXX (RFC 4291 section 2.7.1).
struct ip_addr ip6_solicited_node(const struct ip_addr *a);
