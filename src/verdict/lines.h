// SPDX-License-Identifier: Apache-2.0
// Clocks and counters behind answers: how many there are if each answer shows one of them. Private
// to verdict.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct sample {
    int64_t at_us; // when the answer came
    uint32_t ts;   // 0: none
    uint16_t id;   // IP ID
    uint8_t ttl;   // 0: not known
    uint8_t whose; // for the caller
};

enum { LINES_MAX = 4, LINE_LEAST = 3 }; // samples of a line that count

// Timestamps that run at one rate; lines differ by their offset. 0: no clock is to be seen, or a
// random offset for each connection.
uint32_t lines_of_clock(const struct sample *s, uint32_t n);

// IP IDs that are counted up, also in swapped byte order; s in the order of time.
uint32_t lines_of_counter(const struct sample *s, uint32_t n);
