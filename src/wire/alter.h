// SPDX-License-Identifier: Apache-2.0
// Changes to IP packets that are encoded already; what is not an IP packet stays as it is.
// Checksums follow (RFC 1624).
#pragma once

#include "base/buf.h"
#include "base/ip.h"

// Of the packet's family.
void alter_source(uint8_t *packet, size_t len, const struct ip_addr *src);

// Hop limit of IPv6.
void alter_ttl(uint8_t *packet, size_t len, uint8_t ttl);

// Makes the checksum of the transport wrong by one, as the reference does (scanning spec 6).
void alter_break_sum(uint8_t *packet, size_t len);

// Fragment `i` of an IPv4 packet in pieces of `size` bytes of data, a multiple of 8 (RFC 791
// section 2.3). False: there is none, or the packet may not be cut; then out is left alone.
bool alter_fragment(struct span packet, uint32_t size, uint32_t i, struct buf *out);
