// SPDX-License-Identifier: Apache-2.0
#include "osdb_load.h"

static struct osdb_subject parse(const char *text)
{
    struct osdb_subject s;
    assert_int_equal(osdb_subject_parse(span_str(text), &s, NULL), ERR_OK);
    return s;
}

static void check_merged(const struct osdb_subject *tries, uint32_t n, const char *want)
{
    static char text[4096];
    struct buf b;
    buf_init(&b, text, sizeof text - 1);
    osdb_print_merged(&b, tries, n);
    assert_false(b.full);
    *b.p = '\0';
    assert_string_equal(text, want);
}

static void test_line(void **state)
{
    (void)state;
    static char text[256];
    struct buf b;
    const struct osdb_subject s = parse("T7(Q=%R=Y%O=M5)\nSEQ()");
    buf_init(&b, text, sizeof text);
    osdb_print_line(&b, &s, TEST_T7);
    osdb_print_line(&b, &s, TEST_SEQ);
    osdb_print_line(&b, &s, TEST_IE);
    check_span(buf_span(&b), "T7(R=Y%O=M5%Q=)SEQ()");
}

static void test_round_trip(void **state)
{
    (void)state;
    static const char text[] = "SEQ(SP=26%GCD=FA00%TS=U)\nOPS(O1=M5B4%O6=)\nECN(R=N)\n"
                               "T2(R=Y%DF=Y%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)\nIE(R=N)\n";
    const struct osdb_subject s = parse(text);
    check_merged(&s, 1, text);
    check_merged(&s, 0, "");
}

static void test_merge(void **state)
{
    (void)state;
    const struct osdb_subject tries[] = {
        parse("SEQ(SP=FF%GCD=1%II=I)\nECN(R=Y%W=10)\nIE(R=Y%CD=S)\nT1(R=Y%Q=)"),
        parse("SEQ(SP=FF%GCD=1)\nECN(R=Y%W=10)\nIE(R=N)\nT1(R=Y)"),
        parse("SEQ(SP=100%GCD=1)\nECN(R=Y%W=1)\nIE(R=N)"),
        parse("SEQ()\nIE(R=Y%CD=S)\nT7(R=N)"),
    };
    check_merged(tries, 4,
                 "SEQ()\nSEQ(SP=100%GCD=1)\nSEQ(SP=FF%GCD=1)\nSEQ(SP=FF%GCD=1%II=I)\n"
                 "ECN(R=Y%W=1)\nECN(R=Y%W=10)\nT1(R=Y)\nT1(R=Y%Q=)\nT7(R=N)\n"
                 "IE(R=N)\nIE(R=Y%CD=S)\n");
}

static void test_full(void **state)
{
    (void)state;
    char text[8];
    struct buf b;
    const struct osdb_subject s = parse("T7(R=N)");
    buf_init(&b, text, sizeof text);
    osdb_print_merged(&b, &s, 1);
    assert_false(b.full);
    buf_init(&b, text, 5);
    osdb_print_merged(&b, &s, 1);
    assert_true(b.full);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_line),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_merge),
        cmocka_unit_test(test_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
