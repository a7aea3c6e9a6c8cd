// SPDX-License-Identifier: Apache-2.0
// A scripted server under a virtual clock, for sessions of svid: what it says when, how many
// connections it serves at a time, when it closes. And a run of a session against it.
#pragma once

#include "svid/svid.h"

enum { PEER_MS = 1000000 };

struct peer_line {
    struct span on;    // prefix of a request; absent: the banner
    struct span say;   // empty: nothing
    uint32_t after_ms; // from the request, or from the connection
    bool closes;       // behind it
    bool resets;
    uint32_t every_ms; // once more after each such time, in vain if 0
};

// Answers in memory of the run.
typedef struct span peer_speak(void *ctx, struct arena *a, struct span request);

struct peer {
    const struct peer_line *lines; // the first that fits counts
    uint32_t n;
    uint32_t rtt_us;
    uint32_t serves;     // connections at a time, others wait; 0 = any number
    uint32_t bears;      // more open ones at a time are closed at once; 0 = any number
    uint32_t idle_ms;    // closes that long after accepting; 0 = never
    bool closes_unknown; // on a request without a line
    bool echoes;
    peer_speak *speak; // when no line fits
    void *ctx;
    bool is_refusing;      // never accepts; UDP: ICMP for each datagram
    uint32_t refuses_from; // connections from this number on are refused; 0 = none
    uint32_t loses;        // UDP: the first datagrams of each socket are lost
    bool is_silent_syn;    // connections time out
    bool speaks_tls;
    bool wants_certificate;    // TLS: the handshake fails after the server's certificate came
    bool stalls_tls;           // TLS: no answer to a handshake
    const struct peer *inside; // what is served inside TLS or DTLS; NULL: the same
    struct span alert;         // plain request on a TLS port, absent: silence
};

struct peer_run {
    struct service result;
    bool is_answered;
    uint64_t took_ns;
    uint32_t n_opened;
    uint32_t most_open; // at a time
    uint32_t n_steps;
    char order[1024]; // probes as sent, "A B" (first three bytes of what is sent), "-" = NULL
    size_t memory;    // held by the arena at the end
};

void peer_run(const struct peer *peer, struct arena *a, const struct svid_config *cfg,
              const struct svid_target *target, struct peer_run *out);
