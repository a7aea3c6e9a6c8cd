// SPDX-License-Identifier: Apache-2.0
// Personalities: what is written into one comes out of its replies. The test sends the sixteen
// probes itself and computes the attributes by their definitions (os-detection specification 3).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "lab/hosts/hosts.h"
#include "osdb/osdb.h"

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

static struct span build_tcp(const struct probe_case *c, struct buf *b)
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

static struct span build_echo(int which, struct buf *b)
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

static struct span build_u1(struct buf *b)
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

static void ask(struct personality_state *s, struct span packet, uint64_t now_ns,
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

static void ask_tcp(struct personality_state *s, int which, uint64_t now_ns, struct exchange *x)
{
    struct buf b;
    buf_init(&b, x->sent, sizeof x->sent);
    ask(s, build_tcp(&tcp_cases[which], &b), now_ns, x);
}

static void load(struct personality *p, const char *text)
{
    struct err_at at;
    personality_init(p);
    const enum err err = personality_parse(span_str(text), p, &at);
    if (err)
        fail_msg("line %u col %u: %s '%s'", at.line, at.col, at.what, at.token);
    assert_int_equal(doors_add(&p->tcp_doors, SPAN("22"), DOOR_OPEN, NULL), ERR_OK);
}

static void test_probes_are_recognized(void **state)
{
    (void)state;
    struct exchange x;
    struct buf b;
    for (size_t i = 0; i < sizeof tcp_cases / sizeof tcp_cases[0]; i++) {
        buf_init(&b, x.sent, sizeof x.sent);
        assert_int_equal(frame_decode(LINK_RAW, build_tcp(&tcp_cases[i], &b), &x.request), ERR_OK);
        assert_string_equal(probe_name(probe_of(&x.request)), probe_name(tcp_cases[i].probe));
    }
    for (int i = 0; i < 2; i++) {
        buf_init(&b, x.sent, sizeof x.sent);
        assert_int_equal(frame_decode(LINK_RAW, build_echo(i, &b), &x.request), ERR_OK);
        assert_int_equal(probe_of(&x.request), PROBE_IE1 + i);
    }
    buf_init(&b, x.sent, sizeof x.sent);
    assert_int_equal(frame_decode(LINK_RAW, build_u1(&b), &x.request), ERR_OK);
    assert_int_equal(probe_of(&x.request), PROBE_U1);
    assert_int_equal(probe_by_name(SPAN("seq4")), PROBE_SEQ4);
    assert_int_equal(probe_by_name(SPAN("nothing")), -1);
}

// The O string of a reply (specification 3.6).
static void option_text(const struct tcp_hdr *tcp, struct buf *b)
{
    struct cur c = cur_of(tcp->options.ptr, tcp->options.len);
    struct tcp_opt o;
    bool bad = false;
    while (tcp_opt_next(&c, &o, &bad)) {
        struct cur body = cur_of(o.body.ptr, o.body.len);
        switch (o.kind) {
        case TCP_OPT_EOL:
            buf_char(b, 'L');
            break;
        case TCP_OPT_NOP:
            buf_char(b, 'N');
            break;
        case TCP_OPT_MSS:
            buf_char(b, 'M');
            buf_hex(b, cur_be16(&body));
            break;
        case TCP_OPT_WS:
            buf_char(b, 'W');
            buf_hex(b, cur_u8(&body));
            break;
        case TCP_OPT_SACKOK:
            buf_char(b, 'S');
            break;
        case TCP_OPT_TS:
            buf_char(b, 'T');
            buf_char(b, cur_be32(&body) ? '1' : '0');
            buf_char(b, cur_be32(&body) ? '1' : '0');
            break;
        default:
            break;
        }
    }
    assert_false(bad);
}

static void put_attr(struct buf *b, const char *name, const char *value)
{
    buf_char(b, b->p[-1] == '(' ? ' ' : '%');
    if (b->p[-1] == ' ')
        b->p--;
    buf_str(b, name);
    buf_char(b, '=');
    buf_str(b, value);
}

static void put_hex(struct buf *b, const char *name, uint64_t v)
{
    put_attr(b, name, "");
    buf_hex(b, v);
}

static const char *number_name(uint32_t v, uint32_t base, const char *same, const char *next)
{
    return v == 0 ? "Z" : v == base ? same : v == base + 1 ? next : "O";
}

// A T line without T1's omissions: R DF T W S A F O RD Q.
static void tcp_line(const struct exchange *x, const char *name, bool is_t1, struct buf *b)
{
    const struct tcp_hdr *t = &x->reply.tcp;
    buf_str(b, name);
    buf_char(b, '(');
    put_attr(b, "R", "Y");
    put_attr(b, "DF", x->reply.ip4.df ? "Y" : "N");
    put_hex(b, "T", x->reply.ttl);
    if (!is_t1)
        put_hex(b, "W", t->window);
    put_attr(b, "S", number_name(t->seq, AK, "A", "A+"));
    put_attr(b, "A", number_name(t->ack, SB, "S", "S+"));
    put_attr(b, "F", "");
    for (int i = 6; i >= 0; i--)
        if (t->flags >> "\0\1\2\3\4\5\6"[i] & 1 && i != 5 && i != 4)
            buf_char(b, "FSRPAUE"[i]);
        else if (i == 5 && t->flags & TCP_URG)
            buf_char(b, 'U');
        else if (i == 4 && t->flags & TCP_ACK)
            buf_char(b, 'A');
    if (!is_t1) {
        put_attr(b, "O", "");
        option_text(t, b);
    }
    put_hex(b, "RD", t->flags & TCP_RST && t->payload.len ? hash_crc32(t->payload) : 0);
    put_attr(b, "Q", t->reserved ? "R" : "");
    if (!(t->flags & TCP_URG) && t->urg)
        buf_char(b, 'U');
    buf_char(b, ')');
}

static void expect_line(struct personality_state *s, int which, const char *line)
{
    struct exchange x;
    char text[256];
    struct buf b;
    ask_tcp(s, which, 5000000000u, &x);
    buf_init(&b, text, sizeof text - 1);
    if (x.n == 0) {
        buf_str(&b, "T0(R=N)");
        b.start[1] = (uint8_t)line[1];
    } else {
        assert_int_equal(x.reply.tcp.dport, 40000);
        assert_int_equal(x.reply.ip4.src, DST);
        tcp_line(&x, (char[]){line[0], line[1], '\0'}, line[1] == '1', &b);
    }
    *b.p = '\0';
    assert_string_equal(text, line);
}

static void test_linux_tcp_lines(void **state)
{
    (void)state;
    struct personality p;
    struct personality_state s;
    load(&p, linux_text);
    personality_start(&s, &p, 1);
    expect_line(&s, 0, "T1(R=Y%DF=Y%T=40%S=O%A=S+%F=AS%RD=0%Q=)");
    expect_line(&s, 7, "T2(R=N)");
    expect_line(&s, 8, "T3(R=N)");
    expect_line(&s, 9, "T4(R=Y%DF=Y%T=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)");
    expect_line(&s, 10, "T5(R=Y%DF=Y%T=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)");
    expect_line(&s, 11, "T6(R=Y%DF=Y%T=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)");
    expect_line(&s, 12, "T7(R=Y%DF=Y%T=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)");
}

static void test_odd_tcp_lines(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "T2(R=Y%DF=N%T=FF%W=1234%S=O%A=O%F=R%O=WANM5B4T00%RD=D4A1185%Q=RU)",
        "T3(R=Y%DF=Y%T=20%W=FFFF%S=A+%A=S%F=EUAPRSF%O=M5B4NNST01L%RD=0%Q=)",
        "T4(R=Y%DF=N%T=80%W=1%S=Z%A=S+%F=%O=%RD=0%Q=U)",
        "T5(R=Y%DF=N%T=3A%W=80%S=A%A=Z%F=AR%O=M1%RD=1%Q=R)",
    };
    struct personality p;
    struct personality_state s;
    for (int i = 0; i < 4; i++) {
        load(&p, lines[i]);
        personality_start(&s, &p, 3);
        if (i != 1)
            expect_line(&s, 7 + i, lines[i]);
    }
    load(&p, lines[1]); // RST and all others set: RD wants a CRC of no data
    assert_int_equal(p.tcp[PERS_T3].flags, 0x7F);
}

