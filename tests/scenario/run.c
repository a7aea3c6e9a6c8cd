// SPDX-License-Identifier: Apache-2.0
// Runs scenarios: the whole program on the simulator, in this process. For each file and each of
// its variants: read it, run it twice with the same seed, compare the two, check what is expected.
// One line each: "ok name" or "FAIL name: why". A variant runs in a child of its own, so that a
// crash is a failure of that one. Exit code: 0 if all passed, 1 if not, 2 for wrong use.
//
//   run [-v] [-1] [-u] [-p FILE.pcap] FILE.scn...
//
// -v shows outputs, -1 stays in one process (debuggers), -u writes the files of "matches-file"
// anew, -p keeps the packets of the last run.
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/vec.h"
#include "cli/cli.h"
#include "lab/sim/scn.h"

enum {
    FILE_MAX = 8 << 20,
    CHILD_FAILED = 3,
    CHILD_SECONDS = 280, // real time one variant may take
    WHY_MAX = 4096,
    PCAP_SNAP = 65535,
};

struct options {
    bool verbose;
    bool single;
    bool update;
    const char *pcap;
};

struct scenario {
    const char *path;
    char folder[PATH_MAX];
    struct span text;
    const struct options *options;
};

struct memory_sink {
    struct sink sink;
    char *bytes;
    size_t n;
    size_t cap;
};

static bool sink_write(struct sink *self, struct span bytes)
{
    struct memory_sink *m = (struct memory_sink *)self;
    if (bytes.len == 0)
        return true;
    m->bytes = vec_grow(m->bytes, &m->cap, m->n + bytes.len, 1);
    memcpy(m->bytes + m->n, bytes.ptr, bytes.len);
    m->n += bytes.len;
    return true;
}

static struct span sink_text(const struct memory_sink *m)
{
    return span_of(m->bytes ? m->bytes : "", m->n);
}

// Absent if the file cannot be read.
static struct span read_file(struct arena *arena, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return (struct span){NULL, 0};
    char *bytes = arena_alloc(arena, FILE_MAX);
    const size_t n = fread(bytes, 1, FILE_MAX, f);
    fclose(f);
    return span_of(bytes, n);
}

static void join(char path[PATH_MAX], const char *folder, struct span name)
{
    struct buf b;
    buf_init(&b, path, PATH_MAX - 1);
    buf_str(&b, folder);
    buf_char(&b, '/');
    buf_bytes(&b, name);
    *b.p = '\0';
}

static struct span load(void *ctx, struct arena *arena, struct span name)
{
    const struct scenario *s = ctx;
    char path[PATH_MAX];
    join(path, s->folder, name);
    return read_file(arena, path);
}

static void put32(FILE *f, uint64_t v)
{
    const uint32_t word = (uint32_t)v;
    fwrite(&word, sizeof word, 1, f);
}

static FILE *pcap_open(const char *path)
{
    FILE *f = path ? fopen(path, "wb") : NULL;
    if (!f)
        return NULL;
    const uint32_t header[] = {0xA1B2C3D4, 4 << 16 | 2, 0, 0, PCAP_SNAP, 101}; // 101: raw IP
    fwrite(header, sizeof header, 1, f);
    return f;
}

// IP packets only: frames without their link header.
static void pcap_put(void *ctx, uint64_t time_ns, const struct io_received *packet)
{
    const size_t skip = packet->link == LINK_ETHERNET ? ETH_HDR_LEN : 0;
    const struct span ip = span_from(packet->bytes, skip);
    if (ip.len == 0 || (uint8_t)ip.ptr[0] >> 4 != 4)
        return;
    put32(ctx, time_ns / 1000000000);
    put32(ctx, time_ns % 1000000000 / 1000);
    put32(ctx, ip.len);
    put32(ctx, ip.len);
    fwrite(ip.ptr, ip.len, 1, ctx);
}

