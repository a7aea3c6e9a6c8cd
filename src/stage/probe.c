// SPDX-License-Identifier: Apache-2.0
#include "stage/probe.h"

enum { TTL_MIN = 37, TTL_SPREAD = 23, WINDOW = 1024 }; // scanning spec 4.1
enum { SOURCE_FIRST = 0x8000, COOKIE_BITS = 0x007FFFFF };

static const uint8_t mss_1460[] = {TCP_OPT_MSS, 4, 0x05, 0xB4};

static uint16_t fixed_source(const struct visit *v)
{
    return v->plan->packet.source;
}

uint16_t probe_wire_port(const struct visit *v, uint16_t sport)
{
    return fixed_source(v) ? fixed_source(v) : sport;
}

static uint32_t hash_ends(const struct visit *v, uint16_t sport, uint16_t dport)
{
    uint8_t text[20];
    memcpy(text, v->host.addr.byte, 16);
    text[16] = (uint8_t)(sport >> 8);
    text[17] = (uint8_t)sport;
    text[18] = (uint8_t)(dport >> 8);
    text[19] = (uint8_t)dport;
    return (uint32_t)hash_keyed(&v->plan->key, span_of(text, sizeof text));
}

// With a fixed source port the first byte tells the try; the bit behind it stays free for carries.
uint32_t probe_cookie(const struct visit *v, uint16_t sport, uint16_t dport)
{
    if (!fixed_source(v))
        return hash_ends(v, sport, dport);
    return (uint32_t)(uint8_t)sport << 24 | (hash_ends(v, fixed_source(v), dport) & COOKIE_BITS);
}

uint16_t probe_source(const struct visit *v, uint8_t probe_flags, const struct frame *f,
                      uint16_t otherwise)
{
    const uint16_t dport = f->kind == FRAME_TCP    ? f->tcp.dport
                           : f->kind == FRAME_SCTP ? f->sctp.dport
                                                   : f->udp.dport;
    if (!fixed_source(v) || dport != fixed_source(v))
        return dport;
    if (f->kind == FRAME_SCTP)
        return (uint16_t)(SOURCE_FIRST | f->sctp.vtag >> 24);
    if (f->kind != FRAME_TCP || (!(probe_flags & TCP_ACK) && !(f->tcp.flags & TCP_ACK)))
        return otherwise;
    const uint32_t number = probe_flags & TCP_ACK ? f->tcp.seq : f->tcp.ack;
    return (uint16_t)(SOURCE_FIRST | number >> 24);
}

uint16_t probe_quoted_source(const struct visit *v, const struct frame_quote *q, uint16_t otherwise)
{
    if (!fixed_source(v) || q->sport != fixed_source(v))
        return q->sport;
    return q->src.family == IP_V4 ? q->id : otherwise;
}

static uint8_t choose_ttl(const struct visit *v)
{
    const struct plan_packet *p = &v->plan->packet;
    return p->has_ttl ? p->ttl : (uint8_t)(TTL_MIN + rng_below(v->rng, TTL_SPREAD));
}

static void put_ip_id(const struct visit *v, struct buf *b, uint8_t proto, size_t len, uint16_t id)
{
    const uint8_t ttl = choose_ttl(v);
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
        .id = id,
        .ttl = ttl,
        .proto = proto,
        .src = ip_v4_u32(&v->path.route.src),
        .dst = ip_v4_u32(&v->host.addr),
    };
    ip4_encode(b, &ip);
}

void probe_ip(const struct visit *v, struct buf *b, uint8_t proto, size_t len)
{
    put_ip_id(v, b, proto, len, (uint16_t)rng_u32(v->rng));
}

static uint16_t choose_id(const struct visit *v, uint16_t sport)
{
    return fixed_source(v) ? sport : (uint16_t)rng_u32(v->rng);
}

struct span probe_data(const struct visit *v)
{
    return v->plan->packet.has_data ? v->plan->packet.data : SPAN("");
}

