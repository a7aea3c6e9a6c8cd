// SPDX-License-Identifier: Apache-2.0
// Whether there is another try and what it sends: in own mode only what can change the answer,
// with quirks everything, with pauses and port bases of the reference.
#include "osfp_run.h"

static uint32_t n_sent_in(const struct host *h, uint32_t try_no)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < h->n_sent; i++)
        n += h->sent[i].try_no == try_no;
    return n;
}

static void perfect_match_ends_it(void **state)
{
    (void)state;
    struct host h;
    const struct osfp_config cfg = host_config();
    host_begin(&h, &cfg);
    h.silent |= 1u << PROBE_T4;
    host_run_try(&h);
    osfp_continue(h.fp, true, h.now_ns);
    assert_int_equal(osfp_tick(h.fp, h.now_ns), OSFP_DONE);
    assert_true(osfp_when(h.fp) == UINT64_MAX);
    host_end(&h);
}

// Half a train fits systems that the whole one does not.
static void perfect_match_of_a_broken_train_does_not(void **state)
{
    (void)state;
    struct host h;
    const struct osfp_config cfg = host_config();
    host_begin(&h, &cfg);
    h.lose[PROBE_SEQ + 2] = 1;
    host_run_try(&h);
    osfp_continue(h.fp, true, h.now_ns);
    assert_int_equal(osfp_tick(h.fp, h.now_ns), OSFP_BUSY);
    host_run_try(&h);
    osfp_continue(h.fp, true, h.now_ns);
    assert_int_equal(osfp_tick(h.fp, h.now_ns), OSFP_DONE);
    assert_int_equal(osfp_tries(h.fp), 2);
    host_end(&h);
}

// The train that lost less is the one that counts, whichever came last.
static void the_better_train_counts(void **state)
{
    (void)state;
    struct host h;
    const struct osfp_config cfg = host_config();
    struct os_sequence seq;
    host_begin(&h, &cfg);
    h.lose[PROBE_SEQ + 1] = 1;
    host_run_try(&h);
    osfp_continue(h.fp, false, h.now_ns);
    h.lose[PROBE_SEQ + 2] = h.lose[PROBE_SEQ + 4] = 1;
    host_run_try(&h);
    osfp_sequence(h.fp, 1, &seq);
    assert_int_equal(seq.n, 5);
    host_end(&h);
}

// A host that answers T3 like a SYN, and a repetition of T3 among the SEQ probes.
static void connection_among_the_train_spoils_it(void **state)
{
    (void)state;
    struct host h;
    const struct osfp_config cfg = host_config();
    host_begin(&h, &cfg);
    h.silent = 0;
    h.lose[PROBE_T3] = 1;
    assert_int_equal(host_run(&h), 2);
    assert_int_equal(n_sent_in(&h, 2), 6);
    host_end(&h);
}

// A path that is known to lose: the one ICMP error of this second may have been lost.
static void lost_port_unreachable_is_asked_for_a_second_later(void **state)
{
    (void)state;
    struct host h;
    const struct osfp_config cfg = host_config();
    host_begin(&h, &cfg);
    h.lose[PROBE_U1] = 4;
    host_run_try(&h);
    const uint64_t last_ns = host_find(&h, 1, PROBE_U1, 3)->at_ns;
    osfp_note_loss(h.fp, 0.05);
    osfp_continue(h.fp, true, h.now_ns);
    host_run_try(&h);
    assert_true(host_find(&h, 2, PROBE_U1, 0)->at_ns >= last_ns + 1000 * HOST_MS);
    assert_int_equal(n_sent_in(&h, 2), 1);
    host_end(&h);
}

static void lost_seq_repeats_the_train_alone(void **state)
{
    (void)state;
    struct host h;
    const struct osfp_config cfg = host_config();
    struct os_sequence seq;
    host_begin(&h, &cfg);
    h.lose[PROBE_SEQ + 1] = 1;
    assert_int_equal(host_run(&h), 2);
    assert_int_equal(n_sent_in(&h, 2), 6);
    osfp_sequence(h.fp, 0, &seq);
    assert_int_equal(seq.n, 5);
    osfp_sequence(h.fp, 1, &seq);
    assert_int_equal(seq.n, 6);
    assert_non_null(strstr(host_line(&h, 1, TEST_SEQ), "CI=I%II=I"));
    assert_string_equal(host_line(&h, 0, TEST_T4), host_line(&h, 1, TEST_T4));
    host_end(&h);
}

