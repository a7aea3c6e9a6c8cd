// SPDX-License-Identifier: Apache-2.0
#include "base/rtt.h"
#include "check.h"

static const struct rtt_bounds bounds = {1000000, 100000, 10000000};
static const struct rtt_bounds wide = {1000000, 0, INT64_MAX};

static void assert_rtt(const struct rtt *r, int64_t srtt, int64_t rttvar)
{
    assert_true(r->is_known);
    assert_int_equal(r->srtt_us, srtt);
    assert_int_equal(r->rttvar_us, rttvar);
    assert_int_equal(rtt_timeout_us(r, &wide), srtt + 4 * rttvar);
}

static void without_a_sample_the_initial_timeout_holds(void **state)
{
    (void)state;
    const struct rtt r = {0};
    assert_int_equal(rtt_timeout_us(&r, &bounds), 1000000);
    const struct rtt_bounds low = {50, 100, 300}, high = {500, 100, 300};
    assert_int_equal(rtt_timeout_us(&r, &low), 100);
    assert_int_equal(rtt_timeout_us(&r, &high), 300);
}

static void the_first_sample_sets_both(void **state)
{
    (void)state;
    static const int64_t cases[][2] = {
        {0, 5000},        {4999, 5000},       {5001, 5001},
        {300000, 300000}, {2000001, 2000000}, {7999999, 2000000},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct rtt r = {0};
        rtt_add(&r, cases[i][0]);
        assert_rtt(&r, cases[i][0], cases[i][1]);
    }
}

// By hand: srtt += e/8, rttvar += (|e| - rttvar)/4, quotients rounded down.
static void later_samples_move_it(void **state)
{
    (void)state;
    struct rtt r = {0};
    rtt_add(&r, 100000);
    assert_rtt(&r, 100000, 100000);
    rtt_add(&r, 180000); // e = 80000
    assert_rtt(&r, 110000, 95000);
    rtt_add(&r, 30000); // e = -80000
    assert_rtt(&r, 100000, 91250);
    rtt_add(&r, 100000); // e = 0
    assert_rtt(&r, 100000, 68437);
    rtt_add(&r, 100000);
    assert_rtt(&r, 100000, 51327);
}

static void a_steady_path_converges(void **state)
{
    (void)state;
    struct rtt r = {0};
    rtt_add(&r, 1000000);
    for (int i = 0; i < 200; i++)
        rtt_add(&r, 20000);
    assert_in_range(r.srtt_us, 20000, 20010);
    assert_in_range(r.rttvar_us, 0, 10);
    assert_int_equal(rtt_timeout_us(&r, &bounds), 100000); // the lower bound
}

static void samples_outside_of_reason_are_ignored(void **state)
{
    (void)state;
    struct rtt r = {0};
    rtt_add(&r, 8000000);
    rtt_add(&r, -50000);
    rtt_add(&r, INT64_MIN);
    rtt_add(&r, INT64_MAX);
    assert_false(r.is_known);
    rtt_add(&r, 1000);
    const struct rtt before = r;
    rtt_add(&r, 8000000);
    rtt_add(&r, -50000);
    assert_memory_equal(&r, &before, sizeof r);
}

static void a_slightly_negative_sample_counts_as_ten_milliseconds(void **state)
{
    (void)state;
    struct rtt r = {0};
    rtt_add(&r, -49999);
    assert_rtt(&r, 10000, 10000);
    rtt_add(&r, -1);
    assert_rtt(&r, 10000, 7500);
}

static void implausible_jumps_are_ignored(void **state)
{
    (void)state;
    struct rtt r = {0};
    rtt_add(&r, 1000); // rttvar 5000: a jump over 1.5 s is implausible
    rtt_add(&r, 1501001);
    assert_rtt(&r, 1000, 5000);
    rtt_add(&r, 1501000); // exactly 1.5 s is not over it
    assert_rtt(&r, 1000 + 1500000 / 8, 5000 + (1500000 - 5000) / 4);
    struct rtt slow = {500000, 500000, true}; // 3 srtt + 2 rttvar = 2.5 s
    rtt_add(&slow, 500000 + 2500001);
    assert_int_equal(slow.srtt_us, 500000);
    rtt_add(&slow, 500000 + 2500000);
    assert_int_equal(slow.srtt_us, 500000 + 312500);
}

static void the_variation_is_reset_when_it_explodes(void **state)
{
    (void)state;
    struct rtt r = {1000000, 2200000, true};
    rtt_add(&r, 1000000 + 2600000); // 2.2 s + 0.1 s: not over 2.3 s
    assert_int_equal(r.rttvar_us, 2300000);
    r = (struct rtt){1000000, 2200000, true};
    rtt_add(&r, 1000000 + 2600004);
    assert_int_equal(r.rttvar_us, 2000000);
}

static void the_timeout_stays_in_its_bounds(void **state)
{
    (void)state;
    struct rtt r = {0};
    rtt_add(&r, 1);
    assert_int_equal(rtt_timeout_us(&r, &bounds), 100000);
    r = (struct rtt){7000000, 2000000, true};
    assert_int_equal(rtt_timeout_us(&r, &bounds), 10000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_sample_the_initial_timeout_holds),
        cmocka_unit_test(the_first_sample_sets_both),
        cmocka_unit_test(later_samples_move_it),
        cmocka_unit_test(a_steady_path_converges),
        cmocka_unit_test(samples_outside_of_reason_are_ignored),
        cmocka_unit_test(a_slightly_negative_sample_counts_as_ten_milliseconds),
        cmocka_unit_test(implausible_jumps_are_ignored),
        cmocka_unit_test(the_variation_is_reset_when_it_explodes),
        cmocka_unit_test(the_timeout_stays_in_its_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
