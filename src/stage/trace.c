// SPDX-License-Identifier: Apache-2.0
// The way to a host (scanning spec 7.1): probes that are known to be answered, with times to live
// from the distance that is known or guessed down to 1, and up from there until the host answers.
// Several are in flight; who answered first at its distance shortens the rest. Where a router is
// met that is on an earlier way, that way is taken over.
//
// Source: RFC 792, RFC 4443, scanning spec 4.1, 7.1.
#include "base/limits.h"
#include "stage/probe_ip.h"
#include "stage/routes.h"
#include "stage/stages.h"
#include "wire/alter.h"

enum { TTL_MOST = 30, TTL_FIRST = 10, TRIES = 3, WINDOW = 10, WINDOW_KNOWN = 3 };

static const uint64_t wait_least_ns = 200000000; // routers answer after they have routed
static const uint64_t wait_limit_ns = 1100000000;
static const uint64_t wait_most_ns = 1000000000;

struct distance {
    uint8_t n_sent;
    bool is_over; // answered, adopted, or asked in vain
    bool is_end;  // whoever answered is where the way ends
    uint64_t sent_ns[TRIES];
    struct hop hop;
};

struct trace {
    struct distance at[TTL_MOST + 1]; // by time to live
    enum route_probe probe;
    enum proto proto;
    uint16_t port;
    uint8_t flags; // of TCP
    uint16_t id;   // of ICMP
    uint8_t start; // where it begins
    uint8_t end;   // the nearest that the host has answered at, TTL_MOST + 1 = none yet
    uint32_t n_shared;
    struct ip_addr shared_with;
};

static uint16_t source_base(const struct visit *v)
{
    return v->plan->packet.source ? v->plan->discovery_base : v->plan->trace_base;
}

// The port of the first answer that serves.
static const struct port *find_port(const struct host *h, enum proto proto, enum port_state state)
{
    for (uint32_t i = 0; i < h->n_ports; i++)
        if (h->ports[i].proto == proto && h->ports[i].state == state && h->ports[i].from == 0)
            return &h->ports[i];
    return NULL;
}

static bool use_port(struct trace *t, const struct port *p, uint8_t flags)
{
    if (!p)
        return false;
    t->probe = ROUTE_BY_PORT;
    t->proto = (enum proto)p->proto;
    t->port = p->number;
    t->flags = flags;
    return true;
}

static void use_ping(struct trace *t, const struct ping *p)
{
    t->probe = ROUTE_BY_ICMP;
    if (p->kind != PING_SYN && p->kind != PING_ACK && p->kind != PING_UDP)
        return;
    t->probe = ROUTE_BY_PORT;
    t->proto = p->kind == PING_UDP ? PROTO_UDP : PROTO_TCP;
    t->port = p->port;
    t->flags = p->kind == PING_ACK ? TCP_ACK : TCP_SYN;
}

// What is surest to be answered; a connection that is half open is a burden for the host.
static void choose_probe(const struct visit *v, struct trace *t)
{
    const struct host *h = &v->host;
    const bool has_sign = h->reason == v->sign_reason && h->reason != REASON_NONE;
    if (use_port(t, find_port(h, PROTO_TCP, PORT_CLOSED), TCP_SYN) ||
        use_port(t, find_port(h, PROTO_TCP, PORT_OPEN), TCP_SYN) ||
        use_port(t, find_port(h, PROTO_TCP, PORT_UNFILTERED), TCP_ACK) ||
        use_port(t, find_port(h, PROTO_UDP, PORT_CLOSED), 0) ||
        use_port(t, find_port(h, PROTO_UDP, PORT_OPEN), 0))
        return;
    t->probe = ROUTE_BY_ICMP;
    if (has_sign)
        use_ping(t, &v->sign);
}

