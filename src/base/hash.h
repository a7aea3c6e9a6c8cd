// SPDX-License-Identifier: Apache-2.0
// Keyed hash for values that a target must not guess (SipHash-2-4) and the CRC-32 of zlib and
// Ethernet (ISO 3309), which the RD attribute of OS fingerprints uses.
#pragma once

#include <stdint.h>

#include "base/span.h"

struct hash_key {
    uint64_t k0;
    uint64_t k1;
};

uint64_t hash_keyed(const struct hash_key *key, struct span data);
uint32_t hash_crc32(struct span data);
