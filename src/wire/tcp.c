// SPDX-License-Identifier: Apache-2.0
#include "wire/tcp.h"

#include "wire/cksum.h"
#include "wire/ip4.h"

enum err tcp_decode(struct cur *c, struct tcp_hdr *out)
{
    *out = (struct tcp_hdr){0};
    out->sport = cur_be16(c);
    out->dport = cur_be16(c);
    out->seq = cur_be32(c);
    out->ack = cur_be32(c);
    const uint8_t offset = cur_u8(c);
    out->reserved = offset & 15;
    out->flags = cur_u8(c);
    out->window = cur_be16(c);
    out->cksum = cur_be16(c);
    out->urg = cur_be16(c);
    if (c->bad)
        return ERR_TRUNC;
    if (offset >> 4 < 5)
        return ERR_SYNTAX;
    out->options = cur_bytes(c, (size_t)(offset >> 4) * 4 - TCP_HDR_LEN);
    if (c->bad)
        return ERR_TRUNC;
    out->payload = cur_rest(c);
    return ERR_OK;
}

void tcp_encode(struct buf *b, const struct tcp_hdr *h, uint32_t src, uint32_t dst)
{
    const struct ip_addr from = ip_v4(src);
    const struct ip_addr to = ip_v4(dst);
    tcp_encode_ip(b, h, &from, &to);
}

void tcp_encode_ip(struct buf *b, const struct tcp_hdr *h, const struct ip_addr *src,
                   const struct ip_addr *dst)
{
    uint8_t *start = b->p;
    const size_t hdr_len = TCP_HDR_LEN + h->options.len;
    buf_be16(b, h->sport);
    buf_be16(b, h->dport);
    buf_be32(b, h->seq);
    buf_be32(b, h->ack);
    buf_u8(b, (uint8_t)(hdr_len / 4 << 4 | (h->reserved & 15)));
    buf_u8(b, h->flags);
    buf_be16(b, h->window);
    buf_be16(b, 0);
    buf_be16(b, h->urg);
    buf_bytes(b, h->options);
    buf_bytes(b, h->payload);
    if (b->full)
        return;
    const size_t len = hdr_len + h->payload.len;
    const uint32_t pseudo = cksum_pseudo(src, dst, IP4_TCP, (uint16_t)len);
    const uint16_t sum = cksum_end(cksum_add(pseudo, span_of(start, len)));
    start[16] = (uint8_t)(sum >> 8);
    start[17] = (uint8_t)sum;
}

bool tcp_opt_next(struct cur *c, struct tcp_opt *out, bool *bad)
{
    if (cur_left(c) == 0)
        return false;
    *out = (struct tcp_opt){.kind = cur_u8(c)};
    if (out->kind == TCP_OPT_EOL || out->kind == TCP_OPT_NOP)
        return true;
    const uint8_t len = cur_u8(c);
    if (c->bad || len < 2) {
        *bad = true;
        return false;
    }
    out->body = cur_bytes(c, len - 2u);
    *bad = *bad || c->bad;
    return !c->bad;
}
