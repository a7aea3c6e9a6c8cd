// SPDX-License-Identifier: Apache-2.0
// From a packet to the replies of one host: which test of the fingerprint it stands for, given
// the state of the port, and the reply that this test describes. Packets that are no OS probe are
// treated as the nearest one. Reference: os-detection specification 2.3 and 3.9.
#include "lab/hosts/hosts.h"

enum { TS_VALUE_MISSING = 1 };

// Which reply a TCP packet gets; -1 = none.
static int tcp_test(uint8_t flags, bool is_open)
{
    if (flags & TCP_RST)
        return -1;
    if (!is_open)
        return flags & TCP_ACK ? PERS_T6 : flags & TCP_SYN ? PERS_T5 : PERS_T7;
    if (flags == (TCP_SYN | TCP_ECE | TCP_CWR))
        return PERS_ECN;
    if (flags == TCP_SYN || flags == (TCP_SYN | TCP_ECE))
        return PERS_SYN;
    if (flags & TCP_ACK)
        return PERS_T4;
    return flags & TCP_SYN ? PERS_T3 : PERS_T2;
}

// The value of the timestamp option of a request, 0 if there is none.
static uint32_t offered_time(const struct tcp_hdr *tcp)
{
    struct cur c = cur_of(tcp->options.ptr, tcp->options.len);
    struct tcp_opt opt;
    bool bad = false;
    while (tcp_opt_next(&c, &opt, &bad)) {
        struct cur body = cur_of(opt.body.ptr, opt.body.len);
        if (opt.kind == TCP_OPT_TS && opt.body.len == 8)
            return cur_be32(&body);
    }
    return 0;
}

static struct span fill_options(struct personality_state *s, const struct pers_options *o,
                                const struct frame *f, uint8_t space[TCP_OPT_MAX])
{
    memcpy(space, o->byte, o->len);
    if (o->ts_at > 0) {
        const uint32_t offered = offered_time(&f->tcp);
        struct buf b;
        buf_init(&b, space + o->ts_at, 8);
        buf_be32(&b, o->has_value ? state_clock(s, f->time_ns) : 0);
        buf_be32(&b, !o->has_echo ? 0 : offered ? offered : TS_VALUE_MISSING);
    }
    return span_of(space, o->len);
}

static uint32_t pick_number(enum pers_number kind, uint32_t base, uint32_t other)
{
    switch (kind) {
    case PERS_ZERO:
        return 0;
    case PERS_SAME:
        return base;
    case PERS_NEXT:
        return base + 1;
    case PERS_OTHER:
        break;
    }
    return other;
}

static const struct pers_options *options_for(const struct personality *p, enum probe probe,
                                              int test)
{
    if (test != PERS_SYN)
        return &p->tcp[test].options;
    if (probe >= PROBE_SEQ1 && probe <= PROBE_SEQ6)
        return &p->syn_options[probe - PROBE_SEQ1];
    if (probe == PROBE_SYN1) // offers no SACK, like the third SYN of the second generation
        return &p->syn_options[2];
    return probe == PROBE_T5 ? &p->syn_options[0] : &p->plain_options;
}

static uint16_t window_for(const struct personality *p, enum probe probe, int test)
{
    if (test != PERS_SYN)
        return p->tcp[test].window;
    const bool is_seq = probe >= PROBE_SEQ1 && probe <= PROBE_SEQ6;
    return p->syn_window[is_seq ? probe - PROBE_SEQ1 : 0];
}

static void put_tcp(const struct frame *f, struct ip4_hdr ip, const struct tcp_hdr *tcp,
                    struct buf *out)
{
    const size_t len = IP4_HDR_LEN + TCP_HDR_LEN + tcp->options.len + tcp->payload.len;
    ip.total_len = (uint16_t)len;
    ip.proto = IP4_TCP;
    ip.src = f->ip4.dst;
    ip.dst = f->ip4.src;
    ip4_encode(out, &ip);
    tcp_encode(out, tcp, ip.src, ip.dst);
}

