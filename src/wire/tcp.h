// SPDX-License-Identifier: Apache-2.0
// TCP header with options (RFC 9293, RFC 7323, RFC 2018).
//
//   0       2       4      8      12  12.5  13      14       16      18    20
//   | sport | dport | seq  | ack  |off| res | flags | window | cksum | urg | options | payload
#pragma once

#include "base/buf.h"
#include "base/cur.h"
#include "base/err.h"
#include "base/ip.h"

enum { TCP_HDR_LEN = 20, TCP_OPT_MAX = 40 };

enum tcp_flag {
    TCP_FIN = 0x01,
    TCP_SYN = 0x02,
    TCP_RST = 0x04,
    TCP_PSH = 0x08,
    TCP_ACK = 0x10,
    TCP_URG = 0x20,
    TCP_ECE = 0x40,
    TCP_CWR = 0x80,
};

enum tcp_opt_kind {
    TCP_OPT_EOL = 0,
    TCP_OPT_NOP = 1,
    TCP_OPT_MSS = 2,
    TCP_OPT_WS = 3,
    TCP_OPT_SACKOK = 4,
    TCP_OPT_SACK = 5,
    TCP_OPT_TS = 8,
};

struct tcp_hdr {
    uint16_t sport;
    uint16_t dport;
    uint32_t seq;
    uint32_t ack;
    uint8_t reserved; // the four bits beside the data offset
    uint8_t flags;
    uint16_t window;
    uint16_t cksum;
    uint16_t urg;
    struct span options; // views into the packet
    struct span payload;
};

// The cursor must end where the IP payload ends. ERR_TRUNC if the header does not fit,
// ERR_SYNTAX if its length is below 20.
enum err tcp_decode(struct cur *c, struct tcp_hdr *out);

// Header, options (a multiple of 4 bytes, at most 40) and payload with the right checksum;
// src and dst in host order, cksum of h is ignored.
void tcp_encode(struct buf *b, const struct tcp_hdr *h, uint32_t src, uint32_t dst);

// The same in a packet of either family.
void tcp_encode_ip(struct buf *b, const struct tcp_hdr *h, const struct ip_addr *src,
                   const struct ip_addr *dst);

// One option after the other: false at the end or at a malformed one (then *bad is set).
// EOL and NOP have an empty body. Walking goes on behind EOL.
struct tcp_opt {
    uint8_t kind;
    struct span body;
};
bool tcp_opt_next(struct cur *c, struct tcp_opt *out, bool *bad);
