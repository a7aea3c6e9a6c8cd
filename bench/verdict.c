// SPDX-License-Identifier: Apache-2.0
// The verdict beside the compiled matcher, on made up hosts of references from everywhere in the
// database (tests/verdict/generate.h, undamaged), seed 1. Argument: another database.
#include <stdio.h>
#include <time.h>

#include "verdict/explain.h"
#include "verdict/generate.h"

enum { SUBJECTS = 2560, ROUNDS = 8, STEP = 2477 };
enum { COLD = 256, SPOILED = 48 << 20 }; // bytes: more than most caches hold

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
    clock_gettime(CLOCK_MONOTONIC, &t);
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
    static struct host host;
    host.model = b->model;
    rng_seed(&host.rng, 1);
    b->subjects = arena_array(&b->arena, SUBJECTS, sizeof *b->subjects);
    for (uint32_t i = 0; i < SUBJECTS; i++) {
        host_draw(&host, (uint32_t)((uint64_t)i * STEP % osdb_count(b->db)));
        host_damage(&host, COND_CLEAN);
        for (int a = 0; a < ATTR_COUNT; a++)
            b->subjects[i].value[a] = arena_copy(&b->arena, host.subject.value[a]);
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

// As in a scan, where other work between two hosts takes the cache.
static void spoil(void)
{
    static volatile char spoiled[SPOILED];
    for (size_t k = 0; k < sizeof spoiled; k += 64)
        spoiled[k]++;
}

// The mean over the subjects of the best of some rounds: what else the machine does is left out.
static double measure(const struct bench *b, bool is_cold, const char *what,
                      void (*run)(const struct bench *, const struct osdb_subject *))
{
    static double best[SUBJECTS];
    const uint32_t n = is_cold ? COLD : SUBJECTS;
    double sum = 0;
    for (int round = 0; round < ROUNDS; round++)
        for (uint32_t i = 0; i < n; i++) {
            if (is_cold)
                spoil();
            const double since = now_us();
            run(b, &b->subjects[i]);
            const double us = now_us() - since;
            best[i] = round == 0 || us < best[i] ? us : best[i];
        }
    for (uint32_t i = 0; i < n; i++)
        sum += best[i];
    printf("%-34s %10.1f us (best of %d rounds)\n", what, sum / n, ROUNDS);
    return sum / n;
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
    const double match_us = measure(&b, false, "compiled matcher", match);
    const double us = measure(&b, false, "verdict", judge);
    printf("%-34s %10.1f times\n", "verdict beside matcher", us / match_us);
    const double cold_match_us = measure(&b, true, "compiled matcher, cold cache", match);
    const double cold_us = measure(&b, true, "verdict, cold cache", judge);
    printf("%-34s %10.1f times\n", "the same, cold cache", cold_us / cold_match_us);
    if (argc < 3)
        measure(&b, false, "one machine or two", split);
    arena_fini(&b.arena);
    return 0;
}
