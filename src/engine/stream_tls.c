// SPDX-License-Identifier: Apache-2.0
// TLS inside a stream: joins stream_io.c and tls.c. The handshake has one deadline for all of its
// states and a maximum of bytes; DTLS sends again what is lost, from the stream's timer.
#include <errno.h>

#include "base/limits.h"
#include "engine/streams.h"
#include "engine/tls.h"

static void on_output(void *ctx, struct span bytes)
{
    stream_put(ctx, bytes);
}

static uint64_t now_of(const struct stream *s)
{
    return s->table->io->ops->now(s->table->io);
}

static void set_timer(struct stream *s, uint64_t now_ns)
{
    const uint64_t retry_ns = tls_retry_ns(s->tls);
    const uint64_t left_ns = s->deadline_ns > now_ns ? s->deadline_ns - now_ns : 0;
    if (!s->error)
        timer_set(s->table->timers, &s->timer,
                  retry_ns < left_ns ? now_ns + retry_ns : s->deadline_ns);
}

static void hand_out(struct stream *s)
{
    struct streams *t = s->table;
    while (s->state == STATE_OPEN) {
        const int n = tls_read(s->tls, t->plain, STREAM_PIECE);
        if (n > 0) {
            s->calls->data(s->ctx, s, span_of(t->plain, (size_t)n));
            continue;
        }
        if (n < 0)
            stream_end(s, n == -ENODATA ? STREAM_CLOSED : STREAM_HANDSHAKE);
        return;
    }
}

static void shaken(struct stream *s)
{
    struct stream_tls facts = {0};
    s->state = STATE_OPEN;
    if (!s->error)
        timer_cancel(s->table->timers, &s->timer);
    (void)tls_facts(s->tls, &facts);
    s->calls->opened(s->ctx, s, &facts);
}

static void shake(struct stream *s, uint64_t now_ns)
{
    switch (tls_shake(s->tls)) {
    case TLS_MORE:
        set_timer(s, now_ns);
        break;
    case TLS_DONE:
        shaken(s);
        break;
    case TLS_FAILED:
        stream_end(s, STREAM_HANDSHAKE);
        break;
    }
}

void stream_tls_begin(struct stream *s, uint64_t now_ns)
{
    struct streams *t = s->table;
    if (!t->tls)
        t->tls = tls_room_open();
    if (t->tls)
        s->tls = tls_open(t->tls, s->to.tunnel == STREAM_DTLS, s->to.server_name, on_output, s);
    if (s->tls)
        shake(s, now_ns);
    else
        stream_end(s, STREAM_LOCAL);
}

void stream_tls_take(struct stream *s, struct span bytes)
{
    tls_feed(s->tls, bytes);
    if (s->state == STATE_SHAKING) {
        s->n_shaken += (uint32_t)bytes.len;
        if (s->n_shaken > LIMIT_TLS_HANDSHAKE) {
            stream_end(s, STREAM_HANDSHAKE);
            return;
        }
        shake(s, now_of(s));
    }
    hand_out(s);
    if (s->state != STATE_DEAD)
        stream_set_want(s);
}

void stream_tls_tick(struct stream *s, uint64_t now_ns)
{
    if (!tls_retry(s->tls))
        stream_end(s, STREAM_HANDSHAKE);
    else
        set_timer(s, now_ns);
}
