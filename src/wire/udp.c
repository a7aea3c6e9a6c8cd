// SPDX-License-Identifier: Apache-2.0
#include "wire/udp.h"

#include "wire/cksum.h"
#include "wire/ip4.h"

enum err udp_decode(struct cur *c, struct udp_hdr *out)
{
    *out = (struct udp_hdr){0};
    out->sport = cur_be16(c);
    out->dport = cur_be16(c);
    out->len = cur_be16(c);
    out->cksum = cur_be16(c);
    if (c->bad)
        return ERR_TRUNC;
    if (out->len >= UDP_HDR_LEN)
        cur_limit(c, out->len - (size_t)UDP_HDR_LEN);
    out->payload = cur_rest(c);
    return ERR_OK;
}

void udp_encode(struct buf *b, const struct udp_hdr *h, uint32_t src, uint32_t dst)
{
    const struct ip_addr from = ip_v4(src);
    const struct ip_addr to = ip_v4(dst);
    udp_encode_ip(b, h, &from, &to);
}

void udp_encode_ip(struct buf *b, const struct udp_hdr *h, const struct ip_addr *src,
                   const struct ip_addr *dst)
{
    uint8_t *start = b->p;
    const uint16_t len = (uint16_t)(UDP_HDR_LEN + h->payload.len);
    buf_be16(b, h->sport);
    buf_be16(b, h->dport);
    buf_be16(b, len);
    buf_be16(b, 0);
    buf_bytes(b, h->payload);
    if (b->full)
        return;
    const uint32_t pseudo = cksum_pseudo(src, dst, IP4_UDP, len);
    uint16_t sum = cksum_end(cksum_add(pseudo, span_of(start, len)));
    if (sum == 0)
        sum = 0xFFFF; // RFC 768: zero would mean "no checksum"
    start[6] = (uint8_t)(sum >> 8);
    start[7] = (uint8_t)sum;
}
