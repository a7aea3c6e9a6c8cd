// SPDX-License-Identifier: Apache-2.0
// The first questions to very many addresses behind routers, most of which may be silent. An
// address that has been asked costs its line in a ring: itself and when each probe left. The probes
// carry keyed cookies, so an answer alone tells what it answers; only who is heard of becomes a
// host with a place in the pipeline, where the stage whose probes these are goes on with it as if
// it had asked by itself: discovery (discover.c), or where all are taken for up the scan of a few
// ports.
//
// A round of n probes is n passes along the ring, one behind the other, then the next round
// follows, then the end of who was not heard of. A pass waits for the address that it has come to:
// as all were asked in that order, nobody behind it is due earlier. No timers.
#pragma once

#include "stage/ping.h"

struct sweep;

// Whose probes they are. Where it says "host", one of the sweep's: its address and the path to it.
struct sweep_kind {
    uint32_t stage;  // that goes on with who is heard of
    bool is_patient; // later rounds may wait while targets do
    bool (*is_possible)(const struct plan *plan);
    uint32_t (*rounds_most)(const struct plan *plan);
    uint32_t (*rounds)(const struct visit *host); // that silence is worth by now
    uint32_t (*n)(const struct visit *host);      // probes of a round
    uint64_t (*step_ns)(const struct visit *host);
    uint64_t (*timeout_ns)(const struct visit *host);
    struct span (*packet)(const struct visit *host, uint32_t i, uint32_t round,
                          uint8_t mem[PROBE_UDP_MAX_LEN]);
    bool (*is_answer)(const struct visit *host, const struct frame *f);
    // Whether the path has room for one more probe; else when to look again. One was sent. NULL:
    // it always has.
    bool (*has_room)(const struct visit *host, uint64_t *when_ns);
    void (*sent)(const struct visit *host);
};

extern const struct sweep_kind sweep_pings, sweep_ports;

// What was asked of an address.
struct asked {
    uint32_t stage;        // for which
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
// many as there is room for. What is asked is up to the plan.
struct sweep *sweep_new(struct arena *run, const struct visit *like, uint32_t n_most,
                        const struct sweep_calls *calls);
void sweep_close(struct sweep *s);

// Whether this target can be asked so: routed, nothing known of it, raw probes.
bool sweep_takes(struct sweep *s, const struct target *t);

bool sweep_has_room(const struct sweep *s);
uint32_t sweep_live(const struct sweep *s);
const struct sweep_kind *sweep_kind(const struct sweep *s);
const struct visit *sweep_like(const struct sweep *s); // what hosts have in common
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
