// SPDX-License-Identifier: Apache-2.0
// One timer does it all: it looks for keys and Ctrl-Z, draws the bar again, and prints status
// lines and records when they are due. Without a terminal and without its options there is none.
#include "cli/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/opts.h"
#include "cli/say.h"
#include "cli/terminal.h"
#include "engine/timer.h"
#include "model/progress.h"
#include "model/scan.h"
#include "report/progress.h"

#define MS UINT64_C(1000000)
#define SECOND (1000 * MS)
#define NEVER UINT64_MAX

static const uint64_t look_ns = 100 * MS;
static const uint64_t draw_ns = 400 * MS;
static const uint64_t first_draw_ns = 700 * MS; // short runs show no bar
static const uint64_t verbose_lines_ns = 30 * SECOND;
static const uint64_t record_ns = SECOND;

enum { LEVEL_MAX = 10, RECORD_MAX = 2048 };

// Takes the bar away, then writes to `to`.
struct shy_sink {
    struct sink sink; // first
    struct sink *to;
    struct watch *watch;
    bool is_terminal;
};

// Gathers one record, which is written at once or not at all.
struct record_sink {
    struct sink sink; // first
    struct buf b;
    uint8_t mem[RECORD_MAX];
};

struct watch {
    const struct opts *opts;
    const struct cli_env *env;
    struct shy_sink out;
    struct shy_sink err;
    struct writer err_text;
    struct writer bar; // to the terminal, past the shy sinks
    struct writer *say;
    struct scan *scan;
    struct watch_calls calls;
    struct timers *timers;
    struct timer timer;
    bool has_terminal;
    bool has_keys;
    bool is_drawn;
    uint64_t begun_ns;
    uint64_t draw_at;
    uint64_t lines_at, lines_gap;
    uint64_t record_at, record_gap;
    int record_fd; // -1: not asked for, or it failed
    struct record_sink record;
    struct writer record_text;
    double share;  // the highest so far
    double end_ns; // expected, smoothed; 0 = not known
    uint64_t measured_ns;
};

static void undraw(struct watch *w)
{
    if (!w->is_drawn)
        return;
    w->is_drawn = false;
    writer_str(&w->bar, "\r\033[K");
    writer_flush(&w->bar);
}

static bool shy_write(struct sink *self, struct span bytes)
{
    struct shy_sink *s = (struct shy_sink *)self;
    if (s->is_terminal)
        undraw(s->watch);
    return s->to->write(s->to, bytes);
}

static bool record_write(struct sink *self, struct span bytes)
{
    struct record_sink *r = (struct record_sink *)self;
    buf_bytes(&r->b, bytes);
    return true;
}

static bool can_write(int fd)
{
    const int flags = fcntl(fd, F_GETFL);
    return fd > STDOUT_FILENO && flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
}

struct watch *watch_new(struct arena *run, const struct opts *o, const struct cli_env *env,
                        struct writer *err)
{
    struct watch *w = arena_alloc(run, sizeof *w);
    w->opts = o;
    w->env = env;
    w->say = err;
    w->out = (struct shy_sink){{shy_write}, env->out, w, env->out_is_terminal};
    w->err = (struct shy_sink){{shy_write}, env->err, w, env->err_is_terminal};
    writer_init(&w->err_text, &w->err.sink);
    writer_init(&w->bar, env->err);
    w->has_terminal = env->err_is_terminal && !o->noninteractive;
    w->record_fd = o->progress_fd;
    w->record.sink.write = record_write;
    writer_init(&w->record_text, &w->record.sink);
    if (o->progress_fd < 0 || can_write(o->progress_fd))
        return w;
    say_about(err, SPAN("--progress-json"), "this file descriptor cannot be written to");
    return NULL;
}

struct sink *watch_out(struct watch *w)
{
    return &w->out.sink;
}

struct sink *watch_err(struct watch *w)
{
    return &w->err.sink;
}

// Of what was measured just now, against all before: the nearer begin and end, the more.
static double weight(const struct watch *w, const struct progress *p, uint64_t now_ns)
{
    enum { SMOOTH = 16 };
    const uint64_t near_ns = p->elapsed_ns < p->remaining_ns ? p->elapsed_ns : p->remaining_ns;
    const double since = (double)(now_ns - w->measured_ns);
    return since > 0 ? since / (since + (double)near_ns / SMOOTH) : 0;
}

// The expected end moves slowly, the share never back.
static void measure(struct watch *w, struct progress *p)
{
    const uint64_t now = w->calls.now(w->calls.ctx);
    w->calls.progress(w->calls.ctx, p);
    p->elapsed_ns = now - w->begun_ns;
    p->share = -1;
    if (p->remaining_ns == UINT64_MAX)
        return;
    const double end = (double)p->elapsed_ns + (double)p->remaining_ns;
    w->end_ns = w->end_ns <= 0 ? end : w->end_ns + (end - w->end_ns) * weight(w, p, now);
    w->measured_ns = now;
    if (p->n_live == 0 || w->end_ns < (double)p->elapsed_ns)
        w->end_ns = end;
    p->remaining_ns = (uint64_t)(w->end_ns - (double)p->elapsed_ns);
    const double share = w->end_ns > 0 ? (double)p->elapsed_ns / w->end_ns : 0;
    w->share = share > w->share ? share : w->share;
    p->share = w->share;
}

