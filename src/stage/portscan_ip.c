// SPDX-License-Identifier: Apache-2.0
// Scan of IP protocols (scanning spec 4.2): the "ports" are protocol numbers. Any packet of the
// protocol from the host means open, a protocol unreachable (IPv6: an unknown next header) closed.
// The try is in the IP identification, since most probes have no ports; IPv6 has none, there the
// last one is meant. Silent protocols are asked again by recheck.c, because unreachables are held
// back.
//
// An error of the host is an ICMP packet of its own, so that ICMP is open when nothing else tells:
// but only when all has been asked, for the reason of an echo reply is the better one.
#include "stage/portscan.h"
#include "stage/probe_ip.h"
#include "stage/recheck.h"

enum { TRIES_APART = 16 };

struct ipscan {
    struct recheck recheck;
    enum reason error; // the last ICMP error of the host itself
    uint8_t error_ttl;
};

static uint16_t first_id(const struct visit *v, uint16_t proto)
{
    return (uint16_t)probe_cookie(v, proto, 0);
}

static uint8_t icmp_of(const struct visit *v)
{
    return v->host.addr.family == IP_V6 ? IP6_ICMP : IP4_ICMP;
}

// at: the try, or TRIES_APART + round of a recheck.
static bool ask_proto(struct visit *v, struct portscan *s, uint32_t index, uint32_t at)
{
    uint8_t mem[PROBE_UDP_MAX_LEN];
    const uint16_t number = s->ports[index].number;
    const uint16_t sport = (uint16_t)(v->plan->source_base + at % TRIES_APART);
    const uint16_t id = (uint16_t)(first_id(v, number) + at);
    const struct span packet = probe_proto(v, (uint8_t)number, sport, id, mem);
    probe_set_id(mem, id);
    return portscan_send(s, packet);
}

static bool send_proto(struct visit *v, struct portscan *s, uint32_t index)
{
    return ask_proto(v, s, index, s->tries[index] % TRIES_APART);
}

static bool ask(struct visit *v, struct portscan *s, const struct recheck *r, uint32_t index)
{
    return ask_proto(v, s, index, TRIES_APART + recheck_round(r));
}

// The probe of a protocol that an identification belongs to; the last try if it is of none.
static bool find(const struct visit *v, const struct portscan *s, uint16_t proto, uint16_t id,
                 struct portscan_answer *a, uint32_t *round)
{
    const uint32_t at = (uint16_t)(id - first_id(v, proto));
    a->index = portscan_index(s->plan, proto);
    if (a->index == s->n_ports || s->tries[a->index] == 0)
        return false;
    a->try = at < s->tries[a->index] ? at : s->tries[a->index] - 1u;
    *round =
        at >= TRIES_APART && at < TRIES_APART + RECHECK_ROUNDS ? at - TRIES_APART : RECHECK_ROUNDS;
    return true;
}

// Whether a packet of the host answers one of ours; of protocols without ports any packet does.
static bool is_ours(const struct visit *v, const struct frame *f)
{
    enum icmp_query what;
    uint16_t id;
    switch (f->kind) {
    case FRAME_TCP:
        return f->tcp.sport == PROBE_PROTO_TCP_PORT && probe_is_answer(v, TCP_ACK, f);
    case FRAME_UDP:
        return f->udp.sport == PROBE_PROTO_UDP_PORT &&
               (uint32_t)probe_source(v, 0, f, v->plan->source_base) - v->plan->source_base <
                   TRIES_APART;
    case FRAME_SCTP:
        return probe_is_answer_sctp(v, f);
    case FRAME_ICMP4:
    case FRAME_ICMP6:
        return probe_query_reply(f, &what, &id) &&
               (uint16_t)(id - first_id(v, icmp_of(v))) < TRIES_APART + RECHECK_ROUNDS;
    default:
        return f->kind == FRAME_OTHER;
    }
}

