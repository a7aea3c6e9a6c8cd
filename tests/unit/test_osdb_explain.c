// SPDX-License-Identifier: Apache-2.0
#include "osdb_load.h"

#include "osdb/explain.h"

static const char refs[] = POINTS "Fingerprint one\nSEQ(SP=10-20)\nOPS(O1=M5B4)\nT1(R=Y%DF=Y)\n"
                                  "T2(R=N)\n\n"
                                  "Fingerprint two\nSEQ(SP=10-20)\nOPS(O1=M5B5)\nT1(R=Y%DF=N)\n\n"
                                  "Fingerprint three\nSEQ(SP=10-20)\nT2(R=Y%W=5)\n";

static struct osdb_subject parse(const char *text)
{
    struct osdb_subject s;
    assert_int_equal(osdb_subject_parse(span_str(text), &s, NULL), ERR_OK);
    return s;
}

static void test_rows(void **state)
{
    (void)state;
    struct load l;
    struct osdb_explained e;
    load_text(&l, QUIRKS_NONE, refs);
    const struct osdb_subject s = parse("SEQ(SP=15%GCD=1)\nT1(R=Y%DF=N)\nT2(R=N)");
    osdb_explain(l.db, &s, 0, &e);
    assert_int_equal(e.row[load_attr(TEST_SEQ, "SP")].outcome, OSDB_WON);
    assert_int_equal(e.row[load_attr(TEST_SEQ, "GCD")].outcome, OSDB_SILENT);
    assert_int_equal(e.row[load_attr(TEST_SEQ, "ISR")].outcome, OSDB_NOTHING);
    assert_int_equal(e.row[load_attr(TEST_T1, "DF")].outcome, OSDB_LOST);
    const struct osdb_row *o1 = &e.row[load_attr(TEST_OPS, "O1")];
    assert_int_equal(o1->outcome, OSDB_UNSEEN);
    assert_int_equal(o1->absence, OSDB_NOT_ASKED);
    assert_int_equal(e.won, 25 + 100 + 80);
    assert_int_equal(e.possible, 25 + 100 + 20 + 80);
    assert_int_equal(e.unseen, 20);
    osdb_explain(l.db, &s, 2, &e);
    assert_int_equal(e.row[load_attr(TEST_T2, "W")].absence, OSDB_NO_ANSWER);
    load_fini(&l);
}

// The sum is the matcher's.
static void test_accuracy(void **state)
{
    (void)state;
    struct load l;
    struct osdb_explained e;
    struct osdb_result r;
    load_text(&l, QUIRKS_NONE, refs);
    const struct osdb_subject s = parse("SEQ(SP=15)\nOPS(O1=M5B5)\nT1(R=Y%DF=N)\nT2(R=N)");
    osdb_match(l.db, &s, l.scratch, &r);
    assert_true(r.n >= 1);
    for (uint32_t i = 0; i < r.n; i++) {
        osdb_explain(l.db, &s, r.match[i].ref, &e);
        assert_true(osdb_explained_accuracy(&e) == r.match[i].accuracy);
    }
    load_fini(&l);
}

static void test_rivals(void **state)
{
    (void)state;
    struct load l;
    struct osdb_explained a, b;
    struct osdb_rival out[ATTR_COUNT];
    load_text(&l, QUIRKS_NONE, refs);
    const struct osdb_subject s = parse("SEQ(SP=15)\nT1(R=Y%DF=N)\nT2(R=N)");
    osdb_explain(l.db, &s, 0, &a);
    osdb_explain(l.db, &s, 1, &b);
    // T2.R: won, silent (80); T1.DF: lost, won (20); O1 was not seen.
    assert_int_equal(osdb_rivals(&a, &b, out), 3);
    assert_int_equal(out[0].attr, load_attr(TEST_T2, "R"));
    assert_int_equal(out[1].attr, load_attr(TEST_T1, "DF"));
    assert_int_equal(out[2].attr, load_attr(TEST_OPS, "O1"));
    assert_true(out[1].is_seen);
    assert_false(out[2].is_seen);
    assert_int_equal(osdb_rivals(&a, &a, out), 0);
    load_fini(&l);
}

static void test_nearest(void **state)
{
    (void)state;
    struct load l;
    uint32_t out[3];
    load_text(&l, QUIRKS_NONE, refs);
    const struct osdb_subject s = parse("SEQ(SP=99)\nOPS(O1=M5B5)\nT1(R=N)\nT2(R=N)");
    assert_int_equal(osdb_nearest(l.db, &s, 3, out), 3);
    assert_int_equal(out[0], 0);
    assert_int_equal(out[1], 1);
    assert_int_equal(out[2], 2);
    assert_int_equal(osdb_nearest(l.db, &s, 1, out), 1);
    load_fini(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_accuracy),
        cmocka_unit_test(test_rivals),
        cmocka_unit_test(test_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
