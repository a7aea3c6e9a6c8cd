// SPDX-License-Identifier: Apache-2.0
// Private to lab/sim: packets on their way and the order in which they arrive.
#pragma once

#include "base/arena.h"
#include "base/rng.h"
#include "lab/sim/sim.h"

enum { NET_SMALL = 160, NET_LARGE = 2048, NET_EVENTS_MAX = 1 << 18 };

enum net_kind { NET_TO_HOST, NET_TO_US, NET_STREAM };

struct conn;

// One packet; its bytes stand behind it.
struct net_packet {
    struct net_packet *next; // in a list of free ones
    uint32_t room;
    uint32_t len;
    uint32_t iface;
    bool is_frame; // NET_TO_HOST: begins with a link header
    uint64_t time_ns;
    struct conn *conn; // NET_STREAM, and the rest
    uint32_t serial;   // of the use of conn
    uint16_t what;     // enum conn_what
    uint16_t act;      // of the rule
    const void *more;  // the rule; the error is in `iface`
};

uint8_t *net_bytes(struct net_packet *p);

struct net_event {
    uint64_t time_ns;
    uint64_t order; // of scheduling: equal times keep it
    enum net_kind kind;
    struct net_packet *packet;
};

// A heap of events with the store of their packets.
struct net {
    struct arena arena;
    struct net_packet *free_small;
    struct net_packet *free_large;
    struct net_event *heap;
    size_t n;
    size_t cap;
    uint64_t order;
    uint64_t overflows; // events beyond NET_EVENTS_MAX, dropped
};

void net_init(struct net *net);
void net_fini(struct net *net);

// A packet with these bytes (cut at NET_LARGE). Given back with net_free.
struct net_packet *net_packet(struct net *net, struct span bytes);
void net_free(struct net *net, struct net_packet *p);

// Takes the packet over.
void net_put(struct net *net, uint64_t time_ns, enum net_kind kind, struct net_packet *p);

// The earliest event's time, UINT64_MAX if there is none.
uint64_t net_when(const struct net *net);
// Removes and returns it; there must be one.
struct net_event net_take(struct net *net);

// How long a packet takes of which a lost copy is sent again after retry_ns; UINT64_MAX: given up.
uint64_t net_reliable_ns(const struct sim_link *link, struct rng *rng, uint64_t retry_ns);

// Draws the fate of a packet on a link and schedules what comes out: nothing, one or two.
void net_travel(struct net *net, const struct sim_link *link, struct rng *rng,
                struct net_event event);
