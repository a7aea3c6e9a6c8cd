// SPDX-License-Identifier: Apache-2.0
#include "osdb_load.h"

#include <stdlib.h>

#include "base/rng.h"

static struct osdb_result result;

static void match(struct load *l, const char *subject)
{
    struct osdb_subject s;
    assert_int_equal(osdb_subject_parse(span_str(subject), &s, NULL), ERR_OK);
    osdb_match(l->db, &s, l->scratch, &result);
}

static void check_name(const struct load *l, uint32_t i, const char *want)
{
    check_span(osdb_ref_at(l->db, result.match[i].ref).name, want);
}

static bool near(double a, double b)
{
    const double d = a - b;
    return d < 1e-12 && d > -1e-12;
}

// Absent on either side is not compared; lost points count against those compared.
static void test_score(void **state)
{
    (void)state;
    struct load l;
    load_text(&l, QUIRKS_NONE,
              POINTS "Fingerprint all\nSEQ(SP=1-3)\nT1(R=Y%DF=Y)\nT2(R=N)\n\n"
                     "Fingerprint none\n\nFingerprint low\nT1(R=N)\nT2(R=N)\n");
    match(&l, "SEQ(SP=4)\nT1(R=Y%DF=Y)\nT2(R=N)\n");
    assert_int_equal(result.status, OSDB_SUCCESS);
    assert_int_equal(result.n, 1);
    assert_int_equal(result.n_perfect, 0);
    assert_true(near(result.match[0].accuracy, 200.0 / 225));
    match(&l, "SEQ(TI=I)\nT1(R=Y%DF=Y)");
    assert_int_equal(result.n, 1);
    assert_int_equal(result.n_perfect, 1);
    assert_true(result.match[0].accuracy == 1.0);
    match(&l, "");
    assert_int_equal(result.status, OSDB_NO_MATCHES);
    match(&l, "T2(R=N)");
    assert_int_equal(result.n, 2);
    check_name(&l, 0, "all");
    check_name(&l, 1, "low");
    load_fini(&l);
}

// Exactly 0.85 is enough; below is not.
static void test_threshold(void **state)
{
    (void)state;
    struct load l;
    load_text(&l, QUIRKS_NONE,
              "MatchPoints\nT1(R=85%DF=15%Q=1)\n\nFingerprint a\nT1(R=Y%DF=N)\n\n"
              "Fingerprint b\nT1(R=Y%DF=N%Q=R)\n");
    match(&l, "T1(R=Y%DF=Y%Q=)");
    assert_int_equal(result.n, 1);
    check_name(&l, 0, "a");
    load_fini(&l);
}

static void add_refs(struct buf *b, const char *name, unsigned n, const char *line)
{
    for (unsigned i = 0; i < n; i++) {
        buf_str(b, "Fingerprint ");
        buf_str(b, name);
        buf_dec_pad(b, i, 2);
        buf_char(b, '\n');
        buf_str(b, line);
        buf_char(b, '\n');
    }
}

static char text[1 << 16];

static void load_refs(struct load *l, const struct buf *b)
{
    assert_false(b->full);
    text[buf_len(b)] = '\0';
    load_text(l, QUIRKS_NONE, text);
    assert_string_equal(l->errors, "");
}

// The list holds 36: equals behind earlier ones, the worst falls out, perfect ones too many.
static void test_capacity(void **state)
{
    (void)state;
    struct load l;
    struct buf b;
    buf_init(&b, text, sizeof text - 1);
    buf_str(&b, POINTS);
    add_refs(&b, "near", 40, "T1(R=Y%DF=Y)\nT2(R=Y%W=1)");
    add_refs(&b, "full", 2, "T1(R=Y%DF=Y)\nT2(R=Y%W=2)");
    load_refs(&l, &b);
    match(&l, "T1(R=Y%DF=Y)\nT2(R=Y%W=2)");
    assert_int_equal(result.n, LIMIT_OS_MATCHES);
    assert_int_equal(result.n_perfect, 2);
    check_name(&l, 0, "full00");
    check_name(&l, 1, "full01");
    check_name(&l, 2, "near00");
    check_name(&l, 35, "near33");
    load_fini(&l);
}

static void test_too_many(void **state)
{
    (void)state;
    struct load l;
    struct buf b;
    for (unsigned n = 36; n <= 37; n++) {
        buf_init(&b, text, sizeof text - 1);
        buf_str(&b, POINTS);
        add_refs(&b, "p", n, "T1(R=Y%DF=Y)");
        load_refs(&l, &b);
        match(&l, "T1(R=Y%DF=Y)");
        assert_int_equal(result.status, n == 36 ? OSDB_SUCCESS : OSDB_TOO_MANY);
        assert_int_equal(result.n_perfect, 36);
        load_fini(&l);
    }
}

