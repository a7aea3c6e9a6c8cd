// SPDX-License-Identifier: Apache-2.0
// The loop above the door: timers, outgoing batches with pacing, paths (route, interface and
// link address of the next hop), incoming frames decoded once and handed to one receiver.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/hash.h"
#include "engine/io.h"
#include "engine/timer.h"

struct engine;

// In which form packets leave (scanning spec 6). All zero: as they are.
struct engine_guise {
    const struct ip_addr *decoys; // one packet from each, in this order; IP_NONE = our own
    uint32_t n_decoys;
    bool varies_ttl;   // the decoys' packets
    uint32_t fragment; // most bytes of data in an IPv4 fragment, a multiple of 8; 0 = whole
    bool has_bad_sums;
    struct ip_addr source4; // claimed, IP_NONE = that of the route
    struct ip_addr source6;
    bool by_kernel;     // no frames, no requests for link addresses
    uint8_t stream_ttl; // of connections, 0 = the system's
};

struct engine_config {
    double max_rate;  // packets per second, 0 = no limit
    double min_rate;  // that should be reached, 0 = none
    uint16_t port_lo; // source ports used by any probe: what is captured
    uint16_t port_hi;
    bool takes_others;       // IP protocols besides TCP, UDP and ICMP
    struct hash_key key;     // for hash tables that targets could attack
    uint32_t arp_tries;      // requests for one address
    uint64_t arp_timeout_ns; // after the first request; doubles
    struct engine_guise guise;
};

// The receiver of frames. ARP replies are handled by the engine itself, neighbor advertisements
// too, but they are passed on.
typedef void engine_frame_fn(void *ctx, const struct frame *f);

struct engine *engine_new(struct arena *run, struct io *io, const struct engine_config *cfg);
void engine_close(struct engine *e); // does not close the io

uint64_t engine_now(const struct engine *e);
int64_t engine_wall(const struct engine *e); // unix nanoseconds
struct timers *engine_timers(struct engine *e);

// How to reach an address.
struct path {
    struct io_route route;
    struct ip_addr next_hop; // whose link address is needed, IP_NONE if none is
    bool is_ready;           // packets can be sent
    bool is_frame;           // with a link header made by us
    bool is_direct;          // on the same link, no router between
    struct mac_addr mac;     // of the next hop
    struct mac_addr own_mac;
};

// Looks up the route (iface 0 = any), and starts the capture there. 0 or -errno. If the next
// hop's link address is not known, is_ready is false: use engine_resolve.
int engine_path(struct engine *e, const struct ip_addr *dst, uint32_t iface, struct path *out);

// Someone who waits for a link address; embedded by the caller, must stay until done is called
// or engine_unresolve.
struct resolve_wait {
    struct resolve_wait *next;
    void (*done)(void *ctx, const struct mac_addr *mac); // NULL: nobody answered
    void *ctx;
    int64_t rtt_us; // what the first answer took, set before done; -1: not known
};
void engine_resolve(struct engine *e, const struct path *path, struct resolve_wait *wait);
void engine_unresolve(struct engine *e, const struct path *path, struct resolve_wait *wait);

// Neighbors whose request waits for its turn.
uint32_t engine_line(const struct engine *e);

// Marks the path usable with the kernel's own routing, when nobody answered.
void path_use_kernel(struct path *p);

// Queues one IP packet. False if the rate limit or a full queue forbids it now: try again at
// engine_ready. Urgent packets ignore the rate limit but count in it; those of timers that fire
// together leave together, about 50 us after the first one at most.
bool engine_send(struct engine *e, const struct path *path, struct span packet, bool is_urgent);
uint64_t engine_ready(const struct engine *e);

// So much was sent since the last look at what has arrived that more should wait for the next one:
// answers lie in a buffer of the kernel that does not hold many.
bool engine_is_spent(const struct engine *e);

// What arrived until then was handed on.
uint64_t engine_seen(const struct engine *e);

// Over which time behind it n senders should come back, so that they do not all ask at once.
uint64_t engine_crowd_ns(const struct engine *e, uint32_t n);

// When the next packet is due so that the least rate is kept; UINT64_MAX: there is none.
uint64_t engine_due(const struct engine *e);
uint64_t engine_due_gap(const struct engine *e); // between two packets at that rate

// One round: sends what is queued, waits for a packet, a stream or a timer (at most until_ns),
// receives, serves streams, fires timers. 0, -EINTR when a signal came, -ENODATA at the end of a
// capture file.
int engine_step(struct engine *e, uint64_t until_ns, engine_frame_fn *frame, void *ctx);

// Told of every packet and connection, for people who watch.
struct engine_trace {
    // f->time_ns is when; fragments are told of as what they are parts of.
    void (*packet)(void *ctx, bool is_sent, const struct frame *f);
    // A TCP connection: -EINPROGRESS it was begun, 0 it stands, else -errno.
    void (*connection)(void *ctx, const struct ip_addr *to, uint16_t port, int error);
    void *ctx;
};

// NULL: nobody watches (any longer). *trace must outlive the engine.
void engine_trace(struct engine *e, const struct engine_trace *trace);

struct engine_stats {
    uint64_t sent_packets;
    uint64_t sent_bytes;
    uint64_t received_packets; // frames that were for us
    uint64_t received_bytes;
    uint64_t undecodable;
    uint64_t dropped; // by the kernel
};
void engine_stats(const struct engine *e, struct engine_stats *out);
