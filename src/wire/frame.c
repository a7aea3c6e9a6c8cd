// SPDX-License-Identifier: Apache-2.0
#include "wire/frame.h"

enum { SLL_TYPE_AT = 14, NULL_HDR_LEN = 4 };

static enum err decode_transport(struct cur *c, struct frame *f)
{
    switch (f->ip4.proto) {
    case IP4_TCP:
        f->kind = FRAME_TCP;
        return tcp_decode(c, &f->tcp);
    case IP4_UDP:
        f->kind = FRAME_UDP;
        return udp_decode(c, &f->udp);
    case IP4_ICMP:
        f->kind = FRAME_ICMP4;
        return icmp4_decode(c, &f->icmp4);
    default:
        return ERR_OK;
    }
}

static enum err decode_ip4(struct cur *c, struct frame *f)
{
    const uint8_t *start = c->p;
    const enum err e = ip4_decode(c, false, &f->ip4);
    if (e != ERR_OK)
        return e;
    f->packet = span_of(start, f->ip4.total_len);
    f->src = ip_v4(f->ip4.src);
    f->dst = ip_v4(f->ip4.dst);
    f->ttl = f->ip4.ttl;
    if (f->ip4.frag_off != 0)
        return ERR_SYNTAX;
    return decode_transport(c, f);
}

static enum err decode_arp(struct cur *c, struct frame *f)
{
    const enum err e = arp_decode(c, &f->arp);
    f->kind = FRAME_ARP;
    f->src = f->arp.spa;
    f->dst = f->arp.tpa;
    return e;
}

// The EtherType of what follows, 0 if unknown.
static uint16_t decode_link(enum link_type link, struct cur *c, struct frame *f)
{
    switch (link) {
    case LINK_ETHERNET:
        f->has_eth = true;
        return eth_decode(c, &f->eth) == ERR_OK ? f->eth.type : 0;
    case LINK_RAW:
        return cur_left(c) > 0 && *c->p >> 4 == 4 ? ETH_IP4 : 0;
    case LINK_NULL:
        cur_skip(c, NULL_HDR_LEN);
        return cur_left(c) > 0 && *c->p >> 4 == 4 ? ETH_IP4 : 0;
    case LINK_SLL:
        cur_skip(c, SLL_TYPE_AT);
        return cur_be16(c);
    }
    return 0;
}

enum err frame_decode(enum link_type link, struct span bytes, struct frame *out)
{
    const uint64_t time_ns = out->time_ns;
    const uint32_t iface = out->iface;
    memset(out, 0, sizeof *out);
    out->time_ns = time_ns;
    out->iface = iface;
    struct cur c = cur_of(bytes.ptr, bytes.len);
    switch (decode_link(link, &c, out)) {
    case ETH_IP4:
        return decode_ip4(&c, out);
    case ETH_ARP:
        return decode_arp(&c, out);
    default:
        return c.bad ? ERR_TRUNC : ERR_OK;
    }
}
