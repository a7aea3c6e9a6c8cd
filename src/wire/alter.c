// SPDX-License-Identifier: Apache-2.0
#include "wire/alter.h"

#include "wire/cksum.h"
#include "wire/icmp4.h"
#include "wire/ip4.h"
#include "wire/ip6.h"
#include "wire/tcp.h"
#include "wire/udp.h"

enum {
    IP4_TTL_AT = 8,
    IP4_SUM_AT = 10,
    IP4_SRC_AT = 12,
    IP6_HOPS_AT = 7,
    IP6_SRC_AT = 8,
    TCP_SUM_AT = 16,
    UDP_SUM_AT = 6,
    ICMP_SUM_AT = 2,
    SCTP_SUM_AT = 8,
};

// What alter needs to know of a packet.
struct layout {
    bool is_v6;
    uint8_t proto;
    size_t upper; // where the transport header begins
    size_t sum;   // where its checksum is, 0 = it has none that is known
    bool has_pseudo;
};

static size_t sum_of(uint8_t proto)
{
    switch (proto) {
    case IP4_TCP:
        return TCP_SUM_AT;
    case IP4_UDP:
        return UDP_SUM_AT;
    case IP4_ICMP:
    case IP6_ICMP:
        return ICMP_SUM_AT;
    case IP4_SCTP:
        return SCTP_SUM_AT;
    default:
        return 0;
    }
}

static bool look(const uint8_t *packet, size_t len, struct layout *out)
{
    struct cur c = cur_of(packet, len);
    struct ip4_hdr ip4;
    struct ip6_hdr ip6;
    *out = (struct layout){.is_v6 = len > 0 && packet[0] >> 4 == 6};
    if (out->is_v6) {
        if (ip6_decode(&c, false, &ip6) != ERR_OK)
            return false;
        out->proto = ip6.proto;
        out->upper = IP6_HDR_LEN + (size_t)ip6.ext_len;
    } else {
        if (ip4_decode(&c, false, &ip4) != ERR_OK)
            return false;
        out->proto = ip4.proto;
        out->upper = ip4.hdr_len;
    }
    const size_t at = sum_of(out->proto);
    out->sum = at > 0 && out->upper + at + 2 <= len ? out->upper + at : 0;
    out->has_pseudo = out->proto == IP4_TCP || out->proto == IP4_UDP || out->proto == IP6_ICMP;
    return true;
}

static uint16_t word_at(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static void put_word(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

// RFC 1624, equation 3.
static void sum_replace(uint8_t *sum, struct span before, struct span after)
{
    uint32_t s = (uint16_t)~word_at(sum);
    for (size_t i = 0; i < before.len; i += 2)
        s += (uint16_t)~word_at((const uint8_t *)before.ptr + i);
    put_word(sum, cksum_end(cksum_add(s, after)));
}

static void sum_again(uint8_t *packet, size_t hdr_len)
{
    put_word(packet + IP4_SUM_AT, 0);
    put_word(packet + IP4_SUM_AT, cksum_of(span_of(packet, hdr_len)));
}

void alter_source(uint8_t *packet, size_t len, const struct ip_addr *src)
{
    struct layout l;
    if (!look(packet, len, &l) || l.is_v6 != (src->family == IP_V6))
        return;
    uint8_t *at = packet + (l.is_v6 ? IP6_SRC_AT : IP4_SRC_AT);
    const size_t n = l.is_v6 ? 16 : 4;
    if (l.has_pseudo && l.sum > 0)
        sum_replace(packet + l.sum, span_of(at, n), span_of(src->byte, n));
    memcpy(at, src->byte, n);
    if (!l.is_v6)
        sum_again(packet, l.upper);
}

void alter_ttl(uint8_t *packet, size_t len, uint8_t ttl)
{
    struct layout l;
    if (!look(packet, len, &l))
        return;
    packet[l.is_v6 ? IP6_HOPS_AT : IP4_TTL_AT] = ttl;
    if (!l.is_v6)
        sum_again(packet, l.upper);
}

void alter_break_sum(uint8_t *packet, size_t len)
{
    struct layout l;
    if (!look(packet, len, &l) || l.sum == 0)
        return;
    uint8_t *sum = packet + l.sum;
    if (sum[0]-- == 0) // read as a little endian number
        sum[1]--;
}

bool alter_fragment(struct span packet, uint32_t size, uint32_t i, struct buf *out)
{
    struct cur c = cur_of(packet.ptr, packet.len);
    struct ip4_hdr ip;
    if (size == 0 || packet.len == 0 || (uint8_t)packet.ptr[0] >> 4 != 4)
        return false;
    if (ip4_decode(&c, false, &ip) != ERR_OK || ip.df || ip.hdr_len != IP4_HDR_LEN)
        return false;
    const struct span data = cur_rest(&c);
    const size_t from = (size_t)size * i;
    if (data.len <= size || from >= data.len)
        return false;
    const struct span piece = span_head(span_from(data, from), size);
    ip.mf = from + piece.len < data.len;
    ip.frag_off = (uint16_t)(from / 8);
    ip.total_len = (uint16_t)(IP4_HDR_LEN + piece.len);
    ip4_encode(out, &ip);
    buf_bytes(out, piece);
    return true;
}
