// SPDX-License-Identifier: Apache-2.0
#include "osdb_load.h"

#include "osdb/draft.h"

static struct osdb_subject parse(const char *text)
{
    struct osdb_subject s;
    assert_int_equal(osdb_subject_parse(span_str(text), &s, NULL), ERR_OK);
    return s;
}

struct want {
    enum osdb_test test;
    const char *attr;
    const char *expr;
};

static void check(const char *const *texts, uint32_t n, const struct want *want)
{
    struct arena a;
    struct osdb_subject s[8];
    struct osdb_draft d = {0};
    arena_init(&a, "test");
    for (uint32_t i = 0; i < n; i++)
        s[i] = parse(texts[i]);
    osdb_widen(&a, s, n, &d);
    for (; want->attr; want++)
        check_span(d.expr[load_attr(want->test, want->attr)], want->expr);
    arena_fini(&a);
}

static void test_samples(void **state)
{
    (void)state;
    const char *const random[] = {"SEQ(SP=FF%GCD=1%ISR=10A%TI=Z%TS=21)",
                                  "SEQ(SP=105%GCD=3%ISR=10F%TI=Z%TS=A)"};
    const struct want want_random[] = {
        {TEST_SEQ, "SP", "E8-112"}, {TEST_SEQ, "ISR", "F0-116"}, {TEST_SEQ, "GCD", "1-6"},
        {TEST_SEQ, "TI", "Z"},      {TEST_SEQ, "TS", "A|1C-23"}, {TEST_SEQ, "CI", NULL},
        {TEST_SEQ, NULL, NULL},
    };
    const char *const counter[] = {"SEQ(SP=3%GCD=FA00%ISR=9C%CI=RD)", "SEQ(SP=14%GCD=FA00%ISR=9D)"};
    const struct want want_counter[] = {
        {TEST_SEQ, "SP", "0-19"},  {TEST_SEQ, "ISR", "98-A1"}, {TEST_SEQ, "GCD", "FA00"},
        {TEST_SEQ, "CI", "RD|RI"}, {TEST_SEQ, NULL, NULL},
    };
    const char *const constant[] = {"SEQ(SP=0%GCD=0%ISR=0)"};
    const struct want want_constant[] = {
        {TEST_SEQ, "SP", "0"}, {TEST_SEQ, "ISR", "0"}, {TEST_SEQ, NULL, NULL}};
    const char *const aging[] = {"SEQ(GCD=100)", "SEQ(GCD=200)", "SEQ(GCD=300)", "SEQ(GCD=400)"};
    const struct want want_aging[] = {{TEST_SEQ, "GCD", NULL}, {TEST_SEQ, NULL, NULL}};
    check(random, 2, want_random);
    check(counter, 2, want_counter);
    check(constant, 1, want_constant);
    check(aging, 4, want_aging);
}

static void test_path(void **state)
{
    (void)state;
    const char *const texts[] = {
        "OPS(O1=M5B4ST11NW7)\nT1(R=Y%DF=Y%T=40)\nT2(R=N)\nU1(R=Y%UN=1)",
        "OPS(O1=M4D8ST11NWA)\nT1(R=Y%DF=Y%TG=40)\nT2(R=Y%W=1)\nU1(R=Y%UN=2)",
        "OPS(O1=M5B4)\nT1(R=Y%DF=N%T=FF)",
    };
    const struct want want[] = {
        {TEST_OPS, "O1", "M[4D8-5B4]ST11NW[7-A]|M5B4"},
        {TEST_T1, "T", "3B-45|FA-104"},
        {TEST_T1, "TG", "40|FF"},
        {TEST_T1, "DF", "Y|N"},
        {TEST_T2, "R", "Y|N"},
        {TEST_T2, "W", "1"},
        {TEST_U1, "R", "Y"},
        {TEST_U1, "UN", NULL},
        {TEST_IE, "R", NULL},
        {TEST_SEQ, NULL, NULL},
    };
    check(texts, 3, want);
}

static void test_join(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, "test");
    struct osdb_draft x = {0}, y = {0};
    const int sp = load_attr(TEST_SEQ, "SP"), ti = load_attr(TEST_SEQ, "TI");
    const int o1 = load_attr(TEST_OPS, "O1"), un = load_attr(TEST_U1, "UN");
    const int r = load_attr(TEST_U1, "R"), df = load_attr(TEST_U1, "DF");
    x.expr[sp] = SPAN("10-20"), y.expr[sp] = SPAN("30-40");
    x.expr[ti] = SPAN("I"), y.expr[ti] = SPAN("RI|I");
    x.expr[o1] = SPAN("M[5B0-5B8]"), y.expr[o1] = SPAN("M5B4");
    x.expr[r] = SPAN("Y"), y.expr[r] = SPAN("N");
    x.expr[df] = SPAN("N"), y.expr[un] = SPAN("0");
    osdb_draft_join(&a, &x, &y);
    check_span(x.expr[sp], "10-40");
    check_span(x.expr[ti], "RI|I");
    check_span(x.expr[o1], "M[5B0-5B8]");
    check_span(x.expr[r], "Y|N");
    check_span(x.expr[df], "N");
    check_span(x.expr[un], NULL);
    arena_fini(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_path),
        cmocka_unit_test(test_join),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