// Stacks begin with one of a few values.
static uint8_t guess_distance(uint8_t ttl)
{
    const unsigned first = ttl <= 32 ? 32 : ttl <= 64 ? 64 : ttl <= 128 ? 128 : 255;
    const unsigned hops = first - ttl + 1;
    return (uint8_t)(hops <= TTL_MOST ? hops : TTL_MOST);
}

static uint8_t first_distance(const struct host *h)
{
    if (h->os && h->os->has_distance && h->os->distance > 0 && h->os->distance <= TTL_MOST)
        return (uint8_t)h->os->distance;
    for (uint32_t i = 0; i < h->n_ports; i++)
        if (h->ports[i].ttl > 0 && h->ports[i].from == 0)
            return guess_distance(h->ports[i].ttl);
    return h->reason_ttl > 0 ? guess_distance(h->reason_ttl) : TTL_FIRST;
}

static void put_route(struct visit *v, const struct route *r)
{
    struct route *keep = arena_alloc(&v->host.arena, sizeof *keep);
    *keep = *r;
    v->host.route = keep;
}

static void put_neighbor(struct visit *v)
{
    struct hop *hop = arena_alloc(&v->host.arena, sizeof *hop);
    *hop = (struct hop){.ttl = 1,
                        .has_addr = true,
                        .has_rtt = v->host.rtt.is_known,
                        .rtt_us = v->host.rtt.srtt_us,
                        .addr = v->host.addr};
    put_route(v, &(struct route){.hops = hop, .n_hops = 1});
}

static bool takes(const struct visit *v)
{
    return v->plan->traces && v->host.state == HOST_UP && !v->host.is_local &&
           !v->plan->streams_only;
}

static void admit(struct visit *v)
{
    struct trace *t = v->state;
    if (v->path.is_direct) {
        put_neighbor(v);
        visit_pass(v);
        return;
    }
    choose_probe(v, t);
    t->id = (uint16_t)rng_u32(v->rng);
    t->start = first_distance(&v->host);
    t->end = TTL_MOST + 1;
    visit_wake(v, engine_now(v->engine));
}

static struct span build(struct visit *v, const struct trace *t, uint8_t ttl, uint32_t try,
                         uint8_t mem[PROBE_UDP_MAX_LEN])
{
    const uint16_t mark = (uint16_t)(ttl * TRIES + try);
    const uint16_t sport = (uint16_t)(source_base(v) + mark);
    struct span s;
    if (t->probe == ROUTE_BY_ICMP)
        s = probe_query(v, QUERY_ECHO, (uint16_t)(t->id + mark), mem);
    else if (t->proto == PROTO_UDP)
        s = probe_udp(v, sport, t->port, SPAN(""), mem);
    else
        s = probe_tcp(v, t->flags, sport, t->port, mem);
    alter_ttl(mem, s.len, ttl);
    return s;
}

// Before the last try so long that a router with the usual limit of one error a second may answer.
static uint64_t patience_ns(const struct visit *v, const struct distance *d)
{
    const uint64_t ns = 2 * (uint64_t)visit_timeout_us(v) * 1000;
    const uint64_t least_ns = d->n_sent == TRIES - 1 ? wait_limit_ns : wait_least_ns;
    return ns < least_ns ? least_ns : ns > wait_most_ns ? wait_most_ns : ns;
}

// True if it was sent; else the wake-up time is set.
static bool send_one(struct visit *v, struct trace *t, uint8_t ttl)
{
    uint8_t mem[PROBE_UDP_MAX_LEN];
    struct distance *d = &t->at[ttl];
    const uint64_t ready = visit_ready(v);
    if (ready > engine_now(v->engine)) {
        visit_wake(v, ready);
        return false;
    }
    if (!visit_send(v, build(v, t, ttl, d->n_sent, mem), false))
        return false;
    d->sent_ns[d->n_sent++] = engine_now(v->engine);
    return true;
}

