// SPDX-License-Identifier: Apache-2.0
// Events in the order of their times. A connection is served from the time its turn has come;
// requests that came before that are answered then, one after the other.
#include "peer/peer.h"

#include <stdlib.h>

#include "base/buf.h"

enum { EVENTS = 8192, LINKS = 4096, QUEUE = 16, END_NS_LIMIT = 3600 };

enum kind { OPENED, FAILED, DATA, CLOSED, RESET, ARRIVED, LEFT, IDLE };

struct event {
    uint64_t at;
    uint64_t order;
    uint32_t link;
    enum kind kind;
    struct span bytes;
    const struct peer_line *line; // to be repeated
};

struct link {
    uint32_t conn;
    bool is_open; // on our side
    bool is_accepted;
    bool is_served; // its turn came
    bool is_tunnel;
    bool is_over; // on the server's side
    uint64_t busy_ns;
    struct span queue[QUEUE];
    uint32_t n_queue;
    uint32_t n_lost;
};

struct world {
    const struct peer *peer;
    struct svid *svid;
    struct arena *arena;
    struct event events[EVENTS];
    uint32_t n;
    uint64_t n_ever;
    struct link links[LINKS];
    uint32_t n_links;
    int32_t link_of[SVID_CONNS];
    uint64_t now;
    uint32_t n_open;
    struct buf order;
    struct peer_run *out;
    const struct svid_target *target;
    const struct svid_config *cfg;
};

static void put(struct world *w, uint64_t at, uint32_t link, enum kind kind, struct span bytes)
{
    if (w->n < EVENTS)
        w->events[w->n++] = (struct event){at, w->n_ever++, link, kind, bytes, NULL};
}

static const struct peer *inside_of(const struct world *w, const struct link *l)
{
    return l->is_tunnel && w->peer->inside ? w->peer->inside : w->peer;
}

static uint64_t half(const struct world *w)
{
    return (uint64_t)w->peer->rtt_us * 500;
}

static void say(struct world *w, uint32_t i, const struct peer_line *line, uint64_t from)
{
    struct link *l = &w->links[i];
    const uint64_t at =
        (from > l->busy_ns ? from : l->busy_ns) + line->after_ms * (uint64_t)PEER_MS;
    l->busy_ns = at;
    if (line->say.len > 0)
        put(w, at + half(w), i, DATA, line->say);
    if (line->every_ms > 0 && w->n > 0)
        w->events[w->n - 1].line = line;
    if (line->closes || line->resets) {
        put(w, at + half(w), i, line->resets ? RESET : CLOSED, SPAN(""));
        put(w, at, i, LEFT, SPAN(""));
        l->is_over = true;
    }
}

static void answer(struct world *w, uint32_t i, struct span request)
{
    struct link *l = &w->links[i];
    const struct peer *p = inside_of(w, l);
    if (l->is_over)
        return;
    if (w->peer->speaks_tls && !l->is_tunnel) {
        const struct peer_line alert = {.say = w->peer->alert, .closes = w->peer->alert.len > 0};
        say(w, i, &alert, w->now);
        return;
    }
    for (uint32_t k = 0; k < p->n; k++) {
        if (span_is_absent(p->lines[k].on) || !span_starts(request, p->lines[k].on))
            continue;
        say(w, i, &p->lines[k], w->now);
        return;
    }
    struct peer_line other = {.say = p->echoes ? request : SPAN(""), .closes = p->closes_unknown};
    if (p->speak)
        other.say = p->speak(p->ctx, w->arena, request);
    say(w, i, &other, w->now);
}

static void serve(struct world *w, uint32_t i)
{
    struct link *l = &w->links[i];
    const struct peer *p = inside_of(w, l);
    l->is_served = true;
    l->busy_ns = w->now;
    const bool is_quiet = (w->peer->speaks_tls && !l->is_tunnel) || w->target->proto == PROTO_UDP;
    for (uint32_t k = 0; k < p->n && !is_quiet; k++)
        if (span_is_absent(p->lines[k].on))
            say(w, i, &p->lines[k], w->now);
    if (p->idle_ms > 0)
        put(w, w->now + p->idle_ms * (uint64_t)PEER_MS, i, IDLE, SPAN(""));
    for (uint32_t k = 0; k < l->n_queue; k++)
        answer(w, i, l->queue[k]);
    l->n_queue = 0;
}

