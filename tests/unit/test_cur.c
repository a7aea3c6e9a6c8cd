// SPDX-License-Identifier: Apache-2.0
#include "base/cur.h"
#include "check.h"

static const uint8_t bytes[] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF};

static void numbers_are_in_network_order(void **state)
{
    (void)state;
    struct cur c = cur_of(bytes, sizeof bytes);
    assert_int_equal(cur_u8(&c), 0x01);
    assert_int_equal(cur_be16(&c), 0x2345);
    assert_int_equal(cur_be32(&c), 0x6789ABCD);
    assert_int_equal(cur_left(&c), 1);
    assert_int_equal(cur_u8(&c), 0xEF);
    assert_int_equal(cur_left(&c), 0);
    assert_false(c.bad);
}

static void each_read_past_the_end_is_zero_and_sticks(void **state)
{
    (void)state;
    for (size_t have = 0; have < 4; have++) {
        struct cur c = cur_of(bytes, have);
        assert_int_equal(cur_be32(&c), 0);
        assert_true(c.bad);
        assert_int_equal(cur_left(&c), 0);
        assert_int_equal(cur_u8(&c), 0);
        assert_true(c.bad);
    }
    struct cur one = cur_of(bytes, 1);
    assert_int_equal(cur_be16(&one), 0);
    assert_true(one.bad);
    struct cur none = cur_of(bytes, 0);
    assert_int_equal(cur_u8(&none), 0);
    assert_true(none.bad);
}

static void a_failed_need_takes_all_away(void **state)
{
    (void)state;
    struct cur c = cur_of(bytes, 4);
    assert_true(cur_need(&c, 4));
    assert_true(cur_need(&c, 0));
    assert_int_equal(cur_left(&c), 4);
    assert_false(cur_need(&c, 5));
    assert_int_equal(cur_left(&c), 0);
    assert_true(c.bad);
    assert_false(cur_need(&c, 1));
}

static void views_are_of_the_same_bytes(void **state)
{
    (void)state;
    struct cur c = cur_of(bytes, sizeof bytes);
    const struct span head = cur_bytes(&c, 3);
    assert_ptr_equal(head.ptr, bytes);
    assert_int_equal(head.len, 3);
    cur_skip(&c, 2);
    const struct span rest = cur_rest(&c);
    assert_ptr_equal(rest.ptr, bytes + 5);
    assert_int_equal(rest.len, 3);
    assert_false(c.bad);
    assert_int_equal(cur_rest(&c).len, 0);
    assert_false(c.bad);
}

static void a_view_that_does_not_fit_is_empty(void **state)
{
    (void)state;
    struct cur c = cur_of(bytes, 3);
    assert_int_equal(cur_bytes(&c, 4).len, 0);
    assert_true(c.bad);
    c = cur_of(bytes, 3);
    assert_int_equal(cur_bytes(&c, SIZE_MAX).len, 0);
    assert_true(c.bad);
    c = cur_of(bytes, 3);
    cur_skip(&c, 4);
    assert_true(c.bad);
}

static void a_limit_only_shortens(void **state)
{
    (void)state;
    struct cur c = cur_of(bytes, sizeof bytes);
    cur_limit(&c, 100);
    assert_int_equal(cur_left(&c), sizeof bytes);
    cur_skip(&c, 1);
    cur_limit(&c, 2);
    assert_int_equal(cur_be16(&c), 0x2345);
    assert_int_equal(cur_left(&c), 0);
    assert_false(c.bad);
    cur_limit(&c, 0);
    assert_int_equal(cur_u8(&c), 0);
    assert_true(c.bad);
}

static void nothing_is_empty(void **state)
{
    (void)state;
    struct cur c = cur_of(NULL, 0);
    assert_int_equal(cur_left(&c), 0);
    assert_int_equal(cur_rest(&c).len, 0);
    assert_false(c.bad);
    assert_int_equal(cur_be16(&c), 0);
    assert_true(c.bad);
    c = cur_of(NULL, 7);
    assert_int_equal(cur_left(&c), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_in_network_order),
        cmocka_unit_test(each_read_past_the_end_is_zero_and_sticks),
        cmocka_unit_test(a_failed_need_takes_all_away),
        cmocka_unit_test(views_are_of_the_same_bytes),
        cmocka_unit_test(a_view_that_does_not_fit_is_empty),
        cmocka_unit_test(a_limit_only_shortens),
        cmocka_unit_test(nothing_is_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