static void draw(struct watch *w)
{
    char text[PROGRESS_WIDTH_MAX];
    struct progress p;
    struct buf b;
    const size_t width = terminal_width(STDERR_FILENO);
    measure(w, &p);
    buf_init(&b, text, sizeof text);
    progress_bar(&b, &p, width > 1 ? width - 1 : 1);
    writer_str(&w->bar, "\r");
    writer_bytes(&w->bar, buf_span(&b));
    writer_str(&w->bar, "\033[K");
    writer_flush(&w->bar);
    w->is_drawn = true;
}

static void print_lines(struct watch *w)
{
    struct progress p;
    measure(w, &p);
    progress_lines(&w->err_text, &p, w->calls.wall(w->calls.ctx) / (int64_t)SECOND);
    w->calls.told(w->calls.ctx, &p);
}

// A reader that does not keep up misses records; one that is gone gets no more.
static void put_record(struct watch *w, bool is_last)
{
    struct progress p;
    struct pollfd ready = {.fd = w->record_fd, .events = POLLOUT};
    if (w->record_fd < 0 || poll(&ready, 1, 0) != 1 || !(ready.revents & (POLLOUT | POLLERR)))
        return;
    measure(w, &p);
    if (is_last)
        p.remaining_ns = 0;
    buf_init(&w->record.b, w->record.mem, sizeof w->record.mem);
    progress_json(&w->record_text, &p, w->calls.wall(w->calls.ctx) / (int64_t)SECOND, is_last);
    const struct span s = buf_span(&w->record.b);
    if (write(w->record_fd, s.ptr, s.len) == (ssize_t)s.len || errno == EAGAIN)
        return;
    say_sys(w->say, SPAN("--progress-json"), -errno);
    w->record_fd = -1;
}

static void tell(struct watch *w, const char *text)
{
    writer_line(&w->err_text, text);
    writer_flush(&w->err_text);
}

static void move_level(struct watch *w, int *level, int by, const char *name)
{
    const int to = *level + by;
    if (to >= 0 && to <= LEVEL_MAX)
        *level = to;
    writer_str(&w->err_text, name);
    writer_str(&w->err_text, by > 0 ? " Increased to " : " Decreased to ");
    writer_int(&w->err_text, *level);
    tell(w, ".");
}

static void show_keys(struct watch *w)
{
    tell(w, "Keys while a run goes on:");
    tell(w, "  v V   say more, less");
    tell(w, "  d D   say more, less for developers");
    tell(w, "  p P   begin, end to tell of every packet");
    tell(w, "  ?     this text");
    tell(w, "  Enter and others: how far the run is");
}

static void obey(struct watch *w, int key)
{
    switch (key) {
    case 'v':
    case 'V':
        move_level(w, &w->scan->verbose, key == 'v' ? 1 : -1, "Verbosity");
        return;
    case 'd':
    case 'D':
        move_level(w, &w->scan->debug, key == 'd' ? 1 : -1, "Debugging");
        return;
    case 'p':
    case 'P':
        w->calls.trace(w->calls.ctx, key == 'p');
        tell(w, key == 'p' ? "Packet Tracing enabled." : "Packet Tracing disabled.");
        return;
    case '?':
        show_keys(w);
        return;
    default:
        print_lines(w);
    }
}

static void look(struct watch *w, uint64_t now)
{
    if (w->has_keys && terminal_must_stop()) {
        undraw(w);
        terminal_stop();
    }
    const bool is_in_front = !w->has_keys || terminal_look();
    const int key = w->has_keys ? terminal_key() : -1;
    if (key >= 0)
        obey(w, key);
    if (w->has_terminal && is_in_front && now >= w->draw_at) {
        w->draw_at = now + draw_ns;
        draw(w);
    }
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static void on_timer(void *ctx, uint64_t now_ns)
{
    struct watch *w = ctx;
    look(w, now_ns);
    if (now_ns >= w->lines_at) {
        w->lines_at = now_ns + w->lines_gap;
        print_lines(w);
    }
    if (now_ns >= w->record_at) {
        w->record_at = now_ns + w->record_gap;
        put_record(w, false);
    }
    const uint64_t look_at = w->has_terminal ? now_ns + look_ns : NEVER;
    timer_set(w->timers, &w->timer, earlier(look_at, earlier(w->lines_at, w->record_at)));
}

void watch_begin(struct watch *w, struct timers *timers, const struct watch_calls *calls,
                 struct scan *scan)
{
    const uint64_t stats_ns = w->opts->stats_every_ns;
    const bool speaks_by_itself = !w->has_terminal && scan->verbose > 0;
    w->calls = *calls;
    w->timers = timers;
    w->scan = scan;
    w->begun_ns = calls->now(calls->ctx);
    const bool has_list = span_eq(w->opts->input_list, SPAN("-")); // it may be typed
    w->has_keys = w->has_terminal && w->env->may_have_keys && !has_list && terminal_open();
    w->draw_at = w->begun_ns + first_draw_ns;
    w->lines_gap = stats_ns > 0 ? stats_ns : verbose_lines_ns;
    w->lines_at = stats_ns > 0 || speaks_by_itself ? w->begun_ns + w->lines_gap : NEVER;
    w->record_gap = stats_ns > 0 ? stats_ns : record_ns;
    w->record_at = w->record_fd >= 0 ? w->begun_ns : NEVER;
    w->timer = (struct timer){.fire = on_timer, .ctx = w};
    on_timer(w, w->begun_ns);
}

void watch_end(struct watch *w)
{
    if (!w->timers)
        return;
    timer_cancel(w->timers, &w->timer);
    put_record(w, true);
    undraw(w);
    if (w->has_keys)
        terminal_close();
    w->has_terminal = w->has_keys = false;
    w->timers = NULL;
}
