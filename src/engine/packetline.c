// SPDX-License-Identifier: Apache-2.0
// Words and order are those that readers of the reference's traces know.
#include "engine/packetline.h"

static void put_number(struct buf *b, const char *name, uint64_t value)
{
    buf_str(b, name);
    buf_dec(b, value);
}

static void put_arp(struct buf *b, const struct arp_pkt *arp)
{
    buf_str(b, arp->op == ARP_REQUEST ? "ARP who-has " : "ARP reply ");
    ip_print(b, arp->op == ARP_REQUEST ? &arp->tpa : &arp->spa);
    buf_str(b, arp->op == ARP_REQUEST ? " tell " : " is-at ");
    if (arp->op == ARP_REQUEST)
        ip_print(b, &arp->spa);
    else
        mac_print(b, &arp->sha);
}

static bool is_six(const struct frame *f)
{
    return f->src.family == IP_V6;
}

static void put_flow(struct buf *b, uint32_t flow)
{
    static const char digits[] = "0123456789abcdef";
    int shift = 16;
    buf_str(b, " flow=");
    while (shift > 0 && flow >> shift == 0)
        shift -= 4;
    for (; shift >= 0; shift -= 4)
        buf_char(b, digits[flow >> shift & 15]);
}

static void put_ip(struct buf *b, const struct frame *f)
{
    put_number(b, is_six(f) ? "hopl=" : "ttl=", f->ttl);
    if (is_six(f)) {
        put_flow(b, f->ip6.flow);
        put_number(b, " payloadlen=", f->ip6.payload_len);
        return;
    }
    put_number(b, " id=", f->ip4.id);
    put_number(b, " iplen=", f->ip4.total_len);
    buf_char(b, ' ');
}

static void put_ends(struct buf *b, const struct frame *f, uint16_t sport, uint16_t dport)
{
    ip_print(b, &f->src);
    put_number(b, ":", sport);
    buf_str(b, " > ");
    ip_print(b, &f->dst);
    put_number(b, ":", dport);
    buf_char(b, ' ');
}

static uint32_t value_of(struct span body)
{
    struct cur c = cur_of(body.ptr, body.len);
    return body.len == 1 ? cur_u8(&c) : body.len == 2 ? cur_be16(&c) : cur_be32(&c);
}

static void put_option(struct buf *b, const struct tcp_opt *o)
{
    switch (o->kind) {
    case TCP_OPT_EOL:
        buf_str(b, "eol");
        return;
    case TCP_OPT_NOP:
        buf_str(b, "nop");
        return;
    case TCP_OPT_MSS:
        put_number(b, "mss ", value_of(o->body));
        return;
    case TCP_OPT_WS:
        put_number(b, "wscale ", value_of(o->body));
        return;
    case TCP_OPT_SACKOK:
        buf_str(b, "sackOK");
        return;
    case TCP_OPT_TS:
        put_number(b, "timestamp ", value_of(o->body));
        put_number(b, " ", value_of(span_from(o->body, 4)));
        return;
    default:
        put_number(b, "option ", o->kind);
    }
}

static void put_options(struct buf *b, struct span options)
{
    struct cur c = cur_of(options.ptr, options.len);
    struct tcp_opt o;
    bool is_bad = false;
    for (const char *sep = "<"; tcp_opt_next(&c, &o, &is_bad); sep = ",") {
        buf_str(b, sep);
        put_option(b, &o);
        if (o.kind == TCP_OPT_EOL)
            break;
    }
    buf_str(b, is_bad ? " malformed" : options.len > 0 ? ">" : "");
}

static void put_tcp(struct buf *b, const struct frame *f)
{
    static const char letters[] = "SFRPAUEC";
    static const uint8_t flags[] = {TCP_SYN, TCP_FIN, TCP_RST, TCP_PSH,
                                    TCP_ACK, TCP_URG, TCP_ECE, TCP_CWR};
    const struct tcp_hdr *t = &f->tcp;
    buf_str(b, "TCP ");
    put_ends(b, f, t->sport, t->dport);
    for (int i = 0; i < 8; i++)
        if (t->flags & flags[i])
            buf_char(b, letters[i]);
    buf_char(b, ' ');
    put_ip(b, f);
    put_number(b, " seq=", t->seq);
    put_number(b, " win=", t->window);
    buf_char(b, ' ');
    put_options(b, t->options);
}

static void put_udp(struct buf *b, const struct frame *f)
{
    buf_str(b, "UDP ");
    put_ends(b, f, f->udp.sport, f->udp.dport);
    put_ip(b, f);
}