static void test_options_and_windows(void **state)
{
    (void)state;
    struct personality p;
    struct personality_state s;
    struct exchange x;
    load(&p, "OPS(O1=M5B4NW0NNT00NNS%O2=M578NW0%O3=%O4=WAL%O5=M[200-300]ST11|NNN%O6=L)\n"
             "WIN(W1=1%W2=2%W3=3%W4=4%W5=5%W6=6)\nECN(R=Y%DF=N%T=80%W=10%O=M5B4L%CC=S%Q=R)");
    static const char *const want[] = {"M5B4NW0NNT00NNS", "M578NW0", "",     "WAL",
                                       "M200ST11",        "L",       "M5B4L"};
    personality_start(&s, &p, 1);
    for (int i = 0; i < 7; i++) {
        char text[64];
        struct buf b;
        buf_init(&b, text, sizeof text - 1);
        ask_tcp(&s, i, 1000000000, &x);
        assert_int_equal(x.n, 1);
        option_text(&x.reply.tcp, &b);
        *b.p = '\0';
        assert_string_equal(text, want[i]);
        assert_int_equal(x.reply.tcp.window, i == 6 ? 0x10 : i + 1);
    }
    assert_int_equal(x.reply.tcp.flags, 0xD2);
    assert_int_equal(x.reply.tcp.reserved, 8);
}

