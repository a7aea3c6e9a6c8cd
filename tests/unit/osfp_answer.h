// SPDX-License-Identifier: Apache-2.0
// What the target of osfp_host.h answers: SYN/ACK at the open port, RST elsewhere, echo replies,
// port unreachable with 28 quoted bytes; every reply takes the next number of one counter.
#pragma once

#include "osfp_host.h"

static void host_tcp(struct host *h, struct buf *b, const struct frame *f, bool is_open)
{
    static const uint8_t options[] = {2, 4, 5, 0xB4, 4, 2, 1, 1};
    const bool is_syn = f->tcp.flags & TCP_SYN;
    struct tcp_hdr tcp = {.sport = f->tcp.dport, .dport = f->tcp.sport, .ack = f->tcp.seq + 1};
    if (is_open && is_syn) {
        h->isn += h->isn_step;
        tcp.seq = h->isn;
        tcp.flags = TCP_SYN | TCP_ACK;
        tcp.window = 5000;
        tcp.options = span_of(options, sizeof options);
    } else {
        tcp.flags = TCP_RST | TCP_ACK;
    }
    const struct ip4_hdr ip = host_ip(h, IP4_TCP, TCP_HDR_LEN + tcp.options.len);
    ip4_encode(b, &ip);
    tcp_encode(b, &tcp, ip.src, ip.dst);
}

static void host_icmp(struct host *h, struct buf *b, const struct frame *f, struct span probe)
{
    struct icmp4_hdr icmp = {.type = ICMP4_UNREACH,
                             .code = ICMP4_PORT_UNREACH,
                             .body = span_head(probe, IP4_HDR_LEN + 8)};
    if (f->kind == FRAME_ICMP4)
        icmp = (struct icmp4_hdr){
            .code = f->icmp4.code, .id = f->icmp4.id, .seq = f->icmp4.seq, .body = f->icmp4.body};
    const struct ip4_hdr ip = host_ip(h, IP4_ICMP, ICMP4_HDR_LEN + icmp.body.len);
    ip4_encode(b, &ip);
    icmp4_encode(b, &icmp);
}

static void host_answer(struct host *h, const struct osfp_packet *out, int p)
{
    uint8_t mem[HOST_PACKET];
    struct buf b;
    struct frame f = {0};
    assert_int_equal(frame_decode(LINK_RAW, out->packet, &f), ERR_OK);
    if (h->silent & 1u << p)
        return;
    if (h->lose[p] > 0) {
        h->lose[p]--;
        return;
    }
    buf_init(&b, mem, sizeof mem);
    if (f.kind == FRAME_TCP)
        host_tcp(h, &b, &f, p < PROBE_T5);
    else
        host_icmp(h, &b, &f, out->packet);
    host_post(h, h->now_ns + h->rtt_ns + h->delay_ns[p], buf_span(&b));
    if (h->is_doubling)
        host_post(h, h->now_ns + h->rtt_ns + h->delay_ns[p] + HOST_MS, buf_span(&b));
}
