// SPDX-License-Identifier: Apache-2.0
// Private to lab/sim: streams of the program under test, and the scripted services that they
// reach. TCP is a pipe with delay, in which a lost segment comes late; UDP loses and doubles.
#pragma once

#include "lab/sim/world.h"

// One stream. Our side and the service see each other through events only.
struct conn {
    struct conn *next; // unused ones; else all that the far end knows, oldest first
    struct conn *prev;
    struct conn *ready_next; // streams that may have an event
    bool is_in_ready;
    int handle;      // ours, -1: closed by us or not in use
    uint32_t serial; // of use: events of earlier ones are void
    struct io_stream_to to;
    struct world_host *host; // NULL: nobody there
    uint64_t to_host_ns;     // last arrival there: TCP keeps the order
    uint64_t to_us_ns;
    // Our side.
    unsigned want;
    bool is_connected;
    int error; // not told yet
    int end;   // what reading says when nothing is left: -ENODATA, -ECONNRESET, ...; 0: open
    struct net_packet *first, *last; // received, not read
    uint32_t n_held;                 // bytes of those and of those under way
    // The far end.
    const struct sim_service *service; // NULL: a port without a script, silent
    bool is_known;                     // the far end has a socket for it
    bool is_waiting;                   // for its turn at a service that serves one at a time
    bool is_over;                      // closed there
    struct net_packet *backlog, *backlog_last; // came while it waits
    uint64_t flood_left;
    uint64_t drip_at;
};

struct streams {
    struct conn **table; // by handle
    uint32_t n_table;
    size_t cap_table;
    uint32_t n_open;
    struct conn *unused;
    struct conn *first, *last; // known at the far end
    struct conn *ready, *ready_last;
};

enum {
    CONN_SEGMENT = 1448, // bytes of a TCP segment on Ethernet
    CONN_WINDOW = 65536, // bytes that a peer may have under way or unread
};

// What a packet of kind NET_STREAM is.
enum conn_what {
    CONN_SYN,   // arrives at the host
    CONN_DATA,  // likewise
    CONN_FIN,   // likewise: closed by us
    CONN_ACT,   // at the host: an act of the script is due
    CONN_MADE,  // arrives at us
    CONN_BYTES, // likewise
    CONN_ERROR, // likewise
    CONN_END,   // likewise: closed by the service
};

// An event of a stream; args mean what `what` says.
struct net_packet *conn_packet(struct sim *sim, struct conn *c, enum conn_what what,
                               struct span bytes);
// Lets it travel to the host or to us.
void conn_to_host(struct sim *sim, struct conn *c, struct net_packet *p);
void conn_to_us(struct sim *sim, struct conn *c, struct net_packet *p);
// Tells us an error, from the host or from a router.
void conn_says(struct sim *sim, struct conn *c, int error);
// Nobody needs it any more.
void conn_release(struct sim *sim, struct conn *c);

void service_event(struct sim *sim, struct conn *c, struct net_packet *p);
// We have read: a flood may go on.
void service_more(struct sim *sim, struct conn *c);

// For sim.c.
void stream_event(struct sim *sim, struct net_packet *p);
bool stream_is_ready(struct sim *sim);
void streams_free(struct sim *sim);
int stream_op_open(struct io *io, const struct io_stream_to *to);
int stream_op_read(struct io *io, int stream, void *bytes, size_t size);
int stream_op_write(struct io *io, int stream, struct span bytes);
void stream_op_want(struct io *io, int stream, unsigned want);
void stream_op_close(struct io *io, int stream, bool is_abort);
int stream_op_events(struct io *io, struct io_event *out, uint32_t max);
uint32_t stream_op_limit(struct io *io);