struct span probe_tcp(const struct visit *v, uint8_t flags, uint16_t sport, uint16_t dport,
                      uint8_t mem[PROBE_MAX_LEN])
{
    const uint32_t cookie = probe_cookie(v, sport, dport);
    const bool is_syn = flags & TCP_SYN;
    const struct tcp_hdr tcp = {
        .sport = probe_wire_port(v, sport),
        .dport = dport,
        .seq = flags & TCP_ACK ? 0 : cookie,
        .ack = flags & TCP_ACK ? cookie : 0,
        .flags = flags,
        .window = WINDOW,
        .options = is_syn ? span_of(mss_1460, sizeof mss_1460) : span_of("", 0),
        .payload = probe_data(v),
    };
    const size_t len = TCP_HDR_LEN + tcp.options.len + tcp.payload.len;
    struct buf b;
    buf_init(&b, mem, PROBE_MAX_LEN);
    put_ip_id(v, &b, IP4_TCP, len, choose_id(v, sport));
    tcp_encode_ip(&b, &tcp, &v->path.route.src, &v->host.addr);
    return buf_span(&b);
}

struct span probe_udp(const struct visit *v, uint16_t sport, uint16_t dport, struct span payload,
                      uint8_t mem[PROBE_UDP_MAX_LEN])
{
    const size_t head = v->host.addr.family == IP_V6 ? IP6_HDR_LEN : IP4_HDR_LEN;
    const size_t room = PROBE_UDP_MAX_LEN - head - UDP_HDR_LEN;
    const struct span data = v->plan->packet.has_data ? v->plan->packet.data : payload;
    const struct udp_hdr udp = {
        .sport = probe_wire_port(v, sport), .dport = dport, .payload = span_head(data, room)};
    struct buf b;
    buf_init(&b, mem, PROBE_UDP_MAX_LEN);
    put_ip_id(v, &b, IP4_UDP, UDP_HDR_LEN + udp.payload.len, choose_id(v, sport));
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

// A reset acknowledges what it counts: SYN and FIN as one each, and the data behind the header.
static bool is_reset_of(const struct visit *v, uint8_t flags, uint32_t ack, uint32_t cookie)
{
    const uint32_t most = ((flags & TCP_SYN) && (flags & TCP_FIN) ? 2u : 1u);
    const uint32_t len = (uint32_t)probe_data(v).len;
    return ack - cookie <= most || (len > 0 && ack - cookie - len <= most);
}

bool probe_is_answer(const struct visit *v, uint8_t probe_flags, const struct frame *f)
{
    const struct tcp_hdr *t = &f->tcp;
    if (fixed_source(v) && t->dport != fixed_source(v))
        return false;
    const uint16_t sport = probe_source(v, probe_flags, f, SOURCE_FIRST);
    const uint32_t cookie = probe_cookie(v, sport, t->sport);
    if (probe_flags & TCP_ACK) // a reset takes its number from our acknowledgment (RFC 9293 3.5.2)
        return (t->flags & TCP_RST) && t->seq == cookie;
    if (!(t->flags & TCP_ACK)) // nothing to check but the ports: RST alone, or a split handshake
        return t->flags & (TCP_RST | TCP_SYN);
    if (!(t->flags & TCP_RST)) // data that came with a SYN may be acknowledged, too
        return t->ack == cookie + 1 || t->ack == cookie + 1 + (uint32_t)probe_data(v).len;
    return is_reset_of(v, probe_flags, t->ack, cookie);
}

bool probe_is_quoted(const struct visit *v, uint8_t probe_flags, const struct frame_quote *q)
{
    if (q->proto != IP4_TCP || !ip_eq(&q->src, &v->path.route.src))
        return false;
    const uint16_t sport = probe_quoted_source(v, q, SOURCE_FIRST | (uint16_t)(q->seq >> 24));
    return q->seq == (probe_flags & TCP_ACK ? 0 : probe_cookie(v, sport, q->dport));
}

bool probe_is_quoted_udp(const struct visit *v, const struct frame_quote *q)
{
    return q->proto == IP4_UDP && ip_eq(&q->src, &v->path.route.src);
}
