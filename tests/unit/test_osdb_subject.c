// SPDX-License-Identifier: Apache-2.0
#include "osdb_load.h"

static void test_good(void **state)
{
    (void)state;
    struct osdb_subject s;
    struct err_at at;
    const struct span text = SPAN("SCAN(V=1%E=4)\n\n  SEQ(SP=26%TI=I) \r\nT2(R=N)\nT4(Q=)\nSEQ");
    assert_int_equal(osdb_subject_parse(span_head(text, text.len - 3), &s, &at), ERR_OK);
    assert_true(s.has_line[TEST_SEQ] && s.has_line[TEST_T2] && s.has_line[TEST_T4]);
    assert_false(s.has_line[TEST_T1]);
    check_span(s.value[load_attr(TEST_SEQ, "SP")], "26");
    check_span(s.value[load_attr(TEST_SEQ, "GCD")], NULL);
    check_span(s.value[load_attr(TEST_T2, "R")], "N");
    check_span(s.value[load_attr(TEST_T4, "Q")], "");
    assert_int_equal(osdb_subject_parse(SPAN(""), &s, &at), ERR_OK);
    assert_int_equal(osdb_subject_parse((struct span){NULL, 0}, &s, &at), ERR_OK);
    assert_int_equal(osdb_subject_parse(SPAN("SEQ()"), &s, &at), ERR_OK);
    assert_true(s.has_line[TEST_SEQ]);
}

static void check_bad(const char *text, uint32_t line, uint32_t col, const char *what,
                      const char *token)
{
    struct osdb_subject s;
    struct err_at at;
    assert_int_equal(osdb_subject_parse(span_str(text), &s, &at), ERR_SYNTAX);
    assert_int_equal(osdb_subject_parse(span_str(text), &s, NULL), ERR_SYNTAX);
    assert_int_equal(at.line, line);
    assert_int_equal(at.col, col);
    assert_string_equal(at.what, what);
    assert_string_equal(at.token, token);
}

static void test_bad(void **state)
{
    (void)state;
    check_bad("T9(R=N)", 1, 1, "unknown test", "T9");
    check_bad("\n  Foo", 2, 3, "test line without \"(\"", "Foo");
    check_bad("T1(R=N", 1, 4, "test line without \")\"", "R=N");
    check_bad("T1(R=N)x", 1, 8, "text after \")\"", "x");
    check_bad("T1(R=N)\nT1(R=N)", 2, 1, "repeated test", "T1");
    check_bad("T1(R=N%R=N)", 1, 8, "repeated attribute", "R");
    check_bad("\tT1(R=N%W=1)", 1, 9, "unknown attribute", "W");
    check_bad("T1(R)", 1, 4, "attribute without \"=\"", "R");
}

static void test_too_long(void **state)
{
    (void)state;
    static char text[LIMIT_SUBJECT + 1];
    struct osdb_subject s;
    struct err_at at;
    memset(text, '\n', sizeof text);
    assert_int_equal(osdb_subject_parse(span_of(text, LIMIT_SUBJECT), &s, &at), ERR_OK);
    assert_int_equal(osdb_subject_parse(span_of(text, sizeof text), &s, &at), ERR_LIMIT);
    assert_int_equal(at.line, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
