// SPDX-License-Identifier: Apache-2.0
// Internet checksum (RFC 1071), as the 16-bit value in network order read as a number.
#pragma once

#include <stdint.h>

#include "base/span.h"

// Running sum of 16-bit words; an odd last byte counts as the high half of a word, so only the
// last piece may be odd.
uint32_t cksum_add(uint32_t sum, struct span data);

// Folds and complements.
uint16_t cksum_end(uint32_t sum);

uint16_t cksum_of(struct span data);

// Sum of the IPv4 pseudo header (RFC 9293 section 3.1); addresses in host order.
uint32_t cksum_pseudo4(uint32_t src, uint32_t dst, uint8_t proto, uint16_t len);

// The same for IPv6 (RFC 8200 section 8.1).
uint32_t cksum_pseudo6(const uint8_t src[16], const uint8_t dst[16], uint8_t proto, uint32_t len);

struct ip_addr;

// Of either family: that of src.
uint32_t cksum_pseudo(const struct ip_addr *src, const struct ip_addr *dst, uint8_t proto,
                      uint16_t len);