// Whether there is a third try when the first two trains lose one reply each.
static bool has_third_try(int first, int second)
{
    struct host h;
    const struct osfp_config cfg = host_config();
    host_begin(&h, &cfg);
    h.lose[PROBE_SEQ + first] = 1;
    host_run_try(&h);
    osfp_continue(h.fp, false, h.now_ns);
    h.lose[PROBE_SEQ + second] = 1;
    host_run_try(&h);
    osfp_continue(h.fp, false, h.now_ns);
    const bool is_busy = osfp_tick(h.fp, h.now_ns) == OSFP_BUSY;
    host_end(&h);
    return is_busy;
}

static void loss_is_told_from_a_filter(void **state)
{
    (void)state;
    assert_true(has_third_try(1, 3));
    assert_false(has_third_try(1, 1));
}

static void what_stays_silent_is_not_asked_forever(void **state)
{
    (void)state;
    static const int probes[] = {PROBE_SEQ + 1, PROBE_ECN, PROBE_T4, PROBE_IE2, PROBE_T6};
    for (size_t i = 0; i < sizeof probes / sizeof probes[0]; i++) {
        struct host h;
        const struct osfp_config cfg = host_config();
        host_begin(&h, &cfg);
        h.silent |= 1u << probes[i];
        assert_int_equal(host_run(&h), 2);
        assert_int_equal(host_count(&h, 2, PROBE_T2), 0);
        assert_true(host_count(&h, 2, probes[i]) > 0);
        host_end(&h);
    }
}

// Two of sixteen lost where there are answers: then silence may be loss as well.
static void lossy_path_makes_silence_doubtful(void **state)
{
    (void)state;
    struct host h;
    const struct osfp_config cfg = host_config();
    host_begin(&h, &cfg);
    h.lose[PROBE_T4] = 1;
    h.lose[PROBE_T5] = 1;
    assert_int_equal(host_run(&h), 2);
    assert_true(host_count(&h, 2, PROBE_T2) > 0);
    assert_true(host_count(&h, 2, PROBE_T3) > 0);
    assert_int_equal(host_count(&h, 2, PROBE_T4), 0);
    host_end(&h);
}

static void silent_ecn_costs_little(void **state)
{
    (void)state;
    struct host h;
    const struct osfp_config cfg = host_config();
    host_begin(&h, &cfg);
    h.silent |= 1u << PROBE_ECN;
    host_run_try(&h);
    osfp_continue(h.fp, false, h.now_ns);
    assert_true(host_run_try(&h) <= 410 * HOST_MS);
    assert_int_equal(n_sent_in(&h, 2), 4);
    assert_string_equal(host_line(&h, 1, TEST_ECN), "ECN(R=N)");
    host_end(&h);
}

static void lost_echo_repeats_the_pair(void **state)
{
    (void)state;
    struct host h;
    const struct osfp_config cfg = host_config();
    host_begin(&h, &cfg);
    h.lose[PROBE_IE2] = 4;
    assert_int_equal(host_run(&h), 2);
    assert_int_equal(n_sent_in(&h, 2), 2);
    assert_string_equal(host_line(&h, 0, TEST_IE), "IE(R=N)");
    assert_non_null(strstr(host_line(&h, 1, TEST_IE), "R=Y"));
    assert_null(strstr(host_line(&h, 0, TEST_SEQ), "II="));
    assert_non_null(strstr(host_line(&h, 1, TEST_SEQ), "II=I"));
    host_end(&h);
}

static void lost_closed_reply_repeats_all_three(void **state)
{
    (void)state;
    struct host h;
    const struct osfp_config cfg = host_config();
    host_begin(&h, &cfg);
    h.lose[PROBE_T6] = 4;
    assert_int_equal(host_run(&h), 2);
    assert_int_equal(n_sent_in(&h, 2), 3);
    assert_string_equal(host_line(&h, 0, TEST_T6), "T6(R=N)");
    assert_non_null(strstr(host_line(&h, 1, TEST_T6), "R=Y"));
    assert_non_null(strstr(host_line(&h, 1, TEST_SEQ), "CI=I"));
    host_end(&h);
}