static bool waits(const struct visit *v, const struct distance *d, uint64_t now_ns)
{
    return d->n_sent > 0 && now_ns < d->sent_ns[d->n_sent - 1] + patience_ns(v, d);
}

static uint32_t most_tries(const struct visit *v)
{
    const uint32_t n = v->plan->timing.max_retries + 1;
    return n < TRIES ? n : TRIES;
}

// The next distance to ask at, down from the start and then up; 0: none now.
static uint8_t next_ttl(const struct visit *v, struct trace *t, uint64_t now_ns, bool *is_busy)
{
    for (uint32_t i = 0; i < TTL_MOST; i++) {
        const uint8_t ttl = (uint8_t)(i < t->start ? t->start - i : i + 1);
        struct distance *d = &t->at[ttl];
        if (d->is_over || ttl >= t->end || (ttl > t->start && !t->at[t->start].is_over))
            continue;
        if (waits(v, d, now_ns)) {
            *is_busy = true;
            continue;
        }
        if (d->n_sent < most_tries(v))
            return ttl;
        d->is_over = true;
    }
    return 0;
}

// Behind the end of the way nothing is waited for.
static uint32_t in_flight(const struct visit *v, const struct trace *t, uint64_t now_ns)
{
    uint32_t n = 0;
    for (uint8_t ttl = 1; ttl < t->end && ttl <= TTL_MOST; ttl++)
        n += !t->at[ttl].is_over && waits(v, &t->at[ttl], now_ns);
    return n;
}

static void finish(struct visit *v, struct trace *t)
{
    const uint8_t n = t->end <= TTL_MOST ? t->end : TTL_MOST;
    struct hop *hops = arena_array(&v->host.arena, n, sizeof *hops);
    for (uint8_t ttl = 1; ttl <= n; ttl++) {
        hops[ttl - 1] = t->at[ttl].hop;
        hops[ttl - 1].ttl = ttl;
    }
    const struct route r = {
        .probe = t->probe,
        .proto = t->proto,
        .port = t->port,
        .hops = hops,
        .n_hops = n,
        .n_shared = t->n_shared,
        .shared_with = t->shared_with,
    };
    put_route(v, &r);
    routes_learn(v->routes, &r, &v->host.addr);
    visit_name_hops(v);
    visit_pass(v);
}

static uint64_t first_due_ns(const struct visit *v, const struct trace *t)
{
    uint64_t at_ns = UINT64_MAX;
    for (uint8_t ttl = 1; ttl <= TTL_MOST; ttl++) {
        const struct distance *d = &t->at[ttl];
        if (d->is_over || d->n_sent == 0 || ttl >= t->end)
            continue;
        const uint64_t due = d->sent_ns[d->n_sent - 1] + patience_ns(v, d);
        at_ns = due < at_ns ? due : at_ns;
    }
    return at_ns;
}

static void tick(struct visit *v, uint64_t now_ns)
{
    struct trace *t = v->state;
    const uint32_t window = v->plan->timing.max_window == 1 ? 1
                            : routes_are_empty(v->routes)   ? WINDOW
                                                            : WINDOW_KNOWN;
    bool is_busy = false;
    while (in_flight(v, t, now_ns) < window) {
        const uint8_t ttl = next_ttl(v, t, now_ns, &is_busy);
        if (ttl == 0)
            break;
        if (!send_one(v, t, ttl))
            return;
        is_busy = true;
    }
    if (!is_busy && in_flight(v, t, now_ns) == 0)
        finish(v, t);
    else
        visit_wake(v, first_due_ns(v, t));
}

// Which probe: its distance and try. False: none of ours.
static bool find_mark(const struct trace *t, uint32_t mark, uint8_t *ttl, uint32_t *try)
{
    *ttl = (uint8_t)(mark / TRIES);
    *try = mark % TRIES;
    return mark / TRIES >= 1 && mark / TRIES <= TTL_MOST && t->at[*ttl].n_sent > *try;
}

