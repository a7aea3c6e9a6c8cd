// SPDX-License-Identifier: Apache-2.0
// Ethernet II header (IEEE 802.3 clause 3), VLAN tags are stepped over.
//
//   0      6      12     14
//   | dst  | src  | type | payload ...
#pragma once

#include "base/buf.h"
#include "base/cur.h"
#include "base/err.h"
#include "base/ip.h"

enum { ETH_HDR_LEN = 14, ETH_IP4 = 0x0800, ETH_ARP = 0x0806, ETH_VLAN = 0x8100, ETH_IP6 = 0x86DD };

struct eth_hdr {
    struct mac_addr dst;
    struct mac_addr src;
    uint16_t type;
};

extern const struct mac_addr eth_broadcast;

// Leaves the cursor behind the header. ERR_TRUNC if it is too short.
enum err eth_decode(struct cur *c, struct eth_hdr *out);
void eth_encode(struct buf *b, const struct eth_hdr *h);
