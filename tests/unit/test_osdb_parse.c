// SPDX-License-Identifier: Apache-2.0
#include "osdb_load.h"

#include <stdlib.h>

static void test_records(void **state)
{
    (void)state;
    struct load l;
    load_text(&l, QUIRKS_NONE,
              "# a comment\nThis nmap-os-db is for Nmap 9.0 or later.\n" POINTS
              "Fingerprint  one  # twice\nT1(R=Y%DF=N)\n# inside\nSEQ(SP=1)\n"
              "Fingerprint two\nT2(R=N)");
    assert_int_equal(l.err, ERR_OK);
    assert_string_equal(l.errors, "");
    assert_int_equal(osdb_count(l.db), 2);
    const struct osdb_ref one = osdb_ref_at(l.db, 0);
    const struct osdb_ref two = osdb_ref_at(l.db, 1);
    check_span(one.name, "one");
    assert_int_equal(one.line, 9);
    check_span(two.name, "two");
    assert_int_equal(two.line, 13);
    check_expr(&l, 0, TEST_T1, "DF", "N");
    check_expr(&l, 0, TEST_SEQ, "SP", "1");
    check_expr(&l, 0, TEST_T2, "R", NULL);
    check_expr(&l, 1, TEST_T2, "R", "N");
    assert_int_equal(osdb_points(l.db, load_attr(TEST_T2, "W")), 25);
    load_fini(&l);
}

static void test_junk(void **state)
{
    (void)state;
    static const char text[] = POINTS "Fingerprint a\nT1(R=N)\n\nGarbage\nT2(R=N)\n  \n";
    struct load l;
    load_text(&l, QUIRKS_NONE, text);
    assert_int_equal(l.err, ERR_OK);
    assert_string_equal(l.errors, "10:1 text outside of a record [Garbage]\n"
                                  "11:1 text outside of a record [T2(R=N)]\n"
                                  "12:1 text outside of a record [  ]\n");
    assert_int_equal(osdb_count(l.db), 1);
    check_expr(&l, 0, TEST_T2, "R", NULL);
    load_fini(&l);
}

// The same broken record: own mode loses a line, the quirks the rest of the record.
static void test_modes(void **state)
{
    (void)state;
    static const char text[] = POINTS "Fingerprint a\nT1(R=N)\nT2(R=N\nSEQ(SP=1)\n";
    struct load l;
    load_text(&l, QUIRKS_NONE, text);
    assert_string_equal(l.errors, "9:4 test line without \")\" [R=N]\n");
    check_expr(&l, 0, TEST_SEQ, "SP", "1");
    load_fini(&l);
    load_text(&l, QUIRKS_7991, text);
    assert_string_equal(l.errors, "9:4 test line without \")\" [R=N]\n"
                                  "10:1 text outside of a record [SEQ(SP=1)]\n");
    check_expr(&l, 0, TEST_T1, "R", "N");
    check_expr(&l, 0, TEST_SEQ, "SP", NULL);
    load_fini(&l);
}

static void test_names(void **state)
{
    (void)state;
    static const char text[] = POINTS "Fingerprint a\nT1(R=N)\nFingerprint  # b\nT1(R=Y%DF=Y)\n"
                                      "\nFingerprint\tc\nT2(R=N)\n";
    struct load l;
    load_text(&l, QUIRKS_NONE, text);
    assert_string_equal(l.errors, "9:12 fingerprint without a name [  # b]\n"
                                  "12:1 \"Fingerprint\" must be followed by a blank "
                                  "[Fingerprint\\x09c]\n");
    assert_int_equal(osdb_count(l.db), 1);
    check_expr(&l, 0, TEST_T1, "R", "N");
    load_fini(&l);
}

static void test_line_ends(void **state)
{
    (void)state;
    static const char text[] = "MatchPoints\r\nT1(R=100)\r\n\r\nFingerprint a\r\nT1(R=N)\r\n";
    struct load l;
    load_text(&l, QUIRKS_NONE, text);
    assert_string_equal(l.errors, "");
    check_span(osdb_ref_at(l.db, 0).name, "a");
    load_fini(&l);
    load_text(&l, QUIRKS_7991, text);
    assert_string_equal(l.errors, "3:1 test line without \"(\" [\\x0D]\n");
    assert_int_equal(osdb_count(l.db), 1);
    load_fini(&l);
}

static void check_long(enum quirks quirks, size_t len, const char *errors)
{
    static char text[8192];
    struct load l;
    struct buf b;
    buf_init(&b, text, sizeof text - 1);
    buf_str(&b, POINTS "Fingerprint a\nT1(R=N)\nT2(R=Y%W=");
    while (len-- > sizeof "T2(R=Y%W=)" - 1)
        buf_char(&b, '1');
    buf_str(&b, ")\nSEQ(SP=1)\n");
    *b.p = '\0';
    load_text(&l, quirks, text);
    assert_string_equal(l.errors, errors);
    load_fini(&l);
}

static void test_long_lines(void **state)
{
    (void)state;
    check_long(QUIRKS_NONE, LIMIT_DB_LINE, "");
    check_long(QUIRKS_7991, LIMIT_DB_LINE, "");
    check_long(QUIRKS_NONE, LIMIT_DB_LINE + 1,
               "9:1 line too long [T2(R=Y%W=1111111111111111111111]\n");
    check_long(QUIRKS_793, LIMIT_DB_LINE + 1,
               "9:4 test line without \")\" [R=Y%W=1111111111111111111111111]\n"
               "10:1 text outside of a record [)]\n"
               "11:1 text outside of a record [SEQ(SP=1)]\n");
}

static void test_files(void **state)
{
    (void)state;
    struct load l;
    load_text(&l, QUIRKS_NONE, "Fingerprint a\nT1(R=N)\n");
    assert_int_equal(l.err, ERR_SYNTAX);
    assert_string_equal(l.errors, "0:0 no usable MatchPoints []\n");
    load_more(&l, POINTS "Fingerprint b\nT1(R=N)\n");
    assert_int_equal(l.err, ERR_OK);
    load_more(&l, "MatchPoints\nT1(R=7)\n\nFingerprint c\nT1(R=N)\n");
    load_more(&l, "Fingerprint d\nT1(R=N)\n");
    assert_int_equal(l.err, ERR_OK);
    assert_string_equal(l.errors, "0:0 no usable MatchPoints []\n");
    assert_int_equal(osdb_count(l.db), 4);
    assert_int_equal(osdb_points(l.db, load_attr(TEST_T1, "R")), 100);
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(osdb_ref_at(l.db, i).source, i);
        check_expr(&l, i, TEST_T1, "R", "N");
    }
    load_fini(&l);
}

static void test_limits(void **state)
{
    (void)state;
    struct load l;
    struct err_at at = {0};
    load_text(&l, QUIRKS_NONE, "");
    assert_int_equal(l.err, ERR_SYNTAX);
    // Too big is refused before a byte is read.
    const struct span big = span_of(l.errors, (size_t)LIMIT_DB_FILE + 1);
    assert_int_equal(osdb_tree_add(l.tree, "big", big, NULL, &at), ERR_LIMIT);
    load_compile(&l);
    assert_int_equal(osdb_count(l.db), 0);
    load_fini(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records),   cmocka_unit_test(test_junk),
        cmocka_unit_test(test_modes),     cmocka_unit_test(test_names),
        cmocka_unit_test(test_line_ends), cmocka_unit_test(test_long_lines),
        cmocka_unit_test(test_files),     cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
