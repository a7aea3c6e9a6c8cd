// SPDX-License-Identifier: Apache-2.0
// Recorded detections of one machine each, filtered, clamped and made up: none is taken for two,
// and none but those whose TTL was set for a disguise.
//   test_verdict_split FOLDER
#include "verdict_load.h"

#include <dirent.h>
#include <stdio.h>

#include "verdict/signs.h"

static const char *folder;
static char text[LIMIT_DB_FILE];
static char lines[LIMIT_SUBJECT + 1];
static struct judged j;

static bool read_file(const char *path, char *to, size_t room)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return false;
    to[fread(to, 1, room - 1, f)] = '\0';
    fclose(f);
    return true;
}

// The first line of each test: later tries stand behind.
static void take_first(const char *from, struct buf *b)
{
    bool has[TEST_COUNT] = {false};
    struct span rest = span_str(from);
    while (!span_is_absent(rest)) {
        const struct span line = span_cut(&rest, '\n');
        const int test = osdb_test_of_line(line);
        if (test < 0 || has[test])
            continue;
        has[test] = true;
        buf_bytes(b, line);
        buf_char(b, '\n');
    }
}

static struct osdb_scratch *matching;

// As stage/judge.c asks.
static bool is_disguised(void)
{
    struct arena *a = &j.load.arena;
    const struct arena_mark mark = arena_mark(a);
    struct osdb_result r;
    struct finding f;
    osdb_match(j.load.db, &j.subject, matching, &r);
    verdict_judge(j.model, &j.subject, 1, j.scratch, &j.verdict);
    const struct verdict_node *system = &j.verdict.path[VERDICT_SYSTEM];
    const bool is_known = r.n_perfect == 0 && system->p > j.verdict.unknown;
    const bool is =
        signs_disguise(a, j.load.db, &j.subject, r.n_perfect > 0 ? UINT32_MAX : j.verdict.best_ref,
                       is_known ? system->family : (struct span){NULL, 0}, &f);
    arena_rewind(a, mark);
    return is;
}

static bool judge_file(const char *name)
{
    static char subject[LIMIT_SUBJECT + 1];
    char path[4096];
    struct verdict_machines k;
    struct buf b;
    (void)snprintf(path, sizeof path, "%s/expected/%s", folder, name);
    assert_true(read_file(path, lines, sizeof lines));
    buf_init(&b, subject, sizeof subject);
    take_first(lines, &b);
    if (osdb_subject_parse(buf_span(&b), &j.subject, NULL) != ERR_OK)
        return false;
    verdict_split(j.model, &j.subject, 1, j.scratch, &k);
    if (k.is_known && k.k >= 1)
        print_error("%s: %.2f\n", name, k.k);
    assert_true(!k.is_known || k.k < 1);
    struct verdict_disguise d;
    verdict_unmask(j.model, &j.subject, 1, j.scratch, &d);
    assert_true(d.k < 1);
    assert_int_equal(is_disguised(), strcmp(name, "linux-ttl128.txt") == 0);
    return true;
}

static void one_machine_each(void **state)
{
    uint32_t n = 0;
    DIR *dir;
    char path[4096];
    (void)state;
    if (!read_file("/usr/share/nmap/nmap-os-db", text, sizeof text)) {
        printf("no large database is installed\n");
        return;
    }
    judged_load(&j, text);
    matching = osdb_scratch_new(&j.load.arena, j.load.db);
    (void)snprintf(path, sizeof path, "%s/expected", folder);
    dir = opendir(path);
    assert_non_null(dir);
    for (const struct dirent *e = readdir(dir); e; e = readdir(dir))
        if (strstr(e->d_name, ".txt"))
            n += judge_file(e->d_name);
    (void)closedir(dir);
    load_fini(&j.load);
    printf("%u detections\n", n);
    assert_true(n > 50);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_machine_each)};
    folder = argc > 1 ? argv[1] : ".";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