// RFC 792, RFC 1812 section 5.2.7.1.
static void put_unreach(struct buf *b, const struct frame *f)
{
    static const struct {
        uint8_t code;
        const char *before;
        const char *after;
    } words[] = {
        {ICMP4_NET_UNREACH, "Network ", " unreachable"},
        {ICMP4_HOST_UNREACH, "Host ", " unreachable"},
        {ICMP4_PROTO_UNREACH, "Protocol ", " unreachable"},
        {ICMP4_PORT_UNREACH, "Port ", " unreachable"},
        {ICMP4_NET_PROHIBITED, "Destination network ", " administratively prohibited"},
        {ICMP4_HOST_PROHIBITED, "Destination host ", " administratively prohibited"},
        {ICMP4_ADMIN_PROHIBITED, "Communication", " administratively prohibited by filtering"}};
    const uint8_t code = f->icmp4.code;
    struct frame_quote q;
    size_t i = 0;
    while (i < sizeof words / sizeof *words && words[i].code != code)
        i++;
    if (i == sizeof words / sizeof *words || !frame_quote(f, &q)) {
        buf_str(b, "Destination unreachable");
        return;
    }
    buf_str(b, words[i].before);
    if (code == ICMP4_PROTO_UNREACH || code == ICMP4_PORT_UNREACH)
        buf_dec(b, code == ICMP4_PORT_UNREACH ? q.dport : q.proto);
    else if (code != ICMP4_ADMIN_PROHIBITED)
        ip_print(b, &q.dst);
    buf_str(b, words[i].after);
}

static const char *name_of_icmp(uint8_t type)
{
    static const struct {
        uint8_t type;
        const char *name;
    } names[] = {{ICMP4_ECHO_REPLY, "Echo reply"},
                 {ICMP4_QUENCH, "Source quench"},
                 {ICMP4_REDIRECT, "Redirect"},
                 {ICMP4_ECHO, "Echo request"},
                 {ICMP4_TIME_EXCEEDED, "TTL=0 during transit"},
                 {ICMP4_PARAM_PROBLEM, "Parameter problem"},
                 {13, "Timestamp request"}, // RFC 792
                 {14, "Timestamp reply"},
                 {17, "Address mask request"}, // RFC 950
                 {18, "Address mask reply"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].type == type)
            return names[i].name;
    return "Message";
}

static void put_icmp4(struct buf *b, const struct frame *f)
{
    const struct icmp4_hdr *h = &f->icmp4;
    buf_str(b, "ICMP [");
    ip_print(b, &f->src);
    buf_str(b, " > ");
    ip_print(b, &f->dst);
    buf_char(b, ' ');
    if (h->type == ICMP4_UNREACH)
        put_unreach(b, f);
    else
        buf_str(b, name_of_icmp(h->type));
    put_number(b, " (type=", h->type);
    put_number(b, "/code=", h->code);
    buf_str(b, ") ");
    if (!icmp4_is_error(h->type)) {
        put_number(b, "id=", h->id);
        put_number(b, " seq=", h->seq);
    }
    buf_str(b, "] IP [");
    put_ip(b, f);
    buf_char(b, ']');
}

static void put_other(struct buf *b, const struct frame *f)
{
    const bool is_icmp6 = f->kind == FRAME_ICMP6 || f->kind == FRAME_FRAGMENT;
    if (is_icmp6)
        buf_str(b, "ICMPv6 (58) ");
    else
        put_number(b, "IP (", is_six(f) ? f->ip6.proto : f->ip4.proto);
    buf_str(b, is_icmp6 ? "" : ") ");
    ip_print(b, &f->src);
    buf_str(b, " > ");
    ip_print(b, &f->dst);
    if (is_icmp6) {
        put_number(b, " (type=", f->icmp6.type);
        put_number(b, "/code=", f->icmp6.code);
        buf_str(b, ") ");
    } else {
        buf_str(b, ": ");
    }
    put_ip(b, f);
    if (f->kind == FRAME_FRAGMENT)
        buf_str(b, " frag offset=0+");
}

void packet_line(struct buf *b, const struct frame *f)
{
    switch (f->kind) {
    case FRAME_ARP:
        put_arp(b, &f->arp);
        return;
    case FRAME_TCP:
        put_tcp(b, f);
        return;
    case FRAME_UDP:
        put_udp(b, f);
        return;
    case FRAME_ICMP4:
        put_icmp4(b, f);
        return;
    default:
        put_other(b, f);
    }
}
