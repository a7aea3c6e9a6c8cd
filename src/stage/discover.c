// SPDX-License-Identifier: Apache-2.0
// Is the host there? Own addresses are; neighbours on the link answer ARP or ND; others are asked
// by ICMP echo, TCP SYN to 443 and TCP ACK to 80, each twice (scanning spec section 2); where raw
// packets are not allowed all are asked by connecting (knock.c). With -Pn
// nobody is ever declared down; the link address is asked for all the same, since it is needed.
//
// Source: RFC 826, RFC 4861, RFC 792, RFC 4443, scanning spec 2.1 - 2.4.
#include <errno.h>

#include "base/text.h"
#include "model/vendors.h"
#include "stage/knock.h"
#include "stage/probe.h"
#include "stage/stages.h"

enum { ROUNDS = 2, PORT_SYN = 443, PORT_ACK = 80 };

struct discover {
    struct knock knock; // first: it finds itself as the stage's state
    struct resolve_wait wait;
    bool is_resolving;
    uint32_t rounds; // sent
    uint32_t sent;   // probes of this round
    uint16_t echo_id;
    uint64_t sent_ns[ROUNDS];
};

// -Pn, or somebody has found ports of it.
static bool is_taken_for_up(const struct visit *v)
{
    return v->plan->skip_discovery || v->n_listed > 0;
}

static void decide(struct visit *v, enum host_state state, enum reason reason, uint8_t ttl)
{
    v->host.state = state;
    v->host.reason = reason;
    v->host.reason_ttl = ttl;
    if (state == HOST_UP)
        visit_pass(v);
    else
        visit_drop(v);
}

static void decide_silent(struct visit *v)
{
    if (is_taken_for_up(v))
        decide(v, HOST_UP, REASON_USER_SET, 0);
    else
        decide(v, HOST_DOWN, REASON_NO_RESPONSE, 0);
}

// The link address of the next hop is known, or nobody answered.
static void start_probing(struct visit *v)
{
    if (is_taken_for_up(v))
        decide(v, HOST_UP, REASON_USER_SET, 0);
    else
        visit_wake(v, engine_now(v->engine));
}

static void set_mac(struct visit *v, const struct mac_addr *mac)
{
    v->path.mac = *mac;
    v->path.is_frame = v->path.is_ready = true;
    if (v->path.is_direct) {
        v->host.mac = *mac;
        v->host.has_mac = true;
        v->host.vendor = vendors_name(v->plan->vendors, &v->host.mac);
    }
}

// Called from the engine, outside of the pipeline's walk: only notes what to do and wakes.
static void on_resolved(void *ctx, const struct mac_addr *mac)
{
    struct visit *v = ctx;
    struct discover *d = v->state;
    d->is_resolving = false;
    if (mac)
        set_mac(v, mac);
    else
        path_use_kernel(&v->path);
    visit_wake(v, engine_now(v->engine));
}

// Without privilege.
static void tick_knock(struct visit *v, struct knock *k)
{
    if (k->is_answered) {
        rtt_add(&v->host.rtt, (int64_t)(k->answered_ns - k->sent_ns) / 1000);
        knock_close(k);
        decide(v, HOST_UP, k->reason, 0);
    } else if (v->known) {
        v->host.rtt = v->known->rtt;
        decide(v, HOST_UP, v->known->reason, v->known->reason_ttl);
    } else if (is_taken_for_up(v)) {
        decide(v, HOST_UP, REASON_USER_SET, 0);
    } else if (k->rounds < ROUNDS) {
        const int64_t timeout_us = visit_timeout_us(v);
        knock_round(v, k);
        visit_wake(v, k->sent_ns + (uint64_t)timeout_us * 1000);
    } else {
        knock_close(k);
        decide_silent(v);
    }
}

static void admit(struct visit *v)
{
    struct discover *d = v->state;
    d->echo_id = (uint16_t)(1 + rng_below(v->rng, 0xFFFF));
    const int rc = engine_path(v->engine, &v->host.addr, v->plan->iface, &v->path);
    if (rc < 0) {
        decide(v, HOST_SKIPPED, REASON_NET_UNREACH, 0);
        return;
    }
    v->host.is_local = v->path.route.is_local;
    v->host.is_direct = v->path.is_direct;
    if (v->host.is_local) {
        decide(v, HOST_UP, REASON_LOCALHOST_RESPONSE, 0);
        return;
    }
    if (v->plan->streams_only) {
        visit_wake(v, engine_now(v->engine));
        return;
    }
    if (v->path.is_ready) {
        if (v->path.is_frame)
            set_mac(v, &v->path.mac);
        start_probing(v);
        return;
    }
    d->is_resolving = true;
    d->sent_ns[0] = engine_now(v->engine);
    d->wait = (struct resolve_wait){.done = on_resolved, .ctx = v};
    engine_resolve(v->engine, &v->path, &d->wait);
}