static void several_gaps_are_closed_one_by_one(void **state)
{
    (void)state;
    struct host h;
    const struct osfp_config cfg = host_config();
    host_begin(&h, &cfg);
    h.lose[PROBE_ECN] = 4;
    h.lose[PROBE_T4] = 8;
    assert_int_equal(host_run(&h), 3);
    assert_int_equal(n_sent_in(&h, 3), 1);
    assert_non_null(strstr(host_line(&h, 2, TEST_ECN), "R=Y"));
    assert_non_null(strstr(host_line(&h, 2, TEST_T4), "R=Y"));
    host_end(&h);
}

static uint64_t late_once(unsigned i)
{
    return i == 12 ? 130 * HOST_MS : 0;
}

static void disturbed_train_is_repeated(void **state)
{
    (void)state;
    struct host h;
    const struct osfp_config cfg = host_config();
    host_begin(&h, &cfg);
    h.lateness = late_once;
    assert_int_equal(host_run(&h), 2);
    assert_int_equal(n_sent_in(&h, 2), 6);
    host_end(&h);
}

// The numbers are measured by the gaps as they were: what fits them all needs no better ones.
static void disturbed_train_that_matches_is_enough(void **state)
{
    (void)state;
    struct host h;
    const struct osfp_config cfg = host_config();
    host_begin(&h, &cfg);
    h.lateness = late_once;
    host_run_try(&h);
    osfp_continue(h.fp, true, h.now_ns);
    assert_int_equal(osfp_tick(h.fp, h.now_ns), OSFP_DONE);
    assert_int_equal(osfp_tries(h.fp), 1);
    host_end(&h);
}

static uint64_t late_twice(unsigned i)
{
    return i == 12 || i == 26 ? 130 * HOST_MS : 0;
}

static void train_that_is_disturbed_again_is_repeated_again(void **state)
{
    (void)state;
    struct host h;
    const struct osfp_config cfg = host_config();
    host_begin(&h, &cfg);
    h.lateness = late_twice;
    assert_int_equal(host_run(&h), 3);
    assert_int_equal(n_sent_in(&h, 3), 6);
    host_end(&h);
}

static void late_seq_reply_is_a_reason(void **state)
{
    (void)state;
    struct host h;
    const struct osfp_config cfg = host_config();
    host_begin(&h, &cfg);
    h.delay_ns[PROBE_SEQ + 1] = 300 * HOST_MS;
    host_run_try(&h);
    h.delay_ns[PROBE_SEQ + 1] = 0;
    osfp_continue(h.fp, false, h.now_ns);
    assert_int_equal(osfp_tick(h.fp, h.now_ns), OSFP_BUSY);
    assert_int_equal(host_run(&h), 2);
    host_end(&h);
}

static void tries_are_bounded(void **state)
{
    (void)state;
    struct host h;
    struct osfp_config cfg = host_config();
    cfg.max_tries = 1;
    host_begin(&h, &cfg);
    h.lose[PROBE_SEQ + 1] = 1;
    assert_int_equal(host_run(&h), 1);
    host_end(&h);
    cfg.max_tries = 5;
    cfg.closed_tcp = -1; // not ideal
    host_begin(&h, &cfg);
    h.lose[PROBE_ECN] = 4;
    h.lose[PROBE_T4] = 8;
    assert_int_equal(host_run(&h), 2);
    host_end(&h);
}

static void ports_step_from_try_to_try(void **state)
{
    static const struct {
        enum quirks quirks;
        bool keep;
        uint32_t second;
    } cases[] = {{QUIRKS_NONE, false, 61000 + (65200 - 61000 + 256) % 4200},
                 {QUIRKS_NONE, true, 65200},
                 {QUIRKS_7991, false, 33000 + (65200 - 33000 + 256) % 32261},
                 {QUIRKS_793, false, 65200}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct host h;
        struct osfp_config cfg = host_config();
        cfg.quirks = cases[i].quirks;
        cfg.keep_ports = cases[i].keep;
        cfg.tcp_base = 65200;
        cfg.udp_base = 40000;
        host_begin(&h, &cfg);
        h.lose[PROBE_SEQ + 1] = 1;
        host_run(&h);
        assert_int_equal(host_find(&h, 1, PROBE_SEQ, 0)->sport, 65200);
        assert_int_equal(host_find(&h, 1, PROBE_T7, 0)->sport, 65219);
        assert_int_equal(host_find(&h, 1, PROBE_U1, 0)->sport, 40000);
        assert_int_equal(host_find(&h, 2, PROBE_SEQ, 0)->sport, cases[i].second);
        host_end(&h);
    }
}

