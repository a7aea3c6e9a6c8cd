// SPDX-License-Identifier: Apache-2.0
// Standard output gets the normal report as it grows, unless another kind was sent there or -v0
// says that nothing is wanted. Names may have tokens of the local time (output spec 1.3).
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "cli/cli.h"
#include "cli/opts.h"
#include "cli/say.h"
#include "report/sqlite.h"

enum {
    OUTPUTS_MAX = 10,
    FILE_MODE = 0644,
    TOKEN_MAX = 16,
    JOINT_HEAD = 4096,  // the root of an XML report begins there
    JOINT_TAIL = 65536, // and its last host or its statistics here
};

#define STYLESHEET "/usr/share/nmap/nmap.xsl"

struct output {
    struct sink sink; // first
    int fd;           // -1: standard output, by `out`
    struct sink *out;
    struct span name;
    struct span told; // what messages call it: option and name
    struct report_out report;
    struct span temporary; // until the replay is done, absent = none
    bool is_continued;     // has what was told before, or does not want it
    bool has_failed;
    bool is_to_cut; // before the first record, to `keeps` bytes
    off_t keeps;
    int error; // errno of the failure, 0 = not known
};

struct outputs {
    struct writer *err;
    struct sqlite_out *sqlite; // NULL: not asked for, or it failed
    struct span sqlite_told;   // as output.told
    bool has_lost_sqlite;
    bool is_replaying;
    uint32_t n;
    struct output list[OUTPUTS_MAX];
};

static bool output_write(struct sink *self, struct span bytes)
{
    struct output *o = (struct output *)self;
    if (o->fd < 0)
        return o->out->write(o->out, bytes);
    while (bytes.len > 0) {
        const ssize_t n = write(o->fd, bytes.ptr, bytes.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            o->error = n < 0 ? errno : ENOSPC;
            return false;
        }
        bytes = span_from(bytes, (size_t)n);
    }
    return true;
}

static const char *format_of(char token)
{
    static const char *const formats[] = {"H%H", "M%M", "S%S",     "T%H%M%S",   "R%H%M", "m%m",
                                          "d%d", "y%y", "D%m%d%y", "F%Y-%m-%d", "Y%Y"};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (formats[i][0] == token)
            return formats[i] + 1;
    }
    return NULL;
}

static void token_print(struct buf *b, char token, int64_t now)
{
    const time_t t = (time_t)now;
    const char *format = format_of(token);
    char text[TOKEN_MAX];
    struct tm tm;
    if (format && localtime_r(&t, &tm))
        buf_bytes(b, span_of(text, strftime(text, sizeof text, format, &tm)));
    else
        buf_char(b, token);
}

// The name with its tokens replaced, the extension appended, and NUL behind it.
static struct span name_of(struct arena *run, struct span name, const char *extension, int64_t now)
{
    const size_t room = TOKEN_MAX * (name.len + 1) + strlen(extension) + 2;
    struct buf b;
    buf_init(&b, arena_alloc(run, room), room - 1);
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '%' && i + 1 < name.len)
            token_print(&b, name.ptr[++i], now);
        else
            buf_char(&b, name.ptr[i]);
    }
    if (*extension)
        buf_char(&b, '.');
    buf_str(&b, extension);
    return buf_span(&b);
}

struct request {
    const struct report *kind;
    struct span name;
    const char *extension;
    const char *option;
};

static struct span told_of(struct arena *run, const char *option, struct span name)
{
    const size_t room = strlen(option) + 4 * name.len + 1;
    struct buf b;
    buf_init(&b, arena_alloc(run, room), room);
    buf_str(&b, option);
    buf_char(&b, ' ');
    buf_bytes(&b, name);
    return buf_span(&b);
}

static struct output *add(struct outputs *o, struct arena *run, const struct request *q,
                          struct span name)
{
    struct output *out = &o->list[o->n++];
    out->sink.write = output_write;
    out->fd = -1;
    out->name = name;
    out->told = q->option ? told_of(run, q->option, name) : name;
    report_init(run, &out->report, q->kind, &out->sink);
    return out;
}

static bool is_stdout(struct span name)
{
    return span_eq(name, SPAN("-"));
}

// What a file held before stays until all outputs are open and the run begins.
static bool open_file(struct output *out, bool appends, struct writer *err)
{
    const int flags = O_CREAT | O_CLOEXEC | (appends ? O_APPEND | O_RDWR : O_WRONLY);
    out->fd = open(out->name.ptr, flags, FILE_MODE);
    out->is_to_cut = !appends;
    if (out->fd < 0)
        say_sys(err, out->told, -errno);
    return out->fd >= 0;
}

