// SPDX-License-Identifier: Apache-2.0
// What IPv6 alone has decides between names that the projection cannot tell apart, and only there.
#include "osdb_load.h"

#include "osdb/six.h"

#define WEIGHTS "MatchPoints\nT4(R=100%DF=20%W=25%S=20)\nT5(R=100%W=25%S=20)\nU1(R=50)\n\n"
#define ENTRY(name, family, w)                                                             \
    "Fingerprint " name "\nClass Maker | " family " || specialized\nT4(R=Y%W=" w "%S=A)\n" \
    "T5(R=Y%W=0%S=Z)\n\n"
#define NATIVE(family, fl, hops)                                                  \
    "Fingerprint " family " over IPv6\nClass Maker | " family " || specialized\n" \
    "N6(FL=" fl "%FR=Z%FE=Z%FU=Z%HS=" hops "%HR=" hops "%HE=40%HU=40%CS=0%CE=4)\n\n"

static const char references[] = WEIGHTS ENTRY("A one", "Alpha", "0") ENTRY("B one", "Beta", "0")
    ENTRY("C one", "Gamma", "0") ENTRY("D one", "Delta", "1");
static const char subject_text[] = "T4(R=Y%W=0%S=A)\nT5(R=Y%W=0%S=Z)\n"
                                   "N6(FL=Z%FR=Z%FE=Z%FU=Z%HS=40%HR=40%HE=40%HU=40%CS=0%CE=4)\n";

struct host {
    struct arena arena;
    const struct osdb *db;
    const struct osdb *native_db;
    struct osdb_native native;
    struct osdb_six_result r;
};

static const struct osdb *build(struct arena *a, enum osdb_gen gen, const char *text)
{
    const struct osdb *db;
    struct osdb_tree *tree = osdb_tree_of(a, gen);
    assert_int_equal(osdb_tree_add(tree, "file", span_str(text), NULL, NULL), ERR_OK);
    assert_int_equal(osdb_build(a, tree, &db), ERR_OK);
    return db;
}

static void decide(struct host *h, const char *native, const char *subject)
{
    struct osdb_projection p;
    struct osdb_subject s;
    arena_init(&h->arena, "test");
    h->db = build(&h->arena, OSDB_SECOND, references);
    h->native_db = native ? build(&h->arena, OSDB_NATIVE, native) : NULL;
    assert_int_equal(osdb_subject_parse(span_str(subject), &s, NULL), ERR_OK);
    osdb_project(&h->arena, &s, &p);
    osdb_six_match(h->db, &p, osdb_scratch_new(&h->arena, h->db), &h->r);
    osdb_native_match(&h->arena, h->native_db, &s, &h->native);
    osdb_six_decide(h->db, &h->native, &h->r);
}

static bool has(const struct host *h, const char *name)
{
    for (uint32_t i = 0; i < h->r.n; i++)
        if (span_eq(osdb_ref_at(h->db, h->r.match[i].ref).name, span_str(name)))
            return true;
    return false;
}

static void what_does_not_fit_is_ruled_out(void **state)
{
    struct host h;
    (void)state;
    decide(&h, NATIVE("Alpha", "Z", "40") NATIVE("Beta", "R", "FF"), subject_text);
    assert_true(h.native.is_known);
    assert_int_equal(h.native.fit[h.native.best].agreed, 10);
    assert_true(has(&h, "A one"));
    assert_false(has(&h, "B one"));
    assert_true(has(&h, "C one")); // nobody measured its family
    assert_int_equal(h.r.n_ruled_out, 1);
    assert_int_equal(h.r.n_tied, 2);
    arena_fini(&h.arena);
}

static void several_entries_of_a_family_count_by_the_best(void **state)
{
    struct host h;
    (void)state;
    decide(&h, NATIVE("Alpha", "Z", "40") NATIVE("Beta", "R", "FF") NATIVE("Beta", "Z", "40"),
           subject_text);
    assert_true(has(&h, "B one"));
    assert_int_equal(h.r.n_ruled_out, 0);
    arena_fini(&h.arena);
}

static void without_one_that_fits_nothing_is_ruled_out(void **state)
{
    struct host h;
    (void)state;
    decide(&h, NATIVE("Beta", "R", "FF") NATIVE("Delta", "Z", "40"), subject_text);
    assert_true(has(&h, "B one")); // what fits is none of the best
    assert_int_equal(h.r.n_ruled_out, 0);
    arena_fini(&h.arena);
    decide(&h, NULL, subject_text);
    assert_false(h.native.is_known);
    assert_true(has(&h, "B one"));
    arena_fini(&h.arena);
}

static void few_attributes_are_no_evidence(void **state)
{
    struct host h;
    (void)state;
    decide(&h, NATIVE("Alpha", "Z", "40") NATIVE("Beta", "R", "FF"),
           "T4(R=Y%W=0%S=A)\nT5(R=Y%W=0%S=Z)\nN6(FL=Z%FR=Z%HS=40%HR=40%CS=0%NF=N%FI=I)\n");
    assert_false(h.native.is_known);
    assert_true(has(&h, "B one"));
    arena_fini(&h.arena);
}

static void its_files_are_known_by_their_lines(void **state)
{
    (void)state;
    assert_int_equal(osdb_text_gen(span_str(NATIVE("Alpha", "Z", "40"))), OSDB_NATIVE);
    assert_int_equal(osdb_test_of_line(SPAN("N6(FL=Z)")), TEST_N6);
    assert_int_equal(osdb_test_gen(TEST_N6), OSDB_NATIVE);
    assert_int_equal(osdb_test_gen(TEST_PU), OSDB_FIRST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_does_not_fit_is_ruled_out),
        cmocka_unit_test(several_entries_of_a_family_count_by_the_best),
        cmocka_unit_test(without_one_that_fits_nothing_is_ruled_out),
        cmocka_unit_test(few_attributes_are_no_evidence),
        cmocka_unit_test(its_files_are_known_by_their_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
