// SPDX-License-Identifier: Apache-2.0
// The far end of simulated streams: whether a port accepts, and what the script of its service
// does then. In: events that have reached the host, and acts that are due. Out: events for us.
// A service that serves one at a time lets the others wait with a connection that is made, as
// the queue of a listening socket does.
#include "lab/sim/stream.h"

#include <errno.h>

static bool holds(struct span s, struct span part)
{
    for (size_t i = 0; i + part.len <= s.len; i++)
        if (span_starts(span_from(s, i), part))
            return true;
    return false;
}

static bool fits(const struct sim_rule *r, struct span data)
{
    return r->is_whole ? span_eq(data, r->wanted) : holds(data, r->wanted);
}

static void put_act(struct sim *sim, struct conn *c, const struct sim_rule *r, uint32_t act,
                    struct span data, uint64_t after_ns)
{
    struct net_packet *p = conn_packet(sim, c, CONN_ACT, data);
    p->more = r;
    p->act = (uint16_t)act;
    net_put(&sim->net, sim->now_ns + after_ns, NET_STREAM, p);
}

static void follow(struct sim *sim, struct conn *c, bool is_data, struct span data)
{
    for (const struct sim_rule *r = c->service ? c->service->rules : NULL; r; r = r->next) {
        if (r->is_data != is_data || (is_data && !fits(r, data)))
            continue;
        for (uint32_t i = 0; i < r->n_acts; i++)
            put_act(sim, c, r, i, data, r->after_ns);
        if (is_data)
            return;
    }
}

static void say_bytes(struct sim *sim, struct conn *c, struct span bytes)
{
    const size_t piece = c->to.is_udp ? NET_LARGE : CONN_SEGMENT;
    for (size_t at = 0; at < bytes.len || (c->to.is_udp && at == 0); at += piece) {
        const struct span part = span_head(span_from(bytes, at), piece);
        c->n_held += (uint32_t)part.len;
        conn_to_us(sim, c, conn_packet(sim, c, CONN_BYTES, part));
        if (c->to.is_udp)
            break;
    }
}

void service_more(struct sim *sim, struct conn *c)
{
    static const char noise[CONN_SEGMENT] = {'f', 'l', 'o', 'o', 'd'};
    while (c->flood_left > 0 && !c->is_over && c->n_held + CONN_SEGMENT <= CONN_WINDOW) {
        const size_t n = c->flood_left < CONN_SEGMENT ? (size_t)c->flood_left : CONN_SEGMENT;
        c->flood_left -= n;
        say_bytes(sim, c, span_of(noise, n));
    }
}

static void begin(struct sim *sim, struct conn *c)
{
    c->is_waiting = false;
    follow(sim, c, false, SPAN(""));
    while (c->backlog) {
        struct net_packet *p = c->backlog;
        c->backlog = p->next;
        follow(sim, c, true, span_of(net_bytes(p), p->len));
        net_free(&sim->net, p);
    }
    c->backlog_last = NULL;
}

static bool is_same(const struct conn *a, const struct conn *b)
{
    return a != b && a->service == b->service && a->host == b->host;
}

// The service is free: the oldest one that waits has its turn.
static void next_turn(struct sim *sim, const struct conn *gone)
{
    if (!gone->service || !gone->service->is_single || gone->is_waiting)
        return;
    for (struct conn *c = sim->streams->first; c; c = c->next) {
        if (!is_same(c, gone) || !c->is_waiting)
            continue;
        begin(sim, c);
        return;
    }
}

static bool is_busy(const struct sim *sim, const struct conn *c)
{
    for (const struct conn *i = sim->streams->first; i; i = i->next)
        if (is_same(i, c) && !i->is_over)
            return true;
    return false;
}

static void end(struct sim *sim, struct conn *c, bool is_reset)
{
    if (c->to.is_udp)
        return;
    c->is_over = true;
    if (is_reset)
        conn_says(sim, c, ECONNRESET);
    else
        conn_to_us(sim, c, conn_packet(sim, c, CONN_END, SPAN("")));
    next_turn(sim, c);
}

static void drip(struct sim *sim, struct conn *c, const struct net_packet *p,
                 const struct sim_act *act)
{
    if (c->drip_at >= act->text.len)
        return;
    say_bytes(sim, c, span_head(span_from(act->text, (size_t)c->drip_at++), 1));
    if (c->drip_at < act->text.len)
        put_act(sim, c, p->more, p->act, SPAN(""), act->each_ns);
}

