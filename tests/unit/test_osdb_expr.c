// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "osdb/expr.h"
#include "osdb/tree.h"

struct row {
    const char *value;
    const char *expr;
    bool own, old, new; // own mode, 7.93, 7.991
};

static const struct row plain[] = {
    {"", "", true, true, true},
    {"A", "", false, false, false},
    {"", "A", false, false, false},
    {"", "R|", true, true, true},
    {"", "|R", true, true, true},
    {"", "<FFFF", false, true, false},
    {"2000", "2000", true, true, true},
    {"2000", "02000", true, false, true},
    {"0", "000", true, false, true},
    {"0", "0", true, true, true},
    {"2000", "1|2000", true, true, true},
    {"2000", "|2000|", true, true, true},
    {"2000", "1FFF-2001", true, true, true},
    {"2000", "2000-2000", true, false, true},
    {"2000", "2001-1FFF", false, false, false},
    {"2000", "0-02000", true, true, true},
    {"2000", "1-2|3-4|1000-3000", true, true, true},
    {"2000", ">1FFF", true, true, true},
    {"2000", ">01FFF", true, true, true},
    {"2000", ">2000", false, false, false},
    {"2000", "<2000", false, false, false},
    {"2000", "<2001", true, true, true},
    {"2000", "<10000", true, true, true},
    {"2000", "<5|>6", true, true, true},
    {"2000", ">1&<5000", false, false, false},
    {"2000", " 2000", false, false, false},
    {"FFFFFFFFFFFFFFFFFFFFFFFF", ">FFFFFFFFFFFFFFFFFFFFFFF", true, true, true},
    {"AR", "R|AR", true, true, true},
    {"AR", ">5", true, false, true},
    {"AR", "A0-AZ", true, false, true},
    {"AR", "A-B", false, false, false},
    {"S+", "S+|Z", true, true, true},
    {"Z", "0-FFFF", false, false, false},
    {"Z", ">0", false, false, false},
    {"0D4A1185", "D4A1185", true, false, false},
    {"0D4A1185", "0D4A1185", true, true, false},
    {"M5B4", "M[5B4]", false, false, false}, // no brackets in this attribute
    {"5", "-", false, false, false},
    {"5", ">", true, true, true},
    {"5", "<", false, false, false},
};

static const struct row nested[] = {
    {"M5B4", "M5B4", true, true, true},
    {"M5B4", "M[5B0-5B8]", true, false, true},
    {"M5B4", "M[>5B0]", true, false, true},
    {"M5B4", "M[<5B0]", false, false, false},
    {"M5B4", "M[100|5B4]", true, false, true},
    {"M5B4", "FOO|M[5B4]", true, false, true},
    {"M5B4", "M[5B4]|FOO", true, false, false},
    {"M5B4", "M[5B0-5B8]|M[1-2]", true, false, false},
    {"FOO", "M[5B4]|FOO", true, true, true},
    {"M5B4", "[A]M5B4", false, false, false},
    {"M5B4", "M[]5B4", false, false, false},
    {"M5B4", "M[5B4", false, false, false},
    {"M[5B4", "M[5B4", false, true, false},
    {"M5B4NNT11", "M[5B0-5B8]NNT[10-11]", true, false, true},
    {"M5B4NNT11", "M[5B4]NNT", false, false, false},
    {"M5B4NNT11", "M[5B4]NNT[11]|", true, false, false},
    {"M5B4NNT11", "M[05B4]NNT11", true, false, true},
    {"M5B4NNT11", "M[5b4]NNT11", false, false, false},
    {"M5B4NNT11", "M[5B]4NNT11", false, false, false},
    {"M5B4ST11NW7", "M[>500]ST11NW[7|8]", true, false, true},
    {"", "M[1]|", true, true, true},
    {"", "M[1]", false, false, false},
};

static const struct {
    const char *value;
    const char *expr;
    bool holds;
} first[] = {
    {"S++", "S++", true},      {"S++", "O|S++", true},
    {"S", "S++", false},       {"", "", true},
    {"MNW", "", false},        {"5", "+", true},
    {"0", "+", false},         {"", "+", false},
    {"+", "+", false},         {"5", "<6", true},
    {"6", "<6", false},        {"S", "<6", false},
    {"", "<6", false},         {"", "<6|9", true},
    {"", "0|9", false},        {"7", ">6", true},
    {"10", "<3E8&>5", true},   {"5", "<3E8&>5", false},
    {"3E8", "<3E8&>5", false}, {"1A", "10-20", true},
    {"21", "10-20", false},    {"05", "5", false},
    {"05", "4-6", true},       {"FF", "F0-FF", true},
    {"G", "A-Z", false},       {"A-Z", "A-Z", true},
    {"AS", "AR|AS", true},     {"AS", "AS|x&y", true},
    {"x&y", "AS|x&y", true},   {"x", "x&y", false},
};

