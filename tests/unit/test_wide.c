// SPDX-License-Identifier: Apache-2.0
#include "base/wide.h"
#include "check.h"

static const struct wide most = {UINT64_MAX, UINT64_MAX};

static void assert_wide(struct wide have, uint64_t hi, uint64_t lo)
{
    assert_int_equal(have.hi, hi);
    assert_int_equal(have.lo, lo);
}

static void carries_and_borrows(void **state)
{
    (void)state;
    assert_wide(wide_add(wide_of(UINT64_MAX), wide_of(1)), 1, 0);
    assert_wide(wide_add((struct wide){1, UINT64_MAX}, (struct wide){2, UINT64_MAX}), 4,
                UINT64_MAX - 1);
    assert_wide(wide_minus((struct wide){1, 0}, wide_of(1)), 0, UINT64_MAX);
    assert_wide(wide_minus(most, most), 0, 0);
}

static void the_largest_stands_for_all_that_are_larger(void **state)
{
    (void)state;
    const struct wide half = wide_power(127);
    assert_wide(wide_add(most, wide_of(1)), UINT64_MAX, UINT64_MAX);
    assert_wide(wide_add(half, half), UINT64_MAX, UINT64_MAX);
    assert_wide(wide_add((struct wide){UINT64_MAX, 1}, wide_of(UINT64_MAX)), UINT64_MAX,
                UINT64_MAX);
    assert_wide(wide_add((struct wide){UINT64_MAX - 1, 1}, wide_of(UINT64_MAX)), UINT64_MAX, 0);
    assert_wide(wide_power(128), UINT64_MAX, UINT64_MAX);
    assert_int_equal(wide_narrow(wide_power(64)), UINT64_MAX);
    assert_int_equal(wide_narrow(wide_of(7)), 7);
}

static void powers_are_in_order(void **state)
{
    (void)state;
    assert_wide(wide_power(0), 0, 1);
    assert_wide(wide_power(63), 0, UINT64_C(1) << 63);
    assert_wide(wide_power(64), 1, 0);
    for (unsigned bits = 0; bits < 128; bits++) {
        assert_true(wide_less(wide_power(bits), wide_power(bits + 1)));
        assert_false(wide_less(wide_power(bits + 1), wide_power(bits)));
    }
    assert_false(wide_less(most, most));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(carries_and_borrows),
        cmocka_unit_test(the_largest_stands_for_all_that_are_larger),
        cmocka_unit_test(powers_are_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
