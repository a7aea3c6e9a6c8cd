// SPDX-License-Identifier: Apache-2.0
// How long the questions to the services of one host will still take: many are asked side by side,
// some answer at once, others stay silent until the scanner has waited long enough. Pure.
#pragma once

#include <stdint.h>

struct waits {
    uint32_t n;        // questions that ended
    double usual_ns;   // that they took, the last ones more
    double silence_ns; // that those took which took long
};

void waits_init(struct waits *w);
void waits_note(struct waits *w, uint64_t took_ns);

// Questions that are still to be asked, and those under way: begin, each, end.
struct waits_left {
    const struct waits *waits;
    uint32_t n_active;
    double whole_ns; // sum of what those under way will have taken
    double rest_ns;  // sum of what they will still take
    double longest_ns;
    double shortest_ns;
};

void waits_begin(struct waits_left *l, const struct waits *w);
void waits_active(struct waits_left *l, uint64_t spent_ns);

// Nanoseconds. n_left: not begun; at_once: so many are asked side by side.
double waits_end(const struct waits_left *l, uint32_t n_left, uint32_t at_once);
