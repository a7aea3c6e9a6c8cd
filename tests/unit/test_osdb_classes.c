// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "osdb/osdb.h"

#define CLASS(v, g)                                                       \
    {                                                                     \
        .vendor = {v, sizeof(v) - 1}, .family = {"F", 1}, .generation = g \
    }
#define NO_GENERATION \
    {                 \
        NULL, 0       \
    }

static const struct osdb_class one[] = {CLASS("V", NO_GENERATION), CLASS("V", SPAN("1"))};
static const struct osdb_class two[] = {CLASS("V", SPAN("1")), CLASS("W", NO_GENERATION)};
static const struct osdb_class empty[] = {CLASS("V", SPAN(""))};

static const struct osdb_ref ref_one = {.classes = one, .n_classes = 2};
static const struct osdb_ref ref_two = {.classes = two, .n_classes = 2};
static const struct osdb_ref ref_empty = {.classes = empty, .n_classes = 1};
static const struct osdb_ref ref_none = {.n_classes = 0};

static struct osdb_class_match out[LIMIT_OS_MATCHES];

static struct osdb_result result_of(const struct osdb_ref *a, double accuracy_a,
                                    const struct osdb_ref *b, double accuracy_b)
{
    return (struct osdb_result){
        .status = OSDB_SUCCESS,
        .n = 2,
        .n_perfect = (uint32_t)(accuracy_a == 1.0) + (accuracy_b == 1.0),
        .match = {{a, accuracy_a}, {b, accuracy_b}},
    };
}

static void test_distinct(void **state)
{
    (void)state;
    uint32_t n_perfect = 9;
    const struct osdb_result r = result_of(&ref_one, 0.99, &ref_two, 0.9);
    assert_int_equal(osdb_classes(&r, out, &n_perfect), 3);
    assert_int_equal(n_perfect, 0);
    assert_ptr_equal(out[0].cls, &one[0]);
    assert_ptr_equal(out[1].cls, &one[1]);
    assert_ptr_equal(out[2].cls, &two[1]);
    assert_true(out[1].accuracy == 0.99 && out[2].accuracy == 0.9);
    const struct osdb_result absent = result_of(&ref_one, 0.99, &ref_empty, 0.9);
    assert_int_equal(osdb_classes(&absent, out, &n_perfect), 3);
}

static void test_perfect_only(void **state)
{
    (void)state;
    uint32_t n_perfect = 9;
    const struct osdb_result r = result_of(&ref_one, 1.0, &ref_two, 0.99);
    assert_int_equal(osdb_classes(&r, out, &n_perfect), 2);
    assert_int_equal(n_perfect, 2);
    const struct osdb_result both = result_of(&ref_one, 1.0, &ref_two, 1.0);
    assert_int_equal(osdb_classes(&both, out, &n_perfect), 3);
    assert_int_equal(n_perfect, 3);
    const struct osdb_result bare = result_of(&ref_none, 1.0, &ref_two, 0.99);
    assert_int_equal(osdb_classes(&bare, out, &n_perfect), 2);
    assert_int_equal(n_perfect, 0);
}

static void test_limits(void **state)
{
    (void)state;
    static char names[64][2];
    static struct osdb_class many[64];
    uint32_t n_perfect = 9;
    for (int i = 0; i < 64; i++) {
        names[i][0] = (char)('!' + i);
        many[i].vendor = span_of(names[i], 1);
    }
    const struct osdb_ref ref = {.classes = many, .n_classes = 64};
    struct osdb_result r = result_of(&ref, 1.0, &ref_two, 1.0);
    assert_int_equal(osdb_classes(&r, out, &n_perfect), LIMIT_OS_MATCHES);
    assert_int_equal(n_perfect, LIMIT_OS_MATCHES);
    r.status = OSDB_TOO_MANY;
    assert_int_equal(osdb_classes(&r, out, &n_perfect), 0);
    assert_int_equal(n_perfect, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_distinct),
        cmocka_unit_test(test_perfect_only),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
