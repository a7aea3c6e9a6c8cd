// SPDX-License-Identifier: Apache-2.0
#include "wire/ip4.h"

#include "wire/cksum.h"

enum { FLAG_RF = 0x8000, FLAG_DF = 0x4000, FLAG_MF = 0x2000, OFF_MASK = 0x1FFF };

static void split_flags(struct ip4_hdr *h, uint16_t word)
{
    h->rf = word & FLAG_RF;
    h->df = word & FLAG_DF;
    h->mf = word & FLAG_MF;
    h->frag_off = word & OFF_MASK;
}

enum err ip4_decode(struct cur *c, bool quoted, struct ip4_hdr *out)
{
    const uint8_t *start = c->p;
    *out = (struct ip4_hdr){0};
    const uint8_t version = cur_u8(c);
    out->hdr_len = (uint8_t)((version & 15) * 4);
    out->tos = cur_u8(c);
    out->total_len = cur_be16(c);
    out->id = cur_be16(c);
    split_flags(out, cur_be16(c));
    out->ttl = cur_u8(c);
    out->proto = cur_u8(c);
    out->cksum = cur_be16(c);
    out->src = cur_be32(c);
    out->dst = cur_be32(c);
    if (c->bad)
        return ERR_TRUNC;
    if (version >> 4 != 4 || out->hdr_len < IP4_HDR_LEN)
        return ERR_SYNTAX;
    cur_skip(c, out->hdr_len - IP4_HDR_LEN);
    if (c->bad)
        return ERR_TRUNC;
    out->cksum_ok = cksum_of(span_of(start, out->hdr_len)) == 0;
    if (quoted)
        return ERR_OK;
    if (out->total_len < out->hdr_len)
        return ERR_SYNTAX;
    const size_t payload = (size_t)out->total_len - out->hdr_len;
    if (cur_left(c) < payload)
        return ERR_TRUNC;
    cur_limit(c, payload);
    return ERR_OK;
}

void ip4_encode(struct buf *b, const struct ip4_hdr *h)
{
    uint8_t *start = b->p;
    const unsigned flags = (h->rf ? FLAG_RF : 0u) | (h->df ? FLAG_DF : 0u) | (h->mf ? FLAG_MF : 0u);
    buf_u8(b, 0x45);
    buf_u8(b, h->tos);
    buf_be16(b, h->total_len);
    buf_be16(b, h->id);
    buf_be16(b, (uint16_t)(flags | (h->frag_off & OFF_MASK)));
    buf_u8(b, h->ttl);
    buf_u8(b, h->proto);
    buf_be16(b, 0);
    buf_be32(b, h->src);
    buf_be32(b, h->dst);
    if (b->full)
        return;
    const uint16_t sum = cksum_of(span_of(start, IP4_HDR_LEN));
    start[10] = (uint8_t)(sum >> 8);
    start[11] = (uint8_t)sum;
}
