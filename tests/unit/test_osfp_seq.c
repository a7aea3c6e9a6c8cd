// SPDX-License-Identifier: Apache-2.0
// SEQ arithmetic: the worked example and the table of the specification (8.1), classes of IP IDs
// and clocks, uptime; where our own mode differs from the reference on purpose.
#include "osfp_host.h"

#include "osfp/ipid.h"
#include "osfp/subject.h"

static const struct seq_env reference = {.quirks = QUIRKS_7991};
static const struct seq_env own = {.quirks = QUIRKS_NONE};

// Six samples, 100 ms apart, first number isn, then steps.
static struct obs samples(uint32_t isn, const uint32_t step[5])
{
    struct obs o = {.try_no = 1};
    for (uint32_t k = 0; k < OBS_SEQ; k++) {
        o.probe[k].sent_ns = (1 + k) * 100 * HOST_MS;
        o.sample[k] = (struct obs_sample){.isn = isn, .order = k + 1, .ip_id = (uint16_t)k};
        isn += k < 5 ? step[k] : 0;
    }
    o.n_replies = OBS_SEQ;
    return o;
}

static struct seq_result evaluate(const struct obs *o, const struct seq_env *env)
{
    struct seq_result r;
    seq_evaluate(o, env, &r);
    return r;
}

static void worked_example(void **state)
{
    static const uint32_t isn[] = {0xA60FE387, 0x2F5CCA1D, 0x25DE0503,
                                   0xC31B4A0A, 0x9789944E, 0x4785D75F};
    static const uint32_t ts[] = {0x247744, 0x2477A8, 0x24780C, 0x247870, 0x2478D4, 0x24793A};
    static const uint64_t us[] = {0, 100112, 200190, 300268, 400374, 502734};
    (void)state;
    struct obs o = {0};
    for (int k = 0; k < OBS_SEQ; k++) {
        o.probe[k].sent_ns = us[k] * 1000;
        o.sample[k] = (struct obs_sample){.isn = isn[k], .ts = ts[k]};
    }
    const struct seq_result r = evaluate(&o, &reference);
    assert_true(r.has_rates);
    assert_int_equal(r.sp, 0x106);
    assert_int_equal(r.gcd, 1);
    assert_int_equal(r.isr, 0x10C);
    assert_int_equal(r.ti.cls, IPID_ZERO);
    assert_int_equal(r.ts_class, TS_1000HZ);
    assert_true(r.ts_hz > 998.5 && r.ts_hz < 998.6);
    assert_int_equal(evaluate(&o, &own).ts_class, TS_1000HZ);
}

static void rates_of_simple_generators(void **state)
{
    static const struct {
        uint32_t step[5];
        uint32_t sp;
        uint32_t gcd;
        uint32_t isr;
    } cases[] = {
        {{12345, 12345, 12345, 12345, 12345}, 0, 0x3039, 0x87},
        {{-5000u, -5000u, -5000u, -5000u, -5000u}, 0, 0x1388, 0x7D},
        {{0, 0, 0, 0, 0}, 0, 0, 0},
        {{128000, 64000, 320000, 64000, 448000}, 0x26, 0xFA00, 0xA8},
        {{900, 8100, 63, 35964, 35973}, 0x8C, 9, 0x8A},
        {{1000, 9000, 70, 39960, 39970}, 0x73, 10, 0x8C}, // 114.5: 72 with real clocks
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct obs o = samples(100000, cases[i].step);
        const struct seq_result r = evaluate(&o, &reference);
        assert_int_equal(r.gcd, cases[i].gcd);
        assert_int_equal(r.isr, cases[i].isr);
        assert_int_equal(r.sp, cases[i].sp);
    }
}

