// SPDX-License-Identifier: Apache-2.0
// What a host does with each port of one protocol: a short list of ranges, the last one that
// holds a port decides.
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

enum door {
    DOOR_CLOSED,
    DOOR_OPEN,
    DOOR_FILTERED, // silence
    DOOR_REJECT,   // ICMP unreachable
};

enum { DOORS_MAX = 32 };

struct door_range {
    uint16_t lo;
    uint16_t hi;
    uint8_t door;
};

struct doors {
    struct door_range range[DOORS_MAX];
    uint32_t n; // ports in no range are closed
};

// Adds "22,80-90" or "all". Errors carry the token only.
enum err doors_add(struct doors *d, struct span list, enum door door, struct err_at *at);
enum door doors_at(const struct doors *d, uint16_t port);

// "22" or "20-25" or "all".
enum err door_range_parse(struct span text, struct door_range *out, struct err_at *at);
