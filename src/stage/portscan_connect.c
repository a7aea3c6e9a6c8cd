// SPDX-License-Identifier: Apache-2.0
// TCP scan by connections of the system (scanning spec 4.2, 4.6): needs no privilege. A connection
// is ended by a reset as soon as it stands; nothing is sent or read. What the kernel makes of ICMP
// errors comes as an error number, so the reasons are coarser than those of packets.
#include <errno.h>

#include "engine/stream.h"
#include "stage/portscan.h"

// A connection under way; in one of two lists.
struct conn {
    struct conn *next;
    struct portscan *scan;
    struct stream *stream;
    uint32_t index;
    uint32_t try;
};

struct connects {
    struct conn *busy;
    struct conn *idle;
};

enum { WAITING_MOST = 128 }; // connections of all hosts that wait for their turn
static const uint64_t retry_ns = 1000000;

static void give_back(struct conn *c)
{
    struct connects *all = c->scan->own;
    struct conn **p = &all->busy;
    while (*p != c)
        p = &(*p)->next;
    *p = c->next;
    c->next = all->idle;
    all->idle = c;
}

static void answer(struct conn *c, enum port_state state, enum reason reason)
{
    struct visit *v = c->scan->visit;
    const struct portscan_answer a = {.index = c->index,
                                      .try = c->try,
                                      .state = state,
                                      .reason = reason,
                                      .time_ns = engine_now(v->engine),
                                      .from = v->host.addr};
    struct portscan *s = c->scan;
    give_back(c);
    portscan_decide(s, &a);
    visit_wake(v, engine_now(v->engine));
}

static void on_opened(void *ctx, struct stream *stream, const struct stream_tls *tls)
{
    (void)tls;
    stream_close(stream);
    answer(ctx, PORT_OPEN, REASON_SYN_ACK);
}

static void on_data(void *ctx, struct stream *stream, struct span bytes)
{
    (void)ctx;
    (void)stream;
    (void)bytes;
}

static enum reason reason_of_errno(int error)
{
    switch (-error) {
    case ENETUNREACH:
    case ENONET:
        return REASON_NET_UNREACH;
    case EHOSTUNREACH:
        return REASON_HOST_UNREACH;
    case ENOPROTOOPT:
        return REASON_PROTO_UNREACH;
    case EACCES:
        return REASON_ADMIN_PROHIBITED;
    default:
        return REASON_NONE;
    }
}

// What says nothing about the port counts as silence: the machinery asks again after its time.
static void on_ended(void *ctx, struct stream *stream, enum stream_end how,
                     const struct stream_tls *tls)
{
    struct conn *c = ctx;
    const enum reason reason = reason_of_errno(stream_error(stream));
    (void)tls;
    if (how == STREAM_REFUSED)
        answer(c, PORT_CLOSED, REASON_CONN_REFUSED);
    else if (how == STREAM_RESET || how == STREAM_CLOSED) // it stood for a moment
        answer(c, PORT_OPEN, REASON_SYN_ACK);
    else if (how == STREAM_UNREACHABLE && reason != REASON_NONE)
        answer(c, PORT_FILTERED, reason);
    else
        give_back(c);
}

static bool must_wait(struct visit *v, struct portscan *s)
{
    struct stream_stats stats;
    const uint64_t ready = visit_ready(v);
    const uint64_t now_ns = engine_now(v->engine);
    const bool is_paced = engine_crowd_ns(v->engine, 1) > 0;
    stream_stats(v->engine, &stats);
    if (ready <= now_ns && stats.waiting < (is_paced ? 1 : WAITING_MOST))
        return false;
    s->wake_ns = ready > now_ns ? ready : is_paced ? visit_retry(v) : now_ns + retry_ns;
    s->wake_ns = s->wake_ns > now_ns ? s->wake_ns : now_ns + retry_ns;
    return true;
}

static bool send_connect(struct visit *v, struct portscan *s, uint32_t index)
{
    static const struct stream_calls calls = {on_opened, on_data, on_ended};
    struct connects *all = s->own;
    const struct stream_to to = {.addr = v->host.addr,
                                 .port = s->ports[index].number,
                                 .is_abrupt = true,
                                 .iface = v->plan->iface};
    if (must_wait(v, s))
        return false;
    struct conn *c = all->idle;
    if (c)
        all->idle = c->next;
    else
        c = arena_alloc(&v->host.arena, sizeof *c);
    *c = (struct conn){.next = all->busy, .scan = s, .index = index, .try = s->tries[index]};
    all->busy = c;
    v->last_sent_ns = engine_now(v->engine);
    c->stream = stream_open(v->engine, &to, &calls, c);
    return true;
}

static bool on_frame(struct visit *v, struct portscan *s, const struct frame *f)
{
    (void)v;
    (void)s;
    (void)f;
    return false;
}

static bool forget(struct portscan *s, uint32_t index)
{
    const struct connects *all = s->own;
    struct conn *c = all->busy;
    while (c && c->index != index)
        c = c->next;
    if (!c)
        return true;
    const bool has_left = stream_begun(c->stream) > 0;
    stream_close(c->stream);
    give_back(c);
    return has_left;
}

static void close_all(struct portscan *s)
{
    const struct connects *all = s->own;
    for (struct conn *c = all->busy; c; c = c->next)
        stream_close(c->stream);
}

const struct scan_method scan_method_connect = {
    .state_size = sizeof(struct connects),
    .send = send_connect,
    .frame = on_frame,
    .forget = forget,
    .close = close_all,
};