// Uneven gaps are ours, not the host's: steps by connection stay what they are, also near a bound;
// steps by time are told by going along.
static void uneven_gaps_do_not_count(void **state)
{
    static const uint32_t late_ms[] = {0, 2, 0, 3, 1, 4};
    static const uint32_t by_connection[] = {64000, 64000, 128000, 64000, 128000};
    static const uint32_t by_time[] = {1020000, 980000, 1030000, 980000, 1030000};
    (void)state;
    for (int is_time = 0; is_time < 2; is_time++) {
        struct obs o = samples(5, is_time ? by_time : by_connection);
        const struct seq_result even = evaluate(&o, &own);
        for (int k = 0; k < OBS_SEQ; k++)
            o.probe[k].sent_ns += late_ms[k] * HOST_MS;
        const struct seq_result r = evaluate(&o, &own);
        assert_int_equal(r.isr, even.isr);
        assert_int_equal(r.sp, is_time ? 0 : 0x14);
        assert_int_equal(evaluate(&o, &reference).sp, is_time ? 0 : 0x13);
        o.probe[5].sent_ns += 10 * HOST_MS; // too late for it to be a train
        assert_int_equal(evaluate(&o, &own).sp, evaluate(&o, &reference).sp);
    }
}

// A busy scanner knows only about when its probes left. Who follows the time is seen by his
// answers; for who does not, or over a way that shifts them, these change nothing.
static void answers_tell_the_time_too(void **state)
{
    static const uint64_t left_us[] = {0, 701, 203, 907, 104, 611}; // later than is known
    static const uint32_t by_connection[] = {64000, 64000, 128000, 64000, 128000};
    uint32_t by_time[5];
    (void)state;
    for (int k = 0; k < 5; k++)
        by_time[k] = (uint32_t)(7 * (100000 + left_us[k + 1] - left_us[k]));
    struct obs o = samples(5, by_time);
    struct obs other = samples(5, by_connection);
    const struct seq_result unknown = evaluate(&o, &own);
    const struct seq_result steps = evaluate(&other, &own);
    for (int k = 0; k < OBS_SEQ; k++) {
        o.probe[k].reply.rx_ns = o.probe[k].sent_ns + (100 + left_us[k]) * 1000;
        other.probe[k].reply.rx_ns = o.probe[k].reply.rx_ns;
    }
    assert_in_range(unknown.sp, 0x70, 0x80);
    assert_int_equal(evaluate(&o, &own).sp, 0);
    assert_int_equal(evaluate(&o, &own).isr, unknown.isr);
    assert_int_equal(evaluate(&o, &reference).sp, unknown.sp);
    assert_int_equal(evaluate(&other, &own).sp, steps.sp);
    o.probe[3].reply.rx_ns += 6 * HOST_MS;
    assert_int_equal(evaluate(&o, &own).sp, unknown.sp);
}

static void four_samples_are_needed(void **state)
{
    static const uint32_t step[] = {1000, 1000, 1000, 1000, 1000};
    (void)state;
    struct obs o = samples(5000, step);
    o.sample[1].isn = 0;
    o.sample[3].isn = 0;
    assert_true(evaluate(&o, &own).has_rates);
    o.sample[5].isn = 0;
    const struct seq_result r = evaluate(&o, &own);
    assert_false(r.has_rates);
    assert_int_equal(r.n, 3);
    assert_int_equal(r.ti.cls, IPID_INC2); // 0, 2, 4
    const struct seq_env slow = {.scan_delay_us = 1000001};
    o = samples(5000, step);
    assert_false(evaluate(&o, &slow).has_rates);
}

static struct seq_ids classify(const uint16_t *id, uint32_t n, const struct seq_env *env)
{
    struct ipid_sample s = {.n = n};
    for (uint32_t i = 0; i < n; i++) {
        s.id[i] = id[i];
        if (i > 0)
            s.step[i - 1] = (uint16_t)(id[i] - id[i - 1]);
    }
    return ipid_classify(&s, 2, env);
}

#define IDS(...) (const uint16_t[]){__VA_ARGS__}, sizeof((uint16_t[]){__VA_ARGS__}) / 2

