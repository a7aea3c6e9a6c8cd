// SPDX-License-Identifier: Apache-2.0
// The timetable of a try against a target on a clock of its own: spacing, interleaving,
// repetitions, duration; late wake-ups, losses, silence, late and doubled replies.
#include "osfp_run.h"

static uint64_t late_seldom(unsigned i)
{
    return i % 7 == 3 ? 15 * HOST_MS : 0;
}

static uint64_t late_always(unsigned i)
{
    return (1 + i % 4) * HOST_MS;
}

static void check_spacing(const struct host *h, uint64_t least_ns)
{
    uint32_t in_gap = 0;
    bool in_train = true;
    bool has_begun = false; // the train; ECN and T3 lead it closely
    for (uint32_t i = 0; i < h->n_sent; i++) {
        const struct host_sent *s = &h->sent[i];
        const bool is_seq = s->probe < PROBE_OPS;
        has_begun = has_begun || (i > 0 && h->sent[i - 1].probe < PROBE_OPS);
        if (i > 0 && h->sent[i - 1].try_no == s->try_no)
            assert_true(s->at_ns - h->sent[i - 1].at_ns >= (has_begun ? least_ns : 6 * HOST_MS));
        in_gap = is_seq ? 0 : in_gap + 1;
        in_train = in_train && s->probe != PROBE_SEQ + 5;
        assert_true(!in_train || in_gap <= 3);
    }
}

static void quick_host_takes_half_a_second(void **state)
{
    (void)state;
    struct host h;
    const struct osfp_config cfg = host_config();
    host_begin(&h, &cfg);
    h.silent = 0;
    const uint64_t took = host_run_try(&h);
    assert_true(took >= 512 * HOST_MS && took <= 514 * HOST_MS);
    assert_int_equal(h.n_sent, 16);
    check_spacing(&h, 12 * HOST_MS);
    osfp_continue(h.fp, false, h.now_ns);
    assert_int_equal(osfp_tick(h.fp, h.now_ns), OSFP_DONE);
    assert_int_equal(osfp_tries(h.fp), 1);
    host_end(&h);
}

static void silence_to_t2_and_t3_costs_nothing(void **state)
{
    (void)state;
    struct host h;
    const struct osfp_config cfg = host_config();
    host_begin(&h, &cfg);
    const uint64_t took = host_run_try(&h);
    assert_true(took <= 527 * HOST_MS);
    assert_int_equal(host_count(&h, 1, PROBE_T2), 4);
    assert_int_equal(host_count(&h, 1, PROBE_T3), 4);
    assert_int_equal(h.n_sent, 22);
    check_spacing(&h, 12 * HOST_MS);
    assert_string_equal(host_line(&h, 0, TEST_T2), "T2(R=N)");
    host_end(&h);
}

static void seq_train_does_not_drift(void **state)
{
    (void)state;
    uint64_t (*const ways[])(unsigned) = {NULL, late_seldom, late_always};
    for (size_t w = 0; w < sizeof ways / sizeof ways[0]; w++) {
        struct host h;
        const struct osfp_config cfg = host_config();
        host_begin(&h, &cfg);
        h.lateness = ways[w];
        host_run_try(&h);
        const uint64_t first = host_find(&h, 1, PROBE_SEQ, 0)->at_ns;
        for (int k = 1; k < OBS_SEQ; k++) {
            const uint64_t at = host_find(&h, 1, PROBE_SEQ + k, 0)->at_ns;
            const uint64_t gap = at - host_find(&h, 1, PROBE_SEQ + k - 1, 0)->at_ns;
            assert_true(gap >= 95 * HOST_MS);
            assert_true(at >= first + (uint64_t)k * 100 * HOST_MS);
            assert_true(at <= first + (uint64_t)k * 100 * HOST_MS + 15 * HOST_MS);
        }
        check_spacing(&h, 12 * HOST_MS);
        assert_string_equal(host_line(&h, 0, TEST_T2), "T2(R=N)");
        host_end(&h);
    }
}

static void connection_attempts_stay_out_of_the_train(void **state)
{
    (void)state;
    struct host h;
    const struct osfp_config cfg = host_config();
    host_begin(&h, &cfg);
    h.lose[PROBE_ECN] = 1;
    host_run_try(&h);
    const struct host_sent *first = host_find(&h, 1, PROBE_SEQ, 0);
    const struct host_sent *last = host_find(&h, 1, PROBE_SEQ + 5, 0);
    assert_true(host_find(&h, 1, PROBE_T3, 0) < first);
    assert_true(host_find(&h, 1, PROBE_ECN, 0) < first);
    assert_true(host_find(&h, 1, PROBE_ECN, 1) > last);
    host_end(&h);
}

