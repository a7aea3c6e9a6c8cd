// SPDX-License-Identifier: Apache-2.0
// Distance (3.13) and the reasons why conditions are not ideal, in their order (4.4).
#include "osfp_run.h"

static const char *reason(struct host *h)
{
    static char text[120];
    struct buf b;
    buf_init(&b, text, sizeof text - 1);
    osfp_not_ideal(h->fp, &b);
    text[buf_len(&b)] = 0;
    assert_int_equal(osfp_is_ideal(h->fp), text[0] == 0);
    return text;
}

static const char *reason_of(const struct osfp_config *cfg)
{
    struct host h;
    host_begin(&h, cfg);
    host_run_try(&h);
    const char *text = reason(&h);
    host_end(&h);
    return text;
}

static void reasons_in_their_order(void **state)
{
    (void)state;
    struct osfp_config cfg = host_config();
    assert_string_equal(reason_of(&cfg), "");
    cfg.closed_tcp = -1;
    assert_string_equal(reason_of(&cfg), "Missing a closed TCP port so results incomplete");
    cfg.open_tcp = -1;
    assert_string_equal(reason_of(&cfg), "Missing an open TCP port so results incomplete");
    cfg.timing.level = 5;
    assert_string_equal(reason_of(&cfg), "Timing level 5 (Insane) used");
    cfg.timing.scan_delay_us = 501000;
    assert_string_equal(reason_of(&cfg), "Scan delay (501) is greater than 500");
}

static void slow_train_is_a_reason(void **state)
{
    (void)state;
    struct osfp_config cfg = host_config();
    cfg.timing.scan_delay_us = 500000;
    assert_string_equal(reason_of(&cfg), "maxTimingRatio (5.000000e+00) is greater than 1.4");
    cfg.timing.scan_delay_us = 140000;
    assert_string_equal(reason_of(&cfg), "");
}

static void no_udp_reply_is_a_reason_without_udp_scan(void **state)
{
    (void)state;
    struct host h;
    struct osfp_config cfg = host_config();
    cfg.did_udp_scan = false;
    assert_string_equal(reason_of(&cfg), "");
    host_begin(&h, &cfg);
    h.silent |= 1u << PROBE_U1;
    host_run_try(&h);
    assert_string_equal(reason(&h), "Didn't receive UDP response. Please try again with -sSU");
    assert_int_equal(osfp_closed_udp(h.fp), -1);
    host_end(&h);
}

static void u1_gives_distance_and_port(void **state)
{
    (void)state;
    struct host h;
    const struct osfp_config cfg = host_config();
    int32_t hops = -9;
    char kind = 0;
    host_begin(&h, &cfg);
    assert_false(osfp_distance(h.fp, &hops, &kind));
    host_run_try(&h);
    assert_true(osfp_distance(h.fp, &hops, &kind));
    assert_int_equal(hops, 1); // quoted as it was sent
    assert_int_equal(kind, 'I');
    assert_int_equal(osfp_closed_udp(h.fp), host_find(&h, 1, PROBE_U1, 0)->dport);
    assert_non_null(strstr(host_line(&h, 0, TEST_T4), "%T=40%"));
    host_end(&h);
}

static void known_places_go_before_the_measured_one(void **state)
{
    (void)state;
    struct osfp_config cfg = host_config();
    struct host h;
    int32_t hops;
    char kind;
    cfg.is_direct = true;
    host_begin(&h, &cfg);
    host_run_try(&h);
    assert_true(osfp_distance(h.fp, &hops, &kind));
    assert_int_equal(hops, 1);
    assert_int_equal(kind, 'D');
    host_end(&h);
    cfg.is_local = true;
    host_begin(&h, &cfg);
    assert_true(osfp_distance(h.fp, &hops, &kind));
    assert_int_equal(hops, 0);
    assert_int_equal(kind, 'L');
    host_end(&h);
}

// A router between us lowers the TTL that comes back in the quote by `lost`.
static const char *reason_at(int lost, bool is_direct)
{
    struct host h;
    struct osfp_config cfg = host_config();
    struct osfp_packet out;
    cfg.is_direct = is_direct;
    cfg.open_tcp = 22;
    host_begin(&h, &cfg);
    h.silent = UINT32_MAX & ~(1u << PROBE_U1);
    for (int i = 0; i < 3000 && osfp_closed_udp(h.fp) < 0; i++) {
        if (osfp_next(h.fp, h.now_ns, &out)) {
            ((uint8_t *)(uintptr_t)out.packet.ptr)[8] -= (uint8_t)lost;
            host_answer(&h, &out, (int)(out.probe % PROBE_COUNT));
        }
        h.now_ns += HOST_MS;
        host_deliver(&h, h.now_ns);
        (void)osfp_tick(h.fp, h.now_ns);
    }
    osfp_stop(h.fp);
    const char *text = reason(&h);
    host_end(&h);
    return text;
}

static void far_and_negative_distances_are_reasons(void **state)
{
    (void)state;
    assert_string_equal(reason_at(4, false), "");
    assert_string_equal(reason_at(5, false), "Host distance (6 network hops) is greater than five");
    assert_string_equal(reason_at(5, true), "");
    assert_string_equal(reason_at(-2, false), "");
    assert_string_equal(reason_at(-3, false),
                        "Host distance (-2 network hops) appears to be negative");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reasons_in_their_order),
        cmocka_unit_test(slow_train_is_a_reason),
        cmocka_unit_test(no_udp_reply_is_a_reason_without_udp_scan),
        cmocka_unit_test(u1_gives_distance_and_port),
        cmocka_unit_test(known_places_go_before_the_measured_one),
        cmocka_unit_test(far_and_negative_distances_are_reasons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
