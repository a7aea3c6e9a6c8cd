// SPDX-License-Identifier: Apache-2.0
// Personalities: what is written into one comes out of its replies, attribute by attribute as
// defined by the os-detection specification 3. What cannot be read is an error with its place.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"
#include "lab_probes.h"

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

static void test_keys(void **state)
{
    (void)state;
    struct personality p;
    struct personality_state s;
    struct exchange x;
    struct buf b;
    load(&p, "ttl = 77\nuptime = 100\nisn = clock 1000\nudp-open = 9\nOPS(O1=T11NN)");
    personality_start(&s, &p, 1);
    ask_tcp(&s, 0, 1000000000, &x);
    const uint32_t first = x.reply.tcp.seq;
    assert_int_equal(x.reply.ttl, 77);
    struct cur c = cur_of(x.reply.tcp.options.ptr + 2, 4);
    assert_int_equal(cur_be32(&c), 100 * 100 + 100 + 1);
    ask_tcp(&s, 0, 3000000000, &x);
    assert_int_equal(x.reply.tcp.seq - first, 2000);
    buf_init(&b, x.sent, sizeof x.sent);
    ask(&s, build_u1(&b), 1, &x);
    assert_int_equal(x.reply.kind, FRAME_UDP);
    assert_int_equal(x.reply.udp.payload.len, 300);
    load(&p, "isn = constant\nping = no");
    personality_start(&s, &p, 1);
    ask_tcp(&s, 0, 1, &x);
    const uint32_t constant = x.reply.tcp.seq;
    ask_tcp(&s, 0, 2, &x);
    assert_int_equal(x.reply.tcp.seq, constant);
    buf_init(&b, x.sent, sizeof x.sent);
    ask(&s, build_echo(0, &b), 1, &x);
    assert_int_equal(x.n, 0);
    load(&p, "isn = step 7");
    personality_start(&s, &p, 1);
    const uint32_t before = state_isn(&s, 0);
    assert_int_equal(state_isn(&s, 0), before + 7);
}

static void test_icmp_timestamp(void **state)
{
    (void)state;
    struct personality p;
    struct personality_state s;
    struct exchange x;
    struct buf b;
    const struct icmp4_hdr icmp = {.type = 13, .id = 3, .body = SPAN("abcd\0\0\0\0\0\0\0\0")};
    const struct ip4_hdr ip = {
        .total_len = 40, .ttl = 9, .proto = IP4_ICMP, .src = SRC, .dst = DST};
    for (uint32_t answers = 0; answers < 2; answers++) {
        load(&p, answers ? "timestamp = yes" : "timestamp = no");
        personality_start(&s, &p, 1);
        buf_init(&b, x.sent, sizeof x.sent);
        ip4_encode(&b, &ip);
        icmp4_encode(&b, &icmp);
        ask(&s, buf_span(&b), 5000000, &x);
        assert_int_equal(x.n, answers);
    }
    assert_int_equal(x.reply.icmp4.type, 14);
    assert_memory_equal(x.reply.icmp4.body.ptr, "abcd\0\0\0\5\0\0\0\5", 12);
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
        cmocka_unit_test(test_echo),
        cmocka_unit_test(test_unreachable),
        cmocka_unit_test(test_broken_text),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_icmp_timestamp),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_crc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