static void ipid_classes_in_their_order(void **state)
{
    (void)state;
    const struct seq_env *env = &reference;
    assert_int_equal(classify(IDS(5), env).cls, IPID_NONE);
    assert_int_equal(classify(IDS(1, 2, 3), env).cls, IPID_INC);
    assert_int_equal(classify(IDS(0, 0, 0), env).cls, IPID_ZERO);
    assert_int_equal(classify(IDS(8, 8, 8), env).cls, IPID_CONSTANT);
    assert_int_equal(classify(IDS(8, 8, 8), env).value, 8);
    assert_int_equal(classify(IDS(256, 512, 768), env).cls, IPID_BI);
    assert_int_equal(classify(IDS(256, 256 + 5376, 512 + 5376), env).cls, IPID_INC2);
    assert_int_equal(classify(IDS(2, 4, 6, 36), env).cls, IPID_INC2);
    assert_int_equal(classify(IDS(1, 2, 13), env).cls, IPID_NONE);
    assert_int_equal(classify(IDS(1, 1002, 1003), env).cls, IPID_RI);
    assert_int_equal(classify(IDS(1, 1001, 1002), env).cls, IPID_NONE);
    assert_int_equal(classify(IDS(1, 20001, 20002), env).cls, IPID_RI);
    assert_int_equal(classify(IDS(1, 20002, 20003), env).cls, IPID_RD);
    assert_int_equal(classify(IDS(1, 20002), env).cls, IPID_RI);
    assert_int_equal(classify(IDS(65535, 0), env).cls, IPID_INC);
    assert_int_equal(classify(IDS(100, 99), env).cls, IPID_RI);
    assert_int_equal(classify(IDS(0, 25600), env).cls, IPID_RI);
}

static void wrap_is_an_increment_for_us(void **state)
{
    (void)state;
    assert_int_equal(classify(IDS(65533, 65534, 65535, 0, 1, 2), &reference).cls, IPID_RD);
    assert_int_equal(classify(IDS(65533, 65534, 65535, 0, 1, 2), &own).cls, IPID_INC);
    assert_int_equal(classify(IDS(0xFE00, 0xFF00, 0x0001, 0x0101), &reference).cls, IPID_RD);
    assert_int_equal(classify(IDS(0xFE00, 0xFF00, 0x0001, 0x0101), &own).cls, IPID_BI);
    assert_int_equal(classify(IDS(0xF000, 0x0101, 0x0301), &own).cls, IPID_BI); // by 17, by 2
    assert_int_equal(classify(IDS(65535, 0), &own).cls, IPID_INC);
    assert_int_equal(classify(IDS(100, 99, 98), &own).cls, IPID_RD);
    assert_int_equal(classify(IDS(8, 8), &own).cls, IPID_CONSTANT);
}

static void own_packets_of_a_local_target_are_taken_out(void **state)
{
    (void)state;
    const struct seq_env env = {.is_local = true, .quirks = QUIRKS_7991};
    assert_int_equal(classify(IDS(1, 3, 5), &env).cls, IPID_INC);
    assert_int_equal(classify(IDS(1, 12, 23), &env).cls, IPID_INC2);
    assert_int_equal(classify(IDS(1, 12, 22), &env).cls, IPID_NONE);
    assert_int_equal(classify(IDS(0, 5376, 10752), &env).cls, IPID_BI);
    assert_int_equal(classify(IDS(256, 512), &env).cls, IPID_CONSTANT);
    assert_int_equal(classify(IDS(1, 2, 5), &env).cls, IPID_INC);
}

static struct obs_reply reply(uint16_t id, uint32_t order)
{
    return (struct obs_reply){.is_seen = true, .ip_id = id, .order = order};
}

