// SPDX-License-Identifier: Apache-2.0
#include "base/rng.h"
#include "check.h"

// Published values of the reference implementation of xoshiro256** for the state 1 2 3 4.
static void the_generator_is_xoshiro256(void **state)
{
    (void)state;
    static const uint64_t expected[] = {
        11520u,
        0u,
        1509978240u,
        1215971899390074240u,
        1216172134540287360u,
        607988272756665600u,
        16172922978634559625u,
        8476171486693032832u,
        10595114339597558777u,
        2904607092377533576u,
    };
    struct rng r = {{1, 2, 3, 4}};
    for (size_t i = 0; i < COUNT_OF(expected); i++)
        assert_true(rng_u64(&r) == expected[i]);
}

// Published values of splitmix64 for the seed 0.
static void seeds_are_spread_by_splitmix(void **state)
{
    (void)state;
    struct rng r;
    rng_seed(&r, 0);
    assert_true(r.s[0] == 0xE220A8397B1DCDAFu);
    assert_true(r.s[1] == 0x6E789E6AA1B965F4u);
    assert_true(r.s[2] == 0x06C45D188009454Fu);
    assert_true(r.s[3] == 0xF88BB8A8724C81ECu);
}

static void the_same_seed_repeats_and_others_differ(void **state)
{
    (void)state;
    struct rng a, b, c;
    int same = 0;
    rng_seed(&a, 42);
    rng_seed(&b, 42);
    rng_seed(&c, 43);
    for (int i = 0; i < 1000; i++) {
        const uint64_t v = rng_u64(&a);
        assert_true(v == rng_u64(&b));
        same += v == rng_u64(&c);
    }
    assert_int_equal(same, 0);
}

static void small_numbers_are_the_high_half(void **state)
{
    (void)state;
    struct rng a, b;
    rng_seed(&a, 1);
    b = a;
    for (int i = 0; i < 100; i++)
        assert_int_equal(rng_u32(&a), rng_u64(&b) >> 32);
}

static void below_is_below_and_even(void **state)
{
    (void)state;
    struct rng r;
    unsigned seen[10] = {0};
    rng_seed(&r, 5);
    for (int i = 0; i < 100000; i++)
        seen[rng_below(&r, 10)]++;
    for (int i = 0; i < 10; i++)
        assert_in_range(seen[i], 9500, 10500); // 5 standard deviations
    for (int i = 0; i < 100; i++) {
        assert_int_equal(rng_below(&r, 1), 0);
        assert_true(rng_below(&r, UINT32_MAX) < UINT32_MAX);
    }
}

static void unit_is_in_zero_to_one(void **state)
{
    (void)state;
    struct rng r = {{0, UINT64_MAX, 0, 0}};
    double sum = 0;
    for (int i = 0; i < 100000; i++) {
        const double x = rng_unit(&r);
        assert_true(x >= 0 && x < 1);
        sum += x;
    }
    assert_true(sum > 49500 && sum < 50500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_generator_is_xoshiro256),
        cmocka_unit_test(seeds_are_spread_by_splitmix),
        cmocka_unit_test(the_same_seed_repeats_and_others_differ),
        cmocka_unit_test(small_numbers_are_the_high_half),
        cmocka_unit_test(below_is_below_and_even),
        cmocka_unit_test(unit_is_in_zero_to_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
