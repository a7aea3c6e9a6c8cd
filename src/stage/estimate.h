// SPDX-License-Identifier: Apache-2.0
// The one estimate of the time that remains of a run: begin, each host under way, end. It follows
// what is seen: how long hosts took, how much is done a second of late, what is known of the rest.
#pragma once

#include "stage/outlook.h"
#include "stage/tally.h"

// Hosts that are in a stage now, or wait in line for it.
struct estimate_stage {
    uint32_t n;
    uint32_t n_waiting;  // in line
    uint32_t n_hopeless; // that will hardly come out of it for the next one
    uint32_t n_busy;     // those that have units left
    uint32_t n_starved;
    double sum_ns;     // that they have left in it by themselves
    double longest_ns; // likewise
    double whole_ns;   // sum of what they take in all, of those that know
    uint32_t n_known;
    double units_done;
    double units_left;
};

struct estimate {
    const struct tally *tally;
    struct tally_sample now;
    struct estimate_stage stage[STAGE_COUNT];
    uint32_t n_live;
    bool is_swept;
    uint32_t swept;     // the stage whose work a sweep does
    double shortest_ns; // of the hosts under way, to the end of their stage
};

// now: its counts are filled in by estimate_host and estimate_end.
void estimate_begin(struct estimate *e, const struct tally *t, uint64_t now_ns);
void estimate_host(struct estimate *e, const struct outlook *o);

// n hosts that are asked for a stage without having places (sweep.h), n_hopeless of them for so
// long that they will hardly answer; the last one is through in longest_ns.
void estimate_swept(struct estimate *e, uint32_t stage, uint32_t n, uint32_t n_hopeless,
                    double longest_ns);

// For how long a host is not hopeless; UINT64_MAX: that is not known.
uint64_t estimate_hope_ns(const struct tally *t);

// n_more: targets that have not begun, UINT64_MAX = without end. is_full: none of them may begin.
// Time that remains of the run; e->now is complete then.
uint64_t estimate_end(struct estimate *e, uint64_t n_more, bool is_full);