// A counter by one, one other reply in each gap: the steps between SEQ replies are all even.
static void interleaved_replies_are_taken_out(void **state)
{
    static const uint32_t step[] = {1, 2, 3, 4, 5};
    (void)state;
    struct obs o = samples(1, step);
    for (uint32_t k = 0; k < OBS_SEQ; k++) {
        o.sample[k].ip_id = (uint16_t)(100 + 2 * k);
        o.sample[k].order = 10 + 2 * k;
        if (k < 5)
            o.probe[PROBE_ECN + k].reply = reply((uint16_t)(101 + 2 * k), 11 + 2 * k);
    }
    assert_int_equal(evaluate(&o, &reference).ti.cls, IPID_INC2);
    assert_int_equal(evaluate(&o, &own).ti.cls, IPID_INC);
    for (uint32_t k = 0; k < 5; k++) // a counter of its own: says nothing of this one
        o.probe[PROBE_ECN + k].reply.ip_id = (uint16_t)(5000 + k);
    assert_int_equal(evaluate(&o, &own).ti.cls, IPID_INC2);
}

static void repeated_probes_are_taken_in_order_of_arrival(void **state)
{
    (void)state;
    struct obs o = {0};
    o.probe[PROBE_T5].reply = reply(7, 1);
    o.probe[PROBE_T6].reply = reply(9, 3);
    o.probe[PROBE_T7].reply = reply(8, 2);
    o.probe[PROBE_T6].n_sent = 2;
    assert_int_equal(evaluate(&o, &own).ci.cls, IPID_INC);
    assert_int_equal(evaluate(&o, &reference).ci.cls, IPID_RD);
    o.probe[PROBE_IE1].reply = reply(10, 4);
    o.probe[PROBE_IE2].reply = reply(11, 5);
    o.probe[PROBE_IE1].n_sent = 1;
    o.probe[PROBE_IE2].n_sent = 2;
    assert_int_equal(evaluate(&o, &own).ii.cls, IPID_NONE);
    o.probe[PROBE_IE2].n_sent = 1;
    assert_int_equal(evaluate(&o, &own).ii.cls, IPID_INC);
}

static char ss_of(uint16_t first, uint16_t icmp, const struct seq_env *env)
{
    static const uint32_t step[] = {1, 2, 3, 4, 5};
    struct obs o = samples(1, step);
    for (uint32_t k = 0; k < OBS_SEQ; k++)
        o.sample[k].ip_id = (uint16_t)(first + k);
    o.probe[PROBE_IE1].reply = reply(icmp, 7);
    o.probe[PROBE_IE2].reply = reply((uint16_t)(icmp + 1), 8);
    o.probe[PROBE_IE1].n_sent = 1;
    o.probe[PROBE_IE2].n_sent = 1;
    return evaluate(&o, env).ss;
}

static void ss_compares_the_first_icmp_id(void **state)
{
    (void)state;
    assert_int_equal(ss_of(100, 107, &reference), 'S');
    assert_int_equal(ss_of(100, 108, &reference), 'O');
    assert_int_equal(ss_of(100, 5, &reference), 'S');
    assert_int_equal(ss_of(65533, 3, &reference), 0); // RD
    assert_int_equal(ss_of(65533, 3, &own), 'S');
    assert_int_equal(ss_of(65533, 40000, &own), 'O');
}

static void repetitions_before_the_echo_do_not_part_the_counters(void **state)
{
    (void)state;
    static const uint32_t step[] = {1, 2, 3, 4, 5};
    struct obs o = samples(1, step);
    for (uint32_t k = 0; k < OBS_SEQ; k++)
        o.sample[k].ip_id = (uint16_t)(100 + k);
    o.probe[PROBE_IE1].reply = reply(105 + 6, 9);
    o.probe[PROBE_IE2].reply = reply(105 + 7, 10);
    o.probe[PROBE_IE1].n_sent = o.probe[PROBE_IE2].n_sent = 1;
    o.probe[PROBE_SEQ + 5].n_out = 9;
    o.probe[PROBE_IE1].n_out = 10;
    assert_int_equal(evaluate(&o, &own).ss, 'O');
    o.probe[PROBE_IE1].n_out = 15; // five others were sent in between
    assert_int_equal(evaluate(&o, &own).ss, 'S');
    assert_int_equal(evaluate(&o, &reference).ss, 'O');
}

