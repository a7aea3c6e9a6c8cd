// SPDX-License-Identifier: Apache-2.0
// Retransmission timeouts: first and later samples, what is ignored, bounds (2.5).
#include "osfp_host.h"

#include "osfp/rto.h"

static const struct osfp_timing timing = {
    .initial_us = 1000000, .min_us = 100000, .max_us = 10000000};

static void samples_move_the_estimate(void **state)
{
    (void)state;
    struct rto r = {0};
    assert_int_equal(rto_us(&r, &timing), 1000000);
    rto_sample(&r, 40000);
    assert_int_equal(r.est.srtt_us, 40000);
    assert_int_equal(r.est.rttvar_us, 40000);
    assert_int_equal(rto_us(&r, &timing), 200000);
    rto_sample(&r, 48000);
    assert_int_equal(r.est.srtt_us, 41000);
    assert_int_equal(r.est.rttvar_us, 32000);
    rto_sample(&r, 33000);
    assert_int_equal(r.est.srtt_us, 40000);
    assert_int_equal(r.est.rttvar_us, 26000);
    assert_int_equal(r.longest_us, 48000);
}

static void bounds_hold(void **state)
{
    (void)state;
    struct rto r = {0};
    struct osfp_timing slow = timing;
    rto_sample(&r, 100);
    assert_int_equal(r.est.rttvar_us, 5000);
    assert_int_equal(rto_us(&r, &timing), 100000);
    slow.scan_delay_us = 250000;
    assert_int_equal(rto_us(&r, &slow), 250000);
    r = (struct rto){0};
    rto_sample(&r, 7000000);
    assert_int_equal(r.est.rttvar_us, 2000000);
    assert_int_equal(rto_us(&r, &timing), 10000000);
}

static void odd_samples_are_ignored(void **state)
{
    (void)state;
    struct rto r = {0};
    rto_sample(&r, 8000000);
    rto_sample(&r, -50000);
    assert_false(r.est.is_known);
    rto_sample(&r, -49999);
    assert_int_equal(r.est.srtt_us, 10000);
    rto_sample(&r, 1600000); // far beyond 3 * srtt + 2 * rttvar
    assert_int_equal(r.est.srtt_us, 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_move_the_estimate),
        cmocka_unit_test(bounds_hold),
        cmocka_unit_test(odd_samples_are_ignored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
