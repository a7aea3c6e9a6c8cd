// SPDX-License-Identifier: Apache-2.0
// Private to the pipeline: a host in flight, and all of them.
#pragma once

#include "base/map.h"
#include "stage/crowd.h"
#include "stage/gate.h"
#include "stage/loss.h"
#include "stage/pipeline.h"
#include "stage/routes.h"
#include "stage/sweep.h"
#include "stage/tally.h"
#include "stage/turns.h"
#include "stage/twins.h"

struct slot {
    struct visit visit;
    struct slot *next; // in the free list or in a queue
    bool is_live;
    bool is_leaving; // visit_pass or visit_drop was called
    bool is_dropped;
    bool is_at_gate;        // of the stage that is next, or behind discovery
    bool is_past;           // behind discovery, and counted there
    uint32_t n_hop_names;   // of routers on its way that were asked for
    bool is_naming;         // the reverse name was asked for
    bool is_waiting;        // finished but for that name, or for its chore
    bool is_put_off;        // a chore of it waits
    uint32_t live_at;       // place in pipeline.live
    uint64_t moved_ns;      // when something last happened to it
    struct timer limit;     // of time after discovery
    uint64_t limit_left_ns; // of it; time in line does not count
    uint64_t limit_line_ns; // of visit.line_ns, by which it was put off
};

struct queue {
    struct slot *first;
    struct slot *last;
    uint32_t n;
};

void queue_put(struct queue *l, struct slot *s);
struct slot *queue_take(struct queue *l); // NULL: nobody waits

struct pipeline {
    struct engine *engine;
    const struct plan *plan;
    struct pipeline_calls calls;
    struct arena *run;
    struct map by_addr;  // struct slot
    struct sweep *sweep; // who was asked and has no place yet
    struct slot *free;
    struct slot **live;
    uint32_t n_live;
    uint32_t most_live; // hosts
    uint32_t n_past;    // of them, those that are scanned
    uint32_t most_past;
    struct queue hall;    // found to be up while that many are scanned
    struct queue at_gate; // of a timed stage
    struct queue chores;  // what takes long: one at a time, when no timer is due
    struct queue listed;  // -sL: hosts in the order of the targets, not reported yet
    struct target held;   // its address is still in flight, or it cannot be asked now
    bool is_held;
    bool is_dry;
    uint64_t retry_ns; // when to ask for targets again
    struct rng rng;
    struct tally tally;
    struct twins *twins;
    struct routes *routes;
    struct loss loss;
    struct crowd crowd;
    struct turns turns; // of scans that wait for room in the crowd
    struct rtt near;    // of the hosts that were scanned
    struct gate gate;
    struct timer gate_timer;
    struct timer watch; // for hosts that nothing happens to
};

// For admit.c.
void pipeline_visit(struct pipeline *p, struct visit *v); // what hosts have in common
struct slot *pipeline_place(struct pipeline *p);          // there is one free
void pipeline_count_begin(struct pipeline *p, uint32_t stage, uint64_t now_ns);
void pipeline_begin(struct pipeline *p, struct visit *v); // its stage
void pipeline_walk(struct pipeline *p, struct slot *s);   // from stage to stage, as it leaves them
void pipeline_hand_over(struct pipeline *p, struct host *h); // it is finished

void admit_init(struct pipeline *p);
bool admit_has_room(const struct pipeline *p);
// Some targets.
void admit_refill(struct pipeline *p);
// The first that is heard of an address that was swept: the host; NULL: it is not.
struct slot *admit_hear(struct pipeline *p, const struct ip_addr *who, const struct frame *f);

// A visit is the first member of its slot.
struct slot *slot_of(struct visit *v);
