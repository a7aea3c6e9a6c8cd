// SPDX-License-Identifier: Apache-2.0
// How an IPv4 stack answers: a fingerprint in test lines turned into a thing that produces it.
// Pure and sans-I/O; replies are IPv4 packets. Source: os-detection specification 2 and 3.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/rng.h"
#include "base/span.h"
#include "lab/hosts/pers.h"
#include "lab/hosts/probe.h"
#include "wire/frame.h"

// A plain stack: everything answered by the book, no open port.
void personality_init(struct personality *p);

// Test lines in the manner of subjects or references ("T1(R=Y%DF=Y...)", of an expression the
// first alternative) and "key = value" lines, on top of what *p already is. at->line counts from
// 1 within text.
enum err personality_parse(struct span text, struct personality *p, struct err_at *at);

// Whether name is a key for ports ("open", "udp-filtered" ...), and which.
bool personality_door(struct span name, enum door *door, bool *is_udp);

// The state of one host: small, shares its personality and doors with others.
struct personality_state {
    const struct personality *p;
    const struct doors *tcp_doors;
    const struct doors *udp_doors;
    struct rng rng;
    uint32_t isn;
    uint32_t isn_unit; // last step, in units
    uint64_t isn_ns;   // its time, 0 = none yet
    uint32_t uptime_s;
    uint16_t id_open;
    uint16_t id_closed;
    uint16_t id_icmp;
    uint8_t isn_turn;
};

// Doors may be replaced by the caller afterwards.
void personality_start(struct personality_state *s, const struct personality *p, uint64_t seed);

enum { PERS_REPLIES = 2, PERS_REPLY_MAX = 1600 };

// Writes the replies to one packet that reached the host, each into its own empty buffer with
// room for PERS_REPLY_MAX; returns how many (0..2).
uint32_t personality_answer(struct personality_state *s, const struct frame *probe, uint64_t now_ns,
                            struct buf out[PERS_REPLIES]);