static void next_turn(struct world *w)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < w->n_links; i++)
        n += w->links[i].is_served && !w->links[i].is_over;
    for (uint32_t i = 0; i < w->n_links; i++) {
        if (w->peer->serves > 0 && n >= w->peer->serves)
            return;
        if (!w->links[i].is_accepted || w->links[i].is_served || w->links[i].is_over)
            continue;
        serve(w, i);
        n++;
    }
}

static void open_link(struct world *w, const struct svid_step *step)
{
    const uint32_t i = w->n_links++;
    const struct peer *p = w->peer;
    struct link *l = &w->links[i];
    const bool is_udp = w->target->proto == PROTO_UDP;
    if (w->n_links == LINKS)
        abort();
    *l = (struct link){.conn = step->conn, .is_open = true, .is_over = true};
    l->is_tunnel = step->tunnel != TUNNEL_NONE;
    w->link_of[step->conn] = (int32_t)i;
    w->n_open++;
    if (w->n_open > w->out->most_open)
        w->out->most_open = w->n_open;
    uint64_t at = w->now + 2 * half(w) * (l->is_tunnel ? 3 : 1);
    if (is_udp)
        at = w->now + (l->is_tunnel ? 4 * half(w) : 0);
    const bool is_refused =
        (p->is_refusing && !is_udp) || (p->refuses_from > 0 && i + 1 >= p->refuses_from);
    if (p->is_silent_syn || (l->is_tunnel && p->stalls_tls) ||
        (l->is_tunnel && !p->speaks_tls && p->n == 0 && !p->closes_unknown && !p->idle_ms))
        put(w, step->deadline_ns, i, FAILED, SPAN("timeout"));
    else if (is_refused)
        put(w, at, i, FAILED, SPAN("refused"));
    else if (l->is_tunnel && (!p->speaks_tls || p->wants_certificate))
        put(w, at, i, FAILED, SPAN("handshake"));
    else if (p->bears > 0 && w->n_open > p->bears) {
        put(w, at, i, OPENED, SPAN(""));
        put(w, at, i, CLOSED, SPAN(""));
    } else {
        l->is_over = false;
        put(w, at, i, OPENED, SPAN(""));
    }
}

static void leave(struct world *w, uint32_t i)
{
    w->links[i].is_over = true;
    next_turn(w);
}

static void note_sent(struct world *w, struct span bytes)
{
    const struct span head = span_head(bytes, 3);
    if (buf_len(&w->order) > 0)
        buf_char(&w->order, ' ');
    for (size_t i = 0; i < head.len; i++)
        buf_char(&w->order, head.ptr[i] > ' ' && head.ptr[i] <= '~' ? head.ptr[i] : '.');
}

static void follow(struct world *w, const struct svid_step *step)
{
    const int32_t i = w->link_of[step->conn];
    w->out->n_steps++;
    switch (step->what) {
    case SVID_OPEN:
        if (i >= 0)
            abort(); // still in use
        open_link(w, step);
        break;
    case SVID_SEND:
        if (i < 0)
            abort();
        note_sent(w, step->bytes);
        put(w, w->now + half(w), (uint32_t)i, ARRIVED, arena_copy(w->arena, step->bytes));
        break;
    case SVID_CLOSE:
        if (i < 0)
            abort();
        w->links[i].is_open = false;
        w->link_of[step->conn] = -1;
        w->n_open--;
        put(w, w->now + half(w), (uint32_t)i, LEFT, SPAN(""));
        break;
    }
}

static void gone(struct world *w, uint32_t i)
{
    struct link *l = &w->links[i];
    l->is_open = false;
    w->link_of[l->conn] = -1;
    w->n_open--;
}

static void arrive(struct world *w, const struct event *e)
{
    struct link *l = &w->links[e->link];
    const bool is_udp = w->target->proto == PROTO_UDP;
    if (l->is_over || (is_udp && l->n_lost++ < w->peer->loses))
        return;
    if (is_udp && w->peer->is_refusing)
        put(w, w->now + half(w), e->link, RESET, SPAN(""));
    else if (l->is_served || is_udp)
        answer(w, e->link, e->bytes);
    else if (l->n_queue < QUEUE)
        l->queue[l->n_queue++] = e->bytes;
}

