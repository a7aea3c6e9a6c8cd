// SPDX-License-Identifier: Apache-2.0
// The verdict beside the compiled matcher, on subjects drawn from every reference with a fixed
// seed. Times are of this process on one processor. Argument: another database.
#include <stdio.h>
#include <time.h>

#include "naive/draw.h"
#include "verdict/explain.h"

enum { SUBJECTS = 2560, ROUNDS = 3, STEP = 2477 };
enum { COLD = 1024, SPOILED = 4 << 20 }; // bytes: more than a second-level cache

struct bench {
    struct arena arena;
    struct osdb_tree *tree;
    const struct osdb *db;
    struct osdb_scratch *match;
    const struct verdict_model *model;
    struct verdict_scratch *scratch;
    struct osdb_subject *subjects;
};

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static struct span read_file(struct arena *a, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return (struct span){NULL, 0};
    char *text = arena_alloc(a, LIMIT_DB_FILE);
    const size_t n = fread(text, 1, LIMIT_DB_FILE, f);
    fclose(f);
    return span_of(text, n);
}

static void make_subjects(struct bench *b)
{
    static struct draw d;
    rng_seed(&d.rng, 1);
    b->subjects = arena_array(&b->arena, SUBJECTS, sizeof *b->subjects);
    for (uint32_t i = 0; i < SUBJECTS; i++) {
        draw_subject(&d, b->tree, (uint32_t)((uint64_t)i * STEP % b->tree->n));
        for (int a = 0; a < ATTR_COUNT; a++)
            b->subjects[i].value[a] = arena_copy(&b->arena, d.subject.value[a]);
    }
}

static void match(const struct bench *b, const struct osdb_subject *s)
{
    static struct osdb_result result;
    osdb_match(b->db, s, b->match, &result);
}

static void judge(const struct bench *b, const struct osdb_subject *s)
{
    static struct verdict v;
    verdict_judge(b->model, s, 1, b->scratch, &v);
}

static void split(const struct bench *b, const struct osdb_subject *s)
{
    static struct verdict_machines k;
    verdict_split(b->model, s, 1, b->scratch, &k);
}

static double measure(const struct bench *b, const char *what,
                      void (*run)(const struct bench *, const struct osdb_subject *))
{
    double best = 1e12;
    for (int round = 0; round < ROUNDS; round++) {
        const double since = now_us();
        for (uint32_t i = 0; i < SUBJECTS; i++)
            run(b, &b->subjects[i]);
        const double us = (now_us() - since) / SUBJECTS;
        best = us < best ? us : best;
    }
    printf("%-34s %10.1f us (best of %d rounds)\n", what, best, ROUNDS);
    return best;
}

// As in a scan, where other work between two hosts takes the cache.
static double measure_cold(struct bench *b, const char *what,
                           void (*run)(const struct bench *, const struct osdb_subject *))
{
    static volatile char spoiled[SPOILED];
    double sum = 0;
    for (uint32_t i = 0; i < COLD; i++) {
        for (size_t k = 0; k < sizeof spoiled; k += 64)
            spoiled[k]++;
        const double since = now_us();
        run(b, &b->subjects[i]);
        sum += now_us() - since;
    }
    printf("%-34s %10.1f us (mean of %d)\n", what, sum / COLD, COLD);
    return sum / COLD;
}

int main(int argc, char **argv)
{
    static struct bench b;
    const char *path = argc > 1 ? argv[1] : "/usr/share/nmap/nmap-os-db";
    arena_init(&b.arena, "bench");
    const struct span text = read_file(&b.arena, path);
    if (span_is_absent(text)) {
        printf("no %s: nothing to measure\n", path);
        return 0;
    }
    b.tree = osdb_tree_new(&b.arena, QUIRKS_NONE);
    (void)osdb_tree_add(b.tree, "file", text, NULL, NULL);
    if (osdb_build(&b.arena, b.tree, &b.db) != ERR_OK)
        return 1;
    const double since = now_us();
    const size_t before = b.arena.total;
    b.model = verdict_model_new(&b.arena, b.db, &verdict_params);
    printf("%-34s %10.1f ms, %zu bytes\n", "model", (now_us() - since) / 1e3,
           b.arena.total - before);
    b.scratch = verdict_scratch_new(&b.arena, b.model);
    b.match = osdb_scratch_new(&b.arena, b.db);
    make_subjects(&b);
    const double match_us = measure(&b, "compiled matcher", match);
    const double us = measure(&b, "verdict", judge);
    if (argc < 3)
        measure(&b, "one machine or two", split);
    printf("%-34s %10.1f times\n", "verdict beside matcher", us / match_us);
    const double cold_match_us = measure_cold(&b, "compiled matcher, cold cache", match);
    const double cold_us = measure_cold(&b, "verdict, cold cache", judge);
    printf("%-34s %10.1f times\n", "the same, cold cache", cold_us / cold_match_us);
    arena_fini(&b.arena);
    return 0;
}
