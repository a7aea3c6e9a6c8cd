// SPDX-License-Identifier: Apache-2.0
#include "wire/icmp4.h"

#include "wire/cksum.h"

enum err icmp4_decode(struct cur *c, struct icmp4_hdr *out)
{
    *out = (struct icmp4_hdr){0};
    out->type = cur_u8(c);
    out->code = cur_u8(c);
    out->cksum = cur_be16(c);
    out->id = cur_be16(c);
    out->seq = cur_be16(c);
    out->unused = (uint32_t)out->id << 16 | out->seq;
    if (c->bad)
        return ERR_TRUNC;
    out->body = cur_rest(c);
    return ERR_OK;
}

bool icmp4_is_error(uint8_t type)
{
    return type == ICMP4_UNREACH || type == ICMP4_QUENCH || type == ICMP4_REDIRECT ||
           type == ICMP4_TIME_EXCEEDED || type == ICMP4_PARAM_PROBLEM;
}

bool icmp4_quote(const struct icmp4_hdr *h, struct icmp4_quote *out)
{
    *out = (struct icmp4_quote){0};
    struct cur c = cur_of(h->body.ptr, h->body.len);
    if (!icmp4_is_error(h->type) || ip4_decode(&c, true, &out->ip) != ERR_OK)
        return false;
    out->ip_bytes = span_head(h->body, out->ip.hdr_len);
    out->sport = cur_be16(&c);
    out->dport = cur_be16(&c);
    out->udp_len = cur_be16(&c);
    out->udp_cksum = cur_be16(&c);
    out->seq = (uint32_t)out->udp_len << 16 | out->udp_cksum;
    if (c.bad)
        return false;
    out->rest = cur_rest(&c);
    out->is_present = true;
    return true;
}

void icmp4_encode(struct buf *b, const struct icmp4_hdr *h)
{
    uint8_t *start = b->p;
    buf_u8(b, h->type);
    buf_u8(b, h->code);
    buf_be16(b, 0);
    if (icmp4_is_error(h->type)) {
        buf_be32(b, h->unused);
    } else {
        buf_be16(b, h->id);
        buf_be16(b, h->seq);
    }
    buf_bytes(b, h->body);
    if (b->full)
        return;
    const uint16_t sum = cksum_of(span_of(start, ICMP4_HDR_LEN + h->body.len));
    start[2] = (uint8_t)(sum >> 8);
    start[3] = (uint8_t)sum;
}
