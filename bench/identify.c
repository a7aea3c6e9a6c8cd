// SPDX-License-Identifier: Apache-2.0
// `whorl identify` on a stream of generated fingerprints: rate, peak memory, and whether each
// answer is the one that the naive matcher gives when it is asked directly.
//   bench_identify [WHORL [COUNT [DATABASE]]]
// Without arguments: the whorl beside it, 20,000 fingerprints, the embedded database.
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/hash.h"
#include "builtin/builtin.h"
#include "forms.h"
#include "report/json.h"
#include "report/writer.h"
#include "subjects.h"
#include "tests/naive/osdb_naive.h"

enum { COUNT = 20000, LINE_MAX_BYTES = 1 << 17, PERFECT_NAMES = 8, GUESSES = 10 };

#define SEED UINT64_C(20261121)

struct bench {
    struct arena arena;
    const struct osdb *db;
    struct naive *naive; // the other way to the answer
    char whorl[4096];
    char dir[64];
    char db_path[96];
    uint64_t count;
    uint64_t wrong;
    uint32_t sum_got;
    uint32_t sum_want;
    struct rusage usage; // of whorl
    double seconds;
};

struct text_buf {
    struct sink sink;
    struct buf buf;
};

static bool to_buf(struct sink *self, struct span bytes)
{
    struct text_buf *t = (struct text_buf *)self;
    buf_bytes(&t->buf, bytes);
    return !t->buf.full;
}

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void ignore(void *ctx, const char *file, const struct err_at *at)
{
    (void)ctx;
    (void)file;
    (void)at;
}

static struct span load(struct arena *a, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        fail(path);
    char *mem = arena_alloc(a, LIMIT_DB_FILE);
    const size_t n = fread(mem, 1, LIMIT_DB_FILE, f);
    fclose(f);
    return span_of(mem, n);
}

// A folder with the database as the only one that whorl will use (--nmap-quirks).
static void prepare(struct bench *b, const char *path)
{
    const struct span text = path ? load(&b->arena, path) : builtin_os_db;
    struct osdb_tree *tree = osdb_tree_new(&b->arena, QUIRKS_7991);
    osdb_tree_add(tree, "db", text, ignore, NULL);
    if (osdb_build(&b->arena, tree, &b->db) != ERR_OK)
        fail("database");
    b->naive = naive_new(&b->arena, tree);
    snprintf(b->dir, sizeof b->dir, "/tmp/bench-identify-XXXXXX");
    if (!mkdtemp(b->dir))
        fail(b->dir);
    snprintf(b->db_path, sizeof b->db_path, "%s/nmap-os-db", b->dir);
    FILE *f = fopen(b->db_path, "wb");
    if (!f || fwrite(text.ptr, 1, text.len, f) != text.len || fclose(f) != 0)
        fail(b->db_path);
}

static void generate(const struct bench *b, int fd)
{
    FILE *f = fdopen(fd, "w");
    uint8_t lines[SUBJECT_TEXT], text[2 * SUBJECT_TEXT];
    for (uint64_t i = 0; f && i < b->count; i++) {
        struct buf l, t;
        buf_init(&l, lines, sizeof lines);
        buf_init(&t, text, sizeof text);
        draw_subject(b->db, SEED, i, &l);
        put_saved(&t, buf_span(&l), i);
        fwrite(text, 1, buf_len(&t), f);
    }
    _exit(!f || fclose(f) != 0);
}

static pid_t start_generator(const struct bench *b, int *out)
{
    int fds[2];
    if (pipe(fds) < 0)
        fail("pipe");
    const pid_t pid = fork();
    if (pid == 0) {
        close(fds[0]);
        generate(b, fds[1]);
    }
    close(fds[1]);
    *out = fds[0];
    return pid;
}

static pid_t start_whorl(const struct bench *b, int in, int *out)
{
    int fds[2];
    if (pipe(fds) < 0)
        fail("pipe");
    const pid_t pid = fork();
    if (pid == 0) {
        dup2(in, STDIN_FILENO);
        dup2(fds[1], STDOUT_FILENO);
        close(fds[0]);
        execl(b->whorl, b->whorl, "identify", "--json", "--nmap-quirks=7.991", "--datadir", b->dir,
              (char *)NULL);
        _exit(127);
    }
    close(in);
    close(fds[1]);
    *out = fds[0];
    return pid;
}

static uint32_t n_shown(const struct osdb_result *r)
{
    uint32_t n = 0;
    if (r->n_perfect > 0)
        return r->n_perfect;
    while (n < r->n && n < GUESSES && (n == 0 || r->match[n].accuracy > r->match[0].accuracy - 0.1))
        n++;
    return n;
}