static bool answer_tcp(struct personality_state *s, const struct frame *f, bool is_open,
                       struct buf *out)
{
    const int test = tcp_test(f->tcp.flags, is_open);
    if (test < 0 || !s->p->tcp[test].is_sent)
        return false;
    const struct pers_reply *r = &s->p->tcp[test];
    const enum probe probe = probe_of(f);
    uint8_t space[TCP_OPT_MAX];
    struct tcp_hdr tcp = {.sport = f->tcp.dport,
                          .dport = f->tcp.sport,
                          .reserved = r->reserved,
                          .flags = r->flags,
                          .window = window_for(s->p, probe, test),
                          .urg = r->urg};
    tcp.options = fill_options(s, options_for(s->p, probe, test), f, space);
    const bool is_syn = r->flags & TCP_SYN;
    tcp.seq =
        pick_number(r->seq, f->tcp.ack, is_syn ? state_isn(s, f->time_ns) : rng_u32(&s->rng) | 1);
    tcp.ack = pick_number(r->ack, f->tcp.seq, rng_u32(&s->rng) | 1);
    if (r->flags & TCP_RST)
        tcp.payload = span_of(r->data, r->n_data);
    const struct ip4_hdr ip = {
        .id = state_id(s, is_open ? STATE_ID_OPEN : STATE_ID_CLOSED), .df = r->df, .ttl = r->ttl};
    put_tcp(f, ip, &tcp, out);
    return !out->full;
}

// An open UDP port sends back what it got.
static bool answer_udp(struct personality_state *s, const struct frame *f, struct buf *out)
{
    const struct udp_hdr udp = {
        .sport = f->udp.dport, .dport = f->udp.sport, .payload = f->udp.payload};
    const struct ip4_hdr ip = {.total_len =
                                   (uint16_t)(IP4_HDR_LEN + UDP_HDR_LEN + f->udp.payload.len),
                               .id = state_id(s, STATE_ID_OPEN),
                               .ttl = s->p->unreach.ttl,
                               .proto = IP4_UDP,
                               .src = f->ip4.dst,
                               .dst = f->ip4.src};
    ip4_encode(out, &ip);
    udp_encode(out, &udp, ip.src, ip.dst);
    return !out->full;
}

static bool answer_door(struct personality_state *s, const struct frame *f, enum door door,
                        struct buf *out)
{
    const bool is_tcp = f->kind == FRAME_TCP;
    switch (door) {
    case DOOR_FILTERED:
        return false;
    case DOOR_REJECT:
        return answer_unreach(s, f, s->p->reject_code, out);
    case DOOR_OPEN:
        return is_tcp ? answer_tcp(s, f, true, out) : answer_udp(s, f, out);
    case DOOR_CLOSED:
        break;
    }
    if (is_tcp)
        return answer_tcp(s, f, false, out);
    return s->p->unreach.is_sent && answer_unreach(s, f, ICMP4_PORT_UNREACH, out);
}

uint32_t personality_answer(struct personality_state *s, const struct frame *probe, uint64_t now_ns,
                            struct buf out[PERS_REPLIES])
{
    struct frame f = *probe;
    f.time_ns = now_ns;
    switch (f.kind) {
    case FRAME_TCP:
        return answer_door(s, &f, doors_at(s->tcp_doors, f.tcp.dport), &out[0]);
    case FRAME_UDP:
        return answer_door(s, &f, doors_at(s->udp_doors, f.udp.dport), &out[0]);
    case FRAME_ICMP4:
        return answer_icmp(s, &f, now_ns, &out[0]);
    case FRAME_SCTP:
    case FRAME_OTHER:
        return f.proto != IP4_IGMP && s->p->unreach.is_sent &&
               answer_unreach(s, &f, ICMP4_PROTO_UNREACH, &out[0]);
    default:
        return 0;
    }
}
