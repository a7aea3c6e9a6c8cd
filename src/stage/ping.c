// SPDX-License-Identifier: Apache-2.0
#include "stage/ping.h"

#include "stage/ports.h"
#include "stage/probe_ip.h"

static const uint64_t step_most_ns = 50000000;

const struct plan_pings *ping_list(const struct visit *v)
{
    return v->host.addr.family == IP_V6 ? &v->plan->pings6 : &v->plan->pings;
}

uint32_t ping_rounds(const struct plan *plan)
{
    return plan->timing.max_retries > 0 ? PING_ROUNDS : 1;
}

uint64_t ping_step_ns(const struct rtt *near)
{
    const uint64_t ns = near->is_known ? (uint64_t)(near->srtt_us + near->srtt_us / 2) * 1000 : 0;
    return ns < step_most_ns ? ns : 0;
}

// Of ICMP queries to the host.
static uint16_t query_id(const struct visit *v, uint32_t round)
{
    const struct span addr = span_of(v->host.addr.byte, sizeof v->host.addr.byte);
    return (uint16_t)(1 + round + hash_keyed(&v->plan->key, addr) % (0xFFFF - PING_ROUNDS));
}

static struct span udp_packet(const struct visit *v, uint16_t port, uint32_t round, uint16_t sport,
                              uint8_t mem[PROBE_UDP_MAX_LEN])
{
    const struct udp_port *p = udp_payloads_of(v->plan->payloads, port);
    const struct span payload = p ? p->payload[round % p->n].bytes : SPAN("");
    return probe_udp(v, sport, port, payload, mem);
}

struct span ping_packet(const struct visit *v, const struct ping *p, uint32_t round,
                        uint8_t mem[PROBE_UDP_MAX_LEN])
{
    const uint16_t sport = (uint16_t)(v->plan->discovery_base + round);
    switch (p->kind) {
    case PING_ECHO:
        return probe_query(v, QUERY_ECHO, query_id(v, round), mem);
    case PING_SYN:
        return probe_tcp(v, TCP_SYN, sport, p->port, mem);
    case PING_ACK:
        return probe_tcp(v, TCP_ACK, sport, p->port, mem);
    case PING_STAMP:
        return probe_query(v, QUERY_STAMP, query_id(v, round), mem);
    case PING_UDP:
        return udp_packet(v, p->port, round, sport, mem);
    case PING_SCTP:
        return probe_sctp(v, sport, p->port, mem);
    case PING_PROTO:
        return probe_proto(v, (uint8_t)p->port, sport, query_id(v, round), mem);
    case PING_MASK:
        return probe_query(v, QUERY_MASK, query_id(v, round), mem);
    }
    return SPAN("");
}

// The probe of this kind to this port. False: there is none.
static bool find(const struct visit *v, enum ping_kind kind, uint16_t port, struct ping_answer *out)
{
    const struct plan_pings *all = ping_list(v);
    for (out->ping = 0; out->ping < all->n; out->ping++)
        if (all->ping[out->ping].kind == kind && all->ping[out->ping].port == port)
            return true;
    return false;
}

static bool find_proto(const struct visit *v, uint8_t proto, struct ping_answer *out)
{
    out->reason = REASON_PROTO_RESPONSE;
    return find(v, PING_PROTO, proto, out);
}

static bool of_round(uint32_t round, struct ping_answer *out)
{
    out->round = round;
    return round < PING_ROUNDS;
}

static bool of_tcp(const struct visit *v, const struct frame *f, struct ping_answer *out)
{
    const uint16_t port = f->tcp.sport;
    const bool is_reset = f->tcp.flags & TCP_RST;
    const uint16_t base = v->plan->discovery_base;
    const bool is_of_syn = probe_is_answer(v, TCP_SYN, f);
    const uint16_t to = probe_source(v, is_of_syn ? TCP_SYN : TCP_ACK, f, base);
    if (!of_round((uint32_t)to - base, out))
        return false;
    if (is_reset && v->plan->ignores_reset)
        return false;
    out->reason = is_reset ? REASON_RESET : REASON_SYN_ACK;
    if (is_of_syn && find(v, PING_SYN, port, out))
        return true;
    if (!probe_is_answer(v, TCP_ACK, f))
        return false;
    return find(v, PING_ACK, port, out) ||
           (port == PROBE_PROTO_TCP_PORT && find_proto(v, IP4_TCP, out));
}

static bool of_udp(const struct visit *v, const struct frame *f, struct ping_answer *out)
{
    out->reason = REASON_UDP_RESPONSE;
    const uint16_t base = v->plan->discovery_base;
    return of_round((uint32_t)probe_source(v, 0, f, base) - base, out) &&
           (find(v, PING_UDP, f->udp.sport, out) ||
            (f->udp.sport == PROBE_PROTO_UDP_PORT && find_proto(v, IP4_UDP, out)));
}