static void test_port_scan(void **state)
{
    (void)state;
    struct personality p;
    struct personality_state s;
    struct exchange x;
    load(&p, linux_text);
    personality_start(&s, &p, 1);
    ask_tcp(&s, 13, 1, &x);
    assert_int_equal(x.reply.tcp.flags, TCP_SYN | TCP_ACK);
    assert_int_equal(x.reply.tcp.options.len, 4);
    assert_int_equal(x.reply.tcp.ack, SB + 1);
    ask_tcp(&s, 14, 1, &x);
    assert_int_equal(x.reply.tcp.flags, TCP_RST | TCP_ACK);
    ask_tcp(&s, 15, 1, &x);
    assert_int_equal(x.reply.tcp.flags, TCP_RST);
    assert_int_equal(x.reply.tcp.seq, AK);
    load(&p, "filtered = all\nreject = 1\nreject-code = 13");
    personality_start(&s, &p, 1);
    ask_tcp(&s, 9, 1, &x);
    assert_int_equal(x.n, 1); // 22 was opened last
    ask_tcp(&s, 14, 1, &x);
    assert_int_equal(x.reply.kind, FRAME_ICMP4);
    assert_int_equal(x.reply.icmp4.code, 13);
    assert_int_equal(doors_at(&p.tcp_doors, 3), DOOR_FILTERED);
}

struct sequence {
    uint32_t isn[6];
    uint32_t ts[6];
    uint16_t id[6];
};

static void run_sequence(struct personality_state *s, struct sequence *q)
{
    struct exchange x;
    for (int i = 0; i < 6; i++) {
        ask_tcp(s, i, 7000000000u + (uint64_t)i * 100000000u, &x);
        assert_int_equal(x.n, 1);
        q->isn[i] = x.reply.tcp.seq;
        q->id[i] = x.reply.ip4.id;
        struct cur c = cur_of(x.reply.tcp.options.ptr, x.reply.tcp.options.len);
        struct tcp_opt o;
        bool bad = false;
        q->ts[i] = 0;
        while (tcp_opt_next(&c, &o, &bad))
            if (o.kind == TCP_OPT_TS) {
                struct cur body = cur_of(o.body.ptr, o.body.len);
                q->ts[i] = cur_be32(&body);
            }
    }
}

static uint32_t gcd32(uint32_t a, uint32_t b)
{
    return b == 0 ? a : gcd32(b, a % b);
}

