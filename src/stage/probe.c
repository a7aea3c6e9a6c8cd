// SPDX-License-Identifier: Apache-2.0
#include "stage/probe.h"

enum { TTL_MIN = 37, TTL_SPREAD = 23, WINDOW = 1024 }; // scanning spec 4.1

static const uint8_t mss_1460[] = {TCP_OPT_MSS, 4, 0x05, 0xB4};

uint32_t probe_cookie(const struct visit *v, uint16_t sport, uint16_t dport)
{
    uint8_t text[20];
    memcpy(text, v->host.addr.byte, 16);
    text[16] = (uint8_t)(sport >> 8);
    text[17] = (uint8_t)sport;
    text[18] = (uint8_t)(dport >> 8);
    text[19] = (uint8_t)dport;
    return (uint32_t)hash_keyed(&v->plan->key, span_of(text, sizeof text));
}

void probe_ip(const struct visit *v, struct buf *b, uint8_t proto, size_t len)
{
    const uint8_t ttl = (uint8_t)(TTL_MIN + rng_below(v->rng, TTL_SPREAD));
    if (v->host.addr.family == IP_V6) {
        const struct ip6_hdr ip = {
            .payload_len = (uint16_t)len,
            .next = proto,
            .hop_limit = ttl,
            .src = v->path.route.src,
            .dst = v->host.addr,
        };
        ip6_encode(b, &ip);
        return;
    }
    const struct ip4_hdr ip = {
        .total_len = (uint16_t)(IP4_HDR_LEN + len),
        .id = (uint16_t)rng_u32(v->rng),
        .ttl = ttl,
        .proto = proto,
        .src = ip_v4_u32(&v->path.route.src),
        .dst = ip_v4_u32(&v->host.addr),
    };
    ip4_encode(b, &ip);
}

struct span probe_tcp(const struct visit *v, uint8_t flags, uint16_t sport, uint16_t dport,
                      uint8_t mem[PROBE_MAX_LEN])
{
    const uint32_t cookie = probe_cookie(v, sport, dport);
    const bool is_syn = flags & TCP_SYN;
    const struct tcp_hdr tcp = {
        .sport = sport,
        .dport = dport,
        .seq = flags & TCP_ACK ? 0 : cookie,
        .ack = flags & TCP_ACK ? cookie : 0,
        .flags = flags,
        .window = WINDOW,
        .options = is_syn ? span_of(mss_1460, sizeof mss_1460) : span_of("", 0),
        .payload = SPAN(""),
    };
    struct buf b;
    buf_init(&b, mem, PROBE_MAX_LEN);
    probe_ip(v, &b, IP4_TCP, TCP_HDR_LEN + tcp.options.len);
    tcp_encode_ip(&b, &tcp, &v->path.route.src, &v->host.addr);
    return buf_span(&b);
}

struct span probe_udp(const struct visit *v, uint16_t sport, uint16_t dport, struct span payload,
                      uint8_t mem[PROBE_UDP_MAX_LEN])
{
    const size_t head = v->host.addr.family == IP_V6 ? IP6_HDR_LEN : IP4_HDR_LEN;
    const size_t room = PROBE_UDP_MAX_LEN - head - UDP_HDR_LEN;
    const struct udp_hdr udp = {
        .sport = sport, .dport = dport, .payload = span_head(payload, room)};
    struct buf b;
    buf_init(&b, mem, PROBE_UDP_MAX_LEN);
    probe_ip(v, &b, IP4_UDP, UDP_HDR_LEN + udp.payload.len);
    udp_encode_ip(&b, &udp, &v->path.route.src, &v->host.addr);
    return buf_span(&b);
}

enum reason probe_error(const struct frame *f)
{
    if (f->kind == FRAME_ICMP6)
        return f->icmp6.type == ICMP6_UNREACH         ? reason_of_unreach6(f->icmp6.code)
               : f->icmp6.type == ICMP6_TIME_EXCEEDED ? REASON_TIME_EXCEEDED
               : f->icmp6.type == ICMP6_PARAM_PROBLEM ? REASON_PARAM_PROBLEM
                                                      : REASON_NONE;
    if (f->kind != FRAME_ICMP4)
        return REASON_NONE;
    return f->icmp4.type == ICMP4_UNREACH         ? reason_of_unreach(f->icmp4.code)
           : f->icmp4.type == ICMP4_TIME_EXCEEDED ? REASON_TIME_EXCEEDED
                                                  : REASON_NONE;
}

bool probe_is_answer(const struct visit *v, uint8_t probe_flags, const struct frame *f)
{
    const struct tcp_hdr *t = &f->tcp;
    const uint32_t cookie = probe_cookie(v, t->dport, t->sport);
    if (probe_flags & TCP_ACK) // a reset takes its number from our acknowledgment (RFC 9293 3.5.2)
        return (t->flags & TCP_RST) && t->seq == cookie;
    if (!(t->flags & TCP_ACK)) // nothing to check but the ports: RST alone, or a split handshake
        return t->flags & (TCP_RST | TCP_SYN);
    if (!(t->flags & TCP_RST))
        return t->ack == cookie + 1;
    const bool is_syn_fin = (probe_flags & TCP_SYN) && (probe_flags & TCP_FIN); // counts as two
    return t->ack == cookie || t->ack == cookie + 1 || (is_syn_fin && t->ack == cookie + 2);
}

bool probe_is_quoted(const struct visit *v, uint8_t probe_flags, const struct frame_quote *q)
{
    if (q->proto != IP4_TCP || !ip_eq(&q->src, &v->path.route.src))
        return false;
    return q->seq == (probe_flags & TCP_ACK ? 0 : probe_cookie(v, q->sport, q->dport));
}

bool probe_is_quoted_udp(const struct visit *v, const struct frame_quote *q)
{
    return q->proto == IP4_UDP && ip_eq(&q->src, &v->path.route.src);
}