static struct seq_ids echo_of(uint16_t first, uint16_t second, const struct seq_env *env)
{
    static const uint32_t step[] = {1, 2, 3, 4, 5};
    struct obs o = samples(1, step);
    for (uint32_t k = 0; k < OBS_SEQ; k++) // an unsteady path
        o.probe[k].reply.rx_ns = o.probe[k].sent_ns + (10 + 8 * k) * HOST_MS;
    o.probe[PROBE_IE1].reply = reply(first, 7);
    o.probe[PROBE_IE2].reply = reply(second, 8);
    o.probe[PROBE_IE1].n_sent = o.probe[PROBE_IE2].n_sent = 1;
    return ipid_of_echo(&o, env);
}

static void replies_that_overtook_are_put_in_order(void **state)
{
    (void)state;
    assert_int_equal(echo_of(101, 100, &own).cls, IPID_INC);
    assert_int_equal(echo_of(100, 101, &own).cls, IPID_INC);
    assert_int_equal(echo_of(101, 100, &reference).cls, IPID_RI);
    assert_int_equal(echo_of(0x0200, 0x0100, &own).cls, IPID_BI);
    assert_int_equal(echo_of(1, 65535, &own).cls, IPID_INC2);
    assert_int_equal(echo_of(5000, 100, &own).cls, IPID_RI);
    assert_int_equal(echo_of(7, 7, &own).cls, IPID_CONSTANT);
}

// Round trips of 10 ms, every other one longer by so much.
static bool is_noise(uint32_t more_ms, uint32_t odd_step, const struct seq_env *env)
{
    const uint32_t step[] = {100000, 100000 + odd_step, 100000, 100000 + odd_step, 100000};
    struct obs o = samples(1, step);
    for (uint32_t k = 0; k < OBS_SEQ; k++)
        o.probe[k].reply.rx_ns = o.probe[k].sent_ns + (10 + k % 2 * more_ms) * HOST_MS;
    return evaluate(&o, env).is_sp_noise;
}

static void an_unsteady_path_spoils_sp_alone(void **state)
{
    (void)state;
    assert_false(is_noise(0, 100, &own));
    assert_false(is_noise(1, 100, &own)); // late wake-ups are like that
    assert_true(is_noise(20, 10000, &own));
    assert_false(is_noise(20, 90000, &own)); // the host's own unsteadiness is larger
    assert_false(is_noise(20, 10000, &reference));
}

static struct seq_result clock_of(const uint32_t ts[6], const struct seq_env *env)
{
    static const uint32_t step[] = {1, 2, 3, 4, 5};
    struct obs o = samples(1, step);
    for (uint32_t k = 0; k < OBS_SEQ; k++)
        o.sample[k].ts = ts[k];
    return evaluate(&o, env);
}

static void clocks_have_classes(void **state)
{
    static const struct {
        uint32_t ts[6];
        enum ts_class reference;
        enum ts_class own;
    } cases[] = {
        {{9, 9, 9, 9, 9, 10}, TS_2HZ, TS_2HZ},
        {{9, 10, 11, 12, 13, 14}, TS_OTHER, TS_OTHER},
        {{500, 510, 520, 530, 540, 550}, TS_100HZ, TS_100HZ},
        {{1000, 1100, 1200, 1300, 1400, 1500}, TS_1000HZ, TS_1000HZ},
        {{1000, 1160, 1200, 1330, 1390, 1500}, TS_1000HZ, TS_1000HZ}, // jitter on the way
        {{0xFFFFFF38, 0xFFFFFF9C, 0, 100, 200, 300}, TS_1000HZ, TS_1000HZ},
        {{1500, 1400, 1300, 1200, 1100, 1000}, TS_1000HZ, TS_RANDOM},
        {{7, 7, 7, 7, 7, 7}, TS_UNKNOWN, TS_UNKNOWN},
        {{0x5AE51F2C, 0x14B2A6E7, 0xC0F3D0A1, 0x39914A90, 0x8DEE7001, 0x00E14D55},
         TS_OTHER,
         TS_RANDOM},
        {{100, 110, 900, 910, 920, 930}, TS_OTHER, TS_RANDOM},
        {{0, 100000, 200000, 300000, 400000, 500000}, TS_OTHER, TS_OTHER}, // microseconds
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct seq_result r = clock_of(cases[i].ts, &reference);
        const struct seq_result s = clock_of(cases[i].ts, &own);
        assert_int_equal(r.ts_class, cases[i].reference);
        assert_int_equal(s.ts_class, cases[i].own);
        assert_true(r.ts_hz == s.ts_hz);
    }
}

