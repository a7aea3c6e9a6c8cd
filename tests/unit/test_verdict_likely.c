// SPDX-License-Identifier: Apache-2.0
#include "verdict_load.h"

#define NUMBERS                                                                                 \
    "MatchPoints\nT1(R=100)\n\n"                                                                \
    "Fingerprint a\nSEQ(SP=20-29%GCD=1-6%ISR=50%TS=8)\nT1(R=Y%T=3B-45%TG=40%S=O)\n\n"           \
    "Fingerprint b\nSEQ(SP=0%GCD=100%ISR=0%TS=U)\nT1(R=N)\n\n"                                  \
    "Fingerprint c\nSEQ(SP=0-5|20-29%GCD=10-1F%ISR=>50%TS=7|9)\nT1(R=Y|N%T=80%TG=80%S=O|Z)\n\n" \
    "Fingerprint d\nT1(R=Y%S=A)\n"

static struct judged j;

static int open_numbers(void **state)
{
    (void)state;
    judged_load(&j, NUMBERS);
    return 0;
}

static int close_numbers(void **state)
{
    (void)state;
    load_fini(&j.load);
    return 0;
}

// Of a value under the expression that reference `ref` has.
static double likely(enum osdb_test test, const char *name, const char *value, uint32_t ref)
{
    double p[16];
    const int attr = load_attr(test, name);
    const struct column *c = &j.model->base->column[attr];
    assert_true(c->n <= 16);
    column_weigh(c, span_str(value), p);
    return p[j.model->base->cell[attr][ref]];
}

static void test_words(void **state)
{
    (void)state;
    const double eps = verdict_params.eps;
    const struct column *c = &j.model->base->column[load_attr(TEST_T1, "S")];
    const double o = column_mass(c, SPAN("O"));
    const double z = column_mass(c, SPAN("Z"));
    check_close(o + z + column_mass(c, SPAN("A")) + column_mass(c, SPAN("A+")), 1, 1e-9);
    check_close(likely(TEST_T1, "S", "O", 0), 1 - eps, 1e-9);
    check_close(likely(TEST_T1, "S", "O", 2), (1 - eps) * o / (o + z), 1e-9);
    check_close(likely(TEST_T1, "S", "O", 3), eps * o, 1e-9);
    check_close(likely(TEST_T1, "S", "O", 1), verdict_params.absent, 1e-9);
    check_close(likely(TEST_T1, "S", "A+", 0), eps * c->unseen, 1e-9);
}

static void test_answer(void **state)
{
    (void)state;
    const double lost = verdict_params.phi0;
    const double spoken = verdict_params.psi;
    assert_true(lost > 0 && lost < 0.1 && spoken > 0 && spoken < 0.1);
    check_close(likely(TEST_T1, "R", "Y", 0), 1 - lost, 1e-9);
    check_close(likely(TEST_T1, "R", "N", 0), lost, 1e-9);
    check_close(likely(TEST_T1, "R", "Y", 1), spoken, 1e-9);
    check_close(likely(TEST_T1, "R", "N", 1), 1 - spoken, 1e-9);
    check_close(likely(TEST_T1, "R", "Y", 2), 0.5, 1e-9);
}

static void test_samples(void **state)
{
    (void)state;
    const double elsewhere = 0.02 / 256;
    check_close(likely(TEST_SEQ, "SP", "25", 0), 0.98 / 20 + elsewhere, 1e-9);
    check_close(likely(TEST_SEQ, "SP", "1B", 0), 0.98 * exp(-1) / 20 + elsewhere, 1e-9);
    check_close(likely(TEST_SEQ, "SP", "0", 0), elsewhere, 1e-9);
    check_close(likely(TEST_SEQ, "SP", "0", 1), 0.98, 1e-9);
    check_close(likely(TEST_SEQ, "SP", "5", 1), elsewhere, 1e-9);
    check_close(likely(TEST_SEQ, "SP", "25", 2),
                (0.98 / 20 + elsewhere + 0.98 * exp(-32.0 / 5) / 16 + elsewhere) / 2, 1e-9);
    check_close(likely(TEST_SEQ, "ISR", "51", 0), 0.98 * exp(-1 / 1.5) / 4 + elsewhere, 1e-9);
    assert_true(likely(TEST_SEQ, "ISR", "55", 2) > likely(TEST_SEQ, "ISR", "50", 2));
}

static void test_divisor(void **state)
{
    (void)state;
    check_close(likely(TEST_SEQ, "GCD", "1", 0), 0.6, 1e-9);
    check_close(likely(TEST_SEQ, "GCD", "C", 0), 0.6 / 144, 1e-9);
    check_close(likely(TEST_SEQ, "GCD", "100", 1), 0.9, 1e-9);
    check_close(likely(TEST_SEQ, "GCD", "1", 1), 1e-4, 1e-9);
    check_close(likely(TEST_SEQ, "GCD", "12", 2), 0.9 / 16, 1e-9);
}

static void test_distance(void **state)
{
    (void)state;
    check_close(likely(TEST_T1, "T", "40", 0), 1, 1e-9);
    check_close(likely(TEST_T1, "T", "47", 0), exp(-1), 1e-9);
    check_close(likely(TEST_T1, "T", "80", 0), 0.02, 1e-9);
    check_close(likely(TEST_T1, "T", "80", 2), 1, 1e-9);
    check_close(likely(TEST_T1, "TG", "40", 0), 1, 1e-9);
    check_close(likely(TEST_T1, "TG", "80", 0), 0.02, 1e-9);
}

static void test_clock(void **state)
{
    (void)state;
    assert_true(likely(TEST_SEQ, "TS", "8", 0) > 0.9);
    check_close(likely(TEST_SEQ, "TS", "9", 0), 0.025, 1e-9);
    check_close(likely(TEST_SEQ, "TS", "8", 2), 0.025, 1e-9);
    check_close(likely(TEST_SEQ, "TS", "1E", 0), 0.02, 1e-9);
    check_close(likely(TEST_SEQ, "TS", "1E", 2), 0.02, 1e-9);
    assert_true(likely(TEST_SEQ, "TS", "1E", 1) < 0.01);
    assert_true(likely(TEST_SEQ, "TS", "A", 0) < 0.01);
}

// Anything may come from outside.
static void test_strange(void **state)
{
    (void)state;
    static const char *const values[] = {"", "ZZZ", "-", "FFFFFFFFFFFFFFFFF", "[", "|", "000"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        for (int a = 0; a < VERDICT_ATTRS; a++) {
            double p[16];
            const struct column *c = &j.model->base->column[a];
            column_weigh(c, span_str(values[i]), p);
            for (uint32_t e = 0; e < c->n; e++)
                assert_true(p[e] >= 0 && p[e] <= 1);
            assert_true(column_mass(c, span_str(values[i])) > 0);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),    cmocka_unit_test(test_answer),
        cmocka_unit_test(test_samples),  cmocka_unit_test(test_divisor),
        cmocka_unit_test(test_distance), cmocka_unit_test(test_clock),
        cmocka_unit_test(test_strange),
    };
    return cmocka_run_group_tests(tests, open_numbers, close_numbers);
}