static void run_program(const struct scenario *s, struct scn *scn, struct memory_sink out[2],
                        struct scn_outcome *outcome)
{
    volatile bool stop = false;
    char data[PATH_MAX];
    FILE *pcap = pcap_open(s->options->pcap);
    join(data, s->folder, SPAN("data"));
    scn->config.stop_flag = &stop;
    scn->config.tap = pcap ? pcap_put : NULL;
    scn->config.tap_ctx = pcap;
    struct io *io = sim_open(&scn->config);
    const uint64_t begun_ns = io->ops->now(io);
    const struct cli_env env = {.io = io,
                                .out = &out[0].sink,
                                .err = &out[1].sink,
                                .seed = scn->config.seed,
                                .datadirs = data,
                                .stop = &stop};
    outcome->exit_code = cli_run(scn->argc, (char **)scn->argv, &env);
    outcome->time_ns = io->ops->now(io) - begun_ns;
    outcome->out = sink_text(&out[0]);
    outcome->err = sink_text(&out[1]);
    sim_counts(io, &outcome->counts);
    io->ops->close(io);
    if (pcap)
        fclose(pcap);
}

static void update_files(const struct scenario *s, const struct scn *scn,
                         const struct scn_outcome *o)
{
    for (const struct scn_expect *e = scn->expects; e; e = e->next) {
        char path[PATH_MAX];
        const struct span text = e->is_stderr ? o->err : o->out;
        if (e->what != SCN_FILE)
            continue;
        join(path, s->folder, e->text);
        FILE *f = fopen(path, "wb");
        if (!f)
            continue;
        fwrite(text.ptr, 1, text.len, f);
        fclose(f);
    }
}

static void show(const struct scn_outcome *o)
{
    const struct sim_counts *c = &o->counts;
    printf("%.*s%.*s", (int)o->out.len, o->out.ptr, (int)o->err.len, o->err.ptr);
    printf("-- exit %d after %.6f s; sent %llu (arp %llu tcp %llu udp %llu icmp %llu broken %llu), "
           "delivered %llu\n",
           o->exit_code, (double)o->time_ns / 1e9, (unsigned long long)c->sent,
           (unsigned long long)c->arp, (unsigned long long)c->tcp, (unsigned long long)c->udp,
           (unsigned long long)c->icmp, (unsigned long long)c->broken,
           (unsigned long long)c->delivered);
}

static bool is_equal(const struct scn_outcome *a, const struct scn_outcome *b)
{
    return a->exit_code == b->exit_code && a->time_ns == b->time_ns && span_eq(a->out, b->out) &&
           span_eq(a->err, b->err) && a->counts.digest == b->counts.digest;
}

static bool run_twice(const struct scenario *s, struct arena *arena, struct scn *scn,
                      struct buf *why)
{
    struct memory_sink sinks[2][2];
    struct scn_outcome outcome[2];
    const struct scn_files files = {load, (void *)(uintptr_t)s};
    for (int i = 0; i < 2; i++) {
        for (int k = 0; k < 2; k++)
            sinks[i][k] = (struct memory_sink){.sink = {sink_write}};
        run_program(s, scn, sinks[i], &outcome[i]);
    }
    if (s->options->verbose)
        show(&outcome[1]);
    if (s->options->update)
        update_files(s, scn, &outcome[0]);
    bool is_good = scn_check(arena, scn, &files, &outcome[0], why);
    if (!is_equal(&outcome[0], &outcome[1])) {
        buf_str(why, is_good ? "" : "; ");
        buf_str(why, "the same seed did not give the same bytes");
        is_good = false;
    }
    for (int i = 0; i < 2; i++)
        for (int k = 0; k < 2; k++)
            vec_free(sinks[i][k].bytes);
    return is_good;
}

static void put_place(const struct scn *scn, const struct err_at *at, struct buf *why)
{
    buf_bytes(why, scn->file);
    buf_str(why, span_is_absent(scn->file) ? "line " : " line ");
    buf_dec(why, at->line);
    buf_str(why, " column ");
    buf_dec(why, at->col);
    buf_str(why, ": ");
    buf_str(why, at->what);
    buf_str(why, " (");
    buf_str(why, at->token);
    buf_str(why, ")");
}

// A scenario that shows a known defect passes as long as it fails.
static bool accept_known(const struct scn *scn, bool is_good, struct buf *why, struct buf *label)
{
    if (span_is_absent(scn->known))
        return is_good;
    if (is_good) {
        buf_str(why, "passes now; take out its \"known\" line");
        return false;
    }
    buf_str(label, "(known: ");
    buf_bytes(label, scn->known);
    buf_str(label, ")");
    return true;
}

