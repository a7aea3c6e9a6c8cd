// SPDX-License-Identifier: Apache-2.0
// What the run has learnt about how long hosts take, and the one estimate of the time that
// remains of it: what the hosts under way still need, and what those that have not begun will
// need, side by side as far as hosts are in flight at the same time.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "stage/stages.h"

struct progress;

struct stage_tally {
    uint64_t n_asked; // live hosts that came to it, whether they needed it or not
    uint64_t n_begun;
    uint64_t n_ended;
    uint64_t spent_ns;  // by those that ended
    uint64_t began_ns;  // the first one
    uint64_t pace_ns;   // between two that end while others wait at the gate, 0 = not known
    uint64_t window_ns; // since when those are counted
    uint32_t n_window;
    bool is_wanted; // by the plan
    bool is_begun;
    bool is_over;
};

struct tally {
    uint32_t lanes;  // hosts that may be under way together
    uint64_t n_done; // hosts
    uint64_t n_up;
    uint64_t n_down;
    struct stage_tally stage[STAGE_COUNT];
};

void tally_begin(struct tally *t, uint32_t stage, uint64_t now_ns);
// has_queue: hosts wait to enter the stage, so it is as fast as it can be.
void tally_end(struct tally *t, uint32_t stage, uint64_t since_ns, uint64_t now_ns, bool has_queue);

// How many hosts are in a stage.
uint32_t tally_live(const struct tally *t, uint32_t stage);

// Sums up: begin, each host under way (has_begun: with its stage), end.
struct estimate {
    const struct tally *tally;
    uint64_t now_ns;
    double mean_ns[STAGE_COUNT];  // of a host that needs the stage
    double chance[STAGE_COUNT];   // that a host that is up does
    double ahead_ns[STAGE_COUNT]; // of a host in this stage, for all behind it
    double all_ns;                // of a host that has not begun
    double to_come[STAGE_COUNT];  // hosts that have still to leave it
    double longest_ns;
    double shortest_ns; // of the hosts under way
    double sum_ns;
    uint32_t n_live;
};

void estimate_begin(struct estimate *e, const struct tally *t, uint64_t now_ns);
void estimate_host(struct estimate *e, const struct visit *v, bool has_begun);

// n_more: targets that have not begun, UINT64_MAX = without end. Time that remains of the run.
uint64_t estimate_end(const struct estimate *e, uint64_t n_more);