// Specification 3.2 with exact spacing.
static void measure(const struct sequence *q, uint32_t *sp, uint32_t *gcd, uint32_t *isr)
{
    double r[5], a = 0, sum = 0;
    *gcd = 0;
    for (int i = 0; i < 5; i++) {
        const uint32_t up = q->isn[i + 1] - q->isn[i];
        const uint32_t d = up < 0u - up ? up : 0u - up;
        *gcd = gcd32(d, *gcd);
        r[i] = d * 10.0;
        a += r[i] / 5;
    }
    *sp = *isr = 0;
    if (*gcd == 0)
        return;
    const double g = *gcd > 9 ? *gcd : 1;
    for (int i = 0; i < 5; i++)
        sum += (r[i] / g - a / g) * (r[i] / g - a / g);
    const double dev = sqrt(sum / 4);
    *isr = (uint32_t)floor(8 * log2(a) + 0.5);
    *sp = dev <= 1 ? 0 : (uint32_t)floor(8 * log2(dev) + 0.5);
}

static void test_isn(void **state)
{
    (void)state;
    static const struct {
        uint32_t sp, gcd, isr;
    } wanted[] = {
        {0x106, 1, 0x10C},    {0, 0x3039, 0x87}, {0, 0, 0},       {0x104, 2, 0x108},
        {0x26, 0xFA00, 0xA8}, {0x72, 10, 0x8C},  {0x8C, 9, 0x8A}, {0xC8, 1, 0xD0},
        {0x30, 1, 0x60},      {0xFF, 6, 0x105},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        struct personality p;
        struct personality_state s;
        struct sequence q;
        uint32_t sp, gcd, isr;
        load(&p, linux_text);
        isn_plan(&p.isn, wanted[i].sp, wanted[i].gcd, wanted[i].isr);
        personality_start(&s, &p, i);
        for (size_t k = 0; k < i; k++) // wherever the scanner starts to look
            (void)state_isn(&s, 0);
        run_sequence(&s, &q);
        measure(&q, &sp, &gcd, &isr);
        assert_int_equal(gcd, wanted[i].gcd);
        assert_in_range(sp + 2, wanted[i].sp + 1, wanted[i].sp + 3);
        assert_in_range(isr + 2, wanted[i].isr + 1, wanted[i].isr + 3);
    }
}

static void test_clock(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        double least, most;
    } wanted[] = {
        {"SEQ(TS=A)", 900, 1100},  {"SEQ(TS=7)", 90, 110},  {"SEQ(TS=8)", 180, 220},
        {"SEQ(TS=1)", 1, 5},       {"SEQ(TS=9)", 480, 540}, {"SEQ(TS=0)", 0, 0},
        {"SEQ(TS=20)", 1e6, 1e12}, {"SEQ(TI=I)", 0, 0},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        struct personality p;
        struct personality_state s;
        struct sequence q;
        load(&p, linux_text);
        assert_int_equal(personality_parse(span_str(wanted[i].line), &p, NULL), ERR_OK);
        personality_start(&s, &p, 9);
        run_sequence(&s, &q);
        const double f = fabs((double)q.ts[5] - (double)q.ts[0]) / 0.5;
        assert_true(f >= wanted[i].least && f <= wanted[i].most);
        assert_int_equal(q.ts[0] == 0, i == 5);
    }
}

// Specification 3.3 for samples without wrap.
static const char *id_class(const uint16_t *id, int n)
{
    bool zero = true, same = true, ri = false, bi = true, even = true, small = true;
    for (int i = 0; i + 1 < n; i++) {
        const uint32_t x = (uint32_t)id[i + 1] - id[i];
        const uint16_t d = (uint16_t)x;
        if (n > 2 && x > 20000)
            return "RD";
        zero = zero && id[i] == 0 && id[i + 1] == 0;
        same = same && d == 0;
        ri = ri || (d > 1000 && (d % 256 != 0 || d >= 25600));
        bi = bi && d % 256 == 0 && d <= 5120;
        even = even && d % 2 == 0;
        small = small && d < 10;
    }
    return zero ? "Z" : same ? "constant" : ri ? "RI" : bi ? "BI" : even || small ? "I" : "none";
}

