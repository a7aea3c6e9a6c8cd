// SPDX-License-Identifier: Apache-2.0
// Templates filled in as the reference scanner fills them in: a small database of ours, what was
// served to it and the fields it then told. Argument: folder of templates.probes and .json.
#include "svdb_cases.h"

static const char *folder = "tests/golden/service";

static void test_templates(void **state)
{
    (void)state;
    static char bytes[CASE_BYTES];
    char path[4096];
    struct arena arena;
    const struct svdb *db;
    size_t i;
    json_t *c;
    arena_init(&arena, "test");
    snprintf(path, sizeof path, "%s/templates.probes", folder);
    struct svdb_tree *tree = svdb_tree_new(&arena);
    assert_int_equal(svdb_tree_add(tree, "file", cases_file(&arena, path), NULL, NULL), ERR_OK);
    assert_int_equal(svdb_build(&arena, tree, &db), ERR_OK);
    assert_int_equal(svdb_source_at(db, 0).n_broken, 0);
    struct svdb_scratch *scratch = svdb_scratch_new(&arena, db);
    snprintf(path, sizeof path, "%s/templates.json", folder);
    json_t *all = cases_load(path);
    json_array_foreach(all, i, c)
    {
        struct svdb_hit hit;
        struct svdb_fields f;
        const json_t *verdict = json_object_get(c, "verdict");
        current = cases_text(verdict, "service").ptr;
        const uint32_t null = (uint32_t)svdb_null_probe(db);
        assert_true(svdb_find(db, null, cases_response(c, bytes), scratch, &hit));
        svdb_expand(&arena, db, &hit, &f);
        check_field(f.service, cases_text(verdict, "service"), "service");
        check_values(&f, verdict);
    }
    assert_int_equal(i, 31);
    json_decref(all);
    svdb_close(db);
    arena_fini(&arena);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_templates)};
    folder = argc > 1 ? argv[1] : folder;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