// One variant.
static bool run_variant(const struct scenario *s, uint32_t variant, struct buf *why,
                        struct buf *label)
{
    struct arena arena;
    struct scn scn;
    struct err_at at;
    const struct scn_files files = {load, (void *)(uintptr_t)s};
    bool is_good = false;
    arena_init(&arena, "scenario");
    if (scn_parse(&arena, &files, s->text, variant, &scn, &at) != ERR_OK) {
        put_place(&scn, &at, why);
    } else if (scn.argc == 0) {
        buf_str(why, "no run statement");
    } else {
        scn_build(&arena, &scn);
        buf_bytes(label, scn.label);
        is_good = accept_known(&scn, run_twice(s, &arena, &scn, why), why, label);
    }
    arena_fini(&arena);
    return is_good;
}

// Prints the verdict of one variant.
static bool judge_variant(const struct scenario *s, uint32_t variant)
{
    char why_text[WHY_MAX], label_text[256];
    struct buf why, label;
    buf_init(&why, why_text, sizeof why_text);
    buf_init(&label, label_text, sizeof label_text);
    const bool is_good = run_variant(s, variant, &why, &label);
    const int n_label = (int)buf_len(&label), n_why = (int)buf_len(&why);
    printf("%s %s%s%.*s%s%.*s\n", is_good ? "ok" : "FAIL", s->path, n_label > 0 ? " " : "", n_label,
           label_text, is_good ? "" : ": ", n_why, why_text);
    fflush(stdout);
    return is_good;
}

static bool run_child(const struct scenario *s, uint32_t variant)
{
    int status = 0;
    const pid_t pid = s->options->single ? -1 : fork();
    if (pid < 0)
        return judge_variant(s, variant);
    if (pid == 0) {
        alarm(CHILD_SECONDS);
        exit(judge_variant(s, variant) ? EXIT_SUCCESS : CHILD_FAILED);
    }
    if (waitpid(pid, &status, 0) != pid)
        return false;
    const bool is_told = WIFEXITED(status) && WEXITSTATUS(status) == CHILD_FAILED;
    const bool is_good = WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
    if (WIFSIGNALED(status))
        printf("FAIL %s variant %u: %s\n", s->path, variant,
               WTERMSIG(status) == SIGALRM ? "took too long" : strsignal(WTERMSIG(status)));
    else if (!is_told && !is_good)
        printf("FAIL %s variant %u: broke off with code %d\n", s->path, variant,
               WEXITSTATUS(status));
    fflush(stdout);
    return is_good;
}

static uint32_t count_variants(struct scenario *s)
{
    struct arena arena;
    struct scn scn;
    const struct scn_files files = {load, s};
    arena_init(&arena, "scenario");
    (void)scn_parse(&arena, &files, s->text, 0, &scn, NULL);
    const uint32_t n = scn.n_variants;
    arena_fini(&arena);
    return n;
}

static bool run_file(const char *path, const struct options *options)
{
    struct arena arena;
    struct scenario s = {.path = path, .options = options};
    const char *slash = strrchr(path, '/');
    arena_init(&arena, "scenario text");
    struct buf folder;
    buf_init(&folder, s.folder, sizeof s.folder - 1); // the rest stays 0
    buf_bytes(&folder, slash ? span_of(path, (size_t)(slash - path)) : SPAN("."));
    s.path = slash ? slash + 1 : path;
    s.text = read_file(&arena, path);
    bool is_good = !span_is_absent(s.text);
    if (!is_good)
        printf("FAIL %s: cannot be read\n", path);
    const uint32_t n = is_good ? count_variants(&s) : 0;
    for (uint32_t i = 0; i < n; i++)
        is_good = run_child(&s, i) && is_good;
    arena_fini(&arena);
    return is_good;
}

int main(int argc, char **argv)
{
    struct options options = {0};
    bool is_good = true;
    int c;
    while ((c = getopt(argc, argv, "v1up:")) != -1) {
        options.verbose |= c == 'v';
        options.single |= c == '1';
        options.update |= c == 'u';
        if (c == 'p')
            options.pcap = optarg;
        if (c == '?')
            return 2;
    }
    if (optind == argc)
        return 2;
    setenv("TZ", "UTC", 1);
    for (int i = optind; i < argc; i++)
        is_good = run_file(argv[i], &options) && is_good;
    return is_good ? EXIT_SUCCESS : EXIT_FAILURE;
}
