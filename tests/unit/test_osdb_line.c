// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "osdb/tree.h"

static void test_tables(void **state)
{
    (void)state;
    int next = 0;
    for (int t = 0; t < TEST_COUNT; t++) {
        assert_int_equal(osdb_tests[t].first, next);
        assert_true(osdb_tests[t].n <= OSDB_TEST_ATTRS);
        next += osdb_tests[t].n;
        assert_int_equal(
            osdb_test_by_name(osdb_test_gen((enum osdb_test)t), span_str(osdb_tests[t].name)), t);
        const char *first = osdb_attr_names[osdb_tests[t].first];
        const bool starts_with_r = strcmp(first, "R") == 0 || strcmp(first, "Resp") == 0;
        assert_int_equal(starts_with_r, osdb_tests[t].has_r);
    }
    assert_int_equal(next, ATTR_COUNT);
}

static void test_names(void **state)
{
    (void)state;
    for (int t = 0; t < TEST_COUNT; t++)
        for (int i = osdb_tests[t].first; i < osdb_tests[t].first + osdb_tests[t].n; i++)
            assert_int_equal(osdb_attr((enum osdb_test)t, span_str(osdb_attr_names[i])), i);
    assert_int_equal(osdb_attr(TEST_SEQ, SPAN("R")), -1);
    assert_int_equal(osdb_attr(TEST_T1, SPAN("W")), -1);
    assert_int_equal(osdb_attr(TEST_T1, SPAN("")), -1);
    assert_int_equal(osdb_attr(TEST_U1, SPAN("RIPC")), -1);
    assert_int_equal(osdb_attr(TEST_U1, SPAN("RIPCKK")), -1);
    assert_int_equal(osdb_test_by_name(OSDB_SECOND, SPAN("T8")), -1);
    assert_int_equal(osdb_test_by_name(OSDB_SECOND, SPAN("")), -1);
    assert_int_equal(osdb_test_by_name(OSDB_SECOND, SPAN("T1\0")), -1);
    assert_int_equal(osdb_attr_form(osdb_attr(TEST_OPS, SPAN("O1"))), OSDB_FORM_NESTED);
    assert_int_equal(osdb_attr_form(osdb_attr(TEST_T7, SPAN("O"))), OSDB_FORM_NESTED);
    assert_int_equal(osdb_attr_form(osdb_attr(TEST_WIN, SPAN("W1"))), OSDB_FORM_PLAIN);
    assert_int_equal(osdb_attr_form(osdb_attr(TEST_F1, SPAN("Ops"))), OSDB_FORM_FIRST);
}

static void test_split(void **state)
{
    (void)state;
    struct osdb_line line;
    struct err_at at;
    assert_int_equal(osdb_line_split(SPAN("T2(R=N)T3(x)"), &line, &at), ERR_OK);
    assert_true(span_eq(line.name, SPAN("T2")));
    assert_true(span_eq(line.body, SPAN("R=N")));
    assert_true(span_eq(line.tail, SPAN("T3(x)")));
    assert_int_equal(osdb_line_split(SPAN("T2 R=N)"), &line, &at), ERR_SYNTAX);
    assert_int_equal(at.col, 1);
    assert_int_equal(osdb_line_split(SPAN("T2(R=N"), &line, &at), ERR_SYNTAX);
    assert_int_equal(at.col, 4);
    assert_string_equal(at.token, "R=N");
    assert_int_equal(osdb_line_split(SPAN(""), &line, NULL), ERR_SYNTAX);
}

static enum err attrs(const char *text, bool lax, struct span value[OSDB_TEST_ATTRS],
                      struct err_at *at)
{
    struct osdb_line line;
    assert_int_equal(osdb_line_split(span_str(text), &line, at), ERR_OK);
    return osdb_line_attrs(&line, TEST_T2, lax, value, at);
}

static void test_attrs(void **state)
{
    (void)state;
    struct span v[OSDB_TEST_ATTRS];
    struct err_at at;
    assert_int_equal(attrs("T2(O=%R=Y=)", false, v, &at), ERR_OK);
    assert_true(span_eq(v[0], SPAN("Y=")));
    assert_true(v[8].ptr != NULL && v[8].len == 0);
    assert_true(span_is_absent(v[1]));
    assert_int_equal(attrs("T2()", false, v, &at), ERR_OK);
    assert_int_equal(attrs("T2(R=Y%)", false, v, &at), ERR_SYNTAX);
    assert_int_equal(at.col, 8);
    assert_int_equal(attrs("T2(R=Y%DF)", false, v, &at), ERR_SYNTAX);
    assert_string_equal(at.token, "DF");
    assert_int_equal(attrs("T2(R=Y%ZZ=1)", false, v, &at), ERR_SYNTAX);
    assert_string_equal(at.what, "unknown attribute");
    assert_int_equal(attrs("T2(R=Y%R=N)", false, v, &at), ERR_SYNTAX);
    assert_string_equal(at.what, "repeated attribute");
    assert_int_equal(attrs("T2(R=Y%ZZ=1%R=N)", true, v, &at), ERR_OK);
    assert_true(span_eq(v[0], SPAN("Y")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_split),
        cmocka_unit_test(test_attrs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
