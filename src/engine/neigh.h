// SPDX-License-Identifier: Apache-2.0
// Link addresses of neighbours (RFC 826, RFC 4861): our own requests, replies, waiters. Private to
// engine/.
#pragma once

#include "base/map.h"
#include "engine/engine.h"

// Entries that nobody waits for; the first has rested longest.
struct neigh_rest {
    struct neigh *first;
    struct neigh *last;
    uint32_t n;
};

struct neigh_table {
    struct map by_addr; // struct neigh
    struct arena *arena;
    struct timers *timers;
    const struct engine_config *cfg;
    // Sends a request for an entry.
    void (*ask)(void *ctx, uint32_t iface, const struct ip_addr *own, const struct ip_addr *addr);
    // When the next request may leave; NULL: always.
    uint64_t (*ready)(void *ctx);
    void *ctx;
    struct neigh *line_first; // whose requests wait until they may leave
    struct neigh *line_last;
    uint32_t n_in_line;
    struct timer turn;
    struct neigh *unsent;     // asked since the last neigh_sent
    struct neigh_rest known;  // these have answered: silent ones do not drive them out
    struct neigh_rest silent; // they may answer late
    struct neigh *free;
};

void neigh_init(struct neigh_table *t, struct arena *run, struct timers *timers,
                const struct engine_config *cfg);
void neigh_fini(struct neigh_table *t);

// The known link address, or NULL.
const struct mac_addr *neigh_known(const struct neigh_table *t, const struct ip_addr *addr);

// Starts asking unless somebody did already; calls wait->done later, never from within.
void neigh_wait(struct neigh_table *t, const struct path *path, struct resolve_wait *wait,
                uint64_t now_ns);
void neigh_unwait(struct neigh_table *t, const struct path *path, struct resolve_wait *wait);

// What was asked so far has left at now_ns.
void neigh_sent(struct neigh_table *t, uint64_t now_ns);

// Only what was asked for is believed.
void neigh_reply(struct neigh_table *t, const struct arp_pkt *arp, uint64_t now_ns);
void neigh_advert(struct neigh_table *t, const struct frame *f, uint64_t now_ns);
