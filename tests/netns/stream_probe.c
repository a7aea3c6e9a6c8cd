// SPDX-License-Identifier: Apache-2.0
// Streams over io_linux against real sockets, one exercise per call; test_stream.sh says what
// they talk to. Prints what happened in one line.
//
//   stream_probe KIND ADDR PORT [OPTION...]     KIND: tcp udp tls dtls
//     -n N        N streams at once              -s TEXT   send when open
//     -t MS       for connection and handshake   -l MS     close that long after the last event
//     -b BYTES    close after so many bytes      -i IFACE  through it
//     -p          from a low port                -r RATE   connections a second
//     -w NAME     server name                    -q        no bytes in the output
#include <dirent.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"
#include "engine/engine.h"
#include "engine/io_linux.h"
#include "engine/stream.h"

enum { ENDS = STREAM_LOCAL + 2, SHOWN = 400 };

static const char *const end_name[ENDS] = {"closed",  "reset",     "refused", "unreachable",
                                           "timeout", "handshake", "local",   "by us"};
static const uint64_t ms_ns = 1000000;

struct probe {
    struct engine *engine;
    struct stream_to to;
    struct span send;
    uint32_t n;
    uint64_t linger_ns;
    uint64_t enough; // bytes
    bool is_quiet;
    uint32_t opened;
    uint32_t ended[ENDS];
    uint32_t gone;
    uint32_t most; // open at a time
    uint64_t bytes;
    struct buf shown;
    char text[SHOWN];
};

struct one {
    struct probe *probe;
    struct stream *stream;
    struct timer timer;
    uint64_t bytes;
};

static void gone(struct one *o, uint32_t how)
{
    timer_cancel(engine_timers(o->probe->engine), &o->timer);
    o->probe->ended[how]++;
    o->probe->gone++;
    o->stream = NULL;
}

static void close_now(struct one *o)
{
    stream_close(o->stream);
    gone(o, ENDS - 1);
}

static void on_linger(void *ctx, uint64_t now_ns)
{
    (void)now_ns;
    close_now(ctx);
}

static void wait_more(struct one *o)
{
    struct engine *e = o->probe->engine;
    timer_set(engine_timers(e), &o->timer, engine_now(e) + o->probe->linger_ns);
}

static void show_facts(const struct stream_tls *t)
{
    printf("[%.*s %.*s alpn=%.*s cert=%d", (int)t->version.len, t->version.ptr, (int)t->cipher.len,
           t->cipher.ptr, (int)t->alpn.len, t->alpn.ptr, t->has_certificate);
    if (t->has_certificate)
        printf(" subject=%.*s issuer=%.*s days=%d sha256=%02x%02x", (int)t->subject.len,
               t->subject.ptr, (int)t->issuer.len, t->issuer.ptr,
               (int)((t->not_after - t->not_before) / 86400), t->sha256[0], t->sha256[1]);
    for (uint32_t i = 0; i < t->n_names; i++)
        printf(" name=%.*s", (int)t->names[i].len, t->names[i].ptr);
    printf("] ");
}

static void on_opened(void *ctx, struct stream *s, const struct stream_tls *tls)
{
    struct one *o = ctx;
    struct probe *p = o->probe;
    struct stream_stats stats;
    p->opened++;
    stream_stats(p->engine, &stats);
    p->most = stats.open > p->most ? stats.open : p->most;
    if (tls && p->n == 1)
        show_facts(tls);
    if (p->send.len > 0)
        stream_send(s, p->send);
    wait_more(o);
}

static void on_data(void *ctx, struct stream *s, struct span bytes)
{
    struct one *o = ctx;
    struct probe *p = o->probe;
    (void)s;
    p->bytes += bytes.len;
    o->bytes += bytes.len;
    buf_bytes(&p->shown, bytes);
    if (p->enough > 0 && o->bytes >= p->enough)
        close_now(o);
    else
        wait_more(o);
}

static void on_ended(void *ctx, struct stream *s, enum stream_end how, const struct stream_tls *tls)
{
    struct one *o = ctx;
    (void)s;
    if (tls && o->probe->n == 1)
        show_facts(tls);
    gone(o, how);
}

static uint32_t count_fds(void)
{
    uint32_t n = 0;
    DIR *d = opendir("/proc/self/fd");
    while (d && readdir(d))
        n++;
    closedir(d);
    return n;
}

static void fail(const char *why, const char *what)
{
    printf("FAILED %s %s\n", why, what);
    exit(2);
}