static void test_equal_names(void **state)
{
    (void)state;
    struct load l;
    load_text(&l, QUIRKS_NONE,
              POINTS "Fingerprint x\nT1(R=Y%DF=N)\n\nFingerprint y\nT1(R=Y%DF=Y)\n\n"
                     "Fingerprint x\nT1(R=Y%DF=Y)\n\nFingerprint x\nT1(R=Y%DF=>5)\n\n"
                     "Fingerprint X\nT1(R=Y%DF=Y)\n");
    match(&l, "T1(R=Y%DF=Y)\nT2(R=N)");
    assert_int_equal(result.n, 3);
    assert_int_equal(result.n_perfect, 3);
    check_name(&l, 0, "y");
    check_name(&l, 1, "x");
    assert_int_equal(result.match[1].ref, 2);
    check_name(&l, 2, "X");
    load_fini(&l);
}

// The rules as written, without giving up early: the same list.
static double plain_accuracy(const struct osdb *db, uint32_t i, const struct osdb_subject *s)
{
    uint32_t possible = 0, got = 0;
    for (int a = 0; a < ATTR_COUNT; a++) {
        const struct span e = osdb_expr_at(db, i, a);
        if (span_is_absent(e) || span_is_absent(s->value[a]))
            continue;
        possible += osdb_points(db, a);
        if (osdb_expr_match(s->value[a], e, osdb_attr_names[a][0] == 'O', QUIRKS_NONE))
            got += osdb_points(db, a);
    }
    return possible ? (double)got / possible : 0;
}

static void random_line(struct buf *b, struct rng *rng, enum osdb_test test)
{
    const char *sep = "";
    buf_str(b, osdb_tests[test].name);
    buf_char(b, '(');
    for (int i = osdb_tests[test].first; i < osdb_tests[test].first + osdb_tests[test].n; i++) {
        if (rng_below(rng, 4) == 0 || strcmp(osdb_attr_names[i], "R") == 0)
            continue;
        buf_str(b, sep);
        buf_str(b, osdb_attr_names[i]);
        buf_str(b, rng_below(rng, 16) ? "=1" : "=2");
        sep = "%";
    }
    buf_str(b, ")\n");
}

static void check_against_rules(const struct osdb *db, const struct osdb_subject *s)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < osdb_count(db); i++)
        n += plain_accuracy(db, i, s) >= 0.85;
    assert_int_equal(result.n, n < LIMIT_OS_MATCHES ? n : LIMIT_OS_MATCHES);
    for (uint32_t i = 0; i < result.n; i++) {
        const struct osdb_match *m = &result.match[i];
        assert_true(m->accuracy == plain_accuracy(db, m->ref, s));
        assert_true(i == 0 || m[-1].accuracy > m->accuracy ||
                    (m[-1].accuracy == m->accuracy && m[-1].ref < m->ref));
    }
}

static void test_random(void **state)
{
    (void)state;
    static char printed[4096];
    struct rng rng;
    struct load l;
    struct buf b;
    struct osdb_subject s;
    rng_seed(&rng, 7);
    buf_init(&b, text, sizeof text - 1);
    buf_str(&b, "MatchPoints\nSEQ(SP=25%GCD=75%ISR=25%TI=100%CI=50%II=100%SS=80)\n"
                "WIN(W1=15%W2=15%W3=15%W4=15)\nU1(R=50%IPL=100%UN=100%RID=100)\n\n");
    for (unsigned i = 0; i < 120; i++) {
        buf_str(&b, "Fingerprint r");
        buf_dec(&b, i);
        buf_char(&b, '\n');
        random_line(&b, &rng, TEST_SEQ);
        random_line(&b, &rng, TEST_WIN);
        random_line(&b, &rng, TEST_U1);
    }
    load_refs(&l, &b);
    for (unsigned i = 0; i < 200; i++) {
        buf_init(&b, printed, sizeof printed);
        random_line(&b, &rng, TEST_SEQ);
        random_line(&b, &rng, TEST_WIN);
        random_line(&b, &rng, TEST_U1);
        assert_int_equal(osdb_subject_parse(buf_span(&b), &s, NULL), ERR_OK);
        osdb_match(l.db, &s, l.scratch, &result);
        check_against_rules(l.db, &s);
    }
    load_fini(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_score),       cmocka_unit_test(test_threshold),
        cmocka_unit_test(test_capacity),    cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_equal_names), cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