// Over loopback our own packets come in, too. IPv6 has no identification to know them by.
static bool is_our_own(const struct visit *v, const struct frame *f)
{
    return v->host.is_local && f->kind == FRAME_OTHER &&
           (f->src.family == IP_V6 ||
            (uint16_t)(f->ip4.id - first_id(v, f->proto)) < TRIES_APART + RECHECK_ROUNDS);
}

static bool of_packet(const struct visit *v, const struct portscan *s, const struct frame *f,
                      struct portscan_answer *a)
{
    uint32_t round;
    a->state = PORT_OPEN;
    a->reason = REASON_PROTO_RESPONSE;
    return ip_eq(&f->src, &v->host.addr) && is_ours(v, f) && !is_our_own(v, f) &&
           find(v, s, f->proto, 0, a, &round);
}

// What an error of the host itself says of the protocol that it quotes.
static void of_own_error(const struct frame *f, struct portscan_answer *a)
{
    if (a->reason == REASON_PORT_UNREACH)
        a->state = PORT_OPEN;
    else if (a->reason == REASON_PROTO_UNREACH)
        a->state = PORT_CLOSED;
    else if (a->reason == REASON_PARAM_PROBLEM) // 1: unknown next header (RFC 4443 section 3.4)
        a->state = f->icmp6.code == 1 ? PORT_CLOSED : PORT_OPEN;
}

static bool of_error(struct visit *v, struct portscan *s, const struct frame *f,
                     struct portscan_answer *a)
{
    struct ipscan *own = s->own;
    struct frame_quote q;
    uint32_t round;
    if (!frame_quote_ip(f, &q) || !probe_is_quoted_proto(v, q.proto, &q) ||
        !find(v, s, q.proto, q.id, a, &round) || !portscan_of_icmp(f, a))
        return false;
    if (!ip_eq(&f->src, &v->host.addr))
        return true;
    of_own_error(f, a);
    own->error = a->reason;
    own->error_ttl = f->ttl;
    if (v->host.addr.family == IP_V6)
        round = recheck_round(&own->recheck);
    if (a->state == PORT_CLOSED)
        recheck_heard(v, &own->recheck, a->index, round);
    return true;
}

static bool on_frame(struct visit *v, struct portscan *s, const struct frame *f)
{
    struct portscan_answer a = {.time_ns = f->time_ns, .ttl = f->ttl, .from = f->src};
    if (!of_packet(v, s, f, &a) && !of_error(v, s, f, &a))
        return false;
    portscan_decide(s, &a);
    return true;
}

static void decide_icmp(struct visit *v, struct portscan *s)
{
    const struct ipscan *own = s->own;
    struct portscan_answer a = {.index = portscan_index(s->plan, icmp_of(v)),
                                .state = PORT_OPEN,
                                .reason = own->error,
                                .time_ns = engine_now(v->engine),
                                .ttl = own->error_ttl,
                                .from = v->host.addr};
    if (own->error != REASON_NONE && a.index < s->n_ports &&
        s->ports[a.index].state == PORT_UNKNOWN)
        portscan_decide(s, &a);
}

static bool rest(struct visit *v, struct portscan *s)
{
    struct ipscan *own = s->own;
    decide_icmp(v, s);
    if (!recheck_proceed(v, s, &own->recheck))
        return false;
    s->n_withheld = own->recheck.n_left;
    if (own->recheck.n_left > 0)
        recheck_note_left(v, &own->recheck, " protocol");
    return true;
}

static uint64_t rest_left(const struct portscan *s, uint64_t now_ns)
{
    const struct ipscan *own = s->own;
    return recheck_left_ns(s->visit, &own->recheck, now_ns);
}

const struct scan_method scan_method_ip = {
    .state_size = sizeof(struct ipscan),
    .send = send_proto,
    .frame = on_frame,
    .rest = rest,
    .ask = ask,
    .rest_left = rest_left,
};
