// SPDX-License-Identifier: Apache-2.0
// Private to lab/sim: the simulator as a whole, and what happens at the other end.
#pragma once

#include "base/map.h"
#include "lab/sim/net.h"

struct streams;

enum { WORLD_LO = 1, WORLD_FIRST = 2 }; // interface indexes

// A host that has been talked to.
// What may be sent of a kind, as time saved up.
struct world_tokens {
    uint64_t left_ns;
    uint64_t at_ns;
};

struct world_host {
    const struct sim_host *entry;
    uint32_t addr;
    struct personality_state stack;
    struct rng rng;                 // fates of its packets
    uint16_t befallen[SIM_MISHAPS]; // transmissions that suffered each mishap
    struct world_tokens complaints;
    struct world_tokens resets;
};

struct sim {
    struct io io;
    struct sim_config config;
    struct arena arena;
    struct net net;
    struct map hosts; // address -> struct world_host
    struct rng rng;
    uint64_t now_ns;
    bool is_stopped; // the signal has come
    struct io_iface iface[SIM_IFACES + 1];
    uint32_t n_ifaces;
    struct io_capture *captures;
    size_t n_captures;
    size_t cap_captures;
    struct net_packet **queue; // ring of received packets
    size_t queue_cap;
    size_t queue_head;
    size_t queue_n;
    struct net_packet *lent; // last one given to the program
    struct io_stats stats;
    struct sim_counts counts;
    struct streams *streams; // NULL: none was opened
};

// NULL if there is no such host.
struct world_host *world_host(struct sim *sim, uint32_t addr);

// A packet of ours reaches the other side: whoever is there answers. Frees nothing.
void world_arrive(struct sim *sim, struct net_packet *p);

// Starts a packet of ours on its way; bytes as in struct io_packet.
void world_depart(struct sim *sim, const struct io_packet *packet);

// An address of ours.
bool world_is_ours(const struct sim *sim, uint32_t addr);
// On the network of an interface.
bool world_is_on_link(const struct sim *sim, uint32_t addr, uint32_t *iface);
struct mac_addr world_mac(uint32_t addr);
const struct io_iface *world_iface(const struct sim *sim, uint32_t index); // NULL: none

// Lets a reply (IP packet) travel to us from a neighbor; host gives link and dice.
void world_reply(struct sim *sim, struct world_host *h, uint32_t iface, struct span packet,
                 uint64_t delay_ns);
// The same with a whole frame.
void world_reply_frame(struct sim *sim, struct world_host *h, uint32_t iface, struct span frame,
                       uint64_t delay_ns);

// IP packets with a damage; returns how many (0..2).
uint32_t garbage_answer(struct world_host *h, const struct frame *f, uint64_t now_ns,
                        struct buf out[PERS_REPLIES]);

// The link towards a host, and the host whose stack answers at a port: h itself or the one that it
// forwards the port to (NULL: nobody).
const struct sim_link *world_link(const struct sim *sim, const struct world_host *h,
                                  uint32_t iface);
struct world_host *world_answerer(struct sim *sim, struct world_host *h, uint16_t port);
// Whether the host may send one more ICMP error: a bucket of one second's worth.
bool world_may_complain(struct world_host *h, uint64_t now_ns);

// Adds to the digest of the run.
void sim_digest(struct sim *sim, struct span bytes);

// Whether a packet would survive real routers and stacks.
bool world_is_intact(const struct frame *f);

// The way to an address: the interface, and whose link address takes its packets (0: nobody's).
uint32_t world_way(const struct sim *sim, uint32_t addr);
uint32_t world_neighbor(const struct sim *sim, uint32_t addr);
