// SPDX-License-Identifier: Apache-2.0
// What the run has learnt about how long its hosts take: counts of each stage, and samples of how
// they grew of late.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "stage/stages.h"

enum { TALLY_SAMPLES = 64 };

struct stage_tally {
    uint64_t n_asked; // live hosts that came to it, whether they needed it or not
    uint64_t n_begun;
    uint64_t n_ended;
    double usual_ns;   // of those that ended, the last ones more
    double units_done; // by those that ended
    uint64_t began_ns; // the first one
    bool is_wanted;    // by the plan
    bool is_begun;
    bool is_over;
};

// At one moment.
struct tally_sample {
    uint64_t now_ns;
    uint64_t n_begun; // hosts
    bool is_full;     // no further host may begin
    bool has_queue;   // hosts wait in line for a stage
    struct {
        uint64_t n_begun;
        double units_done; // by all hosts
    } stage[STAGE_COUNT];
};

struct tally {
    uint32_t lanes;  // hosts that may be under way together
    uint64_t gap_ns; // the least between two hosts that enter a stage with a gate
    double late_ns;  // that hosts were woken of late
    uint64_t n_done; // hosts
    uint64_t n_up;
    double up_ns; // that it took to find one up
    uint64_t n_down;
    struct stage_tally stage[STAGE_COUNT];
    struct tally_sample sample[TALLY_SAMPLES]; // ascending
    uint32_t n_samples;
    uint64_t apart_ns; // at least, between two
};

void tally_begin(struct tally *t, uint32_t stage, uint64_t now_ns);
void tally_end(struct tally *t, uint32_t stage, uint64_t spent_ns, double units_done);

void tally_found(struct tally *t, bool is_up, uint64_t spent_ns);

// A host was woken that much later than it wanted.
void tally_late(struct tally *t, uint64_t late_ns);

// How many hosts are in a stage.
uint32_t tally_live(const struct tally *t, uint32_t stage);

void tally_look(struct tally *t, const struct tally_sample *now);

// The sample with which `now` is to be compared to see how fast things go: as far back as the last
// third of the run, but not too near. NULL: there is none.
const struct tally_sample *tally_before(const struct tally *t, const struct tally_sample *now);
