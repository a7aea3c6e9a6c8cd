// SPDX-License-Identifier: Apache-2.0
#include "stage/probe_ip.h"

#include "wire/cksum.h"

enum { IP_ID_AT = 4, IP_CKSUM_AT = 10 };
enum { IGMP_LEN = 8, IGMP_QUERY = 0x11 }; // RFC 1112 appendix I

static const uint8_t zeros[ICMP4_STAMP_BODY] = {0};

static void put16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static struct span query6(const struct visit *v, uint16_t id, struct buf *b)
{
    const struct span data = probe_data(v);
    probe_ip(v, b, IP6_ICMP, ICMP6_HDR_LEN + data.len);
    icmp6_encode(b, &(struct icmp6_hdr){.type = ICMP6_ECHO, .id = id, .body = data},
                 &v->path.route.src, &v->host.addr);
    return buf_span(b);
}

struct span probe_query(const struct visit *v, enum icmp_query what, uint16_t id,
                        uint8_t mem[PROBE_MAX_LEN])
{
    static const uint8_t types[] = {ICMP4_ECHO, ICMP4_STAMP, ICMP4_MASK};
    static const uint8_t bodies[] = {0, ICMP4_STAMP_BODY, ICMP4_MASK_BODY};
    const struct span zero = span_of(zeros, bodies[what]);
    const struct icmp4_hdr icmp = {
        .type = types[what], .id = id, .body = what == QUERY_ECHO ? probe_data(v) : zero};
    struct buf b;
    buf_init(&b, mem, PROBE_MAX_LEN);
    if (v->host.addr.family == IP_V6)
        return query6(v, id, &b);
    probe_ip(v, &b, IP4_ICMP, ICMP4_HDR_LEN + icmp.body.len);
    icmp4_encode(&b, &icmp);
    return buf_span(&b);
}

bool probe_query_reply(const struct frame *f, enum icmp_query *what, uint16_t *id)
{
    static const uint8_t replies[] = {ICMP4_ECHO_REPLY, ICMP4_STAMP_REPLY, ICMP4_MASK_REPLY};
    *what = QUERY_ECHO;
    if (f->kind == FRAME_ICMP6) {
        *id = f->icmp6.id;
        return f->icmp6.type == ICMP6_ECHO_REPLY;
    }
    if (f->kind != FRAME_ICMP4)
        return false;
    *id = f->icmp4.id;
    for (unsigned i = 0; i < sizeof replies; i++) {
        *what = (enum icmp_query)i;
        if (f->icmp4.type == replies[i])
            return true;
    }
    return false;
}

static uint32_t tag_of(const struct visit *v, uint16_t sport, uint16_t dport)
{
    const uint32_t cookie = probe_cookie(v, sport, dport);
    return cookie ? cookie : 1; // zero is no tag (RFC 9260 section 3.3.2)
}

struct span probe_sctp(const struct visit *v, uint16_t sport, uint16_t dport,
                       uint8_t mem[PROBE_MAX_LEN])
{
    struct buf b;
    buf_init(&b, mem, PROBE_MAX_LEN);
    probe_ip(v, &b, IP4_SCTP, SCTP_INIT_LEN);
    sctp_encode_init(&b, &(struct sctp_hdr){.sport = probe_wire_port(v, sport), .dport = dport},
                     tag_of(v, sport, dport), rng_u32(v->rng));
    if (probe_wire_port(v, sport) != sport)
        probe_set_id(mem, sport);
    return buf_span(&b);
}

bool probe_is_answer_sctp(const struct visit *v, const struct frame *f)
{
    const struct sctp_hdr *s = &f->sctp;
    return (s->chunk == SCTP_INIT_ACK || s->chunk == SCTP_ABORT) &&
           s->vtag == tag_of(v, probe_source(v, 0, f, 0), s->sport);
}

static struct span probe_igmp(const struct visit *v, uint8_t mem[PROBE_MAX_LEN])
{
    uint8_t query[IGMP_LEN] = {IGMP_QUERY};
    const uint16_t sum = cksum_of(span_of(query, sizeof query));
    struct buf b;
    put16(query + 2, sum);
    buf_init(&b, mem, PROBE_MAX_LEN);
    probe_ip(v, &b, IP4_IGMP, IGMP_LEN);
    buf_bytes(&b, span_of(query, sizeof query));
    return buf_span(&b);
}

static struct span probe_bare(const struct visit *v, uint8_t proto, uint8_t mem[PROBE_MAX_LEN])
{
    struct buf b;
    buf_init(&b, mem, PROBE_MAX_LEN);
    probe_ip(v, &b, proto, 0);
    return buf_span(&b);
}

struct span probe_proto(const struct visit *v, uint8_t proto, uint16_t sport, uint16_t id,
                        uint8_t mem[PROBE_UDP_MAX_LEN])
{
    const bool is_six = v->host.addr.family == IP_V6;
    if (proto == (is_six ? IP6_ICMP : IP4_ICMP))
        return probe_query(v, QUERY_ECHO, id, mem);
    switch (proto) {
    case IP4_TCP:
        return probe_tcp(v, TCP_ACK, sport, PROBE_PROTO_TCP_PORT, mem);
    case IP4_UDP:
        return probe_udp(v, sport, PROBE_PROTO_UDP_PORT, SPAN(""), mem);
    case IP4_SCTP:
        return probe_sctp(v, sport, PROBE_PROTO_TCP_PORT, mem);
    case IP4_IGMP:
        return is_six ? probe_bare(v, proto, mem) : probe_igmp(v, mem);
    default:
        return probe_bare(v, proto, mem);
    }
}

void probe_set_id(uint8_t *packet, uint16_t id)
{
    if (packet[0] >> 4 != 4)
        return;
    put16(packet + IP_ID_AT, id);
    put16(packet + IP_CKSUM_AT, 0);
    put16(packet + IP_CKSUM_AT, cksum_of(span_of(packet, (size_t)(packet[0] & 15) * 4)));
}

bool probe_is_quoted_proto(const struct visit *v, uint8_t proto, const struct frame_quote *q)
{
    return q->proto == proto && ip_eq(&q->src, &v->path.route.src);
}