static void test_first_generation(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof first / sizeof first[0]; i++)
        if (osdb_expr_match(span_str(first[i].value), span_str(first[i].expr), OSDB_FORM_FIRST,
                            QUIRKS_NONE) != first[i].holds)
            fail_msg("value \"%s\", expression \"%s\"", first[i].value, first[i].expr);
}

static void check_rows(const struct row *rows, size_t n, bool is_nested)
{
    for (size_t i = 0; i < n; i++) {
        const struct span v = span_str(rows[i].value);
        const struct span e = span_str(rows[i].expr);
        if (osdb_expr_match(v, e, is_nested, QUIRKS_NONE) != rows[i].own ||
            osdb_expr_match(v, e, is_nested, QUIRKS_793) != rows[i].old ||
            osdb_expr_match(v, e, is_nested, QUIRKS_7991) != rows[i].new)
            fail_msg("value \"%s\", expression \"%s\"", rows[i].value, rows[i].expr);
    }
}

static void test_plain(void **state)
{
    (void)state;
    check_rows(plain, sizeof plain / sizeof plain[0], false);
}

static void test_nested(void **state)
{
    (void)state;
    check_rows(nested, sizeof nested / sizeof nested[0], true);
}

static void test_nul_is_a_byte(void **state)
{
    (void)state;
    assert_true(osdb_expr_match(SPAN("Z\0A"), SPAN("Z\0A"), false, QUIRKS_NONE));
    assert_false(osdb_expr_match(SPAN("Z\0A"), SPAN("Z\0B"), false, QUIRKS_NONE));
    assert_false(osdb_expr_match(SPAN("Z"), SPAN("Z\0"), false, QUIRKS_NONE));
}

static void check_alt(struct span *expr, enum osdb_alt_kind kind, struct span low, struct span high)
{
    const struct osdb_alt alt = osdb_alt_next(expr, true);
    assert_int_equal(alt.kind, kind);
    assert_true(span_eq(alt.low, low));
    assert_true(span_eq(alt.high, high));
}

static void test_alternatives(void **state)
{
    (void)state;
    struct span expr = SPAN("05||>0A|<|01-02|S-|M[1|2]X");
    check_alt(&expr, ALT_LITERAL, SPAN("5"), SPAN("5"));
    check_alt(&expr, ALT_LITERAL, SPAN(""), SPAN(""));
    check_alt(&expr, ALT_ABOVE, SPAN("A"), SPAN("A"));
    check_alt(&expr, ALT_BELOW, SPAN(""), SPAN(""));
    check_alt(&expr, ALT_RANGE, SPAN("1"), SPAN("2"));
    check_alt(&expr, ALT_LITERAL, SPAN("S-"), SPAN("S-"));
    check_alt(&expr, ALT_BRACKET, SPAN("M[1|2]X"), SPAN("M[1|2]X"));
    assert_true(span_is_absent(expr));
}

static void test_values(void **state)
{
    (void)state;
    assert_true(osdb_value_is_number(SPAN("AR"), OSDB_FORM_PLAIN, QUIRKS_NONE));
    assert_false(osdb_value_is_number(SPAN("AR"), OSDB_FORM_PLAIN, QUIRKS_793));
    assert_false(osdb_value_is_number(SPAN("S"), OSDB_FORM_PLAIN, QUIRKS_NONE));
    assert_true(osdb_value_is_odd(SPAN("1-2")));
    assert_false(osdb_value_is_odd(SPAN("M5B4ST11")));
    const struct osdb_alt one = {ALT_RANGE, SPAN("5"), SPAN("5")};
    assert_true(osdb_range_is_heard(&one, QUIRKS_NONE));
    assert_false(osdb_range_is_heard(&one, QUIRKS_793));
}

static void test_unclosed(void **state)
{
    (void)state;
    assert_true(span_is_absent(osdb_expr_unclosed(SPAN(""))));
    assert_true(span_is_absent(osdb_expr_unclosed(SPAN("M[1]N[2]"))));
    assert_true(span_eq(osdb_expr_unclosed(SPAN("M[1]N[2")), SPAN("[2")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_nested),
        cmocka_unit_test(test_first_generation),
        cmocka_unit_test(test_nul_is_a_byte),
        cmocka_unit_test(test_alternatives),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_unclosed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
