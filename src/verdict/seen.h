// SPDX-License-Identifier: Apache-2.0
// Private to verdict: what is read of a host's tries.
#pragma once

#include "verdict/column.h"

struct osdb_subject;

enum { TRIES_MAX = 8 }; // of the SEQ test that are averaged

// What is read of a host. Several values of an attribute: of the tries.
struct seen {
    struct span value[VERDICT_ATTRS];
    struct span more[VERDICT_ATTRS][TRIES_MAX - 1];
    uint8_t n[VERDICT_ATTRS];
};

// First answered lines; of SEQ all tries.
void seen_read(const struct osdb_subject *tries, uint32_t n, struct seen *out);

// Values of other sides (bits) are dropped; then SS is, too.
void seen_keep(struct seen *seen, uint32_t sides);
// What one more open port shows for itself.
void seen_keep_port(struct seen *seen);
