// SPDX-License-Identifier: Apache-2.0
// The probes as a table: flags, window and option set of each TCP probe (spec 2.3), layouts of
// IE1, IE2 and U1. Whatever varies (ports, numbers, TTL, IP ID) comes in from the observation and
// the caller, so equal input gives equal bytes. The same table recognizes probes in a capture.
#include "osfp/build.h"

#include "base/buf.h"
#include "osfp/six.h"

#define TS 0x08, 0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00 // value 2^32-1, echo 0
#define WS(shift) 0x03, 0x03, (shift)
#define MSS(n) 0x02, 0x04, (n) >> 8, (n)&0xFF
#define SACKOK 0x04, 0x02
#define NOP 0x01
#define EOL 0x00

// Each macro is a list of option bytes, so the table reads like the wire.
#define O1 WS(10), NOP, MSS(1460), TS, SACKOK
#define O2 MSS(1400), WS(0), SACKOK, TS, EOL
#define O3 TS, NOP, NOP, WS(5), NOP, MSS(640)
#define O4 SACKOK, TS, WS(10), EOL
#define O5 MSS(536), SACKOK, TS, WS(10), EOL
#define O6 MSS(265), SACKOK, TS
#define O7 WS(10), NOP, MSS(1460), SACKOK, NOP, NOP
#define O8 WS(10), NOP, MSS(265), TS, SACKOK
#define O9 WS(15), NOP, MSS(265), TS, SACKOK
#define FIRST_TS 0x08, 0x0A, 0x3F, 0x3F, 0x3F, 0x3F, 0x00, 0x00, 0x00, 0x00
#define O_FIRST WS(10), NOP, MSS(265), FIRST_TS, EOL, EOL

struct form {
    uint8_t flags;
    bool df;
    uint16_t window;
    uint8_t n_options;
    uint8_t options[20];
};

static const struct form forms[] = {
    [PROBE_SEQ + 0] = {TCP_SYN, false, 1, 20, {O1}},
    [PROBE_SEQ + 1] = {TCP_SYN, false, 63, 20, {O2}},
    [PROBE_SEQ + 2] = {TCP_SYN, false, 4, 20, {O3}},
    [PROBE_SEQ + 3] = {TCP_SYN, false, 4, 16, {O4}},
    [PROBE_SEQ + 4] = {TCP_SYN, false, 16, 20, {O5}},
    [PROBE_SEQ + 5] = {TCP_SYN, false, 512, 16, {O6}},
    [PROBE_ECN] = {TCP_CWR | TCP_ECE | TCP_SYN, false, 3, 12, {O7}},
    [PROBE_T2] = {0, true, 128, 20, {O8}},
    [PROBE_T3] = {TCP_URG | TCP_PSH | TCP_SYN | TCP_FIN, false, 256, 20, {O8}},
    [PROBE_T4] = {TCP_ACK, true, 1024, 20, {O8}},
    [PROBE_T5] = {TCP_SYN, false, 31337, 20, {O8}},
    [PROBE_T6] = {TCP_ACK, true, 32768, 20, {O8}},
    [PROBE_T7] = {TCP_URG | TCP_PSH | TCP_FIN, false, 65535, 20, {O9}},
};

// Its window depends on the TTL, its options are the same in all probes.
static const struct form first_forms[] = {
    [PROBE_SEQ] = {TCP_SYN, false, 0, 20, {O_FIRST}},
    [PROBE_T1] = {TCP_ECE | TCP_SYN, false, 0, 20, {O_FIRST}},
    [PROBE_T2] = {0, false, 0, 20, {O_FIRST}},
    [PROBE_T3] = {TCP_URG | TCP_PSH | TCP_SYN | TCP_FIN, false, 0, 20, {O_FIRST}},
    [PROBE_T4] = {TCP_ACK, false, 0, 20, {O_FIRST}},
    [PROBE_T5] = {TCP_SYN, false, 0, 20, {O_FIRST}},
    [PROBE_T6] = {TCP_ACK, false, 0, 20, {O_FIRST}},
    [PROBE_T7] = {TCP_URG | TCP_PSH | TCP_FIN, false, 0, 20, {O_FIRST}},
};

enum {
    FIRST_WINDOW = 1024,
    FIRST_FILL_MIN = 65,
    FIRST_FILL_MAX = 124,
    ECN_URGENT = 0xF7F5,
    ECN_RESERVED = 8,
    IE_SEQ = 295,
    IE1_CODE = 9,
    IE1_DATA = 120,
    IE2_DATA = 150,
    IE2_TOS = 4,
    U1_DATA = 300,
};

