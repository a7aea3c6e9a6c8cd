// SPDX-License-Identifier: Apache-2.0
#include "wire/ip6.h"

#include "base/limits.h"

static struct ip_addr read_addr(struct cur *c)
{
    struct ip_addr a = {.family = IP_V6};
    const struct span s = cur_bytes(c, sizeof a.byte);
    if (s.len == sizeof a.byte)
        memcpy(a.byte, s.ptr, s.len);
    return a;
}

static bool is_extension(uint8_t proto)
{
    return proto == IP6_HOP_OPTIONS || proto == IP6_ROUTING || proto == IP6_FRAGMENT ||
           proto == IP6_AUTH || proto == IP6_DEST_OPTIONS;
}

static void read_fragment(struct cur *c, struct ip6_hdr *h)
{
    const uint16_t word = cur_be16(c);
    h->frag_id = cur_be32(c);
    h->frag_off = word >> 3;
    h->is_fragment = h->frag_off != 0 || (word & 1);
}

// One extension header, whose type is in h->proto.
static void read_extension(struct cur *c, struct ip6_hdr *h)
{
    const uint8_t type = h->proto;
    h->proto = cur_u8(c);
    const uint8_t len = cur_u8(c);
    if (type == IP6_FRAGMENT)
        read_fragment(c, h);
    else if (type == IP6_AUTH)
        cur_skip(c, (len + 2u) * 4 - 2);
    else
        cur_skip(c, (len + 1u) * 8 - 2);
}

static enum err read_extensions(struct cur *c, struct ip6_hdr *h)
{
    const uint8_t *start = c->p;
    h->proto = h->next;
    for (int i = 0; is_extension(h->proto) && h->frag_off == 0; i++) {
        if (i == LIMIT_IP6_EXTENSIONS)
            return ERR_SYNTAX;
        read_extension(c, h);
        if (c->bad)
            return ERR_TRUNC;
    }
    h->ext_len = (uint16_t)(c->p - start);
    return ERR_OK;
}

enum err ip6_decode(struct cur *c, bool quoted, struct ip6_hdr *out)
{
    *out = (struct ip6_hdr){0};
    const uint32_t word = cur_be32(c);
    out->tclass = (uint8_t)(word >> 20);
    out->flow = word & 0xFFFFF;
    out->payload_len = cur_be16(c);
    out->next = cur_u8(c);
    out->hop_limit = cur_u8(c);
    out->src = read_addr(c);
    out->dst = read_addr(c);
    if (c->bad)
        return ERR_TRUNC;
    if (word >> 28 != 6)
        return ERR_SYNTAX;
    if (!quoted && cur_left(c) < out->payload_len)
        return ERR_TRUNC;
    cur_limit(c, out->payload_len);
    return read_extensions(c, out);
}

void ip6_encode(struct buf *b, const struct ip6_hdr *h)
{
    buf_be32(b, UINT32_C(6) << 28 | (uint32_t)h->tclass << 20 | (h->flow & 0xFFFFF));
    buf_be16(b, h->payload_len);
    buf_u8(b, h->next);
    buf_u8(b, h->hop_limit);
    buf_bytes(b, span_of(h->src.byte, sizeof h->src.byte));
    buf_bytes(b, span_of(h->dst.byte, sizeof h->dst.byte));
}

bool ip6_is_link_local(const struct ip_addr *a)
{
    return a->family == IP_V6 && a->byte[0] == 0xFE && (a->byte[1] & 0xC0) == 0x80;
}

struct ip_addr ip6_solicited_node(const struct ip_addr *a)
{
    struct ip_addr out = {
        .byte = {0xFF, 0x02, [11] = 0x01, [12] = 0xFF}, .zone = a->zone, .family = IP_V6};
    memcpy(out.byte + 13, a->byte + 13, 3);
    return out;
}
