// SPDX-License-Identifier: Apache-2.0
// The table of streams: who waits, who is open, who is gone. Waiting ones begin in the order of
// asking, as fast as the pace allows and as many as there are descriptors. A stream is in exactly
// one list. One that is gone stays in memory until no call to an owner is under way, so that
// owners may close any stream at any time.
#include "engine/stream.h"

#include <errno.h>
#include <stdlib.h>

#include "base/limits.h"
#include "engine/engine.h"
#include "engine/streams.h"
#include "engine/tls.h"

enum { STARTS_MAX = 64 }; // of one round

static const uint64_t full_retry_ns = 50000000;   // no descriptor
static const uint64_t port_retry_ns = 100000000;  // no source port
static const uint64_t patience_ns = 90000000000u; // TIME_WAIT of Linux is 60 s

void stream_list_put(struct stream_list *l, struct stream *s)
{
    s->list = l;
    s->next = NULL;
    s->prev = l->last;
    if (l->last)
        l->last->next = s;
    else
        l->first = s;
    l->last = s;
    l->n++;
}

void stream_list_take(struct stream *s)
{
    struct stream_list *l = s->list;
    if (s->prev)
        s->prev->next = s->next;
    else
        l->first = s->next;
    if (s->next)
        s->next->prev = s->prev;
    else
        l->last = s->prev;
    l->n--;
    s->list = NULL;
}

struct streams *streams_new(struct arena *run, struct io *io, struct timers *timers,
                            struct pace *pace)
{
    struct streams *t = arena_alloc(run, sizeof *t);
    *t = (struct streams){.io = io, .timers = timers, .pace = pace};
    t->bytes = arena_alloc(run, STREAM_DATAGRAM);
    t->plain = arena_alloc(run, STREAM_PIECE);
    return t;
}

void streams_set_ttl(struct streams *t, uint8_t ttl)
{
    t->ttl = ttl;
}

void streams_trace(struct streams *t, const struct engine_trace *trace)
{
    t->trace = trace;
}

void stream_tell(const struct stream *s, int error)
{
    const struct engine_trace *trace = s->table->trace;
    if (trace && !s->to.is_udp)
        trace->connection(trace->ctx, &s->to.addr, s->to.port, error);
}

void streams_enter(struct streams *t)
{
    t->depth++;
}

static void free_stream(struct stream *s)
{
    if (s->tls)
        tls_close(s->tls);
    free(s);
}

void streams_leave(struct streams *t)
{
    if (--t->depth > 0)
        return;
    while (t->dead) {
        struct stream *s = t->dead;
        t->dead = s->next;
        free_stream(s);
    }
}

void streams_fini(struct streams *t)
{
    struct stream_list *const all[] = {&t->waiting, &t->held, &t->open};
    streams_enter(t);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        while (all[i]->first)
            stream_bury(all[i]->first);
    streams_leave(t);
    if (t->tls)
        tls_room_close(t->tls);
    t->tls = NULL;
}

uint64_t stream_begun(const struct stream *s)
{
    return s->begun_ns;
}

int stream_error(const struct stream *s)
{
    return s->error;
}

static uint64_t clock_now(const struct streams *t)
{
    return t->io->ops->now(t->io);
}

static void on_timer(void *ctx, uint64_t now_ns)
{
    struct stream *s = ctx;
    struct streams *t = s->table;
    streams_enter(t);
    if (s->state == STATE_WAITING) { // its turn comes again
        stream_list_take(s);
        stream_list_put(&t->waiting, s);
    } else if (s->error) {
        stream_fail(s, s->error);
    } else if (s->state == STATE_SHAKING && now_ns < s->deadline_ns) {
        stream_tls_tick(s, now_ns);
    } else {
        stream_end(s, STREAM_TIMEOUT);
    }
    streams_leave(t);
}

struct stream *stream_open(struct engine *e, const struct stream_to *to,
                           const struct stream_calls *calls, void *ctx)
{
    struct streams *t = engine_streams(e);
    const size_t len = to->server_name.len < LIMIT_NAME ? to->server_name.len : LIMIT_NAME;
    struct stream *s = calloc(1, sizeof *s + len + 1);
    if (!s)
        abort();
    s->table = t;
    s->to = *to;
    s->calls = calls;
    s->ctx = ctx;
    s->handle = -1;
    s->timer = (struct timer){.fire = on_timer, .ctx = s};
    if (!span_is_absent(to->server_name)) {
        memcpy(s->name, to->server_name.ptr, len);
        s->to.server_name = span_of(s->name, len);
    }
    const uint64_t now_ns = clock_now(t);
    s->allowed_ns = to->deadline_ns == 0       ? UINT64_MAX / 2
                    : to->deadline_ns > now_ns ? to->deadline_ns - now_ns
                                               : 0;
    stream_list_put(&t->waiting, s);
    return s;
}

