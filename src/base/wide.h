// SPDX-License-Identifier: Apache-2.0
// Numbers of 128 bits, for counting IPv6 addresses. The largest one stands for all that are larger.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct wide {
    uint64_t hi;
    uint64_t lo;
};

struct wide wide_of(uint64_t v);
struct wide wide_power(unsigned bits); // 2^bits
struct wide wide_add(struct wide a, struct wide b);
struct wide wide_minus(struct wide a, struct wide b); // b <= a
bool wide_less(struct wide a, struct wide b);
uint64_t wide_narrow(struct wide a); // UINT64_MAX for all that are larger