static bool answer_mark(const struct visit *v, const struct trace *t, const struct frame *f,
                        uint32_t *mark)
{
    enum icmp_query what;
    uint16_t id;
    const uint16_t base = source_base(v);
    if (!ip_eq(&f->src, &v->host.addr))
        return false;
    if (t->probe == ROUTE_BY_ICMP) {
        if (!probe_query_reply(f, &what, &id) || what != QUERY_ECHO)
            return false;
        *mark = (uint16_t)(id - t->id);
        return true;
    }
    if (f->kind == FRAME_TCP && t->proto == PROTO_TCP && f->tcp.sport == t->port) {
        *mark = (uint16_t)(probe_source(v, t->flags, f, base) - base);
        return probe_is_answer(v, t->flags, f);
    }
    *mark = (uint16_t)(probe_source(v, 0, f, base) - base);
    return f->kind == FRAME_UDP && t->proto == PROTO_UDP && f->udp.sport == t->port;
}

static bool error_mark(const struct visit *v, const struct trace *t, const struct frame *f,
                       uint32_t *mark)
{
    struct frame_quote q;
    const uint16_t base = source_base(v);
    if (probe_error(f) == REASON_NONE || !frame_quote(f, &q) ||
        !ip_eq(&q.src, &v->path.route.src) || !ip_eq(&q.dst, &v->host.addr))
        return false;
    const uint16_t got =
        t->probe == ROUTE_BY_ICMP ? (uint16_t)(q.seq >> 16) : probe_quoted_source(v, &q, base);
    *mark = (uint16_t)(got - (t->probe == ROUTE_BY_ICMP ? t->id : base));
    if (t->probe == ROUTE_BY_ICMP)
        return q.proto == (v->host.addr.family == IP_V6 ? IP6_ICMP : IP4_ICMP);
    if (t->proto == PROTO_UDP)
        return probe_is_quoted_udp(v, &q) && q.dport == t->port;
    return probe_is_quoted(v, t->flags, &q) && q.dport == t->port;
}

static void adopt(struct visit *v, struct trace *t, uint8_t ttl, const struct ip_addr *addr)
{
    struct hop below[TTL_MOST + 1] = {0};
    struct ip_addr whose;
    if (t->n_shared > 0 || !routes_below(v->routes, ttl, addr, below, &whose))
        return;
    for (uint8_t i = 1; i < ttl; i++) {
        t->at[i].is_over = true;
        t->at[i].hop = below[i - 1];
    }
    t->n_shared = ttl;
    t->shared_with = whose;
}

static void note_answer(struct visit *v, struct trace *t, uint32_t mark, const struct frame *f)
{
    uint8_t ttl;
    uint32_t try;
    const bool is_way = probe_error(f) == REASON_TIME_EXCEEDED;
    if (!find_mark(t, mark, &ttl, &try) || t->at[ttl].hop.has_addr)
        return;
    struct distance *d = &t->at[ttl];
    d->is_over = true;
    d->hop = (struct hop){.has_addr = true, .addr = f->src};
    d->hop.has_rtt = f->time_ns >= d->sent_ns[try];
    d->hop.rtt_us = d->hop.has_rtt ? (int64_t)((f->time_ns - d->sent_ns[try] + 500) / 1000) : 0;
    if (is_way)
        adopt(v, t, ttl, &f->src);
    else if (ttl < t->end)
        t->end = ttl;
    visit_wake(v, engine_now(v->engine));
}

static void on_frame(struct visit *v, const struct frame *f)
{
    struct trace *t = v->state;
    uint32_t mark;
    if (answer_mark(v, t, f, &mark) || error_mark(v, t, f, &mark))
        note_answer(v, t, mark, f);
}

const struct stage stage_trace = {
    .name = "Traceroute",
    .state_size = sizeof(struct trace),
    .takes = takes,
    .admit = admit,
    .frame = on_frame,
    .tick = tick,
};
