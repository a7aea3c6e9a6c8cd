// SPDX-License-Identifier: Apache-2.0
#include "wire/frame.h"

enum { SLL_TYPE_AT = 14, NULL_HDR_LEN = 4 };

static enum err decode_transport(struct cur *c, struct frame *f)
{
    f->proto = f->ip4.proto;
    switch (f->ip4.proto) {
    case IP4_TCP:
        f->kind = FRAME_TCP;
        return tcp_decode(c, &f->tcp);
    case IP4_UDP:
        f->kind = FRAME_UDP;
        return udp_decode(c, &f->udp);
    case IP4_SCTP:
        f->kind = FRAME_SCTP;
        return sctp_decode(c, &f->sctp);
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

static void set_zone(struct ip_addr *a, uint32_t iface)
{
    if (ip6_is_link_local(a))
        a->zone = iface;
}

static enum err decode_upper6(struct cur *c, struct frame *f)
{
    f->proto = f->ip6.proto;
    switch (f->ip6.proto) {
    case IP6_TCP:
        f->kind = FRAME_TCP;
        return tcp_decode(c, &f->tcp);
    case IP6_UDP:
        f->kind = FRAME_UDP;
        return udp_decode(c, &f->udp);
    case IP4_SCTP:
        f->kind = FRAME_SCTP;
        return sctp_decode(c, &f->sctp);
    case IP6_ICMP:
        f->kind = FRAME_ICMP6;
        return icmp6_decode(c, &f->icmp6);
    default:
        return ERR_OK;
    }
}

static enum err decode_fragment6(struct cur *c, struct frame *f)
{
    if (f->ip6.frag_off != 0 || f->ip6.proto != IP6_ICMP)
        return ERR_SYNTAX;
    f->proto = IP6_ICMP;
    f->kind = FRAME_FRAGMENT;
    return icmp6_decode(c, &f->icmp6);
}

static enum err decode_ip6(struct cur *c, struct frame *f)
{
    const uint8_t *start = c->p;
    const enum err e = ip6_decode(c, false, &f->ip6);
    if (e != ERR_OK)
        return e;
    f->packet = span_of(start, IP6_HDR_LEN + (size_t)f->ip6.payload_len);
    f->src = f->ip6.src;
    f->dst = f->ip6.dst;
    set_zone(&f->src, f->iface);
    set_zone(&f->dst, f->iface);
    f->ttl = f->ip6.hop_limit;
    if (f->ip6.is_fragment)
        return decode_fragment6(c, f);
    return decode_upper6(c, f);
}

static enum err decode_arp(struct cur *c, struct frame *f)
{
    const enum err e = arp_decode(c, &f->arp);
    f->kind = FRAME_ARP;
    f->src = f->arp.spa;
    f->dst = f->arp.tpa;
    return e;
}

static uint16_t type_by_version(const struct cur *c)
{
    const unsigned version = cur_left(c) > 0 ? *c->p >> 4 : 0;
    return version == 4 ? ETH_IP4 : version == 6 ? ETH_IP6 : 0;
}

// The EtherType of what follows, 0 if unknown.
static uint16_t decode_link(enum link_type link, struct cur *c, struct frame *f)
{
    switch (link) {
    case LINK_ETHERNET:
        f->has_eth = true;
        return eth_decode(c, &f->eth) == ERR_OK ? f->eth.type : 0;
    case LINK_RAW:
        return type_by_version(c);
    case LINK_NULL:
        cur_skip(c, NULL_HDR_LEN);
        return type_by_version(c);
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
    case ETH_IP6:
        return decode_ip6(&c, out);
    case ETH_ARP:
        return decode_arp(&c, out);
    default:
        return c.bad ? ERR_TRUNC : ERR_OK;
    }
}

// The quoted IP header; the cursor is left behind it.
static bool quote_ip4(const struct frame *f, struct cur *c, struct frame_quote *out)
{
    struct ip4_hdr ip;
    if (!icmp4_is_error(f->icmp4.type) || ip4_decode(c, true, &ip) != ERR_OK || ip.frag_off != 0)
        return false;
    *out = (struct frame_quote){
        .src = ip_v4(ip.src), .dst = ip_v4(ip.dst), .proto = ip.proto, .id = ip.id};
    return true;
}

static bool quote_ip6(const struct frame *f, struct cur *c, struct frame_quote *out)
{
    struct ip6_hdr ip;
    if (!icmp6_is_error(f->icmp6.type) || cur_left(c) < IP6_HDR_LEN) // lwIP quotes 16 bytes
        return false;
    const enum err e = ip6_decode(c, true, &ip);
    if ((e != ERR_OK && e != ERR_TRUNC) || ip.dst.family != IP_V6 || ip.frag_off != 0)
        return false;
    // Truncated: an extension header was announced that is not there.
    *out = (struct frame_quote){
        .src = ip.src, .dst = ip.dst, .proto = e == ERR_OK ? ip.proto : ip.next};
    set_zone(&out->src, f->iface);
    set_zone(&out->dst, f->iface);
    return true;
}

static bool quote_any(const struct frame *f, struct cur *c, struct frame_quote *out)
{
    *out = (struct frame_quote){0};
    if (f->kind == FRAME_ICMP4) {
        *c = cur_of(f->icmp4.body.ptr, f->icmp4.body.len);
        return quote_ip4(f, c, out);
    }
    if (f->kind != FRAME_ICMP6)
        return false;
    *c = cur_of(f->icmp6.body.ptr, f->icmp6.body.len);
    return quote_ip6(f, c, out);
}

bool frame_quote(const struct frame *f, struct frame_quote *out)
{
    struct cur c;
    if (!quote_any(f, &c, out))
        return false;
    out->sport = cur_be16(&c);
    out->dport = cur_be16(&c);
    out->seq = cur_be32(&c);
    return !c.bad;
}

bool frame_quote_ip(const struct frame *f, struct frame_quote *out)
{
    struct cur c;
    return quote_any(f, &c, out);
}
