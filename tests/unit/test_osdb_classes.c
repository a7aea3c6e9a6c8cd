// SPDX-License-Identifier: Apache-2.0
#include "osdb_load.h"

#define REFS                                                         \
    POINTS "Fingerprint one\nClass V|F||\nClass V|F|1|\nT1(R=N)\n\n" \
           "Fingerprint two\nClass V|F|1|\nClass W|F||\nT1(R=N)\n\n" \
           "Fingerprint none\nT1(R=N)\n"

enum { ONE, TWO, NONE };

static struct osdb_class_match out[LIMIT_OS_MATCHES];

static struct osdb_result result_of(uint32_t a, double accuracy_a, uint32_t b, double accuracy_b)
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
    struct load l;
    uint32_t n_perfect = 9;
    load_text(&l, QUIRKS_NONE, REFS);
    const struct osdb_result r = result_of(ONE, 0.99, TWO, 0.9);
    assert_int_equal(osdb_classes(l.db, &r, out, &n_perfect), 3);
    assert_int_equal(n_perfect, 0);
    check_span(osdb_class_at(l.db, out[0].cls).generation, NULL);
    check_span(osdb_class_at(l.db, out[1].cls).generation, "1");
    check_span(osdb_class_at(l.db, out[2].cls).vendor, "W");
    assert_true(out[1].accuracy == 0.99 && out[2].accuracy == 0.9);
    load_fini(&l);
}

static void test_perfect_only(void **state)
{
    (void)state;
    struct load l;
    uint32_t n_perfect = 9;
    load_text(&l, QUIRKS_NONE, REFS);
    const struct osdb_result r = result_of(ONE, 1.0, TWO, 0.99);
    assert_int_equal(osdb_classes(l.db, &r, out, &n_perfect), 2);
    assert_int_equal(n_perfect, 2);
    const struct osdb_result both = result_of(ONE, 1.0, TWO, 1.0);
    assert_int_equal(osdb_classes(l.db, &both, out, &n_perfect), 3);
    assert_int_equal(n_perfect, 3);
    const struct osdb_result bare = result_of(NONE, 1.0, TWO, 0.99);
    assert_int_equal(osdb_classes(l.db, &bare, out, &n_perfect), 2);
    assert_int_equal(n_perfect, 0);
    load_fini(&l);
}

static void test_limits(void **state)
{
    (void)state;
    static char text[4096];
    struct load l;
    struct buf b;
    uint32_t n_perfect = 9;
    buf_init(&b, text, sizeof text - 1);
    buf_str(&b, POINTS "Fingerprint many\n");
    for (unsigned i = 0; i < 64; i++) {
        buf_str(&b, "Class V|F|");
        buf_dec(&b, i);
        buf_str(&b, "|x\n");
    }
    load_text(&l, QUIRKS_NONE, text);
    struct osdb_result r = result_of(0, 1.0, 0, 1.0);
    assert_int_equal(osdb_classes(l.db, &r, out, &n_perfect), LIMIT_OS_MATCHES);
    assert_int_equal(n_perfect, LIMIT_OS_MATCHES);
    r.status = OSDB_TOO_MANY;
    assert_int_equal(osdb_classes(l.db, &r, out, &n_perfect), 0);
    assert_int_equal(n_perfect, 0);
    load_fini(&l);
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
