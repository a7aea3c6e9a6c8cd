// SPDX-License-Identifier: Apache-2.0
// Response tests: each value of each line from a made-up observation (3.6 - 3.12).
#include "osfp_host.h"

#include "osfp/subject.h"

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, "test");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_fini(&arena);
    return 0;
}

static struct subject_env plain_env(void)
{
    return (struct subject_env){.has_open = true, .has_closed = true};
}

static const char *line_of(const struct obs *o, const struct subject_env *env, enum osdb_test test)
{
    char *text = arena_alloc(&arena, 512);
    struct osdb_subject s;
    struct buf b;
    subject_build(&arena, o, env, &s);
    buf_init(&b, text, 511);
    osdb_print_line(&b, &s, test);
    return text;
}

static struct obs_reply *answer(struct obs *o, enum probe p)
{
    struct obs_reply *r = &o->probe[p].reply;
    *r = (struct obs_reply){.is_seen = true, .ttl = 64, .order = ++o->n_replies};
    r->tcp.seq_base = 1000;
    r->tcp.ack_base = 2000;
    return r;
}

static void lines_appear_when_they_should(void **state)
{
    (void)state;
    const struct obs o = {0};
    struct subject_env env = plain_env();
    assert_string_equal(line_of(&o, &env, TEST_SEQ), "SEQ()");
    assert_string_equal(line_of(&o, &env, TEST_OPS), "");
    assert_string_equal(line_of(&o, &env, TEST_WIN), "");
    assert_string_equal(line_of(&o, &env, TEST_ECN), "ECN(R=N)");
    assert_string_equal(line_of(&o, &env, TEST_T1), "T1(R=N)");
    assert_string_equal(line_of(&o, &env, TEST_T7), "T7(R=N)");
    assert_string_equal(line_of(&o, &env, TEST_U1), "U1(R=N)");
    assert_string_equal(line_of(&o, &env, TEST_IE), "IE(R=N)");
    env.has_open = false;
    assert_string_equal(line_of(&o, &env, TEST_ECN), "");
    assert_string_equal(line_of(&o, &env, TEST_T4), "");
    assert_string_equal(line_of(&o, &env, TEST_T5), "T5(R=N)");
    env.has_closed = false;
    assert_string_equal(line_of(&o, &env, TEST_T5), "");
}

static void seq_and_ack_relations(void **state)
{
    static const struct {
        uint32_t seq;
        uint32_t ack;
        const char *text;
    } cases[] = {
        {0, 0, "S=Z%A=Z"},       {2000, 1000, "S=A%A=S"}, {2001, 1001, "S=A+%A=S+"},
        {2002, 1002, "S=O%A=O"}, {1000, 2000, "S=O%A=O"},
    };
    (void)state;
    const struct subject_env env = plain_env();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct obs o = {0};
        struct obs_reply *r = answer(&o, PROBE_T5);
        r->tcp.seq = cases[i].seq;
        r->tcp.ack = cases[i].ack;
        assert_non_null(strstr(line_of(&o, &env, TEST_T5), cases[i].text));
    }
}

static void flags_data_and_quirks(void **state)
{
    (void)state;
    struct subject_env env = plain_env();
    struct obs o = {0};
    struct obs_reply *r = answer(&o, PROBE_T2);
    assert_string_equal(line_of(&o, &env, TEST_T2), "T2(R=Y%DF=N%TG=40%W=0%S=Z%A=Z%F=%O=%RD=0%Q=)");
    r->tcp.flags = 0xFF;
    r->tcp.window = 0xFAF0;
    r->tcp.has_data = true;
    r->tcp.data_crc = 0x0D4A1185;
    r->tcp.reserved = 1;
    r->tcp.has_urgent = true;
    r->df = true;
    assert_string_equal(line_of(&o, &env, TEST_T2),
                        "T2(R=Y%DF=Y%TG=40%W=FAF0%S=Z%A=Z%F=EUAPRSF%O=%RD=D4A1185%Q=R)");
    r->tcp.flags = TCP_RST;
    env.seq.quirks = QUIRKS_793;
    assert_string_equal(line_of(&o, &env, TEST_T2),
                        "T2(R=Y%DF=Y%TG=40%W=FAF0%S=Z%A=Z%F=R%O=%RD=0D4A1185%Q=RU)");
    r->tcp.reserved = 0;
    assert_non_null(strstr(line_of(&o, &env, TEST_T2), "Q=U)"));
}