// A report that is one document is gone on with inside.
static bool join_document(struct arena *run, struct output *out, struct writer *err)
{
    char *tail = arena_alloc(run, JOINT_TAIL);
    char head[JOINT_HEAD];
    struct stat st;
    if (fstat(out->fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size == 0)
        return true;
    const off_t from = st.st_size > JOINT_TAIL ? st.st_size - JOINT_TAIL : 0;
    const ssize_t n_head = pread(out->fd, head, sizeof head, 0);
    const ssize_t n_tail = pread(out->fd, tail, JOINT_TAIL, from);
    struct report_joint *joint = &out->report.joint;
    if (n_head < 0 || n_tail < 0) {
        say_sys(err, out->told, -errno);
        return false;
    }
    if (!report_xml_joint(span_of(head, (size_t)n_head), span_of(tail, (size_t)n_tail), joint)) {
        say_about(err, out->told, "holds no XML report that could be added to");
        return false;
    }
    out->is_to_cut = true;
    out->keeps = from + (off_t)joint->kept;
    return true;
}

static void cut(struct output *out)
{
    struct stat st;
    if (!out->is_to_cut || fstat(out->fd, &st) < 0 || !S_ISREG(st.st_mode))
        return;
    out->is_to_cut = false;
    if (ftruncate(out->fd, out->keeps) < 0)
        out->error = errno;
}

static bool open_continued(struct output *out, const struct continued *c, struct writer *err)
{
    out->is_continued = true;
    out->fd = open(c->path.ptr, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (out->fd >= 0 && ftruncate(out->fd, (off_t)c->whole) == 0)
        return true;
    say_sys(err, out->told, -errno);
    return false;
}

static bool open_anew(struct arena *run, struct output *out, struct writer *err)
{
    const struct span name = out->name;
    out->name = out->temporary = name_of(run, name, "resume", 0);
    const bool is_open = open_file(out, false, err);
    out->name = name;
    return is_open;
}

static bool is_file(struct span name, const struct stat *st)
{
    char path[PATH_MAX];
    struct stat other;
    struct buf b;
    if (span_is_absent(name) || name.len >= sizeof path)
        return false;
    buf_init(&b, path, sizeof path - 1);
    buf_bytes(&b, name);
    path[name.len] = 0;
    return stat(path, &other) == 0 && other.st_dev == st->st_dev && other.st_ino == st->st_ino;
}

// True (told): the file is also read; to write it would destroy what is read.
static bool is_read(const struct opts *o, struct span path, struct span told, struct writer *err)
{
    struct stat st;
    if (stat(path.ptr, &st) < 0 || !S_ISREG(st.st_mode))
        return false;
    bool is_input = is_file(o->input_list, &st) || is_file(o->exclude_file, &st);
    for (uint32_t i = 0; o->targets_are_files && i < o->n_targets && !is_input; i++)
        is_input = is_file(o->targets[i], &st);
    if (is_input)
        say_about(err, told, "this file is read, it cannot be written too");
    return is_input;
}

static int take(struct outputs *o, struct arena *run, const struct opts *opts,
                const struct request *q, int64_t now)
{
    if (q->name.len == 0 || (q->name.ptr[0] == '-' && !is_stdout(q->name))) {
        say_about(o->err, told_of(run, q->option, q->name), "this is no name for an output file");
        return EXIT_USAGE;
    }
    const struct continued *c = opts->continued;
    if (c && c->is_json && q->kind == &report_json)
        return open_continued(add(o, run, q, c->path), c, o->err) ? EXIT_DONE : EXIT_FAILED;
    if (is_stdout(q->name)) {
        add(o, run, q, SPAN("standard output"));
        return EXIT_DONE;
    }
    struct output *out = add(o, run, q, name_of(run, q->name, q->extension, now));
    if (is_read(opts, out->name, out->told, o->err))
        return EXIT_USAGE;
    if (c && !opts->append_output)
        return open_anew(run, out, o->err) ? EXIT_DONE : EXIT_FAILED;
    const bool appends = opts->append_output && q->kind != &report_html; // one page, always whole
    out->is_continued = appends;
    if (!open_file(out, appends, o->err) ||
        (appends && q->kind == &report_xml && !join_document(run, out, o->err)))
        return EXIT_FAILED;
    return EXIT_DONE;
}

static uint32_t requests_of(const struct opts *o, struct request *out)
{
    const struct request all[] = {
        {&report_normal, o->out_normal, "", "-oN"}, {&report_xml, o->out_xml, "", "-oX"},
        {&report_grep, o->out_grep, "", "-oG"},     {&report_json, o->out_json, "", "-oJ"},
        {&report_html, o->out_html, "", "--html"},  {&report_normal, o->out_all, "nmap", "-oA"},
        {&report_xml, o->out_all, "xml", "-oA"},    {&report_grep, o->out_all, "gnmap", "-oA"},
    };
    uint32_t n = 0;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (!span_is_absent(all[i].name))
            out[n++] = all[i];
    }
    return n;
}

// What cannot be written is told once and left.
static void check_sqlite(struct outputs *o, bool is_good)
{
    if (is_good)
        return;
    say_about(o->err, o->sqlite_told, sqlite_why(o->sqlite));
    o->has_lost_sqlite = true;
    sqlite_close(o->sqlite);
    o->sqlite = NULL;
}

// SQLite has one message for every reason why a file cannot be opened.
static bool may_write(struct span path, struct span told, struct writer *err)
{
    const int fd = open(path.ptr, O_RDWR | O_CREAT | O_CLOEXEC, FILE_MODE);
    if (fd < 0)
        say_sys(err, told, -errno);
    else
        close(fd);
    return fd >= 0;
}

static int open_sqlite(struct outputs *o, struct arena *run, const struct opts *opts, int64_t now)
{
    const struct span name = opts->out_sqlite;
    const char *why = NULL;
    if (span_is_absent(name))
        return EXIT_DONE;
    const struct span path = name_of(run, name, "", now);
    o->sqlite_told = told_of(run, "--sqlite", path);
    if (name.len == 0 || name.ptr[0] == '-') {
        say_about(o->err, o->sqlite_told, "this is no name for a database file");
        return EXIT_USAGE;
    }
    if (is_read(opts, path, o->sqlite_told, o->err))
        return EXIT_USAGE;
    if (!may_write(path, o->sqlite_told, o->err))
        return EXIT_FAILED;
    o->sqlite = sqlite_open(run, path.ptr, &why);
    if (!o->sqlite)
        say_about(o->err, o->sqlite_told, why);
    return o->sqlite ? EXIT_DONE : EXIT_FAILED;
}

static bool is_same_file(const struct output *a, const struct output *b)
{
    struct stat x, y;
    return a->fd >= 0 && b->fd >= 0 && fstat(a->fd, &x) == 0 && fstat(b->fd, &y) == 0 &&
           S_ISREG(x.st_mode) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static int check_twice(const struct outputs *o)
{
    for (uint32_t i = 1; i < o->n; i++) {
        for (uint32_t j = 0; j < i; j++) {
            if (!is_same_file(&o->list[i], &o->list[j]))
                continue;
            say_about(o->err, o->list[i].told, "another report goes to this file");
            return EXIT_USAGE;
        }
    }
    return EXIT_DONE;
}

struct outputs *outputs_open(struct arena *run, const struct opts *opts, const struct cli_env *env,
                             int64_t now, struct writer *err, int *code)
{
    struct outputs *o = arena_alloc(run, sizeof *o);
    struct request requests[OUTPUTS_MAX];
    const struct request screen = {.kind = &report_screen};
    const uint32_t n = requests_of(opts, requests);
    uint32_t n_stdout = 0;
    o->err = err;
    for (uint32_t i = 0; i < n; i++)
        n_stdout += is_stdout(requests[i].name);
    *code = EXIT_USAGE;
    if (n_stdout > 1) {
        say(err, "standard output can have one report; give the others a file");
        return NULL;
    }
    if (n_stdout == 0 && !opts->quiet)
        add(o, run, &screen, SPAN("standard output"))->is_continued = true;
    *code = EXIT_DONE;
    for (uint32_t i = 0; i < n && *code == EXIT_DONE; i++)
        *code = take(o, run, opts, &requests[i], now);
    if (*code == EXIT_DONE)
        *code = open_sqlite(o, run, opts, now);
    if (*code == EXIT_DONE)
        *code = check_twice(o);
    for (uint32_t i = 0; i < o->n; i++)
        o->list[i].out = env->out;
    if (*code == EXIT_DONE)
        return o;
    outputs_close(o);
    return NULL;
}

void outputs_paint(struct outputs *o)
{
    for (uint32_t i = 0; i < o->n; i++)
        if (o->list[i].report.kind == &report_screen)
            o->list[i].report.w.has_color = true;
}

struct span outputs_stylesheet(const struct opts *opts)
{
    if (!span_is_absent(opts->stylesheet))
        return opts->stylesheet.len > 0 ? opts->stylesheet : (struct span){NULL, 0};
    return access(STYLESHEET, R_OK) == 0 ? SPAN("file://" STYLESHEET) : (struct span){NULL, 0};
}

static void check(struct outputs *o, struct output *out, bool is_good)
{
    if (is_good || out->has_failed)
        return;
    out->has_failed = true;
    if (out->error)
        say_sys(o->err, out->told, -out->error);
    else
        say_about(o->err, out->told, "cannot be written");
}

#define TO_ALL(call)                                \
    for (uint32_t i = 0; i < o->n; i++) {           \
        struct output *out = &o->list[i];           \
        if (!o->is_replaying || !out->is_continued) \
            check(o, out, out->has_failed || call); \
    }

void outputs_replay(struct outputs *o)
{
    o->is_replaying = true;
}

void outputs_replayed(struct outputs *o)
{
    o->is_replaying = false;
    for (uint32_t i = 0; i < o->n; i++) {
        struct output *out = &o->list[i];
        if (span_is_absent(out->temporary) || out->has_failed)
            continue;
        if (rename(out->temporary.ptr, out->name.ptr) < 0) {
            out->error = errno;
            check(o, out, false);
        }
        out->temporary = (struct span){NULL, 0};
    }
}

void outputs_be_patient(struct outputs *o)
{
    if (o->sqlite)
        sqlite_be_patient(o->sqlite);
}

void outputs_begin(struct outputs *o, const struct scan *scan)
{
    for (uint32_t i = 0; i < o->n; i++) {
        cut(&o->list[i]);
        check(o, &o->list[i], o->list[i].error == 0);
    }
    TO_ALL(report_begin(&out->report, scan))
    if (o->sqlite)
        check_sqlite(o, sqlite_begin(o->sqlite, scan));
}

void outputs_up(struct outputs *o, const struct scan *scan, const struct host *host)
{
    TO_ALL(report_up(&out->report, scan, host))
}

void outputs_port(struct outputs *o, const struct scan *scan, const struct host *host,
                  const struct port *port)
{
    TO_ALL(report_port(&out->report, scan, host, port))
}

void outputs_ports(struct outputs *o, const struct scan *scan, const struct host *decided)
{
    TO_ALL(report_ports(&out->report, scan, decided))
}

void outputs_service(struct outputs *o, const struct scan *scan, const struct host *host,
                     const struct port *port)
{
    TO_ALL(report_service(&out->report, scan, host, port))
}

void outputs_evidence(struct outputs *o, const struct scan *scan, const struct host *host,
                      const struct evidence *e)
{
    TO_ALL(report_evidence(&out->report, scan, host, e))
}

void outputs_host(struct outputs *o, const struct scan *scan, const struct host *host)
{
    TO_ALL(report_host(&out->report, scan, host))
    if (o->sqlite)
        check_sqlite(o, sqlite_host(o->sqlite, scan, host));
}

void outputs_note(struct outputs *o, const struct scan *scan, struct span text)
{
    TO_ALL(report_note(&out->report, scan, text))
}

void outputs_phase(struct outputs *o, const struct scan *scan, const struct phase *phase,
                   int64_t now)
{
    TO_ALL(report_phase(&out->report, scan, phase, now))
}

void outputs_progress(struct outputs *o, const struct scan *scan, const struct progress *p,
                      int64_t now)
{
    TO_ALL(report_progress(&out->report, scan, p, now))
}

void outputs_end(struct outputs *o, const struct scan *scan)
{
    TO_ALL(report_end(&out->report, scan))
    if (o->sqlite)
        check_sqlite(o, sqlite_end(o->sqlite, scan));
}

bool outputs_have_failed(const struct outputs *o)
{
    for (uint32_t i = 0; i < o->n; i++) {
        if (o->list[i].has_failed)
            return true;
    }
    return o->has_lost_sqlite;
}

bool outputs_are_dead(const struct outputs *o)
{
    for (uint32_t i = 0; i < o->n; i++) {
        if (!o->list[i].has_failed)
            return false;
    }
    return o->n > 0 && !o->sqlite;
}

void outputs_close(struct outputs *o)
{
    for (uint32_t i = 0; i < o->n; i++) {
        struct output *out = &o->list[i];
        if (out->fd < 0)
            continue;
        if (close(out->fd) < 0 && !out->has_failed) {
            out->error = errno;
            check(o, out, false);
        }
        out->fd = -1;
    }
    if (o->sqlite)
        sqlite_close(o->sqlite);
    o->sqlite = NULL;
}
