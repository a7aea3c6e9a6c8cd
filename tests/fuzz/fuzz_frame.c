// SPDX-License-Identifier: Apache-2.0
// Any bytes as a packet behind each link header: decoding stays inside, and what decodes is the
// same after encoding it again.
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "engine/packetline.h"
#include "wire/alter.h"
#include "wire/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void walk_options(struct span options)
{
    struct cur c = cur_of(options.ptr, options.len);
    struct tcp_opt o;
    bool bad = false;
    size_t n = 0;
    while (tcp_opt_next(&c, &o, &bad))
        n += 1 + o.body.len;
    require(n <= options.len && (bad || cur_left(&c) == 0));
}

static void write_transport(struct buf *b, const struct frame *f)
{
    if (f->kind == FRAME_TCP)
        tcp_encode(b, &f->tcp, f->ip4.src, f->ip4.dst);
    if (f->kind == FRAME_UDP)
        udp_encode(b, &f->udp, f->ip4.src, f->ip4.dst);
    if (f->kind == FRAME_ICMP4)
        icmp4_encode(b, &f->icmp4);
}

// One line of plain text, whatever the packet says.
static void describe(const struct frame *f)
{
    char text[PACKET_LINE_MAX];
    struct buf b;
    buf_init(&b, text, sizeof text);
    packet_line(&b, f);
    require(!b.full);
    for (size_t i = 0; i < buf_len(&b); i++)
        require(text[i] >= ' ' && text[i] <= '~');
}

// What becomes of it is as long as it was, and pieces are no longer than asked for.
static void alter(struct span packet)
{
    const struct ip_addr other = ip_v4(0x01020304);
    uint8_t piece[IP4_HDR_LEN + 8];
    uint8_t *copy = malloc(packet.len + 1);
    struct buf b;
    memcpy(copy, packet.ptr, packet.len);
    alter_source(copy, packet.len, &other);
    alter_ttl(copy, packet.len, 7);
    alter_break_sum(copy, packet.len);
    for (uint32_t i = 0; i < 3; i++) {
        buf_init(&b, piece, sizeof piece);
        alter_fragment(span_of(copy, packet.len), 8, i, &b);
        require(!b.full);
    }
    free(copy);
}

static void again(const struct frame *f)
{
    static uint8_t mem[LIMIT_FRAME], mem2[LIMIT_FRAME];
    struct ip4_hdr ip = f->ip4;
    struct frame g = {.iface = 7};
    struct buf b, b2;
    buf_init(&b, mem + IP4_HDR_LEN, sizeof mem - IP4_HDR_LEN);
    write_transport(&b, f);
    ip.total_len = (uint16_t)(IP4_HDR_LEN + buf_len(&b));
    buf_init(&b2, mem, IP4_HDR_LEN);
    ip4_encode(&b2, &ip);
    require(frame_decode(LINK_RAW, span_of(mem, ip.total_len), &g) == ERR_OK);
    require(g.kind == f->kind && g.iface == 7 && g.ip4.cksum_ok && g.ip4.id == ip.id);
    require(ip_eq(&g.src, &f->src) && ip_eq(&g.dst, &f->dst) && g.ttl == f->ttl);
    buf_init(&b2, mem2, sizeof mem2);
    write_transport(&b2, &g);
    require(span_eq(buf_span(&b), buf_span(&b2)));
}

static void look_at_six(const struct frame *f)
{
    struct frame_quote q;
    struct icmp6_nd nd;
    require(IP6_HDR_LEN + (size_t)f->ip6.payload_len == f->packet.len);
    require(f->ip6.ext_len <= f->ip6.payload_len);
    if (frame_quote(f, &q))
        require(f->kind == FRAME_ICMP6 && f->icmp6.body.len >= IP6_HDR_LEN + 8);
    if (f->kind == FRAME_ICMP6 && icmp6_nd(&f->icmp6, &nd))
        require(f->icmp6.body.len >= 16);
}

static void check(enum link_type link, struct span bytes)
{
    struct frame f = {.time_ns = 5};
    struct icmp4_quote quote;
    const enum err e = frame_decode(link, bytes, &f);
    require(f.time_ns == 5 && f.iface == 0 && f.packet.len <= bytes.len);
    if (e != ERR_OK)
        return;
    describe(&f);
    if (f.packet.len > 0)
        alter(f.packet);
    if (f.kind == FRAME_TCP)
        walk_options(f.tcp.options);
    if (f.kind == FRAME_ICMP4 && icmp4_quote(&f.icmp4, &quote))
        require(quote.rest.len + quote.ip_bytes.len + 8 == f.icmp4.body.len);
    const bool is_six = f.src.family == IP_V6;
    if (!is_six && (f.kind == FRAME_TCP || f.kind == FRAME_UDP || f.kind == FRAME_ICMP4))
        again(&f);
    if (is_six)
        look_at_six(&f);
    if (f.kind != FRAME_ARP)
        return;
    uint8_t mem[ARP_LEN];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    arp_encode(&b, &f.arp);
    require(memmem(bytes.ptr, bytes.len, mem, ARP_LEN) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (enum link_type link = LINK_ETHERNET; link <= LINK_SLL; link++)
        check(link, span_of(data, size));
    return 0;
}