// Resends look like the SEQ probe they stand for.
static const struct form *form_of(enum osdb_gen gen, enum probe p)
{
    if (gen == OSDB_FIRST)
        return &first_forms[p < PROBE_OPS ? PROBE_SEQ : p];
    if (p >= PROBE_OPS && p < PROBE_ECN)
        return &forms[p - PROBE_OPS];
    return &forms[p == PROBE_T1 ? PROBE_SEQ : p];
}

static bool is_six(const struct obs *o)
{
    return o->dst.family == IP_V6;
}

// The IPv6 header of a TCP or UDP probe.
static void put_ip6(struct buf *b, const struct obs *o, uint8_t proto, uint8_t hops, size_t len)
{
    const struct ip6_hdr hdr = {
        .flow = SIX_FLOW,
        .payload_len = (uint16_t)len,
        .next = proto,
        .hop_limit = hops,
        .src = o->src,
        .dst = o->dst,
    };
    ip6_encode(b, &hdr);
}

static void put_ip4(struct buf *b, const struct obs *o, const struct form *form,
                    const struct build_ip *ip)
{
    const struct ip4_hdr hdr = {
        .total_len = (uint16_t)(IP4_HDR_LEN + TCP_HDR_LEN + form->n_options),
        .id = ip->id,
        .df = form->df,
        .ttl = ip->ttl,
        .proto = IP4_TCP,
        .src = ip_v4_u32(&o->src),
        .dst = ip_v4_u32(&o->dst),
    };
    ip4_encode(b, &hdr);
}

// What the source port and the sequence number are counted by.
static uint32_t seq_offset(const struct obs *o, enum probe p)
{
    if (is_six(o))
        return (uint32_t)six_offset((int)p);
    return p < PROBE_OPS ? p - PROBE_SEQ + (o->gen == OSDB_FIRST) : 0;
}

static void build_tcp(struct buf *b, struct obs *o, enum probe p, const struct build_ip *ip)
{
    const struct form *form = form_of(o->gen, p);
    const bool is_first = o->gen == OSDB_FIRST;
    const uint16_t first_window = (uint16_t)(FIRST_WINDOW * (ip->ttl % 4 + 1));
    const bool is_ecn = p == PROBE_ECN;
    const int port = is_six(o) ? six_offset((int)p) : obs_port_of(o->gen, p);
    const struct tcp_hdr tcp = {
        .sport = (uint16_t)(o->tcp_base + port),
        .dport = p >= PROBE_T5 ? ip->closed : ip->open,
        .seq = o->seq_base + seq_offset(o, p),
        .ack = is_ecn || is_first ? 0 : o->ack_base,
        .reserved = is_ecn && !is_six(o) ? ECN_RESERVED : 0,
        .flags = form->flags,
        .window = is_first ? first_window : form->window,
        .urg = is_ecn ? ECN_URGENT : 0,
        .options = span_of(form->options, form->n_options),
    };
    o->probe[p].ack = tcp.ack;
    if (is_six(o))
        put_ip6(b, o, IP6_TCP, ip->ttl, TCP_HDR_LEN + tcp.options.len);
    else
        put_ip4(b, o, form, ip);
    tcp_encode_ip(b, &tcp, &o->src, &o->dst);
}

static void build_echo(struct buf *b, const struct obs *o, enum probe p, const struct build_ip *ip)
{
    static const uint8_t zero[IE2_DATA];
    const unsigned i = p - PROBE_IE1;
    const uint16_t n_data = i == 0 ? IE1_DATA : IE2_DATA;
    const struct ip4_hdr hdr = {
        .tos = i == 0 ? 0 : IE2_TOS,
        .total_len = (uint16_t)(IP4_HDR_LEN + ICMP4_HDR_LEN + n_data),
        .id = ip->id,
        .df = i == 0,
        .ttl = ip->ttl,
        .proto = IP4_ICMP,
        .src = ip_v4_u32(&o->src),
        .dst = ip_v4_u32(&o->dst),
    };
    const struct icmp4_hdr icmp = {
        .type = ICMP4_ECHO,
        .code = i == 0 ? IE1_CODE : 0,
        .id = (uint16_t)(o->icmp_id + i),
        .seq = (uint16_t)(IE_SEQ + i),
        .body = span_of(zero, n_data),
    };
    ip4_encode(b, &hdr);
    icmp4_encode(b, &icmp);
}

