// SPDX-License-Identifier: Apache-2.0
// ARP for IPv4 over Ethernet (RFC 826).
//
//   0     2     4   5   6    8      14     18     24
//   | hw  | pro |hln|pln| op | sha  | spa  | tha  | tpa
#pragma once

#include "base/buf.h"
#include "base/cur.h"
#include "base/err.h"
#include "base/ip.h"

enum { ARP_LEN = 28, ARP_REQUEST = 1, ARP_REPLY = 2 };

struct arp_pkt {
    uint16_t op;
    struct mac_addr sha; // sender
    struct mac_addr tha; // target
    struct ip_addr spa;
    struct ip_addr tpa;
};

// ERR_TRUNC if too short, ERR_SYNTAX if it is not IPv4 over Ethernet.
enum err arp_decode(struct cur *c, struct arp_pkt *out);
void arp_encode(struct buf *b, const struct arp_pkt *p);