static const char *status_of(const struct osdb_result *r)
{
    if (r->status == OSDB_TOO_MANY)
        return "too_many";
    return r->status == OSDB_NO_MATCHES ? "none" : r->n_perfect > 0 ? "matched" : "guesses";
}

// What whorl should say: "status":...,"matches":[...]
static struct span expect(const struct bench *b, uint64_t i, struct text_buf *out)
{
    uint8_t lines[SUBJECT_TEXT];
    struct buf l;
    struct osdb_subject subject;
    struct osdb_result r;
    struct err_at at = {0};
    struct json j;
    static struct writer w;
    buf_init(&l, lines, sizeof lines);
    draw_subject(b->db, SEED, i, &l);
    if (osdb_subject_parse(buf_span(&l), &subject, &at) != ERR_OK)
        return SPAN("damaged");
    naive_match(b->naive, &subject, &r);
    writer_init(&w, &out->sink);
    json_init(&j, &w);
    json_key(&j, "status");
    json_text(&j, span_str(status_of(&r)));
    json_key(&j, "matches");
    json_open(&j, '[');
    for (uint32_t k = 0; k < n_shown(&r); k++) {
        json_open(&j, '{');
        json_key(&j, "name");
        json_text(&j, osdb_ref_at(b->db, r.match[k].ref).name);
        json_key(&j, "accuracy");
        json_percent(&j, r.match[k].accuracy);
        json_key(&j, "line");
        json_number(&j, osdb_ref_at(b->db, r.match[k].ref).line);
        json_key(&j, "db");
        json_text(&j, span_str(b->db_path));
        json_close(&j, '}');
    }
    json_close(&j, ']');
    writer_flush(&w);
    return buf_span(&out->buf);
}

static void compare(struct bench *b, uint64_t i, char *line)
{
    static uint8_t mem[LINE_MAX_BYTES];
    struct text_buf want = {.sink = {to_buf}};
    buf_init(&want.buf, mem, sizeof mem);
    char *from = strstr(line, "\"status\":");
    char *to = strstr(line, ",\"classes\":");
    const struct span got = from && to ? span_of(from, (size_t)(to - from)) : SPAN("");
    const struct span expected = expect(b, i, &want);
    b->sum_got = b->sum_got * 31 + hash_crc32(got);
    b->sum_want = b->sum_want * 31 + hash_crc32(expected);
    if (!span_eq(got, expected) && b->wrong++ < 3)
        fprintf(stderr, "%llu: %.*s\n  but %.*s\n", (unsigned long long)i, (int)got.len, got.ptr,
                (int)expected.len, expected.ptr);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void run(struct bench *b)
{
    static char line[LINE_MAX_BYTES];
    int status, in, out;
    uint64_t n = 0;
    const double begun = now();
    const pid_t generator = start_generator(b, &in);
    const pid_t whorl = start_whorl(b, in, &out);
    FILE *f = fdopen(out, "r");
    while (f && fgets(line, sizeof line, f))
        compare(b, n++, line);
    if (wait4(whorl, &status, 0, &b->usage) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        b->wrong++;
    waitpid(generator, &status, 0);
    b->seconds = now() - begun;
    b->wrong += n != b->count;
    fclose(f);
}

int main(int argc, char **argv)
{
    static struct bench b;
    arena_init(&b.arena, "bench");
    if (argc > 1)
        snprintf(b.whorl, sizeof b.whorl, "%s", argv[1]);
    else
        snprintf(b.whorl, sizeof b.whorl, "%s/../whorl", dirname(strdup(argv[0])));
    b.count = argc > 2 ? strtoull(argv[2], NULL, 10) : COUNT;
    prepare(&b, argc > 3 ? argv[3] : NULL);
    run(&b);
    const double cpu = (double)b.usage.ru_utime.tv_sec + (double)b.usage.ru_utime.tv_usec / 1e6 +
                       (double)b.usage.ru_stime.tv_sec + (double)b.usage.ru_stime.tv_usec / 1e6;
    printf("identify: %llu fingerprints, %u references: %.1f s, %.1f s of processor, %.0f a "
           "second of it, peak %.1f MB\n",
           (unsigned long long)b.count, osdb_count(b.db), b.seconds, cpu, (double)b.count / cpu,
           (double)b.usage.ru_maxrss / 1024);
    printf("identify: checksum %08X, asked directly %08X, %llu answers differ\n", b.sum_got,
           b.sum_want, (unsigned long long)b.wrong);
    unlink(b.db_path);
    rmdir(b.dir);
    return b.wrong > 0;
}
