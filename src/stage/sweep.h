// SPDX-License-Identifier: Apache-2.0
// Host discovery of very many addresses behind routers, most of which may be silent. An address
// that has been asked costs its line in a ring: itself and when each probe left. The probes carry
// keyed cookies, so an answer alone tells what it answers; only who is heard of becomes a host with
// a place in the pipeline, where discovery (discover.c) goes on with it as if it had asked by
// itself.
//
// A round of n probes is n passes along the ring, one behind the other, then the second round
// follows, then the end, where who was not heard of is down. A pass waits for the address that it
// has come to: as all were asked in that order, nobody behind it is due earlier. No timers.
#pragma once

#include "stage/ping.h"

struct sweep;

// What was asked of an address.
struct asked {
    uint32_t rounds;       // whole ones
    uint32_t sent;         // probes of the one after them
    uint32_t n;            // of a round
    uint64_t first_ns;     // when the first one left
    uint64_t last_ns;      // and the last one
    const uint64_t *at_ns; // when each of all rounds left, 0 = it did not
    uint32_t n_at;
};

struct sweep_calls {
    // Nobody was heard of at this address in that time, or (is_cut) the run ends before that is
    // known.
    void (*silent)(void *ctx, const struct ip_addr *addr, uint64_t spent_ns, bool is_cut);
    // Whether targets wait for nothing but the time to begin with them.
    bool (*has_queue)(void *ctx);
    void *ctx;
};

// like: a visit to nobody, with all that hosts have in common. n_most: addresses at a time, 0 = as
// many as there is room for.
struct sweep *sweep_new(struct arena *run, const struct visit *like, uint32_t n_most,
                        const struct sweep_calls *calls);
void sweep_close(struct sweep *s);

// Whether this target can be asked so: routed, nothing known of it, raw probes.
bool sweep_takes(struct sweep *s, const struct target *t);

bool sweep_has_room(const struct sweep *s);
uint32_t sweep_live(const struct sweep *s);
bool sweep_has(struct sweep *s, const struct ip_addr *addr);

// Begins with the target that sweep_takes was asked about last. False: not now, the way out is
// full.
bool sweep_add(struct sweep *s);

// Sends what is due, once in a round of the engine.
void sweep_run(struct sweep *s);

// When there is something to do, a target that was refused included; UINT64_MAX: never.
uint64_t sweep_next_ns(const struct sweep *s);

// Whether a packet from `who`, or about it, is the first that is heard of an address that was
// asked. Unless has_room it is asked again later.
bool sweep_hears(struct sweep *s, const struct ip_addr *who, const struct frame *f, bool has_room,
                 struct asked *out);

// The run ends.
void sweep_cut(struct sweep *s);

// How many have been asked before that time, and how long the last one may take.
uint32_t sweep_older(const struct sweep *s, uint64_t than_ns);
uint64_t sweep_left_ns(const struct sweep *s, uint64_t now_ns);