static void parse(struct probe *p, int argc, char **argv)
{
    static const char *const kind[] = {"tcp", "udp", "tls", "dtls"};
    int k = 0;
    while (k < 4 && argc >= 4 && strcmp(kind[k], argv[1]) != 0)
        k++;
    if (argc < 4 || k == 4 || !ip_parse(span_str(argv[2]), &p->to.addr))
        fail("usage:", "stream_probe KIND ADDR PORT [OPTION...]");
    p->to.port = (uint16_t)strtoul(argv[3], NULL, 10);
    p->to.is_udp = k == 1 || k == 3;
    p->to.tunnel = k == 2 ? STREAM_TLS : k == 3 ? STREAM_DTLS : STREAM_PLAIN;
}

static void parse_options(struct probe *p, int argc, char **argv, struct engine_config *cfg,
                          uint64_t *timeout_ms)
{
    int c;
    while ((c = getopt(argc, argv, "n:s:t:l:b:i:pr:w:q")) != -1) {
        const unsigned long v = optarg ? strtoul(optarg, NULL, 10) : 0;
        if (c == 'n')
            p->n = (uint32_t)v;
        else if (c == 's')
            p->send = span_str(optarg);
        else if (c == 't')
            *timeout_ms = v;
        else if (c == 'l')
            p->linger_ns = v * ms_ns;
        else if (c == 'b')
            p->enough = v;
        else if (c == 'i')
            p->to.iface = if_nametoindex(optarg);
        else if (c == 'p')
            p->to.is_low_port = true;
        else if (c == 'r')
            cfg->max_rate = (double)v;
        else if (c == 'w')
            p->to.server_name = span_str(optarg);
        else if (c == 'q')
            p->is_quiet = true;
        else
            fail("option", argv[optind - 1]);
    }
}

static void report(const struct probe *p, uint64_t time_ns)
{
    char text[SHOWN * 4 + 1];
    struct buf b;
    struct rusage use;
    struct stream_stats stats;
    getrusage(RUSAGE_SELF, &use);
    stream_stats(p->engine, &stats);
    buf_init(&b, text, sizeof text);
    text_escape(&b, buf_span(&p->shown));
    printf("opened=%u", p->opened);
    for (uint32_t i = 0; i < ENDS; i++)
        if (p->ended[i] > 0)
            printf(" %s=%u", end_name[i], p->ended[i]);
    if (!p->is_quiet)
        printf(" bytes=%llu '%.*s'", (unsigned long long)p->bytes, (int)buf_len(&b), text);
    printf("\n");
    fprintf(stderr, "time=%llums most=%u rss=%ldkB\n", (unsigned long long)(time_ns / ms_ns),
            p->most, use.ru_maxrss);
    if (stats.open > 0 || stats.waiting > 0)
        fail("left over:", "streams");
}

static void no_frame(void *ctx, const struct frame *f)
{
    (void)ctx;
    (void)f;
}

int main(int argc, char **argv)
{
    static const struct stream_calls calls = {on_opened, on_data, on_ended};
    static struct probe p = {.n = 1, .linger_ns = 1000 * 1000000};
    struct engine_config cfg = {.port_lo = 1, .port_hi = 1};
    struct arena run;
    struct io *io;
    struct span what;
    uint64_t timeout_ms = 3000;
    arena_init(&run, "probe");
    buf_init(&p.shown, p.text, sizeof p.text);
    parse(&p, argc, argv);
    parse_options(&p, argc - 3, argv + 3, &cfg, &timeout_ms);
    if (io_linux_open(&io, &what) < 0)
        fail("cannot open", what.ptr);
    p.engine = engine_new(&run, io, &cfg);
    struct one *one = arena_array(&run, p.n, sizeof *one);
    const uint32_t fds = count_fds();
    const uint64_t start_ns = engine_now(p.engine);
    p.to.deadline_ns = start_ns + timeout_ms * ms_ns;
    for (uint32_t i = 0; i < p.n; i++) {
        one[i] = (struct one){.probe = &p, .timer = {.fire = on_linger, .ctx = &one[i]}};
        one[i].stream = stream_open(p.engine, &p.to, &calls, &one[i]);
    }
    while (p.gone < p.n)
        if (engine_step(p.engine, UINT64_MAX, no_frame, NULL) < 0)
            fail("wait", "");
    report(&p, engine_now(p.engine) - start_ns);
    if (count_fds() > fds + 1) // the set to wait for
        fail("descriptors", "leak");
    engine_close(p.engine);
    io->ops->close(io);
    arena_fini(&run);
    return 0;
}
