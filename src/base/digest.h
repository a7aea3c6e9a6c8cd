// SPDX-License-Identifier: Apache-2.0
// A fast 128-bit digest of much data, piece by piece: finds damage and names contents. It has no
// key and withstands no adversary; where somebody may choose the data, use base/hash.h. The
// value depends on the byte order of the machine.
#pragma once

#include <stdint.h>

#include "base/span.h"

enum { DIGEST_STRIPE = 64 };

struct digest {
    uint64_t lane[8];
    uint64_t len;
    char tail[DIGEST_STRIPE]; // the first len % DIGEST_STRIPE bytes of the next stripe
};

struct digest_value {
    uint64_t word[2];
};

void digest_init(struct digest *d);
void digest_add(struct digest *d, struct span bytes);
struct digest_value digest_end(struct digest *d);

struct digest_value digest_of(struct span bytes);
