// SPDX-License-Identifier: Apache-2.0
// Private to the scans of UDP ports and IP protocols: ports that kept silent on a host that is
// known to send unreachables. Such a host may hold its errors back (Linux: six at once, then one a
// second), so silence alone does not tell open from closed. See recheck.c.
#pragma once

#include "stage/portscan.h"

struct recheck {
    bool is_on;
    bool is_over;
    bool has_control;
    uint32_t control; // index of a port that is known to be closed
    uint32_t *queue;  // indexes of ports without a verdict, in order of asking
    uint32_t n_queue;
    uint32_t n_silent_once; // at its head: silent once while the control answered
    uint32_t batch;         // ports of this round
    uint32_t sent;          // of them
    bool is_control_due;    // all of them are sent
    bool is_waiting;        // and the control is too
    bool was_control_answered;
    uint32_t answered; // ICMP errors for this round
    uint32_t round;
    uint64_t gap_ns; // between rounds
    uint64_t next_ns;
    uint64_t sent_ns;
    uint64_t began_ns;
    uint64_t heard_ns;
    uint32_t n_batch; // size of the next one
    uint32_t n_left;  // ports that got no verdict in the end
    uint32_t n_first; // ports at the beginning
};

// How many rounds probes can tell apart.
enum { RECHECK_ROUNDS = 256 };

// Of those the current one.
uint32_t recheck_round(const struct recheck *r);

// Goes on; true when it is over. Else s->wake_ns is set.
bool recheck_proceed(struct visit *v, struct portscan *s, struct recheck *r);

// How long it will go on, at the pace it had so far.
uint64_t recheck_left_ns(const struct visit *v, const struct recheck *r, uint64_t now_ns);

// An unreachable of the host itself for this port, in answer to a probe of this round;
// RECHECK_ROUNDS: of none.
void recheck_heard(struct visit *v, struct recheck *r, uint32_t index, uint32_t round);

// Tells how many ports got no verdict; what: " UDP port".
void recheck_note_left(struct visit *v, const struct recheck *r, const char *what);
