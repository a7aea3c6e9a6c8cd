// SPDX-License-Identifier: Apache-2.0
// Service-probe databases through the cache: taken from it for the same contents, broken lines
// told each time, OS databases beside them undisturbed. The rest: test_osload.c.
#include "check.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/cache.h"
#include "cli/svload.h"
#include "text_sink.h"

#define TEXT "Probe TCP NULL q||\nmatch a m|^a(b)| p/$1/\nrubbish\n"

static char root[] = "/tmp/test_svload.XXXXXX";

static bool load(const char *text, const char *service, bool *is_told)
{
    struct arena arena;
    struct writer err;
    struct text_sink told;
    struct dbload_result r;
    struct svdb_hit hit;
    const struct dbload_input inputs[] = {{SPAN("built-in"), span_str(text)}};
    const struct dbload l = {&svload_kind, 0, inputs, 1, span_str(root), true};
    arena_init(&arena, "test");
    text_sink_init(&told);
    writer_init(&err, &told.sink);
    assert_true(dbload_run(&arena, &l, &r, &err));
    const struct svdb *db = r.db;
    assert_true(svdb_find(db, 0, SPAN("abc"), svdb_scratch_new(&arena, db), &hit));
    assert_true(span_eq(svdb_rule_at(db, hit.rule).service, span_str(service)));
    *is_told = strstr(told.text, "built-in:3:1: unknown directive: 'rubbish'") != NULL;
    const bool is_cached = !span_is_absent(r.mapped);
    assert_true(r.is_kept);
    assert_int_equal(r.n_broken, *is_told);
    svdb_close(db);
    cache_close(r.mapped);
    arena_fini(&arena);
    return is_cached;
}

static void test_cache(void **state)
{
    (void)state;
    bool is_told;
    assert_false(load(TEXT, "a", &is_told));
    assert_true(is_told);
    assert_true(load(TEXT, "a", &is_told));
    assert_true(is_told);
    assert_false(load("Probe TCP NULL q||\nmatch c m|^a|\n", "c", &is_told));
    assert_false(is_told);
    assert_true(load(TEXT, "a", &is_told));
}

static int make(void **state)
{
    (void)state;
    return mkdtemp(root) ? 0 : -1;
}

static int clean(void **state)
{
    (void)state;
    DIR *d = opendir(root);
    for (const struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d))
        if (e->d_name[0] != '.')
            unlinkat(dirfd(d), e->d_name, 0);
    closedir(d);
    return rmdir(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cache)};
    return cmocka_run_group_tests(tests, make, clean);
}
