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

static struct ip4_hdr ip_header(const struct visit *v, uint8_t proto, size_t len)
{
    return (struct ip4_hdr){
        .total_len = (uint16_t)(IP4_HDR_LEN + len),
        .id = (uint16_t)rng_u32(v->rng),
        .ttl = (uint8_t)(TTL_MIN + rng_below(v->rng, TTL_SPREAD)),
        .proto = proto,
        .src = ip_v4_u32(&v->path.route.src),
        .dst = ip_v4_u32(&v->host.addr),
    };
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
    const struct ip4_hdr ip = ip_header(v, IP4_TCP, TCP_HDR_LEN + tcp.options.len);
    struct buf b;
    buf_init(&b, mem, PROBE_MAX_LEN);
    ip4_encode(&b, &ip);
    tcp_encode(&b, &tcp, ip.src, ip.dst);
    return buf_span(&b);
}

struct span probe_udp(const struct visit *v, uint16_t sport, uint16_t dport, struct span payload,
                      uint8_t mem[PROBE_UDP_MAX_LEN])
{
    const size_t room = (size_t)PROBE_UDP_MAX_LEN - IP4_HDR_LEN - UDP_HDR_LEN;
    const struct udp_hdr udp = {
        .sport = sport, .dport = dport, .payload = span_head(payload, room)};
    const struct ip4_hdr ip = ip_header(v, IP4_UDP, UDP_HDR_LEN + udp.payload.len);
    struct buf b;
    buf_init(&b, mem, PROBE_UDP_MAX_LEN);
    ip4_encode(&b, &ip);
    udp_encode(&b, &udp, ip.src, ip.dst);
    return buf_span(&b);
}

struct span probe_echo(const struct visit *v, uint16_t id, uint8_t mem[PROBE_MAX_LEN])
{
    const struct ip4_hdr ip = ip_header(v, IP4_ICMP, ICMP4_HDR_LEN);
    struct buf b;
    buf_init(&b, mem, PROBE_MAX_LEN);
    ip4_encode(&b, &ip);
    icmp4_encode(&b, &(struct icmp4_hdr){.type = ICMP4_ECHO, .id = id, .body = SPAN("")});
    return buf_span(&b);
}

bool probe_is_answer(const struct visit *v, uint8_t probe_flags, const struct frame *f)
{
    const struct tcp_hdr *t = &f->tcp;
    const uint32_t cookie = probe_cookie(v, t->dport, t->sport);
    if (probe_flags & TCP_ACK) // a reset takes its number from our acknowledgment (RFC 9293 3.5.2)
        return (t->flags & TCP_RST) && t->seq == cookie;
    if (!(t->flags & TCP_ACK)) // nothing to check but the ports: RST alone, or a split handshake
        return t->flags & (TCP_RST | TCP_SYN);
    return t->ack == cookie + 1 || ((t->flags & TCP_RST) && t->ack == cookie);
}

bool probe_is_quoted(const struct visit *v, uint8_t probe_flags, const struct icmp4_quote *q)
{
    if (q->ip.proto != IP4_TCP || q->ip.src != ip_v4_u32(&v->path.route.src))
        return false;
    return q->seq == (probe_flags & TCP_ACK ? 0 : probe_cookie(v, q->sport, q->dport));
}

bool probe_is_quoted_udp(const struct visit *v, const struct icmp4_quote *q)
{
    return q->ip.proto == IP4_UDP && q->ip.src == ip_v4_u32(&v->path.route.src);
}
