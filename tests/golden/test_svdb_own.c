// SPDX-License-Identifier: Apache-2.0
// Answers of real daemons (lab/services) and what our own database must say of each. Arguments: the
// folder of answers.tsv, the database.
#include "svdb_cases.h"

enum {
    DAEMON,
    TRUTH,
    WHERE,
    TUNNEL,
    PROBE,
    ANSWER,
    SERVICE,
    PRODUCT,
    VERSION,
    EXTRA,
    HOST,
    OS,
    DEVICE
};
enum { CPE = DEVICE + 1, COLUMNS };

static const char *folder = "tests/golden/services-own";
static const char *database = "data/services.db";

struct load {
    struct arena arena;
    const struct svdb *db;
    struct svdb_scratch *scratch;
};

static void broken(void *ctx, const char *file, const struct err_at *at)
{
    (void)ctx;
    fail_msg("%s:%u:%u: %s %s", file, at->line, at->col, at->what, at->token);
}

static void load(struct load *l)
{
    *l = (struct load){0};
    arena_init(&l->arena, "test");
    struct svdb_tree *tree = svdb_tree_new(&l->arena);
    const struct span text = cases_file(&l->arena, database);
    assert_int_equal(svdb_tree_add(tree, database, text, broken, NULL), ERR_OK);
    assert_int_equal(svdb_build(&l->arena, tree, &l->db), ERR_OK);
    l->scratch = svdb_scratch_new(&l->arena, l->db);
}

static void split(struct span line, struct span column[COLUMNS])
{
    for (int i = 0; i < COLUMNS; i++)
        column[i] = span_cut(&line, '\t');
    assert_true(column[CPE].ptr != NULL);
}

static void check_cpe(const struct svdb_fields *f, struct span list)
{
    for (int i = 0; i < 3; i++)
        if (f->cpe[i].len > 0)
            check_field(f->cpe[i], span_cut(&list, ' '), "cpe");
    check_field((struct span){NULL, 0}, list, "cpe");
}

static void check_line(struct load *l, struct span line)
{
    static char bytes[CASE_BYTES];
    static char name[64];
    struct span c[COLUMNS];
    struct svdb_fields f;
    struct svdb_hit hit;
    split(line, c);
    snprintf(name, sizeof name, "%.*s %.*s", (int)c[DAEMON].len, c[DAEMON].ptr, (int)c[WHERE].len,
             c[WHERE].ptr);
    current = name;
    const bool is_udp = c[WHERE].ptr[c[WHERE].len - 3] == 'u';
    const int32_t probe = svdb_probe_named(l->db, is_udp ? SVDB_UDP : SVDB_TCP, c[PROBE]);
    if (probe < 0)
        fail_msg("%s: no probe %.*s", current, (int)c[PROBE].len, c[PROBE].ptr);
    const struct span answer = cases_base64(c[ANSWER], bytes);
    if (!svdb_find(l->db, (uint32_t)probe, answer, l->scratch, &hit))
        fail_msg("%s: not found", current);
    svdb_expand(&l->arena, l->db, &hit, &f);
    check_field(f.service, c[SERVICE], "service");
    check_field(f.product, c[PRODUCT], "product");
    check_field(f.version, c[VERSION], "version");
    check_field(f.extra, c[EXTRA], "extra");
    check_field(f.hostname, c[HOST], "host name");
    check_field(f.os, c[OS], "os");
    check_field(f.device, c[DEVICE], "device");
    check_cpe(&f, c[CPE]);
}

static void test_answers(void **state)
{
    (void)state;
    char path[4096];
    struct load l;
    unsigned n = 0;
    load(&l);
    snprintf(path, sizeof path, "%s/answers.tsv", folder);
    struct span rest = cases_file(&l.arena, path);
    while (rest.len > 0) {
        const struct span line = span_cut(&rest, '\n');
        if (line.len == 0 || line.ptr[0] == '#')
            continue;
        check_line(&l, line);
        n++;
    }
    printf("%u answers\n", n);
    assert_true(n > 200);
    svdb_close(l.db);
    arena_fini(&l.arena);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_answers)};
    folder = argc > 1 ? argv[1] : folder;
    database = argc > 2 ? argv[2] : database;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
