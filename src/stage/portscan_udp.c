// SPDX-License-Identifier: Apache-2.0
// UDP scan (scanning spec 4.2, 4.5). A port is asked with all payloads that the service database
// has for it, or with an empty datagram; each payload has a source port of its own, so that an
// answer tells which one it answers. First answers are kept for service detection. A port
// unreachable of the host itself means closed; silence means open or filtered, after recheck.c has
// made sure that it is no unreachable that was held back.
#include "model/evidence.h"
#include "stage/portscan.h"
#include "stage/probe.h"
#include "stage/recheck.h"

enum { TRIES_APART = 16 }; // tries that source ports can tell apart

struct udp {
    struct recheck recheck;
    uint32_t index; // of the port whose payloads are being sent
    uint32_t n_sent;
    size_t n_kept; // bytes of answers
};

const struct udp_port *udp_payloads_of(const struct udp_payloads *p, uint16_t port)
{
    uint32_t lo = 0, hi = p ? p->n : 0;
    while (lo < hi) {
        const uint32_t mid = lo + (hi - lo) / 2;
        if (p->port[mid].port == port)
            return p->port[mid].n > 0 ? &p->port[mid] : NULL;
        if (p->port[mid].port < port)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

const struct port_reply *ports_reply(const struct visit *v, uint16_t port)
{
    const struct port_reply *r = v->replies;
    while (r && r->port != port)
        r = r->next;
    return r;
}

static uint32_t n_payloads(const struct udp_port *p)
{
    return !p ? 1 : p->n < PORTS_PAYLOADS ? p->n : (uint32_t)PORTS_PAYLOADS;
}

static bool send_udp(struct visit *v, struct portscan *s, uint32_t index)
{
    struct udp *u = s->own;
    uint8_t mem[PROBE_UDP_MAX_LEN];
    const uint16_t number = s->ports[index].number;
    const struct udp_port *p = udp_payloads_of(v->plan->payloads, number);
    const uint32_t first = s->tries[index] % TRIES_APART * PORTS_PAYLOADS;
    if (u->index != index) // else: the rest of what gap or rate held up
        u->n_sent = 0;
    u->index = index;
    for (; u->n_sent < n_payloads(p); u->n_sent++) {
        const struct span payload = p ? p->payload[u->n_sent].bytes : SPAN("");
        const uint16_t sport = (uint16_t)(v->plan->udp_base + first + u->n_sent);
        if (!portscan_send(s, probe_udp(v, sport, number, payload, mem)))
            return false;
    }
    u->n_sent = 0;
    return true;
}

enum { RECHECK_FIRST = PORTS_UDP_SOURCES - RECHECK_ROUNDS }; // source ports of rechecks

static bool ask(struct visit *v, struct portscan *s, const struct recheck *r, uint32_t index)
{
    uint8_t mem[PROBE_UDP_MAX_LEN];
    const uint16_t number = s->ports[index].number;
    const uint16_t sport = (uint16_t)(v->plan->udp_base + RECHECK_FIRST + recheck_round(r));
    const struct udp_port *p = udp_payloads_of(v->plan->payloads, number);
    const struct span payload = p ? p->payload[0].bytes : SPAN("");
    return portscan_send(s, probe_udp(v, sport, number, payload, mem));
}

static uint32_t round_of(const struct visit *v, uint16_t sport)
{
    const uint32_t at = (uint32_t)sport - v->plan->udp_base;
    return at >= RECHECK_FIRST ? at - RECHECK_FIRST : RECHECK_ROUNDS;
}

// What an answer belongs to if it does not tell: the latest try.
static uint16_t latest(const struct visit *v, const struct portscan *s, uint16_t number)
{
    const uint32_t index = portscan_index(s->plan, number);
    const uint32_t tries = index < s->n_ports ? s->tries[index] : 0;
    const uint32_t try = tries > 0 ? (tries - 1) % TRIES_APART : 0;
    return (uint16_t)(v->plan->udp_base + try * PORTS_PAYLOADS);
}

// Which probe a source port of ours belongs to. False if none was sent from it to that port.
static bool find(const struct visit *v, const struct portscan *s, uint16_t number, uint16_t sport,
                 struct portscan_answer *a)
{
    const struct udp *u = s->own;
    const uint32_t at = (uint32_t)sport - v->plan->udp_base;
    a->index = portscan_index(s->plan, number);
    a->try = at / PORTS_PAYLOADS;
    if (a->index == s->n_ports || at >= PORTS_UDP_SOURCES)
        return false;
    const bool is_half_sent = u->index == a->index && u->n_sent > 0;
    if (s->tries[a->index] == 0 && !is_half_sent)
        return false;
    if (a->try >= TRIES_APART) // of a recheck
        a->try = s->tries[a->index];
    return a->try <= s->tries[a->index];
}

// What was sent from there; NULL: an empty datagram.
static const struct udp_payload *payload_of(const struct visit *v, uint16_t number, uint16_t sport)
{
    const struct udp_port *p = udp_payloads_of(v->plan->payloads, number);
    const uint32_t at = (uint32_t)sport - v->plan->udp_base;
    const uint32_t i = at < TRIES_APART * PORTS_PAYLOADS ? at % PORTS_PAYLOADS : 0;
    return p && i < n_payloads(p) ? &p->payload[i] : NULL;
}

static void tell_reply(struct visit *v, const struct port_reply *r, struct span probe)
{
    const struct evidence e = {
        .kind = EVIDENCE_SERVICE_REPLY,
        .probe = probe,
        .port = r->port,
        .proto = PROTO_UDP,
        .bytes = r->bytes,
        .len = r->len,
    };
    visit_evidence(v, &e);
}

static void keep_reply(struct visit *v, struct udp *u, const struct frame *f, uint16_t to)
{
    const struct span all = f->udp.payload;
    const struct span bytes = span_head(all, LIMIT_SERVICE_REPLY);
    const struct udp_payload *sent = payload_of(v, f->udp.sport, to);
    struct port_reply *r;
    if (u->n_kept + sizeof *r + bytes.len > LIMIT_PORT_REPLIES)
        return;
    r = arena_alloc(&v->host.arena, sizeof *r);
    *r = (struct port_reply){
        .next = v->replies,
        .port = f->udp.sport,
        .probe = sent ? sent->probe : PORTS_NO_PROBE,
        .bytes = arena_copy(&v->host.arena, bytes),
        .len = all.len,
    };
    u->n_kept += sizeof *r + bytes.len;
    v->replies = r;
    tell_reply(v, r, sent ? sent->name : (struct span){0});
}

static bool on_udp(struct visit *v, struct portscan *s, const struct frame *f)
{
    struct portscan_answer a = {.state = PORT_OPEN,
                                .reason = REASON_UDP_RESPONSE,
                                .time_ns = f->time_ns,
                                .ttl = f->ttl,
                                .from = f->src};
    const uint16_t to = probe_source(v, 0, f, latest(v, s, f->udp.sport));
    if (!find(v, s, f->udp.sport, to, &a))
        return false;
    const enum port_state state = s->ports[a.index].state;
    if (state != PORT_OPEN && state != PORT_CLOSED)
        keep_reply(v, s->own, f, to);
    portscan_decide(s, &a);
    return true;
}

static bool on_icmp(struct visit *v, struct portscan *s, const struct frame *f)
{
    struct udp *u = s->own;
    struct portscan_answer a = {.time_ns = f->time_ns, .ttl = f->ttl, .from = f->src};
    struct frame_quote q;
    if (!frame_quote(f, &q) || !probe_is_quoted_udp(v, &q))
        return false;
    const uint16_t from = probe_quoted_source(v, &q, latest(v, s, q.dport));
    if (!find(v, s, q.dport, from, &a) || !portscan_of_icmp(f, &a))
        return false;
    if (a.reason == REASON_PORT_UNREACH && ip_eq(&f->src, &v->host.addr)) {
        a.state = PORT_CLOSED;
        recheck_heard(v, &u->recheck, a.index, round_of(v, from));
    }
    portscan_decide(s, &a);
    return true;
}

static bool on_frame(struct visit *v, struct portscan *s, const struct frame *f)
{
    if (f->kind == FRAME_UDP)
        return on_udp(v, s, f);
    return on_icmp(v, s, f);
}

static void open_udp(struct visit *v, struct portscan *s)
{
    if (v->plan->ignores_icmp_limit)
        s->silence = PORT_CLOSED_FILTERED;
}

static bool rest(struct visit *v, struct portscan *s)
{
    struct udp *u = s->own;
    if (v->plan->ignores_icmp_limit)
        return true;
    if (!recheck_proceed(v, s, &u->recheck))
        return false;
    s->n_withheld = u->recheck.n_left;
    if (u->recheck.n_left > 0)
        recheck_note_left(v, &u->recheck, " UDP port");
    return true;
}

static uint64_t rest_left(const struct portscan *s, uint64_t now_ns)
{
    const struct udp *u = s->own;
    return recheck_left_ns(s->visit, &u->recheck, now_ns);
}

const struct scan_method scan_method_udp = {
    .state_size = sizeof(struct udp),
    .open = open_udp,
    .send = send_udp,
    .frame = on_frame,
    .rest = rest,
    .ask = ask,
    .rest_left = rest_left,
};