static void test_ids(void **state)
{
    (void)state;
    static const char *const kinds[][2] = {
        {"TI=Z", "Z"},   {"TI=I", "I"},    {"TI=BI", "BI"},          {"TI=RI", "RI"},
        {"TI=RD", "RD"}, {"CI=I", "none"}, {"TI=5%CI=I", "constant"}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        char line[64];
        struct buf b;
        struct personality p;
        struct personality_state s;
        struct sequence q;
        buf_init(&b, line, sizeof line);
        buf_str(&b, "SEQ(");
        buf_str(&b, kinds[i][0]);
        buf_str(&b, ")");
        load(&p, linux_text);
        assert_int_equal(personality_parse(buf_span(&b), &p, NULL), ERR_OK);
        personality_start(&s, &p, i);
        run_sequence(&s, &q);
        assert_string_equal(id_class(q.id, 6), kinds[i][1]);
    }
}

static void test_shared_ids(void **state)
{
    (void)state;
    for (int shared = 0; shared < 2; shared++) {
        struct personality p;
        struct personality_state s;
        struct sequence q;
        struct exchange x;
        struct buf b;
        load(&p, linux_text);
        assert_int_equal(personality_parse(shared ? SPAN("SEQ(TI=I%CI=I%II=I%SS=S)")
                                                  : SPAN("SEQ(TI=I%CI=I%II=I%SS=O)"),
                                           &p, NULL),
                         ERR_OK);
        personality_start(&s, &p, 5);
        run_sequence(&s, &q);
        buf_init(&b, x.sent, sizeof x.sent);
        ask(&s, build_echo(0, &b), 8000000000u, &x);
        assert_int_equal(x.reply.ip4.id < q.id[5] + 3, shared);
    }
}

static void test_echo(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        bool df1, df2;
        uint8_t code1, code2;
    } wanted[] = {
        {"IE(R=Y%DFI=N%T=40%CD=S)", false, false, 9, 0},
        {"IE(R=Y%DFI=S%T=40%CD=Z)", true, false, 0, 0},
        {"IE(R=Y%DFI=O%TG=40%CD=5)", false, true, 5, 5},
        {"IE(DFI=Y%T=80%CD=O)", true, true, 0, 5},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        struct personality p;
        struct personality_state s;
        struct exchange x[2];
        struct buf b;
        load(&p, wanted[i].line);
        personality_start(&s, &p, 5);
        for (int k = 0; k < 2; k++) {
            buf_init(&b, x[k].sent, sizeof x[k].sent);
            ask(&s, build_echo(k, &b), 1, &x[k]);
            assert_int_equal(x[k].n, 1);
            assert_int_equal(x[k].reply.icmp4.id, 100 + k);
        }
        assert_int_equal(x[0].reply.ip4.df, wanted[i].df1);
        assert_int_equal(x[1].reply.ip4.df, wanted[i].df2);
        assert_int_equal(x[0].reply.icmp4.code, wanted[i].code1);
        assert_int_equal(x[1].reply.icmp4.code, wanted[i].code2);
    }
}

static void ask_u1(struct personality_state *s, const char *line, struct exchange *x,
                   struct icmp4_quote *q)
{
    static struct personality p;
    struct buf b;
    load(&p, line);
    personality_start(s, &p, 5);
    buf_init(&b, x->sent, sizeof x->sent);
    ask(s, build_u1(&b), 1, x);
    assert_int_equal(x->n, 1);
    assert_int_equal(x->reply.icmp4.code, ICMP4_PORT_UNREACH);
    assert_true(icmp4_quote(&x->reply.icmp4, q));
}

