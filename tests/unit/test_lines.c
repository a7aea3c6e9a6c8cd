// SPDX-License-Identifier: Apache-2.0
// Clocks and counters behind answers: one, several, and none where there is only chance.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "verdict/lines.h"

enum { N = 12 };

static struct sample s[N];

static void at_intervals(void)
{
    for (int i = 0; i < N; i++)
        s[i] = (struct sample){.at_us = 5000000 + i * 50000};
}

static void a_clock_is_a_line(void **state)
{
    (void)state;
    static const int64_t rates[] = {1000, 250, 200, 100, 10, 2};
    for (int r = 0; r < 6; r++) {
        at_intervals();
        for (int i = 0; i < N; i++)
            s[i].ts = 4294967290u + (uint32_t)(s[i].at_us * rates[r] / 1000000); // wraps
        assert_int_equal(lines_of_clock(s, N), 1);
    }
    s[3].ts = 0;
    assert_int_equal(lines_of_clock(s, N), 0);
    assert_int_equal(lines_of_clock(s, 3), 0);
}

static void two_clocks_are_two_lines(void **state)
{
    (void)state;
    at_intervals();
    for (int i = 0; i < N; i++)
        s[i].ts = (i % 2 ? 77000000u : 3000000000u) + (uint32_t)(s[i].at_us / 1000);
    assert_int_equal(lines_of_clock(s, N), 2);
    for (int i = 0; i < N; i++) // one answer alone is no line
        s[i].ts = (i == 5 ? 77000000u : 3000000000u) + (uint32_t)(s[i].at_us / 1000);
    assert_int_equal(lines_of_clock(s, N), 0);
    for (int i = 0; i < N; i++) // as of a SYN proxy that keeps options in the low bits
        s[i].ts = 3000000000u + (uint32_t)(s[i].at_us / 1000) + (i % 2 ? 100u : 0);
    assert_int_equal(lines_of_clock(s, N), 0);
}

static void random_offsets_are_no_clock(void **state)
{
    uint32_t x = 12345;
    (void)state;
    at_intervals();
    for (int i = 0; i < N; i++)
        s[i].ts = x = x * 1664525u + 1013904223u;
    assert_int_equal(lines_of_clock(s, N), 0);
}

static void counters(void **state)
{
    (void)state;
    at_intervals();
    for (int i = 0; i < N; i++)
        s[i].id = (uint16_t)(65529 + 3 * i); // wraps, but shows no 0
    assert_int_equal(lines_of_counter(s, N), 1);
    for (int i = 0; i < N; i++)
        s[i].id = (uint16_t)((i % 3 ? 1000 : 40000) + i);
    assert_int_equal(lines_of_counter(s, N), 2);
    for (int i = 0; i < N; i++) // swapped
        s[i].id = (uint16_t)((i + 1) << 8);
    assert_int_equal(lines_of_counter(s, N), 1);
    for (int i = 0; i < N; i++)
        s[i].id = 7; // constant
    assert_int_equal(lines_of_counter(s, N), 0);
    for (int i = 0; i < N; i++)
        s[i].id = (uint16_t)(i * 5557 + 1); // random
    assert_int_equal(lines_of_counter(s, N), 0);
    s[0].id = 0;
    assert_int_equal(lines_of_counter(s, N), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clock_is_a_line),
        cmocka_unit_test(two_clocks_are_two_lines),
        cmocka_unit_test(random_offsets_are_no_clock),
        cmocka_unit_test(counters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
