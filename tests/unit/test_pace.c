// SPDX-License-Identifier: Apache-2.0
#include "check.h"
#include "engine/pace.h"

static void without_a_limit_all_is_ready(void **state)
{
    (void)state;
    struct pace p;
    pace_init(&p, 0);
    for (uint64_t now = 0; now < 100; now++) {
        pace_spend(&p, now);
        assert_int_equal(pace_ready(&p), 0);
    }
}

static void packets_keep_their_distance(void **state)
{
    (void)state;
    struct pace p;
    pace_init(&p, 1000);
    assert_int_equal(pace_ready(&p), 0);
    uint64_t now = 5000000000;
    pace_spend(&p, now);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(pace_ready(&p), now + 1000000);
        now = pace_ready(&p);
        pace_spend(&p, now);
    }
}

// Wake-ups that come up to 1 ms late cost nothing of the rate.
static void late_wake_ups_are_made_up_for(void **state)
{
    (void)state;
    struct pace p;
    pace_init(&p, 10000);
    const uint64_t start = 1000000000;
    uint64_t now = start;
    for (int i = 0; i < 10000; i++) {
        if (pace_ready(&p) > now)
            now = (pace_ready(&p) / 1000000 + 1) * 1000000; // the clock ticks in ms
        pace_spend(&p, now);
    }
    assert_in_range(now - start, 990000000, 1010000000);
}

static void idle_time_is_not_saved_for_a_burst(void **state)
{
    (void)state;
    struct pace p;
    pace_init(&p, 100);
    pace_spend(&p, 1000000000);
    const uint64_t now = 60000000000;
    pace_spend(&p, now);
    assert_int_equal(pace_ready(&p), now + 10000000);
}

// Where somebody waits, very late wake-ups cost nothing either; once caught up it is as before.
static void whoever_waits_loses_nothing(void **state)
{
    (void)state;
    struct pace p;
    pace_init(&p, 1000);
    const uint64_t start = 1000000000;
    uint64_t now = start;
    int n = 0;
    for (int i = 0; i < 50; i++, now += 40000000) {
        for (; pace_ready(&p) <= now; n++)
            pace_spend(&p, now);
        pace_refuse(&p);
    }
    assert_in_range(n, 49 * 40, 50 * 40);
    now += 10000000000;
    pace_spend(&p, now);
    pace_spend(&p, now);
    assert_true(pace_ready(&p) > now);
}

static void urgent_packets_count(void **state)
{
    (void)state;
    struct pace p;
    pace_init(&p, 1000);
    const uint64_t now = 1000000000;
    for (int i = 0; i < 5; i++)
        pace_spend(&p, now);
    assert_int_equal(pace_ready(&p), now + 5000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_limit_all_is_ready),
        cmocka_unit_test(packets_keep_their_distance),
        cmocka_unit_test(late_wake_ups_are_made_up_for),
        cmocka_unit_test(idle_time_is_not_saved_for_a_burst),
        cmocka_unit_test(whoever_waits_loses_nothing),
        cmocka_unit_test(urgent_packets_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
