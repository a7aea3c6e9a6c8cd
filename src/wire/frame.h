// SPDX-License-Identifier: Apache-2.0
// One captured packet, decoded once from the link layer up; everything points into the bytes.
#pragma once

#include "base/ip.h"
#include "wire/arp.h"
#include "wire/eth.h"
#include "wire/icmp4.h"
#include "wire/icmp6.h"
#include "wire/ip4.h"
#include "wire/ip6.h"
#include "wire/sctp.h"
#include "wire/tcp.h"
#include "wire/udp.h"

// What stands before the IP header.
enum link_type {
    LINK_ETHERNET,
    LINK_RAW,  // nothing (TUN, DLT_RAW)
    LINK_NULL, // 4 bytes protocol family (BSD loopback)
    LINK_SLL,  // Linux cooked capture, 16 bytes
};

enum frame_kind {
    FRAME_OTHER,
    FRAME_ARP,
    FRAME_TCP,
    FRAME_UDP,
    FRAME_SCTP,
    FRAME_ICMP4,
    FRAME_ICMP6,
    FRAME_FRAGMENT, // the first one of an ICMPv6 message
};

struct frame {
    enum frame_kind kind;
    uint64_t time_ns; // when the kernel saw it; clock of the engine
    uint32_t iface;   // interface index, 0 = not known
    bool has_eth;
    struct eth_hdr eth;
    struct ip_addr src; // IP addresses (ARP: sender and target); link-local ones in zone `iface`
    struct ip_addr dst;
    uint8_t ttl;
    uint8_t proto;      // of what follows the IP headers
    struct span packet; // from the IP header to the end of the IP packet
    union {
        struct arp_pkt arp;
        struct ip4_hdr ip4;
        struct ip6_hdr ip6;
    };
    union {
        struct tcp_hdr tcp;
        struct udp_hdr udp;
        struct sctp_hdr sctp;
        struct icmp4_hdr icmp4;
        struct icmp6_hdr icmp6; // of a fragment: as far as it goes
    };
};

// Leaves time_ns and iface alone. ERR_SYNTAX or ERR_TRUNC for what cannot be decoded, fragments
// with an offset and malformed headers included, and of IPv6 all fragments but the first ones of
// ICMPv6 messages; FRAME_OTHER for other protocols.
enum err frame_decode(enum link_type link, struct span bytes, struct frame *out);

// What an ICMP error of either family quotes: the ports are the first bytes behind the IP header.
struct frame_quote {
    struct ip_addr src; // ours
    struct ip_addr dst;
    uint8_t proto;
    uint16_t id; // of the IPv4 header
    uint16_t sport;
    uint16_t dport;
    uint32_t seq; // TCP; SCTP: the verification tag; ICMP: nothing
};

// False if it is no error, or does not hold the quoted headers and 8 bytes behind them.
bool frame_quote(const struct frame *f, struct frame_quote *out);

// Its IP header alone, of a packet that may have had nothing behind it.
bool frame_quote_ip(const struct frame *f, struct frame_quote *out);
