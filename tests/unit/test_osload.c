// SPDX-License-Identifier: Apache-2.0
// The cache of compiled databases: used for exactly the same contents, rebuilt when damaged, not
// used when others could have written it, and never missed when it cannot be.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cache.h"
#include "cli/osload.h"

#define POINTS "MatchPoints\nT1(R=100%DF=20)\n\n"

struct text_sink {
    struct sink sink;
    char text[4096];
    size_t len;
};

static struct text_sink told;
static char root[] = "/tmp/test_osload.XXXXXX";
static char folder[128], file[128];

static bool take(struct sink *self, struct span bytes)
{
    struct text_sink *s = (struct text_sink *)self;
    const struct span fits = span_head(bytes, sizeof s->text - 1 - s->len);
    memcpy(s->text + s->len, fits.ptr, fits.len);
    s->len += fits.len;
    s->text[s->len] = '\0';
    return true;
}

static void write_file(const char *text)
{
    FILE *f = fopen(file, "wb");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

// Loads; returns whether it came from the cache. The first reference must have this name.
static bool load(enum quirks quirks, const char *name)
{
    struct arena arena;
    struct writer err;
    struct dbload_result r;
    const struct dbload_input inputs[] = {{.name = span_str(file)},
                                          {SPAN("built-in"), SPAN(POINTS)}};
    const struct dbload l = {&osload_kind, (uint32_t)quirks, inputs, 2, span_str(folder), true};
    arena_init(&arena, "test");
    told = (struct text_sink){.sink = {take}};
    writer_init(&err, &told.sink);
    assert_true(dbload_run(&arena, &l, &r, &err));
    const bool is_cached = !span_is_absent(r.mapped);
    assert_true(span_eq(osdb_ref_at(r.db, 0).name, span_str(name)));
    cache_close(r.mapped);
    arena_fini(&arena);
    return is_cached;
}

static unsigned count_files(char last[512])
{
    unsigned n = 0;
    DIR *d = opendir(folder);
    for (const struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d)) {
        if (e->d_name[0] == '.')
            continue;
        snprintf(last, 512, "%s/%s", folder, e->d_name);
        n++;
    }
    if (d)
        closedir(d);
    return n;
}

static void test_hit(void **state)
{
    (void)state;
    char path[512];
    struct stat st;
    write_file(POINTS "Fingerprint a\nT1(R=N)\n");
    assert_false(load(QUIRKS_NONE, "a"));
    assert_int_equal(count_files(path), 1);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_true(load(QUIRKS_NONE, "a"));
    assert_false(load(QUIRKS_7991, "a"));
    assert_true(load(QUIRKS_7991, "a"));
}

// Even with the old size and time.
static void test_changed_content(void **state)
{
    (void)state;
    struct stat st;
    assert_int_equal(stat(file, &st), 0);
    write_file(POINTS "Fingerprint b\nT1(R=N)\n");
    const struct timespec times[2] = {st.st_atim, st.st_mtim};
    assert_int_equal(utimensat(AT_FDCWD, file, times, 0), 0);
    assert_false(load(QUIRKS_NONE, "b"));
    assert_true(load(QUIRKS_NONE, "b"));
}

static void test_broken_lines(void **state)
{
    (void)state;
    write_file(POINTS "Fingerprint c\nT1(R=N)\nrubbish\n");
    assert_false(load(QUIRKS_NONE, "c"));
    assert_non_null(strstr(told.text, "rubbish"));
    assert_true(load(QUIRKS_NONE, "c"));
    assert_non_null(strstr(told.text, "rubbish"));
}

static void damage(const char *path, long at)
{
    FILE *f = fopen(path, "r+b");
    assert_non_null(f);
    fseek(f, at, SEEK_SET);
    fputc('?', f);
    fclose(f);
}

static void empty_folder(void)
{
    char path[512];
    while (count_files(path) > 0)
        assert_int_equal(unlink(path), 0);
}

static void test_damaged(void **state)
{
    (void)state;
    char path[512];
    empty_folder();
    write_file(POINTS "Fingerprint d\nT1(R=N)\n");
    assert_false(load(QUIRKS_NONE, "d"));
    assert_int_equal(count_files(path), 1);
    for (long at = 0; at < 4096; at += 511) {
        damage(path, at);
        assert_false(load(QUIRKS_NONE, "d"));
        assert_true(load(QUIRKS_NONE, "d"));
    }
    assert_int_equal(truncate(path, 100), 0);
    assert_false(load(QUIRKS_NONE, "d"));
    assert_true(load(QUIRKS_NONE, "d"));
}

static void test_not_ours(void **state)
{
    (void)state;
    char path[512];
    assert_int_equal(count_files(path), 1);
    assert_int_equal(chmod(path, 0622), 0);
    assert_false(load(QUIRKS_NONE, "d"));
    assert_true(load(QUIRKS_NONE, "d")); // replaced by one of our own
    assert_int_equal(chmod(folder, 0777), 0);
    assert_false(load(QUIRKS_NONE, "d"));
    assert_false(load(QUIRKS_NONE, "d"));
    assert_int_equal(chmod(folder, 0700), 0);
    assert_true(load(QUIRKS_NONE, "d"));
}

static void test_unwritable(void **state)
{
    (void)state;
    char old[sizeof folder];
    memcpy(old, folder, sizeof old);
    snprintf(folder, sizeof folder, "/proc/nowhere/whorl");
    assert_false(load(QUIRKS_NONE, "d"));
    assert_non_null(strstr(told.text, "cannot be written"));
    memcpy(folder, old, sizeof old);
}

static void test_prune(void **state)
{
    (void)state;
    char path[512], text[128];
    for (int i = 0; i < CACHE_FILES + 3; i++) {
        snprintf(text, sizeof text, "%sFingerprint e\nT1(R=Y%%DF=%d)\n", POINTS, i);
        write_file(text);
        assert_false(load(QUIRKS_NONE, "e"));
    }
    assert_int_equal(count_files(path), CACHE_FILES);
    assert_true(load(QUIRKS_NONE, "e"));
    empty_folder();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hit),          cmocka_unit_test(test_changed_content),
        cmocka_unit_test(test_broken_lines), cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_not_ours),     cmocka_unit_test(test_unwritable),
        cmocka_unit_test(test_prune),
    };
    if (!mkdtemp(root))
        return 1;
    snprintf(folder, sizeof folder, "%s/cache/whorl", root);
    snprintf(file, sizeof file, "%s/os.db", root);
    const int rc = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(file);
    rmdir(folder);
    *strrchr(folder, '/') = '\0';
    rmdir(folder);
    rmdir(root);
    return rc;
}
