// SPDX-License-Identifier: Apache-2.0
// Addresses of both families, MAC addresses, their text forms (RFC 5952 for IPv6).
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

struct buf;

enum ip_family { IP_NONE = 0, IP_V4 = 4, IP_V6 = 6 };

// byte[] is in network order; IPv4 uses the first four bytes, the rest is zero.
// zone is the interface index of a scoped IPv6 address, else 0.
struct ip_addr {
    uint8_t byte[16];
    uint32_t zone;
    uint8_t family;
};

struct mac_addr {
    uint8_t byte[6];
};

enum { IP_TEXT_MAX = 64 };

struct ip_addr ip_v4(uint32_t host_order);
uint32_t ip_v4_u32(const struct ip_addr *a); // host order; 0 if not IPv4
bool ip_eq(const struct ip_addr *a, const struct ip_addr *b);

// The first `bits` bits agree (same family).
bool ip_in_net(const struct ip_addr *a, const struct ip_addr *net, unsigned bits);

// Strict dotted quad or IPv6 literal without a zone.
bool ip_parse(struct span s, struct ip_addr *out);
void ip_print(struct buf *b, const struct ip_addr *a);

// NUL-terminated into text[IP_TEXT_MAX]; returns text.
const char *ip_text(const struct ip_addr *a, char text[IP_TEXT_MAX]);

// "AA:BB:CC:DD:EE:FF"
void mac_print(struct buf *b, const struct mac_addr *m);