static bool send_one(struct visit *v, struct discover *d)
{
    uint8_t mem[PROBE_MAX_LEN];
    const uint16_t sport = (uint16_t)(v->plan->discovery_base + d->rounds);
    switch (d->sent) {
    case 0:
        return visit_send(v, probe_echo(v, d->echo_id, mem), false);
    case 1:
        return visit_send(v, probe_tcp(v, TCP_SYN, sport, PORT_SYN, mem), false);
    default:
        return visit_send(v, probe_tcp(v, TCP_ACK, sport, PORT_ACK, mem), false);
    }
}

static void send_round(struct visit *v, struct discover *d)
{
    if (d->sent == 0)
        d->sent_ns[d->rounds] = engine_now(v->engine);
    for (; d->sent < 3; d->sent++) {
        const uint64_t ready = visit_ready(v);
        if (ready > engine_now(v->engine)) {
            visit_wake(v, ready);
            return;
        }
        if (!send_one(v, d))
            return;
    }
    d->sent = 0;
    const int64_t timeout_us = visit_timeout_us(v);
    visit_wake(v, d->sent_ns[d->rounds] + (uint64_t)timeout_us * 1000);
    d->rounds++;
}

static enum reason of_neighbor(const struct visit *v)
{
    return v->host.addr.family == IP_V6 ? REASON_ND_RESPONSE : REASON_ARP_RESPONSE;
}

static void tick(struct visit *v, uint64_t now_ns)
{
    struct discover *d = v->state;
    if (v->plan->streams_only) {
        tick_knock(v, &d->knock);
        return;
    }
    if (v->host.has_mac && v->path.is_direct) { // ARP or ND answered
        const bool was_asked = d->sent_ns[0] != 0;
        if (was_asked)
            rtt_add(&v->host.rtt, (int64_t)(now_ns - d->sent_ns[0]) / 1000);
        decide(v, HOST_UP, of_neighbor(v), 0);
    } else if (v->known) {
        v->host.rtt = v->known->rtt;
        decide(v, HOST_UP, v->known->reason, v->known->reason_ttl);
    } else if (!v->path.is_frame && v->path.next_hop.family != IP_NONE) {
        decide_silent(v); // neither the host nor its router answered ARP
    } else if (is_taken_for_up(v)) {
        decide(v, HOST_UP, REASON_USER_SET, 0);
    } else if (d->rounds < ROUNDS) {
        send_round(v, d);
    } else {
        decide_silent(v);
    }
}

static void got_answer(struct visit *v, uint32_t round, enum reason reason, const struct frame *f)
{
    const struct discover *d = v->state;
    if (round < ROUNDS && d->sent_ns[round] && f->time_ns > d->sent_ns[round])
        rtt_add(&v->host.rtt, (int64_t)(f->time_ns - d->sent_ns[round]) / 1000);
    decide(v, HOST_UP, reason, f->ttl);
}

static void on_tcp(struct visit *v, const struct frame *f)
{
    const uint32_t round = (uint32_t)f->tcp.dport - v->plan->discovery_base;
    const bool is_syn = f->tcp.sport == PORT_SYN;
    if (round >= ROUNDS || (!is_syn && f->tcp.sport != PORT_ACK))
        return;
    if (!probe_is_answer(v, is_syn ? TCP_SYN : TCP_ACK, f))
        return;
    got_answer(v, round, f->tcp.flags & TCP_RST ? REASON_RESET : REASON_SYN_ACK, f);
}

// Only the host itself proves with an error that it is there; a router's error is no decision
// (scanning spec 2.3), but the reason is kept.
static void on_icmp(struct visit *v, const struct frame *f)
{
    const struct discover *d = v->state;
    struct frame_quote q;
    uint16_t id;
    const enum reason error = probe_error(f);
    if (probe_echo_id(f, &id) && id == d->echo_id) {
        got_answer(v, d->rounds ? d->rounds - 1 : 0, REASON_ECHO_REPLY, f);
        return;
    }
    if (error == REASON_NONE || error == REASON_TIME_EXCEEDED || !frame_quote(f, &q))
        return;
    if (!probe_is_quoted(v, q.dport == PORT_ACK ? TCP_ACK : TCP_SYN, &q))
        return;
    if (ip_eq(&f->src, &v->host.addr))
        got_answer(v, ROUNDS, error, f);
}

static void on_frame(struct visit *v, const struct frame *f)
{
    const struct discover *d = v->state;
    if (d->rounds == 0 && d->sent == 0)
        return;
    if (f->kind == FRAME_TCP)
        on_tcp(v, f);
    else if (f->kind == FRAME_ICMP4 || f->kind == FRAME_ICMP6)
        on_icmp(v, f);
}

static void on_close(struct visit *v)
{
    struct discover *d = v->state;
    knock_close(&d->knock);
    if (d->is_resolving)
        engine_unresolve(v->engine, &v->path, &d->wait);
}

static bool takes(const struct visit *v)
{
    (void)v;
    return true;
}

const struct stage stage_discover = {
    .name = "Host Discovery",
    .state_size = sizeof(struct discover),
    .takes = takes,
    .admit = admit,
    .frame = on_frame,
    .tick = tick,
    .close = on_close,
};