static const struct tls_facts facts = {
    .version = {"TLSv1.3", 7}, .subject = {"CN=peer", 7}, .has_certificate = true};

static void fail(struct world *w, const struct event *e, uint32_t conn)
{
    const bool is_cert = w->peer->wants_certificate;
    enum svid_error error = SVID_HANDSHAKE;
    if (span_eq(e->bytes, SPAN("timeout")))
        error = SVID_TIMEOUT;
    if (span_eq(e->bytes, SPAN("refused")))
        error = SVID_REFUSED;
    gone(w, e->link);
    svid_failed(w->svid, conn, error, is_cert ? &facts : NULL, w->now);
}

static void again(struct world *w, const struct event *e)
{
    if (!e->line || w->links[e->link].is_over)
        return;
    put(w, w->now + e->line->every_ms * (uint64_t)PEER_MS, e->link, DATA, e->bytes);
    w->events[w->n - 1].line = e->line;
}

static void happen(struct world *w, const struct event *e)
{
    struct link *l = &w->links[e->link];
    const uint32_t conn = l->conn;
    if (e->kind == ARRIVED) {
        arrive(w, e);
        return;
    }
    if (e->kind == LEFT) {
        leave(w, e->link);
        return;
    }
    if (e->kind == IDLE && !l->is_over) {
        put(w, w->now + half(w), e->link, CLOSED, SPAN(""));
        leave(w, e->link);
    }
    if (!l->is_open)
        return;
    if (e->kind == OPENED) {
        l->is_accepted = true;
        svid_opened(w->svid, conn, l->is_tunnel ? &facts : NULL, w->now);
        next_turn(w);
    } else if (e->kind == FAILED) {
        fail(w, e, conn);
    } else if (e->kind == DATA) {
        svid_data(w->svid, conn, e->bytes, w->now);
        again(w, e);
    } else if (e->kind == CLOSED || e->kind == RESET) {
        gone(w, e->link);
        svid_closed(w->svid, conn, e->kind == RESET, w->now);
    }
}

static uint32_t earliest(const struct world *w)
{
    uint32_t best = 0;
    for (uint32_t i = 1; i < w->n; i++) {
        const struct event *a = &w->events[i];
        const struct event *b = &w->events[best];
        if (a->at < b->at || (a->at == b->at && a->order < b->order))
            best = i;
    }
    return best;
}

static void pump(struct world *w)
{
    struct svid_step step;
    uint32_t n = 0;
    while (svid_next(w->svid, w->now, &step)) {
        follow(w, &step);
        if (n++ > 1000)
            abort();
    }
}

static void turn(struct world *w)
{
    const uint64_t wake = svid_wake(w->svid);
    const uint32_t i = w->n > 0 ? earliest(w) : 0;
    if (w->n > 0 && w->events[i].at <= wake) {
        const struct event e = w->events[i];
        w->events[i] = w->events[--w->n];
        w->now = e.at > w->now ? e.at : w->now;
        happen(w, &e);
    } else if (wake != UINT64_MAX) {
        w->now = wake > w->now ? wake : w->now;
        svid_tick(w->svid, w->now);
    } else {
        abort(); // it waits for nothing
    }
}

void peer_run(const struct peer *peer, struct arena *a, const struct svid_config *cfg,
              const struct svid_target *target, struct peer_run *out)
{
    struct svid_learnt learnt = {0};
    struct world *w = calloc(1, sizeof *w);
    const uint64_t begun = 1000 * (uint64_t)PEER_MS;
    if (!w)
        abort();
    *out = (struct peer_run){0};
    w->peer = peer;
    w->out = out;
    w->arena = a;
    w->target = target;
    w->cfg = cfg;
    w->now = begun;
    memset(w->link_of, -1, sizeof w->link_of);
    buf_init(&w->order, out->order, sizeof out->order - 1);
    w->svid = svid_new(a, cfg, &learnt, target, w->now);
    for (uint32_t turns = 0; !svid_is_done(w->svid); turns++) {
        pump(w);
        if (svid_is_done(w->svid))
            break;
        turn(w);
        if (turns > 1000000 || w->now - begun > END_NS_LIMIT * (uint64_t)1000 * PEER_MS)
            abort();
    }
    svid_result(w->svid, &out->result, &out->is_answered);
    out->took_ns = w->now - begun;
    out->n_opened = out->result.connections;
    out->memory = a->total;
    free(w);
}
