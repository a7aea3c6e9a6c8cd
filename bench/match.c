// SPDX-License-Identifier: Apache-2.0
// OS matching: the compiled matcher beside its naive twin, and start-up apart. Times are of this
// process on one processor, not of the wall. Subjects are drawn from every reference with a fixed
// seed, so no two in a row are alike; "same" repeats one; "cold" empties the caches of the
// processor before each. Argument: another database.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "cli/file.h"
#include "naive/draw.h"
#include "naive/osdb_naive.h"

enum {
    ROUNDS = 8,
    SAME = 20000,
    NAIVE = 200,
    BATCH = 32,
    COLD = 60,
    TRASH = 64 << 20,
    STEP = 2477
};

struct subjects {
    struct osdb_subject *v;
    uint32_t n;
};

struct bench {
    struct arena arena;
    struct osdb_tree *tree;
    struct span block;
    const struct osdb *db;
    struct osdb_scratch *scratch;
    struct subjects drawn;
    struct subjects damaged;
};

static struct osdb_result result;

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void say_ms(const char *what, double since_us)
{
    printf("%-34s %10.2f ms\n", what, (now_us() - since_us) / 1e3);
}

static double say_rate(const char *what, double since_us, uint32_t n)
{
    const double us = (now_us() - since_us) / n;
    printf("%-34s %10.2f us %10.0f subjects/s\n", what, us, 1e6 / us);
    return us;
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

static struct subjects make_subjects(struct bench *b, bool are_damaged)
{
    static struct draw d;
    struct subjects s = {arena_array(&b->arena, b->tree->n, sizeof *s.v), b->tree->n};
    rng_seed(&d.rng, 1);
    for (uint32_t i = 0; i < s.n; i++) {
        draw_subject(&d, b->tree, i);
        if (are_damaged)
            draw_damage(&d, b->tree);
        for (int a = 0; a < ATTR_COUNT; a++)
            s.v[i].value[a] = arena_copy(&b->arena, d.subject.value[a]);
    }
    return s;
}

static void start_up(struct bench *b, struct span text)
{
    struct arena scratch;
    struct err_at at;
    arena_init(&scratch, "bench");
    double t = now_us();
    b->tree = osdb_tree_new(&b->arena, QUIRKS_NONE);
    osdb_tree_add(b->tree, "file", text, NULL, NULL);
    say_ms("parse", t);
    t = now_us();
    if (osdb_compile(&b->arena, &scratch, b->tree, &b->block) != ERR_OK)
        exit(1);
    say_ms("compile", t);
    arena_fini(&scratch);
    if (osdb_open(&b->arena, b->block, &b->db, &at) != ERR_OK)
        exit(1);
    t = now_us();
    if (osdb_open(&b->arena, b->block, &b->db, &at) != ERR_OK)
        exit(1);
    say_ms("verify (in memory)", t);
    b->scratch = osdb_scratch_new(&b->arena, b->db);
    printf("%-34s %10zu bytes, %u references\n", "block", b->block.len,
           (unsigned)osdb_count(b->db));
}

// From a file, as the program does: digest of the text, map, verify, make ready, first match.
static void load(struct bench *b, const char *text)
{
    struct digest d;
    double t = now_us();
    digest_init(&d);
    (void)file_digest(span_str(text), &d);
    (void)digest_end(&d);
    say_ms("read and digest the text", t);
    char path[] = "/tmp/bench_match.XXXXXX";
    const struct osdb *db;
    const int fd = mkstemp(path);
    if (fd < 0 || write(fd, b->block.ptr, b->block.len) != (ssize_t)b->block.len)
        exit(1);
    unlink(path);
    t = now_us();
    void *mem = mmap(NULL, b->block.len, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    if (mem == MAP_FAILED || osdb_open(&b->arena, span_of(mem, b->block.len), &db, NULL) != ERR_OK)
        exit(1);
    struct osdb_scratch *s = osdb_scratch_new(&b->arena, db);
    say_ms("map, verify, scratch", t);
    const double first = now_us();
    osdb_match(db, &b->drawn.v[0], s, &result);
    say_ms("first match after that", first);
    munmap(mem, b->block.len);
    close(fd);
}

// A subject and its text, as near as when it has just been made.
struct hot {
    struct osdb_subject subject;
    char text[LIMIT_SUBJECT];
};

static void make_hot(struct hot *to, const struct osdb_subject *from)
{
    char *p = to->text;
    for (int a = 0; a < ATTR_COUNT; a++) {
        const struct span v = from->value[a];
        to->subject.value[a] = v.ptr ? span_of(p, v.len) : v;
        if (v.len > 0)
            memcpy(p, v.ptr, v.len);
        p += v.len;
    }
}

static double round_us(const struct bench *b, const struct subjects *s)
{
    static struct hot hot[BATCH];
    double spent = 0;
    uint32_t done = 0;
    while (done + BATCH <= s->n) {
        for (uint32_t k = 0; k < BATCH; k++, done++)
            make_hot(&hot[k], &s->v[(uint64_t)done * STEP % s->n]);
        const double t = now_us();
        for (uint32_t k = 0; k < BATCH; k++)
            osdb_match(b->db, &hot[k].subject, b->scratch, &result);
        spent += now_us() - t;
    }
    return spent / done;
}

static double bench_all(const struct bench *b, const char *what, const struct subjects *s)
{
    double best = 1e9;
    for (int k = 0; k < ROUNDS; k++) {
        const double us = round_us(b, s);
        best = us < best ? us : best;
    }
    printf("%-34s %10.2f us %10.0f subjects/s (best of %d rounds)\n", what, best, 1e6 / best,
           ROUNDS);
    return best;
}

static void bench_cold(const struct bench *b)
{
    volatile char *trash = malloc(TRASH);
    double spent = 0;
    if (!trash)
        exit(1);
    for (uint32_t i = 0; i < COLD; i++) {
        for (size_t k = 0; k < TRASH; k += 64)
            trash[k] = (char)(trash[k] + 1);
        const double t = now_us();
        osdb_match(b->db, &b->drawn.v[(uint64_t)i * STEP % b->drawn.n], b->scratch, &result);
        spent += now_us() - t;
    }
    printf("%-34s %10.2f us\n", "compiled, processor caches cold", spent / COLD);
    free((void *)(uintptr_t)trash);
}

static void compare(struct bench *b)
{
    double t = now_us();
    for (uint32_t i = 0; i < SAME; i++)
        osdb_match(b->db, &b->drawn.v[b->drawn.n / 2], b->scratch, &result);
    say_rate("compiled, same subject", t, SAME);
    const double us = bench_all(b, "compiled, drawn", &b->drawn);
    bench_all(b, "compiled, damaged", &b->damaged);
    bench_cold(b);
    const struct naive *naive = naive_new(&b->arena, b->tree);
    t = now_us();
    for (uint32_t i = 0; i < NAIVE; i++)
        naive_match(naive, &b->drawn.v[(uint64_t)i * STEP % b->drawn.n], &result);
    const double naive_us = say_rate("naive twin, drawn", t, NAIVE);
    printf("%-34s %10.0f times\n", "compiled beside naive, drawn", naive_us / us);
}

int main(int argc, char **argv)
{
    struct bench b = {.tree = NULL};
    const char *path = argc > 1 ? argv[1] : "/usr/share/nmap/nmap-os-db";
    arena_init(&b.arena, "bench");
    const struct span text = read_file(&b.arena, path);
    if (span_is_absent(text)) {
        printf("no %s: nothing to measure\n", path);
        return 0;
    }
    start_up(&b, text);
    b.drawn = make_subjects(&b, false);
    b.damaged = make_subjects(&b, true);
    load(&b, path);
    compare(&b);
    arena_fini(&b.arena);
    return 0;
}
