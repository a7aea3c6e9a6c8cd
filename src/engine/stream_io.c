// SPDX-License-Identifier: Apache-2.0
// What happens to streams with a handle: events of the door, bytes in and out, the end. In one
// round each stream is read once, a bounded piece, so a peer that never stops talking slows nobody
// down; what it says meanwhile fills the window that the kernel gives it, no memory of ours.
#include <errno.h>
#include <stdlib.h>

#include "base/limits.h"
#include "engine/engine.h"
#include "engine/streams.h"
#include "engine/tls.h"

enum {
    EVENTS_MAX = 128, // of one round
    ROUNDS_MAX = 64,  // between two looks at the timers
    DRAIN_PIECES = 8, // read of a stream that has failed: a reset may follow its last words
};

static bool is_connected(const struct stream *s)
{
    return s->state == STATE_SHAKING || s->state == STATE_OPEN;
}

// How an error ends a stream.
static enum stream_end end_of(const struct stream *s, int error)
{
    const bool was_open = s->state == STATE_OPEN;
    switch (-error) {
    case ENODATA:
        return s->state == STATE_SHAKING ? STREAM_HANDSHAKE : STREAM_CLOSED;
    case ECONNREFUSED:
        return was_open ? STREAM_RESET : STREAM_REFUSED;
    case ECONNRESET:
    case ECONNABORTED:
    case EPIPE:
        return s->state == STATE_SHAKING ? STREAM_HANDSHAKE : STREAM_RESET;
    case ETIMEDOUT:
        return was_open ? STREAM_RESET : STREAM_TIMEOUT;
    case ENETUNREACH: // this and those below: ICMP by its codes, or our own routes
    case EHOSTUNREACH:
    case ENETDOWN:
    case EHOSTDOWN:
    case ENONET:
    case ENOPROTOOPT:
    case EOPNOTSUPP:
    case EPROTO:
    case EACCES:
        return was_open && !s->to.is_udp ? STREAM_RESET : STREAM_UNREACHABLE;
    default:
        return STREAM_LOCAL;
    }
}

void stream_end(struct stream *s, enum stream_end how)
{
    struct stream_tls facts;
    const bool has_facts = s->tls && tls_facts(s->tls, &facts);
    stream_bury(s);
    s->calls->ended(s->ctx, s, how, has_facts ? &facts : NULL);
}

static void take(struct stream *s, struct span bytes)
{
    if (s->tls)
        stream_tls_take(s, bytes);
    else
        s->calls->data(s->ctx, s, bytes);
}

// False: nothing more can be read now.
static bool read_piece(struct stream *s, int *error)
{
    struct streams *t = s->table;
    const size_t room = s->to.is_udp ? STREAM_DATAGRAM : STREAM_PIECE;
    const int n = t->io->ops->stream_read(t->io, s->handle, t->bytes, room);
    *error = n < 0 && n != -EAGAIN ? n : 0;
    if (n >= 0)
        take(s, span_of(t->bytes, (size_t)n));
    return n >= 0;
}

void stream_fail(struct stream *s, int error)
{
    int ignored;
    const bool can_read = is_connected(s);
    if (!can_read)
        stream_tell(s, error);
    for (int i = 0; i < DRAIN_PIECES && is_connected(s); i++)
        if (!read_piece(s, &ignored))
            break;
    if (is_connected(s) || !can_read) { // its last words may have ended it, or begun it again
        s->error = error;
        stream_end(s, end_of(s, error));
    }
}

void stream_set_want(struct stream *s)
{
    struct streams *t = s->table;
    // TLS answers by itself: a peer that asks but does not read is not listened to.
    const bool is_stuck = s->tls && s->n_out > LIMIT_STREAM_QUEUE / 2;
    const unsigned want =
        (is_stuck ? 0u : (unsigned)IO_STREAM_READ) | (s->out ? (unsigned)IO_STREAM_WRITE : 0u);
    if (!is_connected(s) || s->want == want)
        return;
    s->want = want;
    t->io->ops->stream_want(t->io, s->handle, want);
}

