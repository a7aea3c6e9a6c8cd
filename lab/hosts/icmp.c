// SPDX-License-Identifier: Apache-2.0
// ICMP as a stack sends it: unreachables with their quirks of quoting (test U1) and replies to
// echo and timestamp requests (test IE). Reference: os-detection specification 3.11, 3.12;
// RFC 792.
#include "lab/hosts/hosts.h"

#include "wire/cksum.h"

enum {
    QUOTE_MAX = 1024,
    OVERHEAD = IP4_HDR_LEN + ICMP4_HDR_LEN,
    LEN_AT = 2, // places in an IPv4 header
    ID_AT = 4,
    TTL_AT = 8,
    CKSUM_AT = 10,
    UDP_CKSUM_AT = 6,
    ICMP_TIMESTAMP = 13, // RFC 792
    ICMP_TIMESTAMP_REPLY = 14,
    TIMESTAMP_BODY = 12,
    ODD_CODE = 5, // a code that is neither 0 nor the request's
};

static void put16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static void quote_header(const struct pers_unreach *u, uint8_t *quote, size_t hdr_len)
{
    if (u->quoted_len >= 0)
        put16(quote + LEN_AT, (uint16_t)u->quoted_len);
    if (u->quoted_id >= 0)
        put16(quote + ID_AT, (uint16_t)u->quoted_id);
    quote[TTL_AT] = (uint8_t)(quote[TTL_AT] - u->quoted_hops);
    put16(quote + CKSUM_AT, 0);
    if (u->quoted_cksum == 'Z')
        return;
    uint16_t sum = cksum_of(span_of(quote, hdr_len));
    if (u->quoted_cksum == 'I')
        sum = sum == 0x5555 ? 0xAAAA : sum ^ 0x5555; // wrong, and not 0
    put16(quote + CKSUM_AT, sum);
}

// What an error quotes of packet f: as much as U1's IPL allows of what there is.
static size_t make_quote(const struct pers_unreach *u, const struct frame *f,
                         uint8_t quote[QUOTE_MAX])
{
    const size_t hdr_len = f->ip4.hdr_len;
    size_t want = u->total_len > OVERHEAD ? (size_t)u->total_len - OVERHEAD : 0;
    if (want > QUOTE_MAX)
        want = QUOTE_MAX;
    const size_t n = want < f->packet.len ? want : f->packet.len;
    if (n > 0)
        memcpy(quote, f->packet.ptr, n);
    if (n < hdr_len)
        return n;
    quote_header(u, quote, hdr_len);
    if (f->kind != FRAME_UDP || n < hdr_len + UDP_HDR_LEN)
        return n;
    if (u->udp_cksum >= 0)
        put16(quote + hdr_len + UDP_CKSUM_AT, (uint16_t)u->udp_cksum);
    if (n > hdr_len + UDP_HDR_LEN && u->spoils_data)
        quote[hdr_len + UDP_HDR_LEN] ^= 0xFF;
    if (f->udp.payload.len < 300 || want <= n) // only U1 itself is stretched to its IPL
        return n;
    memset(quote + n, 'C', want - n);
    return want;
}

static void put_packet(struct buf *out, struct ip4_hdr ip, const struct icmp4_hdr *icmp)
{
    ip.total_len = (uint16_t)(OVERHEAD + icmp->body.len);
    ip.proto = IP4_ICMP;
    ip4_encode(out, &ip);
    icmp4_encode(out, icmp);
}

bool answer_unreach(struct personality_state *s, const struct frame *f, uint8_t code,
                    struct buf *out)
{
    const struct pers_unreach *u = &s->p->unreach;
    uint8_t quote[QUOTE_MAX];
    const size_t n = make_quote(u, f, quote);
    const struct ip4_hdr ip = {.id = state_id(s, STATE_ID_ICMP),
                               .df = u->df,
                               .ttl = u->ttl,
                               .src = f->ip4.dst,
                               .dst = f->ip4.src};
    const struct icmp4_hdr icmp = {
        .type = ICMP4_UNREACH, .code = code, .unused = u->unused, .body = span_of(quote, n)};
    put_packet(out, ip, &icmp);
    return !out->full;
}

static bool echo_df(char dfi, bool is_set)
{
    return dfi == 'Y' || (dfi == 'S' && is_set) || (dfi == 'O' && !is_set);
}

static uint8_t echo_code(const struct pers_echo *e, uint8_t code)
{
    switch (e->code) {
    case 'S':
        return code;
    case 'Z':
        return 0;
    case 'O':
        return code == 0 ? ODD_CODE : 0;
    default:
        return e->value;
    }
}

// Originate as it came, receive and transmit: milliseconds since midnight.
static size_t timestamps(const struct icmp4_hdr *request, uint64_t now_ns,
                         uint8_t body[TIMESTAMP_BODY])
{
    struct cur c = cur_of(request->body.ptr, request->body.len);
    struct buf b;
    const uint32_t ms = (uint32_t)(now_ns / 1000000 % 86400000);
    buf_init(&b, body, TIMESTAMP_BODY);
    buf_be32(&b, cur_be32(&c));
    buf_be32(&b, ms);
    buf_be32(&b, ms);
    return buf_len(&b);
}

bool answer_icmp(struct personality_state *s, const struct frame *f, uint64_t now_ns,
                 struct buf *out)
{
    const struct pers_echo *e = &s->p->echo;
    const bool is_time = f->icmp4.type == ICMP_TIMESTAMP;
    uint8_t body[TIMESTAMP_BODY];
    if (is_time ? !e->has_timestamp : f->icmp4.type != ICMP4_ECHO || !e->is_sent)
        return false;
    struct icmp4_hdr icmp = f->icmp4;
    icmp.type = is_time ? ICMP_TIMESTAMP_REPLY : ICMP4_ECHO_REPLY;
    icmp.code = is_time ? 0 : echo_code(e, f->icmp4.code);
    if (is_time)
        icmp.body = span_of(body, timestamps(&f->icmp4, now_ns, body));
    const struct ip4_hdr ip = {.tos = f->ip4.tos,
                               .id = state_id(s, STATE_ID_ICMP),
                               .df = echo_df(e->df, f->ip4.df),
                               .ttl = e->ttl,
                               .src = f->ip4.dst,
                               .dst = f->ip4.src};
    put_packet(out, ip, &icmp);
    return !out->full;
}
