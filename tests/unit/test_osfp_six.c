// SPDX-License-Identifier: Apache-2.0
// OS detection over IPv6 by a target that answers like a simple stack, on a clock that only moves
// when the test lets it; what makes the reference run forever ends here.
#include "check.h"

#include "base/buf.h"
#include "osfp/build.h"
#include "osfp/osfp.h"
#include "osfp/six.h"
#include "wire/cksum.h"

enum { MAIL = 64, PACKET = 512, NEVER = 1 << 30 };

#define MS UINT64_C(1000000)
#define START (5000 * MS)

struct mail {
    uint64_t at_ns; // 0 = empty
    size_t len;
    uint8_t bytes[PACKET];
};

static struct {
    struct arena arena;
    struct osfp *fp;
    uint64_t now_ns;
    uint32_t isn;
    int lose[PROBE_COUNT]; // so many transmissions are not answered
    uint64_t delay_ns[PROBE_COUNT];
    uint32_t n_sent[PROBE_COUNT];
    struct ip_addr errors_from;
    uint32_t frag_id; // of the next long reply; each takes frag_step more
    uint32_t frag_step;
    bool is_whole; // long replies are not cut
    struct mail mail[MAIL];
} t;

static const struct ip_addr us = {.byte = {0xFD, [15] = 1}, .family = IP_V6};
static const struct ip_addr host = {.byte = {0xFD, [15] = 2}, .family = IP_V6};

static struct osfp_config config(void)
{
    return (struct osfp_config){
        .src = us,
        .dst = host,
        .open_tcp = 22,
        .closed_tcp = 23,
        .closed_udp = -1,
        .other_tcp = -1,
        .other_udp = -1,
        .is_direct = true,
        .timing = {.initial_us = 1000000, .min_us = 100000, .max_us = 10000000, .level = 3},
        .srtt_us = 500,
        .rttvar_us = 100,
        .ttl = -1,
        .max_tries = 5,
        .unix_ns = INT64_C(1700000000000000000),
        .seed = 7,
    };
}

static int setup(void **state)
{
    const struct osfp_config cfg = config();
    (void)state;
    memset(&t, 0, sizeof t);
    arena_init(&t.arena, "test");
    t.now_ns = START;
    t.errors_from = host;
    t.lose[PROBE_T2] = t.lose[PROBE_T3] = NEVER;
    t.fp = osfp_new(&t.arena, &cfg, t.now_ns);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_fini(&t.arena);
    return 0;
}

static void put_ip(struct buf *b, const struct ip_addr *from, uint8_t proto, size_t len)
{
    ip6_encode(
        b,
        &(struct ip6_hdr){
            .payload_len = (uint16_t)len, .next = proto, .hop_limit = 64, .src = *from, .dst = us});
}

static void put_tcp(struct buf *b, const struct frame *f)
{
    static const uint8_t options[] = {2, 4, 5, 0xA0, 4, 2, 1, 1};
    const bool is_open = f->tcp.dport == 22 && (f->tcp.flags & TCP_SYN);
    const struct tcp_hdr tcp = {
        .sport = f->tcp.dport,
        .dport = f->tcp.sport,
        .seq = is_open                  ? (t.isn += 64000)
               : f->tcp.flags & TCP_ACK ? f->tcp.ack
                                        : 0,
        .ack = f->tcp.flags & TCP_ACK ? 0 : f->tcp.seq + 1,
        .flags = is_open                  ? TCP_SYN | TCP_ACK
                 : f->tcp.flags & TCP_ACK ? TCP_RST
                                          : TCP_RST | TCP_ACK,
        .window = is_open ? 64800 : 0,
        .options = is_open ? span_of(options, sizeof options) : SPAN(""),
        .payload = SPAN(""),
    };
    put_ip(b, &host, IP6_TCP, TCP_HDR_LEN + tcp.options.len);
    tcp_encode_ip(b, &tcp, &host, &us);
}

