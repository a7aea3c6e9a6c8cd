// SPDX-License-Identifier: Apache-2.0
// Options, files, totals. A file is read once, front to back, in pieces: pipes and files of any
// length will do. Its first bytes tell captures from text.
#include "cli/identify.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/say.h"
#include "config.h"
#include "engine/io_pcap.h"
#include "stage/judge.h"

enum { CHUNK = 1 << 16 };

bool identify_must_stop(const struct identify *id)
{
    return id->has_lost_output || (id->env->stop && *id->env->stop);
}

// Bytes read, at least `least` of them unless the file ends; -errno.
static ssize_t read_some(const struct identify *id, int fd, char *mem, size_t least)
{
    size_t n = 0;
    while (n < least && !identify_must_stop(id)) {
        const ssize_t got = read(fd, mem + n, CHUNK - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -errno;
        if (got == 0)
            break;
        n += (size_t)got;
    }
    return (ssize_t)n;
}

static void fail(struct identify *id, int error)
{
    say_sys(&id->err, id->file, error);
    id->n_failed++;
}

static void read_text(struct identify *id, int fd, char *mem, ssize_t n)
{
    while (n > 0 && !identify_must_stop(id)) {
        finder_feed(id->finder, span_of(mem, (size_t)n));
        sf_finder_feed(id->sf_finder, span_of(mem, (size_t)n));
        n = read_some(id, fd, mem, 1);
    }
    finder_end(id->finder);
    sf_finder_end(id->sf_finder);
    if (n < 0)
        fail(id, (int)n);
}

static void read_fd(struct identify *id, int fd)
{
    char mem[CHUNK];
    // No more than what the capture reader can be handed back.
    ssize_t n = 0;
    while (n < IO_PCAP_HEAD) {
        const ssize_t got = read(fd, mem + n, (size_t)(IO_PCAP_HEAD - n));
        if (got < 0 && errno == EINTR && !identify_must_stop(id))
            continue;
        if (got < 0) {
            fail(id, errno);
            return;
        }
        if (got == 0)
            break;
        n += got;
    }
    if (io_pcap_is_capture(span_of(mem, (size_t)n)))
        identify_capture(id, fd, span_of(mem, (size_t)n));
    else
        read_text(id, fd, mem, n);
}

static void read_path(struct identify *id, struct span path)
{
    id->file = path;
    if (span_eq(path, SPAN("-"))) {
        read_fd(id, STDIN_FILENO);
        return;
    }
    const int fd = open(path.ptr, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        fail(id, errno);
        return;
    }
    read_fd(id, fd);
    close(fd);
}

static void count_write(struct writer *w, uint64_t n, const char *what)
{
    writer_dec(w, n);
    writer_str(w, what);
}

static uint64_t n_services(const struct identify *id)
{
    uint64_t n = 0;
    for (int i = 0; i <= SVMATCH_FOREIGN; i++)
        n += id->n_services[i];
    return n;
}

static void totals(struct identify *id)
{
    struct writer *w = &id->err;
    uint64_t n = id->n_guessed + id->n_damaged;
    for (int i = 0; i <= OS_TOO_MANY; i++)
        n += id->n_by_status[i];
    if (n == 0 && n_services(id) > 0)
        return;
    writer_str(w, "whorl: ");
    count_write(w, n, n == 1 ? " fingerprint: " : " fingerprints: ");
    count_write(w, id->n_by_status[OS_MATCHED], " matched, ");
    count_write(w, id->n_by_status[OS_TOO_MANY], " matched by too many, ");
    count_write(w, id->n_guessed, " guessed, ");
    count_write(w, id->n_by_status[OS_NO_MATCHES], " unknown, ");
    count_write(w, id->n_damaged, " damaged\n");
    writer_flush(w);
}

static void service_totals(struct identify *id)
{
    struct writer *w = &id->err;
    const uint64_t n = n_services(id);
    if (n == 0)
        return;
    writer_str(w, "whorl: ");
    count_write(w, n, n == 1 ? " service fingerprint: " : " service fingerprints: ");
    count_write(w, id->n_services[SVMATCH_HARD], " matched, ");
    count_write(w, id->n_services[SVMATCH_FOREIGN], " by another probe's lines, ");
    count_write(w, id->n_services[SVMATCH_SOFT], " by protocol only, ");
    count_write(w, id->n_services[SVMATCH_NONE], " unknown\n");
    writer_flush(w);
}

static int outcome(struct identify *id)
{
    if (id->has_lost_output) {
        say_about(&id->err, SPAN("standard output"), "cannot be written; the rest was not read");
        return EXIT_FAILED;
    }
    totals(id);
    service_totals(id);
    if (identify_must_stop(id))
        return EXIT_INTERRUPTED;
    return id->n_failed + id->n_damaged > 0 ? EXIT_FAILED : EXIT_DONE;
}

static bool parse(struct identify *id, int argc, char **argv)
{
    struct err_at at;
    opts_init(&id->opts, &opts_identify);
    if (opts_parse(&id->opts, &id->run, argc, argv, &at) == ERR_OK)
        return true;
    const struct span arg = span_str(argv[at.line]);
    at.line = 0;
    say_error(&id->err, span_head(arg, span_find(arg, '=')), &at);
    return false;
}

static void describe(struct identify *id)
{
    const struct opts *o = &id->opts;
    id->scan = (struct scan){
        .version = SPAN(WHORL_VERSION),
        .platform = SPAN(WHORL_PLATFORM),
        .command = SPAN("identify"),
        .verbose = o->verbose,
        .does_os = true,
        .is_saved = true,
        .os_guess = o->os_guess,
        .explains = o->explain,
        .quirks = o->quirks == QUIRKS_793    ? 793
                  : o->quirks == QUIRKS_7991 ? 7991
                                             : 0,
    };
}

static int identify(struct identify *id, int argc, char **argv)
{
    if (!parse(id, argc, argv))
        return EXIT_USAGE;
    if (id->opts.help) {
        opts_help(&id->out, &opts_identify);
        return writer_flush(&id->out) ? EXIT_DONE : EXIT_FAILED;
    }
    id->opts.os = id->opts.os_gens = id->opts.services = true;
    if (!load_all(&id->run, &id->opts, id->env, &id->data, &id->err))
        return EXIT_FAILED;
    for (int gen = 0; gen < OSDB_GENS; gen++)
        id->matching[gen] = osdb_scratch_new(&id->run, id->data.os[gen]);
    id->judge = judge_new(&id->run, id->data.os[OSDB_SECOND]);
    id->svmatching = svdb_scratch_new(&id->run, id->data.svdb);
    describe(id);
    id->sf_finder = sf_finder_new(&id->run, identify_service, id);
    id->finder = finder_new(&id->run, identify_found, id);
    if (id->opts.n_targets == 0)
        read_path(id, SPAN("-"));
    for (uint32_t i = 0; i < id->opts.n_targets && !identify_must_stop(id); i++)
        read_path(id, id->opts.targets[i]);
    return outcome(id);
}

int identify_run(int argc, char **argv, const struct cli_env *env)
{
    struct identify id = {.env = env};
    arena_init(&id.run, "the run");
    arena_init(&id.scratch, "a fingerprint");
    writer_init(&id.out, env->out);
    writer_init(&id.err, env->err);
    const int code = identify(&id, argc, argv);
    load_close(&id.data);
    arena_fini(&id.scratch);
    arena_fini(&id.run);
    return code;
}
