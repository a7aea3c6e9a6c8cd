// SPDX-License-Identifier: Apache-2.0
// Fuzz input as a row of packets: control byte, time step, two bytes length, bytes of an IPv4
// packet. And what must hold of whatever comes out of them.
#pragma once

#include <stdlib.h>

#include "base/buf.h"
#include "base/cur.h"
#include "osfp/osfp.h"

enum { FEED_SRC = 0x0A000001, FEED_DST = 0x0A000002, FEED_PACKET = 1024 };

struct feed_packet {
    uint8_t control;
    uint64_t step_ns;
    size_t len;
    uint8_t bytes[FEED_PACKET];
};

static bool feed_next(struct cur *c, struct feed_packet *out)
{
    if (cur_left(c) < 4)
        return false;
    out->control = cur_u8(c);
    out->step_ns = (uint64_t)cur_u8(c) * 4000000;
    const uint16_t len = cur_be16(c) % FEED_PACKET;
    const struct span s = cur_bytes(c, len < cur_left(c) ? len : cur_left(c));
    out->len = s.len;
    if (s.len > 0)
        memcpy(out->bytes, s.ptr, s.len);
    return true;
}

static void feed_put16(struct feed_packet *p, size_t at, uint16_t v)
{
    if (at + 2 > p->len)
        return;
    p->bytes[at] = (uint8_t)(v >> 8);
    p->bytes[at + 1] = (uint8_t)v;
}

// Header, length and addresses of an IPv4 packet without options that is going to `dst`.
static void feed_fit(struct feed_packet *p, uint32_t src, uint32_t dst)
{
    if (p->len < 20)
        return;
    p->bytes[0] = 0x45;
    p->bytes[6] &= 0x40;
    p->bytes[7] = 0;
    feed_put16(p, 2, (uint16_t)p->len);
    feed_put16(p, 12, (uint16_t)(src >> 16));
    feed_put16(p, 14, (uint16_t)src);
    feed_put16(p, 16, (uint16_t)(dst >> 16));
    feed_put16(p, 18, (uint16_t)dst);
}

static struct osfp_config feed_config(uint8_t flags)
{
    return (struct osfp_config){
        .src = ip_v4(FEED_SRC),
        .dst = ip_v4(FEED_DST),
        .open_tcp = flags & 1 ? -1 : 22,
        .closed_tcp = flags & 2 ? -1 : 23,
        .closed_udp = -1,
        .other_tcp = -1,
        .other_udp = -1,
        .is_local = flags & 4,
        .timing = {.initial_us = 1000000,
                   .min_us = 100000,
                   .max_us = 10000000,
                   .scan_delay_us = flags & 8 ? 30000 : 0},
        .ttl = -1,
        .max_tries = 4,
        .quirks = flags & 16   ? QUIRKS_7991
                  : flags & 32 ? QUIRKS_793
                               : QUIRKS_NONE,
        .unix_ns = INT64_C(1700000000000000000),
        .seed = flags,
        .tcp_base = 0xFFF4, // the ports of T-probes wrap
        .udp_base = 0xA000,
    };
}

// Every subject can be printed and read back.
static void feed_check(const struct osfp *fp)
{
    static char mem[LIMIT_SUBJECT];
    for (uint32_t i = 0; i < osfp_tries(fp); i++) {
        struct osdb_subject copy;
        struct os_sequence seq;
        struct buf b;
        const struct osdb_subject *s = osfp_subject(fp, i);
        osfp_sequence(fp, i, &seq);
        if (!s || seq.n > OS_SEQ_MAX)
            abort();
        buf_init(&b, mem, sizeof mem);
        osdb_print_merged(&b, s, 1);
        if (b.full || osdb_subject_parse(buf_span(&b), &copy, NULL) != ERR_OK)
            abort();
    }
    struct buf b;
    int32_t hops;
    char kind;
    buf_init(&b, mem, sizeof mem);
    osfp_not_ideal(fp, &b);
    (void)osfp_distance(fp, &hops, &kind);
}
