// SPDX-License-Identifier: Apache-2.0
// For tests of personalities: the sixteen probes (os-detection specification 2.3) as packets, and
// a personality to send them to. Included behind cmocka.
#pragma once

#include <string.h>

#include "lab/hosts/hosts.h"

static const char linux_text[] =
    "SEQ(SP=106%GCD=1%ISR=10C%TI=Z%CI=Z%II=I%TS=A)\n"
    "OPS(O1=M5B4ST11NWA%O2=M5B4ST11NWA%O3=M5B4NNT11NWA%O4=M5B4ST11NWA%O5=M5B4ST11NWA%O6=M5B4ST11)\n"
    "WIN(W1=FE88%W2=FE88%W3=FE88%W4=FE88%W5=FE88%W6=FE88)\n"
    "ECN(R=Y%DF=Y%T=40%W=FAF0%O=M5B4NNSNWA%CC=Y%Q=)\n"
    "T1(R=Y%DF=Y%T=40%S=O%A=S+%F=AS%RD=0%Q=)\n"
    "T2(R=N)\n"
    "T3(R=N)\n"
    "T4(R=Y%DF=Y%T=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)\n"
    "T5(R=Y%DF=Y%T=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)\n"
    "T6(R=Y%DF=Y%T=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)\n"
    "T7(R=Y%DF=Y%T=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)\n"
    "U1(R=Y%DF=N%T=40%IPL=164%UN=0%RIPL=G%RID=G%RIPCK=G%RUCK=G%RUD=G)\n"
    "IE(R=Y%DFI=N%T=40%CD=S)\n";

enum { SRC = 0x0A000001, DST = 0x0A000005, SB = 0x12345678, AK = 0x3CAFE123 };

struct probe_case {
    enum probe probe;
    uint16_t port;
    bool df;
    uint8_t flags;
    uint16_t window;
    const char *options;
};

static const struct probe_case tcp_cases[] = {
    {PROBE_SEQ1, 22, false, 0x02, 1, "WANM5B4T10S"},
    {PROBE_SEQ2, 22, false, 0x02, 63, "M578W0ST10L"},
    {PROBE_SEQ3, 22, false, 0x02, 4, "T10NNW5NM280"},
    {PROBE_SEQ4, 22, false, 0x02, 4, "ST10WAL"},
    {PROBE_SEQ5, 22, false, 0x02, 16, "M218ST10WAL"},
    {PROBE_SEQ6, 22, false, 0x02, 512, "M109ST10"},
    {PROBE_ECN, 22, false, 0xC2, 3, "WANM5B4SNN"},
    {PROBE_T2, 22, true, 0x00, 128, "WANM109T10S"},
    {PROBE_T3, 22, false, 0x2B, 256, "WANM109T10S"},
    {PROBE_T4, 22, true, 0x10, 1024, "WANM109T10S"},
    {PROBE_T5, 1, false, 0x02, 31337, "WANM109T10S"},
    {PROBE_T6, 1, true, 0x10, 32768, "WANM109T10S"},
    {PROBE_T7, 1, false, 0x29, 65535, "WFNM109T10S"},
    {PROBE_SYN, 22, false, 0x02, 1024, "M5B4"},
    {PROBE_SYN, 1, false, 0x02, 1024, "M5B4"},
    {PROBE_ACK, 22, false, 0x10, 1024, ""},
};

static inline struct span build_tcp(const struct probe_case *c, struct buf *b)
{
    struct pers_options o;
    assert_int_equal(options_parse(span_str(c->options), &o, NULL), ERR_OK);
    if (o.ts_at > 0)
        memset(o.byte + o.ts_at, 0xFF, 4);
    const struct tcp_hdr tcp = {.sport = 40000,
                                .dport = c->port,
                                .seq = SB,
                                .ack = c->probe == PROBE_ECN ? 0 : AK,
                                .reserved = c->probe == PROBE_ECN ? 8 : 0,
                                .flags = c->flags,
                                .window = c->window,
                                .options = span_of(o.byte, o.len)};
    const struct ip4_hdr ip = {.total_len = (uint16_t)(40 + o.len),
                               .id = 77,
                               .df = c->df,
                               .ttl = 50,
                               .proto = IP4_TCP,
                               .src = SRC,
                               .dst = DST};
    ip4_encode(b, &ip);
    tcp_encode(b, &tcp, SRC, DST);
    return buf_span(b);
}

static inline struct span build_echo(int which, struct buf *b)
{
    static const char zeros[150];
    const struct icmp4_hdr icmp = {.type = ICMP4_ECHO,
                                   .code = which == 0 ? 9 : 0,
                                   .id = (uint16_t)(100 + which),
                                   .seq = (uint16_t)(295 + which),
                                   .body = span_of(zeros, which == 0 ? 120 : 150)};
    const struct ip4_hdr ip = {.tos = which == 0 ? 0 : 4,
                               .total_len = (uint16_t)(28 + icmp.body.len),
                               .df = which == 0,
                               .ttl = 50,
                               .proto = IP4_ICMP,
                               .src = SRC,
                               .dst = DST};
    ip4_encode(b, &ip);
    icmp4_encode(b, &icmp);
    return buf_span(b);
}

static inline struct span build_u1(struct buf *b)
{
    char data[300];
    memset(data, 'C', sizeof data);
    const struct udp_hdr udp = {.sport = 41000, .dport = 9, .payload = span_of(data, 300)};
    const struct ip4_hdr ip = {
        .total_len = 328, .id = 0x1042, .ttl = 60, .proto = IP4_UDP, .src = SRC, .dst = DST};
    ip4_encode(b, &ip);
    udp_encode(b, &udp, SRC, DST);
    return buf_span(b);
}

struct exchange {
    uint8_t sent[512];
    uint8_t got[PERS_REPLIES][PERS_REPLY_MAX];
    struct frame request;
    struct frame reply;
    uint32_t n;
};

static inline void ask(struct personality_state *s, struct span packet, uint64_t now_ns,
                       struct exchange *x)
{
    struct buf out[PERS_REPLIES];
    for (int i = 0; i < PERS_REPLIES; i++)
        buf_init(&out[i], x->got[i], sizeof x->got[i]);
    assert_int_equal(frame_decode(LINK_RAW, packet, &x->request), ERR_OK);
    x->n = personality_answer(s, &x->request, now_ns, out);
    if (x->n > 0)
        assert_int_equal(frame_decode(LINK_RAW, buf_span(&out[0]), &x->reply), ERR_OK);
}

static inline void ask_tcp(struct personality_state *s, int which, uint64_t now_ns,
                           struct exchange *x)
{
    struct buf b;
    buf_init(&b, x->sent, sizeof x->sent);
    ask(s, build_tcp(&tcp_cases[which], &b), now_ns, x);
}

static inline void load(struct personality *p, const char *text)
{
    struct err_at at;
    personality_init(p);
    const enum err err = personality_parse(span_str(text), p, &at);
    if (err)
        fail_msg("line %u col %u: %s '%s'", at.line, at.col, at.what, at.token);
    assert_int_equal(doors_add(&p->tcp_doors, SPAN("22"), DOOR_OPEN, NULL), ERR_OK);
}
