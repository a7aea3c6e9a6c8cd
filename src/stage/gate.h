// SPDX-License-Identifier: Apache-2.0
// How fast hosts may enter work whose packets are timed: as fast as this machine sends them in time
// and reads all answers, and no faster than others are done with. Pure; the caller tells the time
// and what went wrong.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct gate {
    uint64_t gap_ns;    // between two hosts
    uint64_t least_ns;  // of it, so that probes leave in time
    uint64_t rate;      // hosts a second that are done with
    bool was_behind;    // when the period began
    uint64_t next_ns;   // when the next one may enter
    uint64_t period_ns; // when the current period of looking ends
    uint64_t late_ns;   // of all wake-ups of the period together
    uint64_t n_wakes;
    uint64_t n_done;  // hosts, in the period
    uint64_t dropped; // packets, as told last
};

void gate_init(struct gate *g);

// Whether a host may enter at now_ns; if so it has. `n_behind`: work on hosts that waits for its
// turn.
bool gate_enter(struct gate *g, uint32_t n_behind, uint64_t now_ns);

// Someone inside was woken that much later than asked for.
void gate_note_late(struct gate *g, uint64_t late_ns);

// All work on a host is done.
void gate_note_done(struct gate *g);

// Whether a period has ended: then gate_review is wanted.
bool gate_is_due(const struct gate *g, uint64_t now_ns);

// `dropped`: packets lost on this machine since the beginning of the run.
void gate_review(struct gate *g, uint64_t dropped, uint32_t n_behind, uint64_t now_ns);
