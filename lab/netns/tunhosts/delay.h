// SPDX-License-Identifier: Apache-2.0
// Packets under way: put in with the time at which they arrive, taken out in that order. Holds a
// fixed number; one more is refused.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

enum { DELAY_PACKETS = 1 << 17, DELAY_PACKET_MAX = 1664 };

struct delay;

struct delay_item {
    uint64_t at_ns;
    bool is_reply;
    struct span bytes; // valid until delay_next or delay_put
};

struct delay *delay_open(void); // NULL: no memory
void delay_close(struct delay *d);

bool delay_put(struct delay *d, uint64_t at_ns, bool is_reply, struct span bytes);

// The first one that has arrived at now_ns.
bool delay_next(struct delay *d, uint64_t now_ns, struct delay_item *out);

uint64_t delay_when(const struct delay *d); // UINT64_MAX: none is under way