static void put_icmp(struct buf *b, const struct frame *f, int p)
{
    uint8_t target[16];
    struct icmp6_hdr icmp = {.type = ICMP6_UNREACH, .code = ICMP6_PORT_UNREACH, .body = f->packet};
    if (p == PROBE_IE1 || p == PROBE_IE2 || p == PROBE_X1)
        icmp = (struct icmp6_hdr){.type = ICMP6_ECHO_REPLY,
                                  .code = f->icmp6.code,
                                  .id = f->icmp6.id,
                                  .seq = f->icmp6.seq,
                                  .body = f->icmp6.body};
    if (p == PROBE_X2)
        icmp = (struct icmp6_hdr){
            .type = ICMP6_PARAM_PROBLEM, .code = 1, .unused = 0x38, .body = f->packet};
    if (p == PROBE_NS) {
        memcpy(target, host.byte, sizeof target);
        icmp = (struct icmp6_hdr){
            .type = ICMP6_ADVERT, .unused = 0x40000000, .body = span_of(target, sizeof target)};
    }
    const struct ip_addr *from = icmp6_is_error(icmp.type) ? &t.errors_from : &host;
    put_ip(b, from, IP6_ICMP, ICMP6_HDR_LEN + icmp.body.len);
    icmp6_encode(b, &icmp, from, &us);
}

// A long reply as it comes over a small link: its first fragment alone counts.
static void put_long(struct buf *b, const struct frame *f)
{
    static const uint8_t zero[100];
    const struct icmp6_hdr icmp = {.type = ICMP6_ECHO_REPLY,
                                   .id = f->icmp6.id,
                                   .seq = f->icmp6.seq,
                                   .body = span_of(zero, sizeof zero)};
    const size_t len = ICMP6_HDR_LEN + sizeof zero;
    assert_int_equal(f->kind, FRAME_FRAGMENT);
    put_ip(b, &host, t.is_whole ? IP6_ICMP : IP6_FRAGMENT, len + (t.is_whole ? 0 : 8));
    if (!t.is_whole) {
        buf_be16(b, IP6_ICMP << 8);
        buf_be16(b, 1);
        buf_be32(b, t.frag_id);
        t.frag_id += t.frag_step;
    }
    icmp6_encode(b, &icmp, &host, &us);
}

static void answer(struct span packet, int p)
{
    struct frame f = {0};
    struct buf b;
    int i = 0;
    t.n_sent[p]++;
    assert_int_equal(frame_decode(LINK_RAW, packet, &f), ERR_OK);
    assert_int_equal(f.ip6.flow, 0x12345);
    if (t.lose[p] > 0) {
        t.lose[p]--;
        return;
    }
    while (i < MAIL && t.mail[i].at_ns != 0)
        i++;
    assert_true(i < MAIL);
    buf_init(&b, t.mail[i].bytes, PACKET);
    if (p >= PROBE_F1)
        put_long(&b, &f);
    else if (f.kind == FRAME_TCP)
        put_tcp(&b, &f);
    else
        put_icmp(&b, &f, p);
    assert_false(b.full);
    t.mail[i].len = buf_len(&b);
    t.mail[i].at_ns = t.now_ns + MS + t.delay_ns[p];
}

static uint64_t next_mail(void)
{
    uint64_t at = UINT64_MAX;
    for (int i = 0; i < MAIL; i++)
        if (t.mail[i].at_ns != 0 && t.mail[i].at_ns < at)
            at = t.mail[i].at_ns;
    return at;
}

static void deliver(void)
{
    for (int i = 0; i < MAIL; i++) {
        struct frame f = {.time_ns = t.mail[i].at_ns};
        if (t.mail[i].at_ns == 0 || t.mail[i].at_ns > t.now_ns)
            continue;
        assert_int_equal(frame_decode(LINK_RAW, span_of(t.mail[i].bytes, t.mail[i].len), &f),
                         ERR_OK);
        t.mail[i].at_ns = 0;
        osfp_receive(t.fp, &f);
    }
}

// Runs all tries; returns how long they took, in milliseconds.
static uint64_t run(void)
{
    for (int i = 0; i < 20000; i++) {
        struct osfp_packet out;
        while (osfp_next(t.fp, t.now_ns, &out)) {
            osfp_sent(t.fp, out.probe, t.now_ns);
            answer(out.packet, (int)(out.probe % PROBE_COUNT));
        }
        if (osfp_tick(t.fp, t.now_ns) == OSFP_TRY_OVER)
            osfp_continue(t.fp, false, t.now_ns);
        if (osfp_tick(t.fp, t.now_ns) == OSFP_DONE)
            return (t.now_ns - START) / MS;
        const uint64_t mail = next_mail();
        const uint64_t when = osfp_when(t.fp);
        const uint64_t next = mail < when ? mail : when;
        t.now_ns = next > t.now_ns ? next : t.now_ns;
        deliver();
    }
    fail_msg("it does not end");
    return 0;
}

static const char *line(enum osdb_test test)
{
    char *mem = arena_alloc(&t.arena, 512);
    struct buf b;
    buf_init(&b, mem, 511);
    osdb_print_line(&b, osfp_subject(t.fp, osfp_tries(t.fp) - 1), test);
    return mem;
}

