// SPDX-License-Identifier: Apache-2.0
// Up to 2^20 hosts at consecutive addresses, each with a personality of its own: which reference a
// host is follows from the seed and its number. The state of a host is begun when the first packet
// reaches it; memory is fixed.
#pragma once

#include "lab/netns/tunhosts/refs.h"

enum { CROWD_MAX = 1 << 20 };

// So many packets a second of one host, after a burst. 0 = no limit.
struct crowd_limit {
    uint32_t rate;
    uint32_t burst;
};

struct crowd_config {
    uint32_t first; // address, host order
    uint32_t n;
    uint64_t seed;
    bool is_each;      // host i is reference i, from the beginning again behind the last
    uint32_t loss_ppm; // of the packets, in either direction
    uint32_t up_ppm;   // of the addresses, those where there is a host
    struct crowd_limit rst;
    struct crowd_limit icmp; // errors, not echo replies
};

struct crowd_counts {
    uint64_t received;
    uint64_t answered;
    uint64_t lost;
    uint64_t limited;
};

struct crowd;

// NULL if there is no memory. refs must stay.
struct crowd *crowd_open(const struct crowd_config *cfg, const struct refs *refs);
void crowd_close(struct crowd *c);

bool crowd_has(const struct crowd *c, uint32_t addr);

// Index of the reference that a host is.
uint32_t crowd_ref(const struct crowd *c, uint32_t addr);

// Whether a packet is lost on its way.
bool crowd_loses(struct crowd *c);

// The answers to a packet that reaches its host now: as personality_answer.
uint32_t crowd_answer(struct crowd *c, const struct frame *f, uint64_t now_ns,
                      struct buf out[PERS_REPLIES]);

const struct crowd_counts *crowd_counts(const struct crowd *c);
