// SPDX-License-Identifier: Apache-2.0
// How many probes all hosts together may have on their way: as many as the path to them carries.
// Pure; the caller tells the time.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/rtt.h"

enum { CROWD_SPANS = 256, CROWD_ROUNDS = 64 };

// A piece of time, and what became of the probes that were sent in it.
struct crowd_round {
    uint64_t began_ns;
    uint64_t len_ns;     // once it is over
    double most;         // on their way at the same time
    uint32_t n_answered; // of answers that show which probe they are to
    uint32_t n_lost;     // an answer to a later one shows it
    bool was_full;       // the window was what held probes back
};

// The time of one round trip while the window opens fast.
struct crowd_trip {
    uint64_t began_ns;
    uint32_t n_sent;
    uint32_t n_landed;
    bool was_full;
};

struct crowd {
    double window;
    double least;
    double threshold; // from there on the window opens slowly
    struct rtt rtt;   // of all answers
    int64_t lag_us;   // that they took longer than the fastest one of the same host
    struct crowd_trip trip;
    uint32_t n_before; // sent in the trip before
    int64_t calm_us;   // the round trip when little was on its way
    uint32_t n_afloat;
    uint32_t span[CROWD_SPANS]; // of them, by the time of sending
    uint64_t first_span;        // number of the oldest
    struct crowd_round round[CROWD_ROUNDS];
    uint32_t now; // number of the round
    double base;  // share lost whatever the window
    bool is_cut;  // the window was closed, and it is not known yet whether that helped
    uint32_t cut; // the round that shows why
};

// least: probes that may be under way whatever is lost.
void crowd_init(struct crowd *c, uint32_t least);

// Everything that arrived until now_ns is known.
void crowd_pass(struct crowd *c, uint64_t now_ns);

bool crowd_has_room(const struct crowd *c, uint32_t n);

// Somebody had to wait.
void crowd_refuse(struct crowd *c);

// One was sent; which round that is.
uint8_t crowd_send(struct crowd *c, uint64_t now_ns);

// Which round something was sent in.
uint8_t crowd_round_of(const struct crowd *c, uint64_t sent_ns);

// One that was sent at sent_ns is answered.
void crowd_land(struct crowd *c, uint64_t sent_ns);

// What an answer took, and the fastest one of its host.
void crowd_time(struct crowd *c, uint64_t took_ns, uint64_t least_ns);

// How much longer answers take than they could, if that is much: timeouts must allow for it.
int64_t crowd_lag_us(const struct crowd *c);

// What became of one of that round: it was answered, or an answer to a later one shows that it was
// lost. Not of errors that are held back: they tell nothing of the path.
void crowd_tell(struct crowd *c, uint8_t round, bool is_lost);

// When there will be more room if nothing is answered; UINT64_MAX: nothing is on its way.
uint64_t crowd_when(const struct crowd *c);
