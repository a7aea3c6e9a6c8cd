// SPDX-License-Identifier: Apache-2.0
#include "osdb_load.h"

static uint32_t points(const struct load *l, enum osdb_test test, const char *name)
{
    return osdb_points(l->db, load_attr(test, name));
}

static void test_values(void **state)
{
    (void)state;
    struct load l;
    load_text(&l, QUIRKS_NONE, "MatchPoints\nIE(CD=100%R=050)\nIE(T=15)\n");
    assert_string_equal(l.errors, "");
    assert_int_equal(points(&l, TEST_IE, "CD"), 100);
    assert_int_equal(points(&l, TEST_IE, "R"), 50);
    assert_int_equal(points(&l, TEST_IE, "T"), 15);
    assert_int_equal(points(&l, TEST_IE, "TG"), 0);
    load_fini(&l);
}

// What is refused weighs 0; the rest of its line counts.
static void test_errors(void **state)
{
    (void)state;
    static const char text[] =
        "MatchPoints\nSEQ(SP=0%GCD=75%XX=1%ISR=abc%TI=-1%CI=999999%II%SS=80)\nT9(R=1)\nOPS\n"
        "T1(R=5)\n";
    struct load l;
    load_text(&l, QUIRKS_NONE, text);
    assert_string_equal(l.errors, "2:8 points must not be 0 [0]\n"
                                  "2:17 unknown attribute [XX]\n"
                                  "2:26 points are no number or too many [abc]\n"
                                  "2:33 points are no number or too many [-1]\n"
                                  "2:39 points are no number or too many [999999]\n"
                                  "2:46 attribute without \"=\" [II]\n"
                                  "3:1 unknown test [T9]\n"
                                  "4:1 test line without \"(\" [OPS]\n");
    assert_int_equal(points(&l, TEST_SEQ, "GCD"), 75);
    assert_int_equal(points(&l, TEST_SEQ, "SS"), 80);
    assert_int_equal(points(&l, TEST_SEQ, "ISR"), 0);
    assert_int_equal(points(&l, TEST_T1, "R"), 5);
    load_fini(&l);
    load_text(&l, QUIRKS_793, "MatchPoints\nSEQ(SP=0%GCD=75%XX=1)\nT9(R=1)\n");
    assert_string_equal(l.errors, "");
    load_fini(&l);
}

static void test_place(void **state)
{
    (void)state;
    static const char after[] = "Fingerprint a\nT1(R=N)\nMatchPoints\nT1(R=5)\n";
    struct load l;
    load_text(&l, QUIRKS_NONE, POINTS "MatchPoints\nT1(R=7)\n\nFingerprint a\nT1(R=N)\n");
    assert_string_equal(l.errors, "7:1 second MatchPoints [MatchPoints]\n");
    assert_int_equal(points(&l, TEST_T1, "R"), 100);
    load_fini(&l);
    load_text(&l, QUIRKS_NONE, after);
    assert_int_equal(l.err, ERR_OK);
    assert_string_equal(l.errors, "3:1 MatchPoints after a fingerprint [MatchPoints]\n");
    assert_int_equal(points(&l, TEST_T1, "R"), 5);
    check_expr(&l, 0, TEST_T1, "R", "N");
    load_fini(&l);
}

static void test_none(void **state)
{
    (void)state;
    struct load l;
    load_text(&l, QUIRKS_NONE, "MatchPoints\nT1(R=0)\n");
    assert_int_equal(l.err, ERR_SYNTAX);
    assert_string_equal(l.errors, "2:6 points must not be 0 [0]\n0:0 no usable MatchPoints []\n");
    load_fini(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_place),
        cmocka_unit_test(test_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