void stream_connected(struct stream *s, uint64_t now_ns)
{
    struct streams *t = s->table;
    t->n_opened++;
    stream_tell(s, 0);
    if (s->to.tunnel != STREAM_PLAIN) {
        s->state = STATE_SHAKING;
        stream_set_want(s);
        stream_tls_begin(s, now_ns);
        return;
    }
    s->state = STATE_OPEN;
    timer_cancel(t->timers, &s->timer);
    stream_set_want(s);
    s->calls->opened(s->ctx, s, NULL);
}

// Calls to the owner belong into a round: the timer makes one.
static void doom(struct stream *s, int error)
{
    if (s->error)
        return;
    s->error = error;
    timer_set(s->table->timers, &s->timer, 0);
}

static void keep(struct stream *s, struct span bytes)
{
    const size_t size = sizeof(struct stream_chunk) + bytes.len;
    struct stream_chunk *c = s->n_out + bytes.len <= LIMIT_STREAM_QUEUE ? malloc(size) : NULL;
    if (!c) {
        doom(s, -ENOBUFS);
        return;
    }
    *c = (struct stream_chunk){.len = bytes.len};
    memcpy(c + 1, bytes.ptr, bytes.len);
    if (s->out)
        s->out_last->next = c;
    else
        s->out = c;
    s->out_last = c;
    s->n_out += size;
}

void stream_put(struct stream *s, struct span bytes)
{
    struct streams *t = s->table;
    int n = 0;
    if (s->error)
        return;
    if (!s->out) {
        n = t->io->ops->stream_write(t->io, s->handle, bytes);
        if (n == -EAGAIN)
            n = 0;
        else if (n < 0)
            doom(s, n);
        else if (s->to.is_udp)
            return;
        if (n < 0 || (size_t)n == bytes.len)
            return;
    }
    keep(s, span_from(bytes, (size_t)n));
    stream_set_want(s);
}

void stream_flush(struct stream *s)
{
    struct streams *t = s->table;
    while (s->out && !s->error) {
        struct stream_chunk *c = s->out;
        const struct span rest = span_of((const char *)(c + 1) + c->sent, c->len - c->sent);
        const int n = t->io->ops->stream_write(t->io, s->handle, rest);
        if (n < 0 && n != -EAGAIN)
            doom(s, n);
        if (n < 0)
            break;
        c->sent += (size_t)n;
        if (c->sent < c->len && !s->to.is_udp)
            continue;
        s->out = c->next;
        s->n_out -= sizeof *c + c->len;
        free(c);
    }
    stream_set_want(s);
}

void stream_drop_out(struct stream *s)
{
    while (s->out) {
        struct stream_chunk *c = s->out;
        s->out = c->next;
        free(c);
    }
    s->n_out = 0;
}

void stream_send(struct stream *s, struct span bytes)
{
    if (s->state != STATE_OPEN || s->error)
        return;
    if (s->tls)
        tls_write(s->tls, bytes);
    else
        stream_put(s, bytes);
}

static void serve(struct stream *s, const struct io_event *e, uint64_t now_ns)
{
    int error = e->error;
    // Reset before we saw the connection made; what was said in between is waiting.
    const bool was_made = error == -ECONNRESET || error == -EPIPE;
    const bool is_new = s->state == STATE_CONNECTING;
    if (is_new && ((e->is_writable && !error) || was_made))
        stream_connected(s, now_ns);
    else if (is_connected(s) && e->is_writable && !error)
        stream_flush(s);
    if (is_connected(s) && !error && e->is_readable)
        (void)read_piece(s, &error);
    if (error && (is_connected(s) || (is_new && s->state == STATE_CONNECTING)))
        stream_fail(s, error);
}

static int serve_some(struct streams *t)
{
    struct io_event event[EVENTS_MAX];
    const uint64_t now_ns = t->io->ops->now(t->io);
    const int n = t->io->ops->stream_events(t->io, event, EVENTS_MAX);
    streams_enter(t);
    for (int i = 0; i < n; i++)
        serve(event[i].tag, &event[i], now_ns);
    streams_leave(t);
    return n;
}

void streams_serve(struct streams *t)
{
    for (int i = 0; i < ROUNDS_MAX && t->open.n > 0; i++)
        if (serve_some(t) < EVENTS_MAX)
            break;
}
