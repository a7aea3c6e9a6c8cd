// SPDX-License-Identifier: Apache-2.0
// ICMP (RFC 792): echo, timestamp and mask requests, and the errors that quote a packet.
//
//   0      1      2       4          6     8
//   | type | code | cksum | id       | seq | data                 echo, echo reply
//   | type | code | cksum | unused (32 bit)| IP header + 8 bytes  errors
#pragma once

#include "base/buf.h"
#include "base/cur.h"
#include "base/err.h"
#include "wire/ip4.h"

enum icmp4_type {
    ICMP4_ECHO_REPLY = 0,
    ICMP4_UNREACH = 3,
    ICMP4_QUENCH = 4,
    ICMP4_REDIRECT = 5,
    ICMP4_ECHO = 8,
    ICMP4_TIME_EXCEEDED = 11,
    ICMP4_PARAM_PROBLEM = 12,
    ICMP4_STAMP = 13,
    ICMP4_STAMP_REPLY = 14,
    ICMP4_MASK = 17, // RFC 950
    ICMP4_MASK_REPLY = 18,
};

enum icmp4_unreach_code {
    ICMP4_NET_UNREACH = 0,
    ICMP4_HOST_UNREACH = 1,
    ICMP4_PROTO_UNREACH = 2,
    ICMP4_PORT_UNREACH = 3,
    ICMP4_NET_PROHIBITED = 9,
    ICMP4_HOST_PROHIBITED = 10,
    ICMP4_ADMIN_PROHIBITED = 13,
};

enum { ICMP4_HDR_LEN = 8, ICMP4_STAMP_BODY = 12, ICMP4_MASK_BODY = 4 };

struct icmp4_hdr {
    uint8_t type;
    uint8_t code;
    uint16_t cksum;
    uint16_t id;
    uint16_t seq;
    uint32_t unused; // id and seq read as one word
    struct span body;
};

// The packet an ICMP error quotes, as far as it is there.
struct icmp4_quote {
    bool is_present; // IP header and 8 more bytes
    struct ip4_hdr ip;
    struct span ip_bytes; // the quoted IP header
    uint16_t sport;       // first 8 bytes behind the IP header, read as TCP or UDP
    uint16_t dport;
    uint32_t seq;     // TCP
    uint16_t udp_len; // UDP
    uint16_t udp_cksum;
    struct span rest; // behind those 8 bytes
};

enum err icmp4_decode(struct cur *c, struct icmp4_hdr *out);
bool icmp4_is_error(uint8_t type);

// False if the body does not hold a quoted IPv4 header and 8 bytes.
bool icmp4_quote(const struct icmp4_hdr *h, struct icmp4_quote *out);

// cksum of h is ignored and computed; for errors `unused` is written, else id and seq.
void icmp4_encode(struct buf *b, const struct icmp4_hdr *h);