static bool is_printed(const char *item)
{
    char *mem = arena_alloc(&t.arena, LIMIT_SUBJECT6 + 1);
    struct buf b;
    buf_init(&b, mem, LIMIT_SUBJECT6);
    osfp_print_six(t.fp, &b);
    return strstr(mem, item) != NULL;
}

static void a_quick_host_takes_the_train(void **state)
{
    (void)state;
    assert_true(run() < 700);
    assert_int_equal(osfp_tries(t.fp), 1);
    assert_string_equal(line(TEST_OPS), "OPS(O1=M5A0SNN%O2=M5A0SNN%O3=M5A0SNN%O4=M5A0SNN%O5=M5A0SNN"
                                        "%O6=M5A0SNN)");
    assert_string_equal(line(TEST_ECN), "ECN(R=Y%TG=40%W=FD20%O=M5A0SNN%CC=N%Q=)");
    assert_string_equal(line(TEST_T1), "T1(R=Y%TG=40%S=O%A=S+%F=AS%RD=0%Q=)");
    assert_string_equal(line(TEST_T2), "T2(R=N)");
    assert_string_equal(line(TEST_T4), "T4(R=Y%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)");
    assert_string_equal(line(TEST_T5), "T5(R=Y%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)");
    assert_string_equal(line(TEST_U1), "U1(R=Y%TG=40%UN=0%RUCK=G%RUD=G)");
    assert_string_equal(line(TEST_IE), "IE(R=Y%TG=40%CD=S)");
    assert_true(is_printed("NS(P=6000{4}183a40XX{32}8800"));
    assert_int_equal(t.n_sent[PROBE_T2], 2); // silence costs one repetition
    assert_string_equal(line(TEST_N6),
                        "N6(FL=Z%FR=Z%FE=Z%FU=Z%HS=40%HR=40%HE=40%HU=40%CS=0%CE=0%CU=0"
                        "%X1=9%X2=401%XP=38%XQ=50%NF=40%NL=18%UQ=15C%US=Y%FI=Z)");
    assert_true(is_printed("%FI=Z)\nEXTRA(FL=12345)"));
}

// Their ids are classed; they are neither close to each other nor sent twice.
static void long_requests_tell_the_fragment_ids(void **state)
{
    static const struct {
        uint32_t id, step;
        char cls;
    } cases[] = {{0, 0, 'Z'},     {77, 0, 'C'},         {UINT32_MAX, 1, 'I'},
                 {1000, 64, 'I'}, {1000, 65, 'P'},      {5, 65535, 'P'},
                 {5, 65536, 'R'}, {9, UINT32_MAX, 'R'}, {0x80000000, 0x40000000, 'R'}};
    char want[] = "FI=?)";
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        teardown(NULL);
        setup(NULL);
        t.frag_id = cases[i].id;
        t.frag_step = cases[i].step;
        assert_true(run() < 700);
        want[3] = cases[i].cls;
        assert_non_null(strstr(line(TEST_N6), want));
        for (int p = PROBE_F1; p <= PROBE_F3; p++)
            assert_int_equal(t.n_sent[p], 1);
    }
}

static void long_requests_without_fragments_in_the_answer(void **state)
{
    (void)state;
    t.is_whole = true;
    run();
    assert_non_null(strstr(line(TEST_N6), "%FI=W)"));
    teardown(NULL);
    setup(NULL);
    t.lose[PROBE_F1] = t.lose[PROBE_F2] = t.lose[PROBE_F3] = NEVER;
    assert_true(run() < 700); // costs nothing
    assert_non_null(strstr(line(TEST_N6), "%FI=N)"));
    teardown(NULL);
    setup(NULL);
    t.lose[PROBE_F1] = t.lose[PROBE_F3] = 1; // one id is none: they are sent again
    t.frag_step = 1;
    run();
    assert_non_null(strstr(line(TEST_N6), "%FI=I)"));
    teardown(NULL);
    setup(NULL);
    for (int p = PROBE_U1; p < PROBE_COUNT; p++)
        t.lose[p] = NEVER;
    run(); // whoever answers no echo request at all has said nothing
    assert_null(strstr(line(TEST_N6), "FI="));
    assert_null(strstr(line(TEST_N6), "X1="));
}

