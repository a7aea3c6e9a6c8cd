// SPDX-License-Identifier: Apache-2.0
#include <math.h>

#include "check.h"

static uint8_t mem[128];
static struct buf b;

static int setup(void **state)
{
    (void)state;
    memset(mem, 0xEE, sizeof mem);
    buf_init(&b, mem, sizeof mem);
    return 0;
}

static void numbers_are_in_network_order(void **state)
{
    (void)state;
    buf_u8(&b, 0x01);
    buf_be16(&b, 0x2345);
    buf_be32(&b, 0x6789ABCD);
    buf_zero(&b, 2);
    buf_bytes(&b, SPAN("x\0y"));
    assert_bytes(buf_span(&b), "\x01\x23\x45\x67\x89\xAB\xCD\0\0x\0y", 12);
    assert_int_equal(buf_len(&b), 12);
    assert_int_equal(mem[12], 0xEE); // no NUL behind it
    assert_false(b.full);
}

static void what_does_not_fit_is_dropped_and_remembered(void **state)
{
    (void)state;
    buf_init(&b, mem, 3);
    buf_be16(&b, 0x1111);
    buf_be16(&b, 0x2222);
    assert_true(b.full);
    assert_int_equal(buf_len(&b), 2);
    buf_u8(&b, 0x33);
    assert_bytes(buf_span(&b), "\x11\x11\x33", 3);
    assert_true(b.full);
    assert_int_equal(mem[3], 0xEE);
}

static void every_write_stays_inside_at_every_size(void **state)
{
    (void)state;
    for (size_t cap = 0; cap <= 40; cap++) {
        memset(mem, 0xEE, sizeof mem);
        buf_init(&b, mem, cap);
        buf_be32(&b, 0);
        buf_str(&b, "some words");
        buf_zero(&b, 5);
        buf_be16(&b, 0);
        buf_dec(&b, UINT64_MAX);
        buf_u8(&b, 0);
        assert_true(buf_len(&b) <= cap);
        assert_int_equal(b.full, cap < 42);
        for (size_t i = cap; i < sizeof mem; i++)
            assert_int_equal(mem[i], 0xEE);
    }
}

static void text_is_cut_where_the_room_ends(void **state)
{
    (void)state;
    buf_init(&b, mem, 4);
    buf_str(&b, "abcdef");
    assert_text(buf_span(&b), "abcd");
    assert_true(b.full);
    buf_init(&b, mem, 4);
    buf_bytes(&b, SPAN("abcd"));
    assert_false(b.full);
    buf_bytes(&b, span_str(NULL));
    assert_false(b.full);
    buf_char(&b, 'x');
    assert_true(b.full);
}

static void room_is_taken_or_refused(void **state)
{
    (void)state;
    assert_ptr_equal(buf_take(&b, 100), mem);
    assert_ptr_equal(buf_take(&b, 28), mem + 100);
    assert_false(b.full);
    assert_non_null(buf_take(&b, 0));
    assert_null(buf_take(&b, 1));
    assert_true(b.full);
    buf_init(&b, mem, 10);
    assert_null(buf_take(&b, SIZE_MAX));
}

static void decimal_and_hexadecimal(void **state)
{
    (void)state;
    buf_dec(&b, 0);
    buf_char(&b, ' ');
    buf_dec(&b, UINT64_MAX);
    buf_char(&b, ' ');
    buf_int(&b, -1);
    buf_char(&b, ' ');
    buf_int(&b, INT64_MIN);
    buf_char(&b, ' ');
    buf_int(&b, INT64_MAX);
    assert_text(buf_span(&b), "0 18446744073709551615 -1 -9223372036854775808 9223372036854775807");
    buf_init(&b, mem, sizeof mem);
    buf_hex(&b, 0);
    buf_char(&b, ' ');
    buf_hex(&b, 0xABCDEF0123456789);
    buf_char(&b, ' ');
    buf_hex_pad(&b, 0x1F, 4);
    buf_char(&b, ' ');
    buf_hex_pad(&b, 0x12345, 2);
    buf_char(&b, ' ');
    buf_dec_pad(&b, 7, 3);
    buf_char(&b, ' ');
    buf_dec_pad(&b, 1234, 3);
    buf_char(&b, ' ');
    buf_dec_pad(&b, 0, 0);
    assert_text(buf_span(&b), "0 ABCDEF0123456789 001F 12345 007 1234 0");
}

static void fixed_point_rounds_half_away_from_zero(void **state)
{
    (void)state;
    static const struct {
        double v;
        unsigned decimals;
        const char *text;
    } cases[] = {
        {0, 0, "0"},
        {0, 2, "0.00"},
        {1.5, 0, "2"},
        {2.5, 0, "3"},
        {-2.5, 0, "-3"},
        {0.125, 2, "0.13"},
        {-0.125, 2, "-0.13"},
        {0.999, 2, "1.00"},
        {12.005859375, 3, "12.006"},
        {3.14159, 9, "3.141590000"},
        {999999999, 1, "999999999.0"},
        {1e9, 1, "1000000000"},
        {1e300, 0, "1000000000"},
        {0.25, 1, "0.3"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        buf_init(&b, mem, sizeof mem);
        buf_fixed(&b, cases[i].v, cases[i].decimals);
        assert_true(span_eq(buf_span(&b), span_str(cases[i].text)));
    }
    buf_init(&b, mem, sizeof mem);
    buf_fixed(&b, (double)NAN, 1);
    assert_text(buf_span(&b), "0");
}

#define CASE(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(numbers_are_in_network_order),
        CASE(what_does_not_fit_is_dropped_and_remembered),
        CASE(every_write_stays_inside_at_every_size),
        CASE(text_is_cut_where_the_room_ends),
        CASE(room_is_taken_or_refused),
        CASE(decimal_and_hexadecimal),
        CASE(fixed_point_rounds_half_away_from_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
