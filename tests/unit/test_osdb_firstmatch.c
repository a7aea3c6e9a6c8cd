// SPDX-License-Identifier: Apache-2.0
// First generation: references of equal percentage, and how much of the best one was compared.
#include "osdb_load.h"

#include "osdb/first.h"

// Common: what most references accept. Rare: what one alone does.
static const char text[] = "Fingerprint Common\nClass V | A | | t\n"
                           "T1(DF=Y%W=1000)\nT5(Resp=Y%DF=Y)\n\n"
                           "Fingerprint Rare\nClass V | B | | t\n"
                           "T1(DF=Y%Ops=MNW)\nT5(Resp=Y%DF=Y)\n\n"
                           "Fingerprint More\nClass V | C | | t\n"
                           "T1(DF=N%W=1000)\nT5(Resp=Y%DF=Y)\n\n"
                           "Fingerprint Another\nClass V | D | | t\n"
                           "T1(DF=N%W=1000%Ops=M)\nT5(Resp=Y%DF=Y)\n\n"
                           "Fingerprint Other\nClass V | E | | t\n"
                           "T1(DF=N%W=2000%Ops=M)\nT5(Resp=Y%DF=Y)\n\n";

static void match(struct arena *a, const char *seen, const struct osdb **db,
                  struct osdb_result *out, struct osdb_coverage *c)
{
    struct osdb_subject s;
    struct osdb_tree *tree = osdb_tree_of(a, OSDB_FIRST);
    assert_int_equal(osdb_tree_add(tree, "file", span_str(text), NULL, NULL), ERR_OK);
    assert_int_equal(osdb_build(a, tree, db), ERR_OK);
    assert_int_equal(osdb_subject_parse(span_str(seen), &s, NULL), ERR_OK);
    osdb_first_match(*db, &s, osdb_scratch_new(a, *db), out, c);
}

static void what_few_accept_says_more(void **state)
{
    struct arena a;
    const struct osdb *db;
    struct osdb_result r;
    struct osdb_coverage c;
    (void)state;
    arena_init(&a, "test");
    match(&a, "T1(Resp=Y%DF=Y%W=1000%Ops=MNW)\nT5(Resp=Y%DF=Y)\n", &db, &r, &c);
    assert_int_equal(r.n, 2); // both in full
    assert_true(span_eq(osdb_ref_at(db, r.match[0].ref).name, SPAN("Rare")));
    assert_int_equal(c.compared, 4);
    assert_int_equal(c.total, 4);
    arena_fini(&a);
}

static void what_was_not_seen_is_counted(void **state)
{
    struct arena a;
    const struct osdb *db;
    struct osdb_result r;
    struct osdb_coverage c;
    (void)state;
    arena_init(&a, "test");
    match(&a, "T5(Resp=Y%DF=Y)\n", &db, &r, &c);
    assert_int_equal(r.n_perfect, 5);
    assert_true(span_eq(osdb_ref_at(db, r.match[0].ref).name, SPAN("Common"))); // as in the file
    assert_int_equal(c.compared, 2);
    assert_int_equal(c.total, 4);
    match(&a, "T5(Resp=N)\n", &db, &r, &c);
    assert_int_equal(r.n, 0);
    assert_int_equal(c.total, 0);
    arena_fini(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_few_accept_says_more),
        cmocka_unit_test(what_was_not_seen_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
