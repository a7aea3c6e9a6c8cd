// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "check.h"

static void every_byte_is_printable_or_escaped(void **state)
{
    (void)state;
    for (unsigned c = 0; c < 256; c++) {
        char mem[8];
        struct buf b;
        const char byte = (char)c;
        buf_init(&b, mem, sizeof mem);
        text_escape(&b, span_of(&byte, 1));
        if (c >= 0x20 && c <= 0x7E && c != '\\') {
            assert_bytes(buf_span(&b), &byte, 1);
            continue;
        }
        const char hex[] = {'\\', 'x', "0123456789ABCDEF"[c / 16], "0123456789ABCDEF"[c % 16]};
        assert_bytes(buf_span(&b), hex, 4);
    }
}

static void digits(void **state)
{
    (void)state;
    for (int c = -128; c < 128; c++) {
        const bool is_digit = c >= '0' && c <= '9';
        const bool is_hex = is_digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        assert_int_equal(text_is_digit((char)c), is_digit);
        assert_int_equal(text_is_hex((char)c), is_hex);
    }
}

static bool reads_dec(const char *s, uint64_t max, uint64_t expected)
{
    uint64_t v = 0xBAD;
    return text_dec(span_str(s), max, &v) && v == expected;
}

static bool refuses_dec(const char *s, uint64_t max)
{
    uint64_t v = 0xBAD;
    return !text_dec(span_str(s), max, &v) && v == 0xBAD;
}

static void decimal_numbers(void **state)
{
    (void)state;
    assert_true(reads_dec("0", 0, 0));
    assert_true(reads_dec("000", 0, 0));
    assert_true(reads_dec("007", 7, 7));
    assert_true(reads_dec("255", 255, 255));
    assert_true(reads_dec("18446744073709551615", UINT64_MAX, UINT64_MAX));
    assert_true(refuses_dec("18446744073709551616", UINT64_MAX));
    assert_true(refuses_dec("99999999999999999999999999", UINT64_MAX));
    assert_true(refuses_dec("256", 255));
    assert_true(refuses_dec("1", 0));
    assert_true(refuses_dec("7", 5));
    assert_true(refuses_dec("10", 9));
    static const char *const broken[] = {"", "-1", "+1", " 1", "1 ", "1x", "x", "0x1", "1.0"};
    for (size_t i = 0; i < COUNT_OF(broken); i++)
        assert_true(refuses_dec(broken[i], 100));
    uint64_t v;
    assert_false(text_dec(SPAN("1\0"), 9, &v));
    assert_false(text_dec(span_str(NULL), 9, &v));
}

// Each maximum accepts what it should, around itself.
static void decimal_maximum_is_exact(void **state)
{
    (void)state;
    for (uint64_t max = 0; max < 1100; max++) {
        char mem[24];
        struct buf b;
        for (uint64_t v = 0; v < 1200; v++) {
            uint64_t out;
            buf_init(&b, mem, sizeof mem);
            buf_dec(&b, v);
            assert_int_equal(text_dec(buf_span(&b), max, &out), v <= max);
        }
    }
}

static void hexadecimal_numbers(void **state)
{
    (void)state;
    uint64_t v;
    assert_true(text_hex(SPAN("0"), &v) && v == 0);
    assert_true(text_hex(SPAN("aBcDeF"), &v) && v == 0xABCDEF);
    assert_true(text_hex(SPAN("FFFFFFFFFFFFFFFF"), &v) && v == UINT64_MAX);
    assert_true(text_hex(SPAN("0000000000000001"), &v) && v == 1);
    assert_false(text_hex(SPAN("00000000000000001"), &v));
    assert_false(text_hex(SPAN(""), &v));
    assert_false(text_hex(SPAN("0x1"), &v));
    assert_false(text_hex(SPAN("g"), &v));
    assert_false(text_hex(SPAN("-1"), &v));
    assert_false(text_hex(SPAN("1 "), &v));
}

static void times(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t ns;
    } cases[] = {
        {"0", 0},
        {"1", 1000000000},
        {"2s", 2000000000},
        {"500ms", 500000000},
        {"1.5", 1500000000},
        {".5s", 500000000},
        {"1.", 1000000000},
        {"1.5ms", 1500000},
        {"3m", 180000000000},
        {"1.5h", 5400000000000},
        {"0.000001", 1000},
        {"0.1234569", 123456000}, // microseconds are enough
        {"1000000h", UINT64_C(3600000000000000000)},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint64_t ns = 1;
        assert_true(text_time(span_str(cases[i].text), &ns));
        assert_int_equal(ns, cases[i].ns);
    }
    static const char *const broken[] = {"",    ".",     "s",   "ms", "1x",      "1 s",
                                         "-1",  "1.2.3", "1,5", "1S", "1000001", "1.1234567.8",
                                         "1e3", "1mss",  "..5", "+1"};
    for (size_t i = 0; i < COUNT_OF(broken); i++) {
        uint64_t ns;
        assert_false(text_time(span_str(broken[i]), &ns));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_is_printable_or_escaped),
        cmocka_unit_test(digits),
        cmocka_unit_test(decimal_numbers),
        cmocka_unit_test(decimal_maximum_is_exact),
        cmocka_unit_test(hexadecimal_numbers),
        cmocka_unit_test(times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
