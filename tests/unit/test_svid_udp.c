// SPDX-License-Identifier: Apache-2.0
// UDP: one datagram a probe, lost ones, refusals, DTLS, answers to the port scan (spec 2.3, 2.6,
// 2.7, 2.10).
#include "svid_many.h"

static void begin(struct load *l, bool is_serial)
{
    many_init(l);
    l->target.proto = PROTO_UDP;
    l->target.is_open = false;
    l->cfg.is_serial = is_serial;
}

static void test_answered(void **state)
{
    (void)state;
    struct load l;
    const struct peer peer = PEER({ON("A07"), SAY("OK07 7.7")});
    for (int serial = 0; serial < 2; serial++) {
        begin(&l, serial);
        const struct service *s = load_run(&l, &peer);
        assert_int_equal(s->state, SERVICE_HARD);
        assert_text(s->name, "svc7");
        assert_true(l.run.is_answered);
        assert_true(load_seconds(&l) < (serial ? 31 : 3));
        load_fini(&l);
    }
}

static void test_silent(void **state)
{
    (void)state;
    struct load l;
    const struct peer peer = {.rtt_us = 200};
    for (int serial = 0; serial < 2; serial++) {
        begin(&l, serial);
        const struct service *s = load_run(&l, &peer);
        assert_int_equal(s->state, SERVICE_NOMATCH);
        assert_false(l.run.is_answered);
        print_message("%.2f s\n", load_seconds(&l));
        assert_true(load_seconds(&l) < (serial ? 101 : 5));
        load_fini(&l);
    }
}

static void test_refused(void **state)
{
    (void)state;
    struct load l;
    const struct peer peer = {.rtt_us = 200, .is_refusing = true};
    for (int serial = 0; serial < 2; serial++) {
        begin(&l, serial);
        const struct service *s = load_run(&l, &peer);
        assert_int_equal(s->state, SERVICE_TCPWRAPPED);
        assert_false(l.run.is_answered);
        assert_true(load_seconds(&l) < 1);
        if (!serial)
            assert_text(s->note, "refused each probe");
        load_fini(&l);
    }
}

// The first datagram of each socket is lost: our own mode sends it again.
static void test_lost(void **state)
{
    (void)state;
    struct load l;
    const struct peer peer = {.lines = (const struct peer_line[]){{ON("A07"), SAY("OK07 7.7")}},
                              .n = 1,
                              .rtt_us = 200,
                              .loses = 1};
    begin(&l, false);
    assert_text(load_run(&l, &peer)->name, "svc7");
    load_fini(&l);
    begin(&l, true);
    assert_int_equal(load_run(&l, &peer)->state, SERVICE_NOMATCH);
    load_fini(&l);
}

static void test_dtls(void **state)
{
    (void)state;
    const struct peer inside = PEER({ON("A03"), SAY("OK03 3.3")});
    const struct peer peer = {
        .speaks_tls = true, .inside = &inside, .alert = {"\x16\xfe", 2}, .rtt_us = 200};
    struct load l;
    for (int serial = 0; serial < 2; serial++) {
        begin(&l, serial);
        l.target.port = 4433;
        const struct service *s = load_run(&l, &peer);
        assert_int_equal(s->tunnel, TUNNEL_DTLS);
        assert_text(s->name, "svc3");
        assert_non_null(s->tls);
        load_fini(&l);
    }
}

// ---- answers to the port scan

static struct svid *session(struct load *l, struct svid_learnt *learnt)
{
    return svid_new(&l->arena, &l->cfg, learnt, &l->target, 1000);
}

static uint32_t probe_named(const struct load *l, const char *name)
{
    const int32_t i = svdb_probe_named(l->cfg.db, SVDB_UDP, span_str(name));
    assert_true(i >= 0);
    return (uint32_t)i;
}

static void test_payload_hard(void **state)
{
    (void)state;
    struct load l;
    struct svid_learnt learnt = {0};
    struct svid_step step;
    struct service out;
    bool is_answered = false;
    begin(&l, false);
    struct svid *s = session(&l, &learnt);
    svid_payload_answer(s, probe_named(&l, "Ask04"), SPAN("nonsense"), 1000);
    svid_payload_answer(s, probe_named(&l, "Ask07"), SPAN("OK07 1.1"), 1000);
    assert_true(svid_is_done(s));
    assert_false(svid_next(s, 1000, &step));
    svid_result(s, &out, &is_answered);
    assert_true(is_answered);
    assert_text(out.name, "svc7");
    assert_text(out.probe, "Ask07");
    assert_int_equal(out.n_replies, 0);
    load_fini(&l);
}

// Remembered: only probes that can yield the service follow.
static void test_payload_soft(void **state)
{
    (void)state;
    struct load l;
    struct svid_learnt learnt = {0};
    struct svid_step step;
    uint32_t n = 0;
    begin(&l, false);
    struct svid *s = session(&l, &learnt);
    svid_payload_answer(s, probe_named(&l, "Ask07"), SPAN("SO00"), 1000);
    assert_false(svid_is_done(s));
    while (svid_next(s, 1000 + (uint64_t)1000 * PEER_MS, &step)) {
        if (step.what == SVID_OPEN)
            svid_opened(s, step.conn, NULL, 1000 + (uint64_t)1000 * PEER_MS);
        n += step.what == SVID_SEND;
    }
    assert_int_equal(n, 2); // Ask07 and Ask14
    svid_stop(s, 2000);
    struct service out;
    bool is_answered;
    svid_result(s, &out, &is_answered);
    assert_int_equal(out.state, SERVICE_SOFT);
    assert_text(out.name, "soft0");
    load_fini(&l);
}

static void test_payload_dtls(void **state)
{
    (void)state;
    struct load l;
    struct svid_learnt learnt = {0};
    struct svid_step step;
    begin(&l, false);
    struct svid *s = session(&l, &learnt);
    svid_payload_answer(s, probe_named(&l, "Dt"), SPAN("\x16\xfe\xff"), 1000);
    assert_false(svid_is_done(s));
    assert_true(svid_next(s, 1000, &step));
    assert_int_equal(step.what, SVID_OPEN);
    assert_int_equal(step.tunnel, TUNNEL_DTLS);
    load_fini(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answered),     cmocka_unit_test(test_silent),
        cmocka_unit_test(test_refused),      cmocka_unit_test(test_lost),
        cmocka_unit_test(test_dtls),         cmocka_unit_test(test_payload_hard),
        cmocka_unit_test(test_payload_soft), cmocka_unit_test(test_payload_dtls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