static void hang_up(struct stream *s)
{
    struct streams *t = s->table;
    timer_cancel(t->timers, &s->timer);
    stream_list_take(s);
    if (s->handle >= 0)
        t->io->ops->stream_close(t->io, s->handle, s->n_out > 0 || s->to.is_abrupt);
    s->handle = -1;
    s->want = 0;
    stream_drop_out(s);
}

void stream_again(struct stream *s, uint64_t now_ns)
{
    hang_up(s);
    s->error = 0;
    tls_close(s->tls);
    s->tls = NULL;
    s->n_shaken = 0;
    s->is_second = true;
    s->begun_ns = 0;
    s->allowed_ns = s->deadline_ns > now_ns ? s->deadline_ns - now_ns : 0;
    s->state = STATE_WAITING;
    stream_list_put(&s->table->waiting, s);
}

void stream_bury(struct stream *s)
{
    struct streams *t = s->table;
    if (s->state == STATE_DEAD)
        return;
    hang_up(s);
    s->state = STATE_DEAD;
    s->next = t->dead;
    t->dead = s;
}

void stream_close(struct stream *s)
{
    struct streams *t = s->table;
    if (s->state == STATE_DEAD)
        return;
    streams_enter(t);
    if (s->tls && s->state == STATE_OPEN && !s->error)
        tls_bye(s->tls);
    stream_bury(s);
    streams_leave(t);
}

// What may pass when others close their connections.
static bool is_no_descriptor(int error)
{
    return error == -EMFILE || error == -ENFILE || error == -ENOBUFS || error == -ENOMEM;
}

static bool is_no_port(int error)
{
    return error == -EADDRNOTAVAIL || error == -EAGAIN;
}

static bool is_patient(struct stream *s, uint64_t now_ns)
{
    if (s->asked_ns == 0)
        s->asked_ns = now_ns;
    return now_ns - s->asked_ns < patience_ns;
}

static void begun(struct stream *s, int handle, uint64_t now_ns)
{
    struct streams *t = s->table;
    stream_list_take(s);
    stream_list_put(&t->open, s);
    s->handle = handle;
    s->state = STATE_CONNECTING;
    s->want = s->to.is_udp ? IO_STREAM_READ : IO_STREAM_WRITE;
    s->begun_ns = now_ns;
    s->deadline_ns = now_ns + s->allowed_ns;
    timer_set(t->timers, &s->timer, s->deadline_ns);
    stream_tell(s, -EINPROGRESS);
    if (s->to.is_udp)
        stream_connected(s, now_ns);
}

// True if its owner was called.
static bool begin(struct stream *s, uint64_t now_ns)
{
    struct streams *t = s->table;
    const struct io_stream_to to = {.addr = s->to.addr,
                                    .port = s->to.port,
                                    .is_udp = s->to.is_udp,
                                    .is_low_port = s->to.is_low_port,
                                    .iface = s->to.iface,
                                    .ttl = t->ttl,
                                    .tag = s};
    const int rc = t->io->ops->stream_open(t->io, &to);
    if (is_no_descriptor(rc) && (t->open.n > 0 || is_patient(s, now_ns))) {
        t->retry_ns = now_ns + full_retry_ns;
        return false;
    }
    pace_spend(t->pace, now_ns);
    if (rc >= 0) {
        begun(s, rc, now_ns);
        return s->state != STATE_CONNECTING;
    }
    if (!is_no_port(rc) || !is_patient(s, now_ns)) {
        stream_fail(s, rc);
        return true;
    }
    stream_list_take(s);
    stream_list_put(&t->held, s);
    timer_set(t->timers, &s->timer, now_ns + port_retry_ns);
    return false;
}

uint64_t streams_start(struct streams *t)
{
    uint64_t again_ns = UINT64_MAX;
    if (!t->waiting.first)
        return again_ns;
    if (t->limit == 0)
        t->limit = t->io->ops->stream_limit(t->io);
    bool has_called = false;
    streams_enter(t);
    for (int i = 0; t->waiting.first && t->open.n < t->limit; i++) {
        const uint64_t now_ns = clock_now(t);
        const uint64_t paced_ns = pace_ready(t->pace);
        again_ns = t->retry_ns > paced_ns ? t->retry_ns : paced_ns;
        if (paced_ns > now_ns)
            pace_refuse(t->pace);
        if (again_ns > now_ns || i == STARTS_MAX)
            break;
        again_ns = UINT64_MAX;
        has_called = begin(t->waiting.first, now_ns) || has_called;
    }
    streams_leave(t);
    return has_called ? 0 : again_ns; // what the owner did may matter to the loop
}

void stream_stats(const struct engine *e, struct stream_stats *out)
{
    const struct streams *t = engine_streams(e);
    *out = (struct stream_stats){
        .open = t->open.n, .waiting = t->waiting.n + t->held.n, .opened = t->n_opened};
}