static void order_that_ids_depend_on_is_kept(void **state)
{
    (void)state;
    struct host h;
    const struct osfp_config cfg = host_config();
    host_begin(&h, &cfg);
    host_run_try(&h);
    const struct host_sent *ie1 = host_find(&h, 1, PROBE_IE1, 0);
    assert_int_equal(ie1[1].probe, PROBE_IE2);
    assert_true(host_find(&h, 1, PROBE_T5, 0) < host_find(&h, 1, PROBE_T6, 0));
    assert_true(host_find(&h, 1, PROBE_T6, 0) < host_find(&h, 1, PROBE_T7, 0));
    host_end(&h);
}

static void shared_counter_is_seen_through_interleaving(void **state)
{
    static const struct {
        uint16_t step;
        const char *ids;
    } cases[] = {{1, "TI=I%CI=I%II=I%SS=S"},
                 {2, "TI=I%CI=I%II=I%"},
                 {256, "TI=BI%CI=BI%II=BI%SS=S"},
                 {1500, "TI=RI%CI=RI%II=RI%SS=S"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (uint32_t silent = 0; silent < 2; silent++) {
            struct host h;
            const struct osfp_config cfg = host_config();
            struct os_sequence seq;
            host_begin(&h, &cfg);
            h.silent = silent ? h.silent : 0;
            h.id_step = cases[i].step;
            host_run_try(&h);
            assert_non_null(strstr(host_line(&h, 0, TEST_SEQ), cases[i].ids));
            osfp_sequence(h.fp, 0, &seq);
            assert_int_equal(seq.ipid_class == IPID_INC2, cases[i].step == 2);
            host_end(&h);
        }
    }
}

static void without_open_port_a_try_is_short(void **state)
{
    (void)state;
    struct host h;
    struct osfp_config cfg = host_config();
    cfg.open_tcp = -1;
    host_begin(&h, &cfg);
    assert_true(host_run_try(&h) <= 100 * HOST_MS);
    assert_int_equal(h.n_sent, 6);
    assert_false(osfp_subject(h.fp, 0)->has_line[TEST_T1]);
    assert_true(osfp_subject(h.fp, 0)->has_line[TEST_T5]);
    host_end(&h);
}

static void one_loss_anywhere_is_made_good(void **state)
{
    (void)state;
    for (int p = PROBE_ECN; p < PROBE_COUNT4; p++) {
        struct host h;
        const struct osfp_config cfg = host_config();
        if (p == PROBE_T1)
            continue;
        host_begin(&h, &cfg);
        h.silent = 0;
        h.lose[p] = 1;
        assert_true(host_run_try(&h) <= 640 * HOST_MS);
        assert_int_equal(host_count(&h, 1, p), 2);
        assert_int_equal(h.n_sent, 17);
        osfp_continue(h.fp, false, h.now_ns);
        // A repeated T3 is a connection among the train; of echoes the IP ID steps stay unknown.
        assert_int_equal(osfp_tries(h.fp), p == PROBE_T3 || p >= PROBE_IE1 ? 2 : 1);
        host_end(&h);
    }
}

static void lost_seq_is_replaced_after_the_train(void **state)
{
    (void)state;
    for (int k = 0; k < OBS_SEQ; k++) {
        struct host h;
        const struct osfp_config cfg = host_config();
        host_begin(&h, &cfg);
        h.lose[PROBE_SEQ + k] = 1;
        host_run_try(&h);
        assert_int_equal(host_count(&h, 1, PROBE_SEQ + k), 1);
        assert_int_equal(host_count(&h, 1, PROBE_OPS + k), 1);
        assert_int_equal(host_count(&h, 1, PROBE_T1), k == 0);
        assert_true(host_find(&h, 1, PROBE_OPS + k, 0) > host_find(&h, 1, PROBE_SEQ + 5, 0));
        assert_int_equal(host_find(&h, 1, PROBE_OPS + k, 0)->seq,
                         host_find(&h, 1, PROBE_SEQ, 0)->seq);
        assert_true(osfp_subject(h.fp, 0)->has_line[TEST_OPS]);
        assert_null(strstr(host_line(&h, 0, TEST_T1), "R=N"));
        host_end(&h);
    }
}

static void dead_host_ends(void **state)
{
    (void)state;
    struct host h;
    const struct osfp_config cfg = host_config();
    host_begin(&h, &cfg);
    h.silent = UINT32_MAX;
    assert_true(host_run_try(&h) <= 1600 * HOST_MS);
    for (int p = 0; p < PROBE_COUNT4; p++)
        assert_int_equal(host_count(&h, 1, p), p < PROBE_OPS ? 1 : 4);
    check_spacing(&h, 12 * HOST_MS);
    osfp_continue(h.fp, false, h.now_ns);
    assert_int_equal(osfp_tries(h.fp), 1);
    assert_string_equal(host_line(&h, 0, TEST_SEQ), "SEQ()");
    host_end(&h);
}

static void doubled_replies_change_nothing(void **state)
{
    (void)state;
    struct host a;
    struct host b;
    const struct osfp_config cfg = host_config();
    host_begin(&a, &cfg);
    host_begin(&b, &cfg);
    b.is_doubling = true;
    host_run_try(&a);
    host_run_try(&b);
    for (enum osdb_test t = TEST_SEQ; t < TEST_COUNT; t++)
        assert_string_equal(host_line(&a, 0, t), host_line(&b, 0, t));
    assert_int_equal(a.n_sent, b.n_sent);
    host_end(&a);
    host_end(&b);
}

static void late_replies_count_until_the_try_ends(void **state)
{
    (void)state;
    struct host h;
    const struct osfp_config cfg = host_config();
    host_begin(&h, &cfg);
    h.delay_ns[PROBE_SEQ] = 300 * HOST_MS; // after its timeout
    h.delay_ns[PROBE_T4] = 150 * HOST_MS;
    host_run_try(&h);
    struct os_sequence seq;
    osfp_sequence(h.fp, 0, &seq);
    assert_int_equal(seq.n, 6);
    assert_int_equal(host_count(&h, 1, PROBE_OPS), 0);
    assert_int_equal(host_count(&h, 1, PROBE_T4), 2);
    assert_null(strstr(host_line(&h, 0, TEST_T4), "R=N"));
    host_end(&h);
}

static void slow_host_is_waited_for(void **state)
{
    (void)state;
    struct host h;
    struct osfp_config cfg = host_config();
    cfg.srtt_us = 400000;
    cfg.rttvar_us = 20000;
    host_begin(&h, &cfg);
    h.rtt_ns = 400 * HOST_MS;
    h.silent = 0;
    // Round trips that vary by 20 ms: probes keep 40 ms apart, three of them follow the train.
    assert_true(host_run_try(&h) <= 1110 * HOST_MS);
    assert_int_equal(h.n_sent, 16);
    host_end(&h);
}

static void scan_delay_spaces_everything(void **state)
{
    (void)state;
    static const int64_t delays_ms[] = {30, 60, 150, 700};
    for (size_t i = 0; i < sizeof delays_ms / sizeof delays_ms[0]; i++) {
        struct host h;
        struct osfp_config cfg = host_config();
        cfg.timing.scan_delay_us = delays_ms[i] * 1000;
        host_begin(&h, &cfg);
        h.silent = 0;
        host_run_try(&h);
        assert_int_equal(h.n_sent, 16);
        check_spacing(&h, (uint64_t)delays_ms[i] * HOST_MS * 95 / 100);
        host_end(&h);
    }
}

static void quirks_keep_the_order_of_the_reference(void **state)
{
    static const int order[] = {0,         1,         2,        3,         4,        5,
                                PROBE_IE1, PROBE_IE2, PROBE_U1, PROBE_ECN, PROBE_T2, PROBE_T3,
                                PROBE_T4,  PROBE_T5,  PROBE_T6, PROBE_T7};
    (void)state;
    struct host h;
    struct osfp_config cfg = host_config();
    cfg.quirks = QUIRKS_7991;
    host_begin(&h, &cfg);
    const uint64_t start = h.now_ns;
    h.silent = 0;
    host_run_try(&h);
    assert_int_equal(h.n_sent, 16);
    for (int i = 0; i < 16; i++) {
        const uint64_t gap = i < 6 ? 100 : 25;
        const uint64_t before = i == 0 ? start : h.sent[i - 1].at_ns;
        assert_int_equal(h.sent[i].probe, order[i]);
        assert_true(h.sent[i].at_ns - before == gap * HOST_MS);
    }
    host_end(&h);
}

static void what_was_really_sent_counts(void **state)
{
    (void)state;
    struct host h;
    const struct osfp_config cfg = host_config();
    struct osfp_packet out;
    host_begin(&h, &cfg);
    assert_true(osfp_next(h.fp, h.now_ns, &out));
    osfp_sent(h.fp, out.probe, h.now_ns + 3 * HOST_MS);
    assert_true(osfp_when(h.fp) == h.now_ns + 9 * HOST_MS);
    osfp_stop(h.fp);
    assert_int_equal(osfp_tick(h.fp, h.now_ns), OSFP_DONE);
    assert_string_equal(host_line(&h, 0, TEST_SEQ), "SEQ()");
    host_end(&h);
}

static void foreign_packets_are_ignored(void **state)
{
    (void)state;
    struct host h;
    const struct osfp_config cfg = host_config();
    struct osfp_packet out;
    struct frame f = {0};
    uint8_t mem[100];
    struct buf b;
    host_begin(&h, &cfg);
    assert_true(osfp_next(h.fp, h.now_ns, &out));
    assert_int_equal(frame_decode(LINK_RAW, out.packet, &f), ERR_OK);
    assert_false(osfp_receive(h.fp, &f)); // our own, seen on the way out
    const uint16_t port = f.tcp.sport;
    const struct tcp_hdr tcp = {.sport = 22, .dport = port, .flags = TCP_SYN | TCP_ACK, .seq = 9};
    struct ip4_hdr ip = {
        .total_len = 40, .ttl = 64, .proto = IP4_TCP, .src = HOST_DST + 1, .dst = HOST_SRC};
    buf_init(&b, mem, sizeof mem);
    ip4_encode(&b, &ip);
    tcp_encode(&b, &tcp, ip.src, ip.dst);
    assert_int_equal(frame_decode(LINK_RAW, buf_span(&b), &f), ERR_OK);
    assert_false(osfp_receive(h.fp, &f));
    buf_init(&b, mem, sizeof mem);
    ip.src = HOST_DST;
    ip4_encode(&b, &ip);
    tcp_encode(&b, &tcp, ip.src, ip.dst);
    assert_int_equal(frame_decode(LINK_RAW, buf_span(&b), &f), ERR_OK);
    assert_true(osfp_receive(h.fp, &f));
    host_end(&h);
}

// First generation: T1-T7 and the UDP probe one behind the other, the silent ones once more, then
// six SYNs; source ports, numbers and addresses as its specification has them (section 3).
static void first_generation_goes_in_its_order(void **state)
{
    (void)state;
    static const int order[] = {PROBE_T1, PROBE_T2, PROBE_T3, PROBE_T4, PROBE_T5, PROBE_T6,
                                PROBE_T7, PROBE_U1, PROBE_T2, PROBE_T3, 0,        1,
                                2,        3,        4,        5};
    struct host h;
    struct osfp_config cfg = host_config();
    cfg.gen = OSDB_FIRST;
    host_begin(&h, &cfg);
    host_run_try(&h);
    assert_int_equal(h.n_sent, sizeof order / sizeof order[0]);
    const uint16_t base = h.sent[7].sport;
    const uint32_t number = h.sent[0].seq;
    for (uint32_t i = 0; i < h.n_sent; i++) {
        const struct host_sent *s = &h.sent[i];
        assert_int_equal(s->probe, order[i]);
        if (s->probe == PROBE_U1)
            continue;
        assert_int_equal(s->ttl, h.sent[0].ttl);
        const bool is_syn = s->probe < PROBE_OPS;
        const int offset = is_syn ? 1 + s->probe : 7 + s->probe - PROBE_T1;
        assert_int_equal(s->sport, base + offset);
        assert_int_equal(s->seq, number + (is_syn ? 1 + (uint32_t)s->probe : 0));
        if (is_syn && s->probe > 0)
            assert_int_equal(s->at_ns - h.sent[i - 1].at_ns, 110 * HOST_MS);
    }
    osfp_continue(h.fp, false, h.now_ns);
    assert_int_equal(osfp_tick(h.fp, h.now_ns), OSFP_DONE);
    const struct osdb_subject *subject = osfp_subject(h.fp, 0);
    assert_true(subject->has_line[TEST_TSEQ] && subject->has_line[TEST_PU]);
    host_end(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quick_host_takes_half_a_second),
        cmocka_unit_test(first_generation_goes_in_its_order),
        cmocka_unit_test(silence_to_t2_and_t3_costs_nothing),
        cmocka_unit_test(seq_train_does_not_drift),
        cmocka_unit_test(connection_attempts_stay_out_of_the_train),
        cmocka_unit_test(order_that_ids_depend_on_is_kept),
        cmocka_unit_test(shared_counter_is_seen_through_interleaving),
        cmocka_unit_test(without_open_port_a_try_is_short),
        cmocka_unit_test(one_loss_anywhere_is_made_good),
        cmocka_unit_test(lost_seq_is_replaced_after_the_train),
        cmocka_unit_test(dead_host_ends),
        cmocka_unit_test(doubled_replies_change_nothing),
        cmocka_unit_test(late_replies_count_until_the_try_ends),
        cmocka_unit_test(slow_host_is_waited_for),
        cmocka_unit_test(scan_delay_spaces_everything),
        cmocka_unit_test(quirks_keep_the_order_of_the_reference),
        cmocka_unit_test(what_was_really_sent_counts),
        cmocka_unit_test(foreign_packets_are_ignored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
