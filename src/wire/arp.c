// SPDX-License-Identifier: Apache-2.0
#include "wire/arp.h"

enum { HW_ETHERNET = 1, PROTO_IP4 = 0x0800 };

static void read_pair(struct cur *c, struct mac_addr *mac, struct ip_addr *ip)
{
    const struct span s = cur_bytes(c, 6);
    if (s.len == 6)
        memcpy(mac->byte, s.ptr, 6);
    *ip = ip_v4(cur_be32(c));
}

enum err arp_decode(struct cur *c, struct arp_pkt *out)
{
    *out = (struct arp_pkt){0};
    const uint16_t hw = cur_be16(c);
    const uint16_t proto = cur_be16(c);
    const uint8_t hw_len = cur_u8(c);
    const uint8_t proto_len = cur_u8(c);
    out->op = cur_be16(c);
    read_pair(c, &out->sha, &out->spa);
    read_pair(c, &out->tha, &out->tpa);
    if (c->bad)
        return ERR_TRUNC;
    const bool ours = hw == HW_ETHERNET && proto == PROTO_IP4 && hw_len == 6 && proto_len == 4;
    return ours ? ERR_OK : ERR_SYNTAX;
}

void arp_encode(struct buf *b, const struct arp_pkt *p)
{
    buf_be16(b, HW_ETHERNET);
    buf_be16(b, PROTO_IP4);
    buf_u8(b, 6);
    buf_u8(b, 4);
    buf_be16(b, p->op);
    buf_bytes(b, span_of(p->sha.byte, 6));
    buf_be32(b, ip_v4_u32(&p->spa));
    buf_bytes(b, span_of(p->tha.byte, 6));
    buf_be32(b, ip_v4_u32(&p->tpa));
}
