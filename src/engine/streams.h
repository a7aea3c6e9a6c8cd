// SPDX-License-Identifier: Apache-2.0
// Private to engine: the table of streams, as the loop and the parts of a stream see it.
#pragma once

#include "base/arena.h"
#include "engine/io.h"
#include "engine/pace.h"
#include "engine/stream.h"
#include "engine/timer.h"

struct tls;
struct tls_room;
struct streams;
struct engine_trace;

struct streams *streams_new(struct arena *run, struct io *io, struct timers *timers,
                            struct pace *pace);
void streams_fini(struct streams *t); // all are gone, nobody is called
struct streams *engine_streams(const struct engine *e);

// Time to live of connections, 0 = the system's.
void streams_set_ttl(struct streams *t, uint8_t ttl);
void streams_trace(struct streams *t, const struct engine_trace *trace);

// Begins what waits and may begin. When to call again: UINT64_MAX = when one has gone.
uint64_t streams_start(struct streams *t);
// Hands out what has happened.
void streams_serve(struct streams *t);

// The rest is for stream*.c only.

enum stream_state { STATE_WAITING, STATE_CONNECTING, STATE_SHAKING, STATE_OPEN, STATE_DEAD };

// Bytes that wait to be written, behind the struct; of UDP one datagram.
struct stream_chunk {
    struct stream_chunk *next;
    size_t len;
    size_t sent;
};

struct stream {
    struct streams *table;
    struct stream *next; // in the list of its state, or of the dead
    struct stream *prev;
    struct stream_list *list;
    struct stream_to to;
    const struct stream_calls *calls;
    void *ctx;
    enum stream_state state;
    int handle; // at the door, -1: none
    unsigned want;
    int error;                // found while writing, handled from the timer
    uint64_t asked_ns;        // first try to begin, 0: none yet
    uint64_t begun_ns;        // 0: it waits
    uint64_t allowed_ns;      // for connection and handshake
    uint64_t deadline_ns;     // once it has begun
    uint64_t resend_ns;       // DTLS
    struct timer timer;       // deadline, next retransmission of DTLS, next try, error
    struct stream_chunk *out; // oldest first
    struct stream_chunk *out_last;
    size_t n_out; // bytes that they take
    struct tls *tls;
    uint32_t n_shaken; // bytes received in the handshake
    bool is_second;    // connection, because TLS of the first one was refused for its offer
    char name[];       // to.server_name
};

struct stream_list {
    struct stream *first;
    struct stream *last;
    uint32_t n;
};

enum { STREAM_PIECE = 16384, STREAM_DATAGRAM = 65535 };

struct streams {
    struct io *io;
    struct timers *timers;
    struct pace *pace;
    const struct engine_trace *trace; // NULL: nobody watches
    struct tls_room *tls;             // made for the first stream that needs it
    uint8_t ttl;                      // of connections, 0 = the system's
    struct stream_list waiting;
    struct stream_list held; // wait for their timer before they may wait again
    struct stream_list open; // have a handle
    struct stream *dead;     // freed when no call is under way
    uint32_t depth;          // of calls under way
    uint32_t limit;          // of open ones, 0: not asked yet
    uint64_t n_opened;
    uint64_t retry_ns; // no descriptor could be had: not before
    uint8_t *bytes;    // STREAM_DATAGRAM, what was read
    uint8_t *plain;    // STREAM_PIECE, the same decrypted
};

void stream_list_put(struct stream_list *l, struct stream *s);
void stream_list_take(struct stream *s);

// Around everything that may call an owner.
void streams_enter(struct streams *t);
void streams_leave(struct streams *t);

// What became of the attempt to connect, for who watches.
void stream_tell(const struct stream *s, int error);

// Closes and forgets it; freed later.
void stream_bury(struct stream *s);
// Closes it, and it waits for its turn again.
void stream_again(struct stream *s, uint64_t now_ns);
// Ends it for a reason, or for an error: -errno.
void stream_end(struct stream *s, enum stream_end how);
void stream_fail(struct stream *s, int error);

// It has a handle and is connected.
void stream_connected(struct stream *s, uint64_t now_ns);
void stream_set_want(struct stream *s);

// Writes what the peer takes now, keeps the rest.
void stream_put(struct stream *s, struct span bytes);
void stream_flush(struct stream *s);
void stream_drop_out(struct stream *s);

// TLS. Bytes came in (absent: just begin), or the timer fired.
void stream_tls_begin(struct stream *s, uint64_t now_ns);
void stream_tls_take(struct stream *s, struct span bytes);
void stream_tls_tick(struct stream *s, uint64_t now_ns);