static struct os_sequence sequence_of(const uint32_t ts[6], enum quirks quirks)
{
    static const uint32_t step[] = {1, 2, 3, 4, 5};
    struct obs o = samples(1, step);
    struct os_sequence out;
    const struct subject_env env = {.seq = {.quirks = quirks},
                                    .unix_ns = INT64_C(1700000000000000000)};
    for (uint32_t k = 0; k < OBS_SEQ; k++)
        o.sample[k].ts = ts[k];
    subject_sequence(&o, &env, &out);
    return out;
}

static void uptime_needs_a_clock(void **state)
{
    static const uint32_t good[] = {7000, 7100, 7200, 7300, 7400, 7500};
    static const uint32_t still[] = {7, 7, 7, 7, 7, 7};
    static const uint32_t old[] = {4000000000, 4000000010, 4000000020,
                                   4000000030, 4000000040, 4000000050};
    static const uint32_t wild[] = {0x5AE51F2C, 0x14B2A6E7, 0xC0F3D0A1,
                                    0x39914A90, 0x8DEE7001, 0x00E14D55};
    (void)state;
    struct os_sequence s = sequence_of(good, QUIRKS_NONE);
    assert_true(s.has_uptime);
    assert_int_equal(s.lastboot, 1700000000 - 7);
    assert_int_equal(s.n, 6);
    assert_int_equal(s.ts[5], 7500);
    assert_int_equal(s.isn[2], 4);
    assert_false(sequence_of(still, QUIRKS_NONE).has_uptime);
    assert_true(sequence_of(old, QUIRKS_NONE).has_uptime); // 463 days
    assert_false(sequence_of(wild, QUIRKS_NONE).has_uptime);
    assert_true(sequence_of(still, QUIRKS_7991).has_uptime);
    assert_int_equal(sequence_of(still, QUIRKS_7991).lastboot, 1700000000);
    static const uint32_t ancient[] = {4000000000, 4000000001, 4000000002,
                                       4000000003, 4000000004, 4000000005};
    assert_false(sequence_of(ancient, QUIRKS_NONE).has_uptime); // 12 years
    assert_int_equal(sequence_of(ancient, QUIRKS_7991).lastboot, 1700000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worked_example),
        cmocka_unit_test(rates_of_simple_generators),
        cmocka_unit_test(uneven_gaps_do_not_count),
        cmocka_unit_test(answers_tell_the_time_too),
        cmocka_unit_test(four_samples_are_needed),
        cmocka_unit_test(ipid_classes_in_their_order),
        cmocka_unit_test(wrap_is_an_increment_for_us),
        cmocka_unit_test(own_packets_of_a_local_target_are_taken_out),
        cmocka_unit_test(interleaved_replies_are_taken_out),
        cmocka_unit_test(repeated_probes_are_taken_in_order_of_arrival),
        cmocka_unit_test(ss_compares_the_first_icmp_id),
        cmocka_unit_test(repetitions_before_the_echo_do_not_part_the_counters),
        cmocka_unit_test(replies_that_overtook_are_put_in_order),
        cmocka_unit_test(an_unsteady_path_spoils_sp_alone),
        cmocka_unit_test(clocks_have_classes),
        cmocka_unit_test(uptime_needs_a_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