static bool of_sctp(const struct visit *v, const struct frame *f, struct ping_answer *out)
{
    out->reason = f->sctp.chunk == SCTP_ABORT ? REASON_ABORT : REASON_INIT_ACK;
    const uint16_t base = v->plan->discovery_base;
    return of_round((uint32_t)probe_source(v, 0, f, base) - base, out) &&
           probe_is_answer_sctp(v, f) &&
           (find(v, PING_SCTP, f->sctp.sport, out) || find_proto(v, IP4_SCTP, out));
}

static bool of_query(const struct visit *v, enum icmp_query what, uint16_t got,
                     struct ping_answer *out)
{
    static const struct {
        uint8_t kind;
        uint8_t reason;
    } known[] = {{PING_ECHO, REASON_ECHO_REPLY},
                 {PING_STAMP, REASON_STAMP_REPLY},
                 {PING_MASK, REASON_MASK_REPLY}};
    const uint8_t icmp = v->host.addr.family == IP_V6 ? IP6_ICMP : IP4_ICMP;
    out->reason = (enum reason)known[what].reason;
    return of_round((uint32_t)(uint16_t)(got - query_id(v, 0)), out) &&
           (find(v, (enum ping_kind)known[what].kind, 0, out) || find_proto(v, icmp, out));
}

// Which probe an error quotes.
static bool find_quoted(const struct visit *v, const struct frame *f, struct ping_answer *out)
{
    struct frame_quote q;
    const uint8_t icmp = v->host.addr.family == IP_V6 ? IP6_ICMP : IP4_ICMP;
    if (!frame_quote_ip(f, &q) || !ip_eq(&q.src, &v->path.route.src))
        return false;
    out->round = PING_ROUNDS;
    if (q.proto != IP4_TCP && q.proto != IP4_UDP && q.proto != IP4_SCTP && q.proto != icmp)
        return find(v, PING_PROTO, q.proto, out);
    if (!frame_quote(f, &q))
        return false;
    if (q.proto == icmp) // type, code, checksum, id, sequence number
        return (uint16_t)((q.seq >> 16) - query_id(v, 0)) < PING_ROUNDS &&
               (find(v, PING_ECHO, 0, out) || find(v, PING_STAMP, 0, out) ||
                find(v, PING_MASK, 0, out) || find(v, PING_PROTO, icmp, out));
    const uint16_t base = v->plan->discovery_base;
    if ((uint32_t)probe_quoted_source(v, &q, base) - base >= PING_ROUNDS)
        return false;
    if (q.proto == IP4_UDP)
        return find(v, PING_UDP, q.dport, out) || find(v, PING_PROTO, q.proto, out);
    if (q.proto == IP4_SCTP)
        return find(v, PING_SCTP, q.dport, out) || find(v, PING_PROTO, q.proto, out);
    if (probe_is_quoted(v, TCP_SYN, &q) && find(v, PING_SYN, q.dport, out))
        return true;
    return probe_is_quoted(v, TCP_ACK, &q) &&
           (find(v, PING_ACK, q.dport, out) || find(v, PING_PROTO, q.proto, out));
}

// Only the host itself proves with an error that it is there (scanning spec 2.3).
static bool of_error(const struct visit *v, const struct frame *f, struct ping_answer *out)
{
    out->reason = probe_error(f);
    if (out->reason == REASON_NONE || !find_quoted(v, f, out))
        return false;
    out->is_up = ip_eq(&f->src, &v->host.addr) &&
                 (out->reason == REASON_PORT_UNREACH || out->reason == REASON_PROTO_UNREACH ||
                  out->reason == REASON_PARAM_PROBLEM);
    return true;
}

bool ping_answer(const struct visit *v, const struct frame *f, struct ping_answer *out)
{
    enum icmp_query what;
    uint16_t got;
    const bool is_own = ip_eq(&f->src, &v->host.addr);
    *out = (struct ping_answer){.is_up = is_own, .round = PING_ROUNDS};
    if (is_own && f->kind == FRAME_TCP)
        return of_tcp(v, f, out);
    if (is_own && f->kind == FRAME_UDP)
        return of_udp(v, f, out);
    if (is_own && f->kind == FRAME_SCTP)
        return of_sctp(v, f, out);
    if (is_own && probe_query_reply(f, &what, &got))
        return of_query(v, what, got, out);
    if (f->kind == FRAME_ICMP4 || f->kind == FRAME_ICMP6)
        return of_error(v, f, out);
    return is_own && f->kind == FRAME_OTHER && find_proto(v, f->proto, out);
}

bool ping_is_forgeable(enum reason r)
{
    return r == REASON_RESET || r == REASON_SYN_ACK || r == REASON_CONN_REFUSED;
}

static unsigned family(enum reason r)
{
    switch (r) {
    case REASON_RESET:
    case REASON_SYN_ACK:
        return 1;
    case REASON_ECHO_REPLY:
    case REASON_STAMP_REPLY:
    case REASON_MASK_REPLY:
        return 2;
    default:
        return 3 + (unsigned)r;
    }
}

bool ping_is_akin(enum reason a, enum reason b)
{
    return family(a) == family(b);
}
