// SPDX-License-Identifier: Apache-2.0
#include "wire/icmp6.h"

#include "wire/cksum.h"

enum { OPT_SOURCE_MAC = 1, OPT_TARGET_MAC = 2, MAC_LEN = 6 };

enum err icmp6_decode(struct cur *c, struct icmp6_hdr *out)
{
    *out = (struct icmp6_hdr){0};
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

bool icmp6_is_error(uint8_t type)
{
    return type < 128;
}

static bool read_options(struct cur *c, uint8_t kind, struct icmp6_nd *out)
{
    while (cur_left(c) > 0) {
        const uint8_t type = cur_u8(c);
        const uint8_t len = cur_u8(c); // units of 8 bytes
        const struct span body = cur_bytes(c, len > 0 ? len * 8u - 2 : 0);
        if (c->bad || len == 0)
            return false;
        if (type != kind || body.len < MAC_LEN)
            continue;
        out->has_mac = true;
        memcpy(out->mac.byte, body.ptr, MAC_LEN);
    }
    return true;
}

bool icmp6_nd(const struct icmp6_hdr *h, struct icmp6_nd *out)
{
    const bool is_advert = h->type == ICMP6_ADVERT;
    *out = (struct icmp6_nd){.target = {.family = IP_V6}};
    if ((!is_advert && h->type != ICMP6_SOLICIT) || h->code != 0)
        return false;
    struct cur c = cur_of(h->body.ptr, h->body.len);
    const struct span target = cur_bytes(&c, sizeof out->target.byte);
    if (c.bad)
        return false;
    memcpy(out->target.byte, target.ptr, target.len);
    return read_options(&c, is_advert ? OPT_TARGET_MAC : OPT_SOURCE_MAC, out);
}

void icmp6_encode(struct buf *b, const struct icmp6_hdr *h, const struct ip_addr *src,
                  const struct ip_addr *dst)
{
    const bool is_echo = h->type == ICMP6_ECHO || h->type == ICMP6_ECHO_REPLY;
    const uint32_t len = (uint32_t)(ICMP6_HDR_LEN + h->body.len);
    uint8_t *start = b->p;
    buf_u8(b, h->type);
    buf_u8(b, h->code);
    buf_be16(b, 0);
    buf_be32(b, is_echo ? (uint32_t)h->id << 16 | h->seq : h->unused);
    buf_bytes(b, h->body);
    if (b->full)
        return;
    const uint32_t pseudo = cksum_pseudo6(src->byte, dst->byte, IP6_ICMP, len);
    const uint16_t sum = cksum_end(cksum_add(pseudo, span_of(start, len)));
    start[2] = (uint8_t)(sum >> 8);
    start[3] = (uint8_t)sum;
}

void icmp6_solicit(struct buf *b, const struct ip_addr *target, const struct mac_addr *own,
                   const struct ip_addr *src, const struct ip_addr *dst)
{
    uint8_t mem[ICMP6_ND_LEN];
    struct buf body;
    buf_init(&body, mem, sizeof mem);
    buf_bytes(&body, span_of(target->byte, sizeof target->byte));
    if (own) {
        buf_u8(&body, OPT_SOURCE_MAC);
        buf_u8(&body, 1);
        buf_bytes(&body, span_of(own->byte, MAC_LEN));
    }
    icmp6_encode(b, &(struct icmp6_hdr){.type = ICMP6_SOLICIT, .body = buf_span(&body)}, src, dst);
}