static void t1_has_neither_window_nor_options(void **state)
{
    (void)state;
    const struct subject_env env = plain_env();
    struct obs o = {0};
    answer(&o, PROBE_SEQ)->tcp.flags = TCP_SYN | TCP_ACK;
    assert_string_equal(line_of(&o, &env, TEST_T1), "T1(R=Y%DF=N%TG=40%S=Z%A=Z%F=AS%RD=0%Q=)");
}

static void time_to_live(void **state)
{
    static const struct {
        uint8_t ttl;
        const char *text;
    } cases[] = {{1, "TG=20"},  {32, "TG=20"},  {33, "TG=40"},  {64, "TG=40"},
                 {65, "TG=80"}, {128, "TG=80"}, {129, "TG=FF"}, {255, "TG=FF"}};
    (void)state;
    struct subject_env env = plain_env();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct obs o = {0};
        answer(&o, PROBE_T4)->ttl = cases[i].ttl;
        assert_non_null(strstr(line_of(&o, &env, TEST_T4), cases[i].text));
    }
    struct obs o = {0};
    answer(&o, PROBE_T4)->ttl = 250;
    env.has_distance = true;
    env.distance = 11;
    assert_non_null(strstr(line_of(&o, &env, TEST_T4), "%T=104%W"));
    env.distance = -300;
    assert_non_null(strstr(line_of(&o, &env, TEST_T4), "%T=FFFFFFCD%W"));
}

static void congestion(void **state)
{
    static const struct {
        uint8_t flags;
        const char *text;
    } cases[] = {{0, "CC=N"}, {TCP_ECE, "CC=Y"}, {TCP_CWR, "CC=O"}, {TCP_ECE | TCP_CWR, "CC=S"}};
    (void)state;
    const struct subject_env env = plain_env();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct obs o = {0};
        answer(&o, PROBE_ECN)->tcp.flags = cases[i].flags;
        assert_non_null(strstr(line_of(&o, &env, TEST_ECN), cases[i].text));
    }
}

static void ops_and_win_need_all_six(void **state)
{
    (void)state;
    const struct subject_env env = plain_env();
    struct obs o = {0};
    for (unsigned k = 0; k < OBS_SEQ; k++) {
        struct obs_reply *r = answer(&o, k == 2 ? PROBE_OPS + k : (enum probe)k);
        r->tcp.window = (uint16_t)(k + 10);
        r->tcp.n_options = 2;
        memcpy(r->tcp.options, "\x04\x02", 2);
    }
    assert_string_equal(line_of(&o, &env, TEST_OPS), "OPS(O1=S%O2=S%O3=S%O4=S%O5=S%O6=S)");
    assert_string_equal(line_of(&o, &env, TEST_WIN), "WIN(W1=A%W2=B%W3=C%W4=D%W5=E%W6=F)");
    o.probe[PROBE_OPS + 2].reply.is_seen = false;
    assert_string_equal(line_of(&o, &env, TEST_OPS), "");
    assert_string_equal(line_of(&o, &env, TEST_WIN), "");
}

static void port_unreachable(void **state)
{
    (void)state;
    const struct subject_env env = plain_env();
    struct obs o = {.u1_id = OBS_U1_ID};
    struct obs_reply *r = answer(&o, PROBE_U1);
    r->unreach.total_len = 356;
    r->unreach.quoted_len = 328;
    r->unreach.quoted_id = 0x1042;
    r->unreach.ip_cksum = 'G';
    r->unreach.is_udp_cksum_good = true;
    r->unreach.is_data_good = true;
    assert_string_equal(line_of(&o, &env, TEST_U1),
                        "U1(R=Y%DF=N%TG=40%IPL=164%UN=0%RIPL=G%RID=G%RIPCK=G%RUCK=G%RUD=G)");
    r->unreach.unused = 0x01000000;
    r->unreach.quoted_len = 0x134;
    r->unreach.quoted_id = 0x4210;
    r->unreach.ip_cksum = 'Z';
    r->unreach.is_udp_cksum_good = false;
    r->unreach.udp_cksum = 0;
    r->unreach.is_data_good = false;
    assert_string_equal(
        line_of(&o, &env, TEST_U1),
        "U1(R=Y%DF=N%TG=40%IPL=164%UN=1000000%RIPL=134%RID=4210%RIPCK=Z%RUCK=0%RUD=I)");
}