// What a printed fingerprint says is read again; the reference's has no line N6, but the packets.
static void its_line_is_read_again(void **state)
{
    char *text = arena_alloc(&t.arena, LIMIT_SUBJECT6 + 1);
    struct buf b;
    struct osfp *again;
    struct err_at at;
    const struct osfp_config cfg = {.open_tcp = 22, .closed_tcp = 23, .closed_udp = -1};
    (void)state;
    t.frag_step = 1;
    run();
    const char *seen = line(TEST_N6);
    buf_init(&b, text, LIMIT_SUBJECT6);
    osfp_print_six(t.fp, &b);
    assert_int_equal(osfp_read_six(&t.arena, &cfg, buf_span(&b), &again, &at), ERR_OK);
    t.fp = again;
    assert_string_equal(line(TEST_N6), seen);
    char *own = strstr(text, "N6(");
    memmove(own, strchr(own, '\n') + 1, strlen(strchr(own, '\n') + 1) + 1);
    assert_int_equal(osfp_read_six(&t.arena, &cfg, span_str(text), &again, &at), ERR_OK);
    t.fp = again;
    assert_string_equal(line(TEST_N6), "N6(FL=Z%FR=Z%FE=Z%FU=Z%HS=40%HR=40%HE=40%HU=40%CS=0%CU=0"
                                       "%X1=9%X2=401%XP=38%XQ=50%NF=40%NL=18%UQ=15C%US=Y)");
}

static void silence_of_icmp_is_no_evidence(void **state)
{
    (void)state;
    for (int p = PROBE_U1; p < PROBE_COUNT; p++)
        t.lose[p] = NEVER;
    run();
    assert_string_equal(line(TEST_U1), "");
    assert_string_equal(line(TEST_IE), "");
}

// The reference counts it twice and never comes to an end.
static void an_answer_after_its_last_repetition_ends_it_all_the_same(void **state)
{
    (void)state;
    t.delay_ns[PROBE_U1] = 450 * MS;
    assert_true(run() < 2000);
    teardown(NULL);
    setup(NULL);
    t.delay_ns[PROBE_U1] = 450 * MS;
    t.lose[PROBE_T4] = t.lose[PROBE_X2] = NEVER; // the last ones expire together
    assert_true(run() < 3000);
}

// The reference neither repeats nor gives up such a train.
static void a_train_with_holes_ends(void **state)
{
    (void)state;
    t.lose[PROBE_SEQ + 2] = NEVER; // could not be sent
    t.lose[PROBE_SEQ + 5] = NEVER; // no answer
    assert_true(run() < 8000);
    assert_string_equal(line(TEST_T1), "T1(R=Y%TG=40%S=O%A=S+%F=AS%RD=0%Q=)");
}

static void a_dead_host_ends(void **state)
{
    (void)state;
    for (int p = 0; p < PROBE_COUNT; p++)
        t.lose[p] = NEVER;
    assert_true(run() <= 8000);
}

static void slow_answers_meet_the_deadline(void **state)
{
    (void)state;
    for (int p = 0; p < PROBE_COUNT; p++)
        t.delay_ns[p] = 30000 * MS;
    assert_true(run() <= 8001);
}

static void errors_belong_to_what_they_quote(void **state)
{
    (void)state;
    t.errors_from.byte[15] = 9;
    run();
    assert_string_equal(line(TEST_U1), "U1(R=Y%TG=40%UN=0%RUCK=G%RUD=G)");
    assert_true(is_printed("IE2(P="));
}

static void lost_probes_are_made_good(void **state)
{
    (void)state;
    t.lose[PROBE_SEQ + 3] = 1;
    t.lose[PROBE_T5] = 1;
    t.lose[PROBE_U1] = 1;
    t.lose[PROBE_X1] = 1;
    run();
    assert_string_equal(line(TEST_T5), "T5(R=Y%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)");
    assert_string_equal(line(TEST_OPS), "OPS(O1=M5A0SNN%O2=M5A0SNN%O3=M5A0SNN%O4=M5A0SNN%O5=M5A0SNN"
                                        "%O6=M5A0SNN)");
    assert_true(is_printed("IE1(P="));
}