static void do_act(struct sim *sim, struct conn *c, struct net_packet *p)
{
    const struct sim_rule *r = p->more;
    const struct sim_act *act = &r->act[p->act];
    if (c->is_over)
        return;
    switch (act->kind) {
    case SIM_SEND:
        say_bytes(sim, c, act->text);
        break;
    case SIM_ECHO:
        say_bytes(sim, c, span_of(net_bytes(p), p->len));
        break;
    case SIM_FLOOD:
        c->flood_left = act->number;
        service_more(sim, c);
        break;
    case SIM_DRIP:
        drip(sim, c, p, act);
        break;
    case SIM_CLOSE:
    case SIM_RESET:
        end(sim, c, act->kind == SIM_RESET);
        break;
    }
}

static enum door door_of(const struct world_host *who, const struct io_stream_to *to)
{
    const struct sim_host *e = who->entry;
    if (!e->personality && !e->services)
        return DOOR_FILTERED;
    return doors_at(to->is_udp ? &e->udp_doors : &e->tcp_doors, to->port);
}

static const struct sim_service *service_of(const struct world_host *who,
                                            const struct io_stream_to *to)
{
    const struct sim_service *s = who->entry->services;
    while (s && (s->port != to->port || s->is_udp != to->is_udp))
        s = s->next;
    return s;
}

// What stands at the port; false if we are told, or not, that nothing does.
static bool accept(struct sim *sim, struct conn *c)
{
    struct streams *s = sim->streams;
    struct world_host *who = world_answerer(sim, c->host, c->to.port);
    if (c->host->entry->is_unreachable)
        conn_says(sim, c, EHOSTUNREACH);
    if (!who || c->host->entry->is_down || c->host->entry->is_unreachable)
        return false;
    const enum door door = door_of(who, &c->to);
    const bool is_icmp = door == DOOR_REJECT || c->to.is_udp;
    if ((door == DOOR_CLOSED || door == DOOR_REJECT) &&
        (!is_icmp || world_may_complain(c->host, sim->now_ns)))
        conn_says(sim, c, door == DOOR_CLOSED ? ECONNREFUSED : EHOSTUNREACH);
    if (door != DOOR_OPEN)
        return false;
    c->is_known = true;
    c->service = service_of(who, &c->to);
    c->next = NULL;
    c->prev = s->last;
    *(s->last ? &s->last->next : &s->first) = c;
    s->last = c;
    return true;
}

static void on_syn(struct sim *sim, struct conn *c)
{
    if (!accept(sim, c))
        return;
    conn_to_us(sim, c, conn_packet(sim, c, CONN_MADE, SPAN("")));
    c->is_waiting = c->service && c->service->is_single && is_busy(sim, c);
    if (!c->is_waiting)
        begin(sim, c);
}

// True if the packet was kept.
static bool on_data(struct sim *sim, struct conn *c, struct net_packet *p)
{
    const struct span data = span_of(net_bytes(p), p->len);
    if (c->to.is_udp && !c->is_known) {
        if (!accept(sim, c))
            return false;
        follow(sim, c, false, data);
    }
    if (!c->is_known)
        return false;
    if (c->is_over) {
        conn_says(sim, c, ECONNRESET); // RFC 9293 3.10.7.1: closed
        return false;
    }
    if (!c->is_waiting) {
        follow(sim, c, true, data);
        return false;
    }
    p->next = NULL;
    *(c->backlog ? &c->backlog_last->next : &c->backlog) = p;
    c->backlog_last = p;
    return true;
}

static void on_fin(struct sim *sim, struct conn *c)
{
    if (c->is_known && !c->is_over) {
        c->is_over = true;
        next_turn(sim, c);
    }
    conn_release(sim, c);
}

void service_event(struct sim *sim, struct conn *c, struct net_packet *p)
{
    switch ((enum conn_what)p->what) {
    case CONN_SYN:
        on_syn(sim, c);
        break;
    case CONN_DATA:
        if (on_data(sim, c, p))
            return;
        break;
    case CONN_FIN:
        on_fin(sim, c);
        break;
    default:
        do_act(sim, c, p);
        break;
    }
    net_free(&sim->net, p);
}
