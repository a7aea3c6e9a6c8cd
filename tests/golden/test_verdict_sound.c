// SPDX-License-Identifier: Apache-2.0
// Every database of the golden folder, sound or not, and our own: the verdict on every subject
// there is a distribution, and its reasons add up. Argument: the folder.
#include "verdict_load.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

static const char *folder;
static char text[1 << 20];
static char path[1024];

static const char *read_text(const char *dir, const char *name)
{
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    const size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = '\0';
    return text;
}

static void check_subject(struct judged *j)
{
    struct verdict_reasons why;
    struct verdict_machines k;
    verdict_split(j->model, &j->subject, 1, j->scratch, &k);
    assert_true(k.k < 100 && k.k > -100);
    verdict_judge(j->model, &j->subject, 1, j->scratch, &j->verdict);
    check_sum(j);
    if (j->verdict.p < 0 || j->verdict.p > 1 + 1e-9)
        fail_msg("probability %g of level %d", j->verdict.p, (int)j->verdict.level);
    verdict_explain(j->model, j->scratch, &j->verdict, &why);
    double sum = why.silence + why.prior + why.others;
    for (int g = 0; g < GROUP_COUNT; g++)
        sum += why.reason[g].nats;
    check_close(sum, why.odds, 1e-6);
}

static void check_database(const char *dir, const char *name)
{
    static const char *const subjects[] = {"subject.txt", "subject2.txt"};
    static struct judged j;
    arena_init(&j.load.arena, "test");
    j.load.tree = osdb_tree_new(&j.load.arena, QUIRKS_NONE);
    const struct span copy = arena_copy(&j.load.arena, span_str(read_text(dir, name)));
    (void)osdb_tree_add(j.load.tree, name, copy, NULL, NULL);
    load_compile(&j.load);
    j.model = verdict_model_new(&j.load.arena, j.load.db, &verdict_params);
    j.scratch = verdict_scratch_new(&j.load.arena, j.model);
    for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++) {
        if (osdb_subject_parse(span_str(read_text(folder, subjects[i])), &j.subject, NULL))
            fail();
        check_subject(&j);
    }
    load_fini(&j.load);
}

static void test_golden(void **state)
{
    (void)state;
    uint32_t n = 0;
    DIR *d = opendir(folder);
    assert_non_null(d);
    for (struct dirent *e = readdir(d); e; e = readdir(d)) {
        const struct span name = span_str(e->d_name);
        if (name.len < 4 || strcmp(name.ptr + name.len - 3, ".db") != 0)
            continue;
        check_database(folder, e->d_name);
        n++;
    }
    closedir(d);
    assert_true(n > 50);
}

static void test_own(void **state)
{
    (void)state;
    char data[1024];
    (void)snprintf(data, sizeof data, "%s/../../../data", folder);
    check_database(data, "os.db");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_golden), cmocka_unit_test(test_own)};
    folder = argc > 1 ? argv[1] : "tests/golden/os-match";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