static void quirks_repeat_everything_with_pauses(void **state)
{
    (void)state;
    struct host h;
    struct osfp_config cfg = host_config();
    cfg.quirks = QUIRKS_7991;
    host_begin(&h, &cfg);
    assert_int_equal(host_run(&h), 5);
    for (uint32_t t = 2; t <= 5; t++) {
        const struct host_sent *first = host_find(&h, t, PROBE_SEQ, 0);
        const uint64_t rest = first->at_ns - first[-1].at_ns;
        const uint64_t pause = t == 4 ? 2500 : 1000;
        assert_true(rest >= pause * HOST_MS && rest <= (pause + 120) * HOST_MS);
        assert_int_equal(host_count(&h, t, PROBE_IE1), 4); // stale marks
        assert_string_equal(host_line(&h, t - 1, TEST_IE), "IE(R=N)");
    }
    host_end(&h);
    cfg.quirks = QUIRKS_793;
    cfg.open_tcp = -1;
    host_begin(&h, &cfg);
    assert_int_equal(host_run(&h), 2);
    assert_int_equal(host_count(&h, 2, PROBE_IE1), 1);
    host_end(&h);
}

static void random_values_stay_in_range(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 40; seed++) {
        struct host h;
        struct osfp_config cfg = host_config();
        cfg.seed = seed;
        cfg.closed_tcp = -1;
        host_begin(&h, &cfg);
        host_run_try(&h);
        for (uint32_t i = 0; i < h.n_sent; i++) {
            const struct host_sent *s = &h.sent[i];
            const bool is_u1 = s->probe == PROBE_U1;
            const bool is_closed = is_u1 || (s->probe >= PROBE_T5 && s->probe <= PROBE_T7);
            assert_in_range(s->ttl, is_u1 ? 51 : 37, is_u1 ? 64 : 59);
            assert_true(!is_u1 || s->ttl == 51 + 1700000000 % 14);
            assert_true(!is_closed || (s->dport >= 30000 && s->dport <= 44780));
            assert_true(s->sport == 0 || s->sport >= 61000);
        }
        host_end(&h);
    }
}

static void same_seed_gives_the_same_packets(void **state)
{
    (void)state;
    struct host a;
    struct host b;
    const struct osfp_config cfg = host_config();
    host_begin(&a, &cfg);
    host_begin(&b, &cfg);
    host_run_try(&a);
    host_run_try(&b);
    assert_int_equal(a.n_sent, b.n_sent);
    assert_memory_equal(a.sent, b.sent, a.n_sent * sizeof a.sent[0]);
    host_end(&a);
    host_end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(perfect_match_ends_it),
        cmocka_unit_test(perfect_match_of_a_broken_train_does_not),
        cmocka_unit_test(the_better_train_counts),
        cmocka_unit_test(connection_among_the_train_spoils_it),
        cmocka_unit_test(lost_port_unreachable_is_asked_for_a_second_later),
        cmocka_unit_test(lost_seq_repeats_the_train_alone),
        cmocka_unit_test(loss_is_told_from_a_filter),
        cmocka_unit_test(what_stays_silent_is_not_asked_forever),
        cmocka_unit_test(lossy_path_makes_silence_doubtful),
        cmocka_unit_test(silent_ecn_costs_little),
        cmocka_unit_test(lost_echo_repeats_the_pair),
        cmocka_unit_test(lost_closed_reply_repeats_all_three),
        cmocka_unit_test(several_gaps_are_closed_one_by_one),
        cmocka_unit_test(disturbed_train_is_repeated),
        cmocka_unit_test(disturbed_train_that_matches_is_enough),
        cmocka_unit_test(train_that_is_disturbed_again_is_repeated_again),
        cmocka_unit_test(late_seq_reply_is_a_reason),
        cmocka_unit_test(tries_are_bounded),
        cmocka_unit_test(ports_step_from_try_to_try),
        cmocka_unit_test(quirks_repeat_everything_with_pauses),
        cmocka_unit_test(random_values_stay_in_range),
        cmocka_unit_test(same_seed_gives_the_same_packets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