static void build_u1(struct buf *b, struct obs *o)
{
    uint8_t data[U1_DATA];
    memset(data, o->u1_fill, sizeof data);
    const struct ip4_hdr hdr = {
        .total_len = IP4_HDR_LEN + UDP_HDR_LEN + U1_DATA,
        .id = o->u1_id,
        .ttl = o->u1_ttl,
        .proto = IP4_UDP,
        .src = ip_v4_u32(&o->src),
        .dst = ip_v4_u32(&o->dst),
    };
    const struct udp_hdr udp = {
        .sport = o->udp_base,
        .dport = o->u1_port,
        .payload = span_of(data, sizeof data),
    };
    if (is_six(o))
        put_ip6(b, o, IP6_UDP, o->u1_ttl, UDP_HDR_LEN + U1_DATA);
    else
        ip4_encode(b, &hdr);
    const uint8_t *start = b->p;
    udp_encode_ip(b, &udp, &o->src, &o->dst);
    o->u1_cksum = (uint16_t)(start[6] << 8 | start[7]);
}

struct span build_probe(struct obs *o, enum probe p, const struct build_ip *ip,
                        uint8_t mem[BUILD_MAX])
{
    struct buf b;
    if (is_six(o) && p > PROBE_U1)
        return six_build(o, p, ip, mem);
    buf_init(&b, mem, BUILD_MAX);
    if (p < PROBE_U1)
        build_tcp(&b, o, p, ip);
    else if (p == PROBE_U1)
        build_u1(&b, o);
    else
        build_echo(&b, o, p, ip);
    return buf_span(&b);
}

static int recognize_tcp(const struct tcp_hdr *tcp)
{
    for (int p = 0; p < (int)(sizeof forms / sizeof forms[0]); p++) {
        const struct form *form = &forms[p];
        if (form->window != 0 && form->flags == tcp->flags && form->window == tcp->window &&
            span_eq(tcp->options, span_of(form->options, form->n_options)))
            return p;
    }
    return -1;
}

static int recognize_first(const struct tcp_hdr *tcp)
{
    for (int p = PROBE_T1; p <= PROBE_T7; p++) {
        const struct form *form = &first_forms[p];
        if (form->flags == tcp->flags && p != PROBE_T6 &&
            span_eq(tcp->options, span_of(form->options, form->n_options)))
            return p;
    }
    return -1;
}

static bool is_filled(struct span s, size_t len, char byte)
{
    if (s.len != len)
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] != byte)
            return false;
    return true;
}

static int recognize_icmp(const struct icmp4_hdr *icmp)
{
    if (icmp->type != ICMP4_ECHO)
        return -1;
    if (icmp->code == IE1_CODE && icmp->seq == IE_SEQ && is_filled(icmp->body, IE1_DATA, 0))
        return PROBE_IE1;
    if (icmp->code == 0 && icmp->seq == IE_SEQ + 1 && is_filled(icmp->body, IE2_DATA, 0))
        return PROBE_IE2;
    return -1;
}

static int recognize_udp(const struct frame *f, enum osdb_gen *gen)
{
    const struct span data = f->udp.payload;
    const char fill = data.len > 0 ? data.ptr[0] : 0;
    if (fill < FIRST_FILL_MIN || fill > FIRST_FILL_MAX || !is_filled(data, U1_DATA, fill))
        return -1;
    if (f->src.family == IP_V6)
        return fill == OBS_U1_FILL ? PROBE_U1 : -1;
    if (f->ip4.id != OBS_U1_ID || fill != OBS_U1_FILL)
        *gen = OSDB_FIRST;
    return PROBE_U1;
}

int build_recognize(const struct frame *f, enum osdb_gen *gen)
{
    *gen = OSDB_SECOND;
    if (f->kind == FRAME_ICMP4)
        return recognize_icmp(&f->icmp4);
    if (f->kind == FRAME_ICMP6 || f->kind == FRAME_FRAGMENT)
        return six_recognize(f);
    if (f->kind == FRAME_UDP)
        return recognize_udp(f, gen);
    if (f->kind != FRAME_TCP)
        return -1;
    const int p = recognize_tcp(&f->tcp);
    if (p >= 0 || f->src.family == IP_V6)
        return p;
    *gen = OSDB_FIRST;
    return recognize_first(&f->tcp);
}
