// SPDX-License-Identifier: Apache-2.0
// The ring of a sweep: addresses in the order in which they were asked, found by address too. It
// grows as it fills and does not shrink.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/ip.h"

struct asked_line {
    struct ip_addr addr;
    uint32_t hash;    // of it
    bool is_heard;    // it has left the sweep
    bool is_unread;   // something came when there was no room for it
    uint64_t at_ns[]; // when each probe left, 0 = it did not
};

struct asked_place {
    uint32_t line; // its place plus one, 0 = free
    uint32_t hash;
};

struct asked_ring {
    uint8_t *lines;
    size_t stride;  // bytes of one
    uint32_t cap;   // lines, a power of two or 0
    uint32_t most;  // of them
    uint64_t first; // number of the oldest line
    uint64_t end;   // and of the one behind the newest
    struct asked_place
        *index; // open addressing; the hashes stand there so that lines are left alone
    struct hash_key key;
    struct ip_addr block; // whose hash was needed last: many go on where another ended
    uint32_t block_hash;
};

// Lines with room for n times; as many as fit into so many bytes.
void asked_init(struct asked_ring *r, uint32_t n, size_t bytes_most, struct hash_key key);
void asked_fini(struct asked_ring *r);

bool asked_is_full(const struct asked_ring *r);

// Line number i, first <= i < end.
struct asked_line *asked_at(const struct asked_ring *r, uint64_t i);

// The address must not be there; the ring must not be full. Lines move.
struct asked_line *asked_push(struct asked_ring *r, const struct ip_addr *addr);

// The oldest line goes.
void asked_pop(struct asked_ring *r);

// NULL if it is not there; else *i is the number of its line.
struct asked_line *asked_find(struct asked_ring *r, const struct ip_addr *addr, uint64_t *i);
