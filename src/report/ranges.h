// SPDX-License-Identifier: Apache-2.0
// Ascending numbers as a list of ranges: "1-5,80".
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct writer;

struct ranges {
    struct writer *w;
    bool has_any;
    bool has_first;
    uint32_t lo;
    uint32_t hi;
};

void ranges_init(struct ranges *r, struct writer *w);
void ranges_add(struct ranges *r, uint32_t n);
void ranges_end(struct ranges *r);