static const char *ie_of(const struct obs *o, enum quirks quirks)
{
    struct subject_env env = plain_env();
    env.seq.quirks = quirks;
    return line_of(o, &env, TEST_IE);
}

static void echo_replies(void **state)
{
    (void)state;
    struct obs o = {0};
    struct obs_reply *a = answer(&o, PROBE_IE1);
    assert_string_equal(ie_of(&o, QUIRKS_NONE), "IE(R=N)");
    struct obs_reply *b = answer(&o, PROBE_IE2);
    assert_string_equal(ie_of(&o, QUIRKS_NONE), "IE(R=Y%DFI=N%TG=40%CD=Z)");
    a->df = true;
    a->echo.code = 9;
    a->ttl = 255;
    assert_string_equal(ie_of(&o, QUIRKS_NONE), "IE(R=Y%DFI=S%TG=40%CD=S)");
    assert_string_equal(ie_of(&o, QUIRKS_793), "IE(R=Y%DFI=S%TG=FF%CD=S)");
    b->df = true;
    b->echo.code = 9;
    assert_string_equal(ie_of(&o, QUIRKS_NONE), "IE(R=Y%DFI=Y%TG=40%CD=9)");
    a->df = false;
    a->echo.code = 0;
    b->order = 0; // came first
    assert_string_equal(ie_of(&o, QUIRKS_NONE), "IE(R=Y%DFI=O%TG=FF%CD=O)");
    o.is_ie_carried[0] = true;
    assert_non_null(strstr(ie_of(&o, QUIRKS_7991), "R=Y"));
    o.is_ie_carried[1] = true;
    assert_string_equal(ie_of(&o, QUIRKS_7991), "IE(R=N)");
}

static const char *ts_of(uint32_t per_gap, enum obs_ts ts)
{
    struct obs o = {.ts = ts};
    const struct subject_env env = plain_env();
    for (uint32_t k = 0; k < 2; k++) {
        o.sample[k] = (struct obs_sample){.isn = 1, .ts = 1000 + k * per_gap};
        o.probe[k].sent_ns = k * 1000 * HOST_MS;
    }
    return line_of(&o, &env, TEST_SEQ);
}

static void clock_rates(void **state)
{
    static const struct {
        uint32_t hz;
        const char *text;
    } cases[] = {{0, "SEQ()"},       {2, "SEQ(TS=1)"},    {5, "SEQ(TS=1)"},
                 {10, "SEQ(TS=3)"},  {70, "SEQ(TS=6)"},   {71, "SEQ(TS=7)"},
                 {150, "SEQ(TS=7)"}, {151, "SEQ(TS=8)"},  {350, "SEQ(TS=8)"},
                 {351, "SEQ(TS=8)"}, {1000, "SEQ(TS=A)"}, {1u << 31, "SEQ(TS=1F)"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(ts_of(cases[i].hz, OBS_TS_OK), cases[i].text);
    assert_string_equal(ts_of(10, OBS_TS_UNSUPPORTED), "SEQ(TS=U)");
    assert_string_equal(ts_of(10, OBS_TS_ZERO), "SEQ(TS=0)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_appear_when_they_should),
        cmocka_unit_test(seq_and_ack_relations),
        cmocka_unit_test(flags_data_and_quirks),
        cmocka_unit_test(t1_has_neither_window_nor_options),
        cmocka_unit_test(time_to_live),
        cmocka_unit_test(congestion),
        cmocka_unit_test(ops_and_win_need_all_six),
        cmocka_unit_test(port_unreachable),
        cmocka_unit_test(echo_replies),
        cmocka_unit_test(clock_rates),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
