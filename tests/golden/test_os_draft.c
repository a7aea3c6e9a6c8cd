// SPDX-License-Identifier: Apache-2.0
// Printing is the inverse of parsing: every database of the folders given as arguments, and the
// embedded one, is printed and read again; nothing may differ. And every reference accepts its
// own examples and is covered by itself.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "builtin/builtin.h"
#include "osdb/draft.h"

static const char *directory;

static struct span print_all(struct arena *a, const struct osdb *db)
{
    size_t room = LIMIT_DB_LINE;
    struct buf b;
    struct osdb_draft d;
    for (uint32_t i = 0; i < osdb_count(db); i++) {
        osdb_draft_of(a, db, i, &d);
        room += osdb_draft_size(&d) + 1;
    }
    buf_init(&b, arena_alloc(a, room), room);
    osdb_print_points(&b, db);
    buf_char(&b, '\n');
    for (uint32_t i = 0; i < osdb_count(db); i++) {
        osdb_draft_of(a, db, i, &d);
        osdb_print_draft(&b, &d);
        buf_char(&b, '\n');
    }
    assert_false(b.full);
    return buf_span(&b);
}

static bool same(struct span a, struct span b)
{
    return span_is_absent(a) == span_is_absent(b) && span_eq(a, b);
}

static void check_class(const struct osdb_draft_class *x, const struct osdb_draft_class *y)
{
    assert_true(same(x->vendor, y->vendor) && same(x->family, y->family));
    assert_true(same(x->generation, y->generation) && same(x->type, y->type));
    assert_int_equal(x->n_cpe, y->n_cpe);
    for (uint32_t i = 0; i < x->n_cpe; i++)
        assert_true(same(x->cpe[i], y->cpe[i]));
}

static const struct osdb *build(struct arena *a, const char *name, struct span text)
{
    struct osdb_tree *tree = osdb_tree_new(a, QUIRKS_NONE);
    const struct osdb *db;
    osdb_tree_add(tree, name, text, NULL, NULL);
    assert_int_equal(osdb_build(a, tree, &db), ERR_OK);
    return db;
}

static void check_text(const char *name, struct span text)
{
    struct arena a;
    arena_init(&a, "test");
    const struct osdb *db = build(&a, name, text);
    const struct osdb *again = build(&a, name, print_all(&a, db));
    assert_int_equal(osdb_count(db), osdb_count(again));
    for (int k = 0; k < ATTR_COUNT; k++)
        assert_int_equal(osdb_points(db, k), osdb_points(again, k));
    for (uint32_t i = 0; i < osdb_count(db); i++) {
        struct osdb_draft x, y;
        osdb_draft_of(&a, db, i, &x);
        osdb_draft_of(&a, again, i, &y);
        assert_true(same(x.name, y.name));
        assert_int_equal(x.n_classes, y.n_classes);
        for (uint32_t k = 0; k < x.n_classes; k++)
            check_class(&x.classes[k], &y.classes[k]);
        for (int k = 0; k < ATTR_COUNT; k++)
            if (!same(x.expr[k], y.expr[k]))
                fail_msg("%s: %.*s: %s", name, (int)x.name.len, x.name.ptr, osdb_attr_names[k]);
    }
    arena_fini(&a);
}

static void test_round_trip(void **state)
{
    (void)state;
    uint32_t n = 0;
    DIR *dir = opendir(directory);
    struct dirent *e;
    assert_non_null(dir);
    while ((e = readdir(dir)) != NULL) {
        static char path[4096], text[1 << 16];
        if (!strstr(e->d_name, ".db"))
            continue;
        snprintf(path, sizeof path, "%s/%s", directory, e->d_name);
        FILE *f = fopen(path, "rb");
        assert_non_null(f);
        check_text(e->d_name, span_of(text, fread(text, 1, sizeof text, f)));
        fclose(f);
        n++;
    }
    closedir(dir);
    assert_true(n > 50);
    check_text("built-in", builtin_os_db);
}

static void test_examples(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, "test");
    const struct osdb *db = build(&a, "built-in", builtin_os_db);
    for (uint32_t i = 0; i < osdb_count(db); i++) {
        struct osdb_draft d;
        osdb_draft_of(&a, db, i, &d);
        for (uint32_t k = 0; k < 6; k++) {
            struct osdb_subject s;
            osdb_example(&a, &d, k / 2, k % 2, &s);
            for (int j = 0; j < ATTR_COUNT; j++)
                if (!span_is_absent(s.value[j]))
                    assert_true(osdb_expr_match(s.value[j], d.expr[j], true, QUIRKS_NONE));
        }
        for (int j = 0; j < ATTR_COUNT; j++)
            if (!span_is_absent(d.expr[j]))
                assert_true(osdb_expr_covers(&a, d.expr[j], d.expr[j], j));
    }
    arena_fini(&a);
}

static void test_cover(void **state)
{
    (void)state;
    static const struct {
        const char *wide;
        const char *narrow;
        bool covers;
        bool meets;
    } cases[] = {
        {"10-20", "12-18", true, true},
        {"12-18", "10-20", false, true},
        {"10-20", "20-30", false, true},
        {"10-20", "21-30", false, false},
        {"1|9", "1-9", false, true},
        {"1-4|5-9", "2|7-8", true, true},
        {">5", "6", true, true},
        {">5", "5", false, false},
        {">5", ">6", true, true},
        {"<5", ">3", false, true},
        {"<5", ">4", false, false},
        {"Y|N", "N", true, true},
        {"", "", true, true},
        {"", "Y", false, false},
        {"M[5B0-5B8]", "M5B4", true, true},
        {"M5B4", "M[5B0-5B8]", false, true},
        {"M[1-9]NW[2-4]", "M3NW2", true, true},
        {"M[1-9]NW[2-4]", "M3NW5", false, false},
        {"M[1-9]", "M[3-4]", true, true},
    };
    struct arena a;
    arena_init(&a, "test");
    const int attr = osdb_attr(TEST_OPS, SPAN("O1"));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct span wide = span_str(cases[i].wide), narrow = span_str(cases[i].narrow);
        if (osdb_expr_covers(&a, wide, narrow, attr) != cases[i].covers ||
            osdb_expr_meets(&a, wide, narrow, attr) != cases[i].meets ||
            osdb_expr_meets(&a, narrow, wide, attr) != cases[i].meets)
            fail_msg("%s, %s", cases[i].wide, cases[i].narrow);
    }
    arena_fini(&a);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_examples),
        cmocka_unit_test(test_cover),
    };
    directory = argc > 1 ? argv[1] : ".";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