// os-ipv6 spec 1.1.
static void probes_are_those_of_the_reference(void **state)
{
    static const uint8_t x1[] = {0x3A, 0, 1, 4, 0, 0, 0, 0, 128, 9};
    static const uint8_t x2[] = {0x3C, 0, 1, 4, 0, 0, 0, 0, 0x2B, 0, 1, 4, 0, 0, 0, 0, //
                                 0,    0, 0, 0, 0, 0, 0, 0, 0x3A, 0, 1, 4, 0, 0, 0, 0, 128, 0};
    static const uint16_t lengths[] = {40, 40, 40, 36, 40, 36}; // payloads of S1-S6
    struct obs o = {.src = us, .dst = host, .seq_base = 100, .ack_base = 7, .tcp_base = 40000};
    o.u1_fill = OBS_U1_FILL;
    const struct build_ip ip = {.ttl = 50, .open = 22, .closed = 23};
    uint8_t mem[BUILD_MAX];
    struct frame f = {0};
    enum osdb_gen gen;
    (void)state;
    for (int p = 0; p < PROBE_F1; p++) {
        if (p < PROBE_U1 && six_offset(p) < 0)
            continue;
        const struct span packet = build_probe(&o, (enum probe)p, &ip, mem);
        assert_int_equal(frame_decode(LINK_RAW, packet, &f), ERR_OK);
        assert_int_equal(build_recognize(&f, &gen), p);
        if (p < PROBE_OPS)
            assert_int_equal(f.ip6.payload_len, lengths[p]);
        if (p < PROBE_U1) {
            assert_int_equal(f.tcp.sport, 40000 + six_offset(p));
            assert_int_equal(f.tcp.seq, 100 + six_offset(p));
            assert_int_equal(six_probe((uint32_t)six_offset(p)), p);
        }
    }
    struct span packet = build_probe(&o, PROBE_X1, &ip, mem);
    assert_int_equal(packet.len, 40 + 136);
    assert_memory_equal(packet.ptr + 40, x1, sizeof x1);
    packet = build_probe(&o, PROBE_X2, &ip, mem);
    assert_int_equal(packet.len, 40 + 40);
    assert_memory_equal(packet.ptr + 40, x2, sizeof x2);
    packet = build_probe(&o, PROBE_U1, &ip, mem);
    assert_int_equal(packet.len, 40 + 308);
    packet = build_probe(&o, PROBE_NS, &ip, mem);
    assert_int_equal(packet.len, 40 + 24);
    assert_int_equal((uint8_t)packet.ptr[7], 255);
}

// os-ipv6 spec 2.5: 1,800 bytes in two fragments, the first of which fits the least MTU.
static void long_requests_are_cut_once(void **state)
{
    struct obs o = {.src = us, .dst = host, .icmp_id = 0xBEEF};
    const struct build_ip ip = {.ttl = 50};
    uint8_t mem[SIX_FRAGMENTS_MAX], whole[SIX_LONG];
    struct frame f = {0};
    enum osdb_gen gen;
    (void)state;
    for (int p = PROBE_F1; p <= PROBE_F3; p++) {
        struct span part[2];
        struct ip6_hdr hdr;
        six_fragments(&o, (enum probe)p, &ip, mem, part);
        assert_int_equal(part[0].len, 1280);
        assert_int_equal(frame_decode(LINK_RAW, part[0], &f), ERR_OK);
        assert_int_equal(f.kind, FRAME_FRAGMENT);
        assert_int_equal(build_recognize(&f, &gen), p);
        const uint32_t id = f.ip6.frag_id;
        assert_int_equal(frame_decode(LINK_RAW, part[1], &f), ERR_SYNTAX); // nothing to read in it
        struct cur c = cur_of(part[1].ptr, part[1].len);
        assert_int_equal(ip6_decode(&c, false, &hdr), ERR_OK);
        assert_int_equal(hdr.frag_off, 1232 / 8);
        assert_int_equal(hdr.frag_id, id);
        assert_int_equal(cur_left(&c), SIX_LONG - 1232);
        memcpy(whole, part[0].ptr + 48, 1232);
        memcpy(whole + 1232, part[1].ptr + 48, SIX_LONG - 1232);
        const uint32_t pseudo = cksum_pseudo6(us.byte, host.byte, IP6_ICMP, SIX_LONG);
        assert_int_equal(cksum_end(cksum_add(pseudo, span_of(whole, sizeof whole))), 0);
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_quick_host_takes_the_train),
        CASE(long_requests_tell_the_fragment_ids),
        CASE(long_requests_without_fragments_in_the_answer),
        CASE(its_line_is_read_again),
        CASE(long_requests_are_cut_once),
        CASE(silence_of_icmp_is_no_evidence),
        CASE(an_answer_after_its_last_repetition_ends_it_all_the_same),
        CASE(a_train_with_holes_ends),
        CASE(a_dead_host_ends),
        CASE(slow_answers_meet_the_deadline),
        CASE(errors_belong_to_what_they_quote),
        CASE(lost_probes_are_made_good),
        CASE(probes_are_those_of_the_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