static void test_unreachable(void **state)
{
    (void)state;
    struct personality_state s;
    struct exchange x;
    struct icmp4_quote q;
    ask_u1(&s, "U1(R=Y%DF=N%T=40%IPL=164%UN=0%RIPL=G%RID=G%RIPCK=G%RUCK=G%RUD=G)", &x, &q);
    assert_int_equal(x.reply.ip4.total_len, 0x164);
    assert_int_equal(q.ip.total_len, 328);
    assert_int_equal(q.ip.id, 0x1042);
    assert_true(q.ip.cksum_ok);
    assert_int_equal(q.udp_cksum, x.request.udp.cksum);
    assert_int_equal(q.rest.len, 300);
    ask_u1(&s, "U1(R=Y%DF=Y%T=FF%IPL=164%UN=77%RIPL=148-14C%RID=4210%RIPCK=I%RUCK=0%RUD=I)", &x,
           &q);
    assert_true(x.reply.ip4.df);
    assert_int_equal(x.reply.icmp4.unused, 0x77);
    assert_int_equal(q.ip.total_len, 0x148);
    assert_int_equal(q.ip.id, 0x4210);
    assert_false(q.ip.cksum_ok);
    assert_int_equal(q.udp_cksum, 0);
    assert_true(q.rest.ptr[0] != 'C');
    ask_u1(&s, "U1(R=Y%DF=Y%T=FF%IPL=38%UN=0%RIPL=G%RID=G%RIPCK=Z%RUCK=G%RUD=G)", &x, &q);
    assert_int_equal(x.reply.ip4.total_len, 56);
    assert_int_equal(q.ip.cksum, 0);
    assert_int_equal(q.rest.len, 0);
}

static void test_broken_text(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t line, col;
    } broken[] = {
        {"T1(R=Y%XX=1)", 1, 8},   {"\n  T9(R=Y)", 2, 3},      {"T1(R=Y", 1, 4},
        {"open = 22,x", 1, 0},    {"# good\nnonsense", 2, 0}, {"T1(F=AX)", 1, 0},
        {"OPS(O1=M5B4K)", 1, 0},  {"open = 9-3", 1, 0},       {"isn = sometimes", 1, 0},
        {"T1(R=Y)T2(R=N)", 1, 8}, {"ttl = 256", 1, 0},        {"ECN(W=10000)", 1, 0},
    };
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        struct personality p;
        struct err_at at = {0};
        personality_init(&p);
        assert_int_not_equal(personality_parse(span_str(broken[i].text), &p, &at), ERR_OK);
        assert_int_equal(at.line, broken[i].line);
        assert_int_equal(at.col, broken[i].col);
        assert_non_null(at.what);
    }
}

static void test_values(void **state)
{
    (void)state;
    static const char *const wanted[][2] = {
        {"A|B", "A"},
        {"10-20", "10"},
        {">5", "6"},
        {"<5", "4"},
        {"M[5B0-5B8]NNT11", "M5B0NNT11"},
        {"M[>500]ST11NW[7|8]", "M501ST11NW7"},
        {"", ""},
        {"|A", ""},
        {"AR", "AR"},
        {"S+", "S+"},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        struct value v;
        assert_true(value_first(span_str(wanted[i][0]), VALUE_LOW, &v));
        assert_int_equal(v.len, strlen(wanted[i][1]));
        assert_memory_equal(v.text, wanted[i][1], v.len);
    }
}

static void test_crc(void **state)
{
    (void)state;
    static const uint32_t crcs[] = {1, 0xD4A1185, 0xFFFFFFFF, 0x80000000};
    for (size_t i = 0; i < sizeof crcs / sizeof crcs[0]; i++) {
        uint8_t data[4];
        crc_invert(crcs[i], data);
        assert_int_equal(hash_crc32(span_of(data, 4)), crcs[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_probes_are_recognized),
        cmocka_unit_test(test_linux_tcp_lines),
        cmocka_unit_test(test_odd_tcp_lines),
        cmocka_unit_test(test_options_and_windows),
        cmocka_unit_test(test_port_scan),
        cmocka_unit_test(test_isn),
        cmocka_unit_test(test_clock),
        cmocka_unit_test(test_ids),
        cmocka_unit_test(test_shared_ids),
        cmocka_unit_test(test_echo),
        cmocka_unit_test(test_unreachable),
        cmocka_unit_test(test_broken_text),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_crc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
