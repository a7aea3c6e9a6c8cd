// SPDX-License-Identifier: Apache-2.0
// Stands in for many hosts behind a TUN device: tunhosts [options] ADDRESS/BITS. Prints one line
// when it is ready, answers until it is told to end, then says how much it did. Memory does not
// grow with what is sent to it.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/text.h"
#include "lab/netns/tunhosts/crowd.h"
#include "lab/netns/tunhosts/delay.h"
#include "lab/netns/tunhosts/options.h"
#include "lab/netns/tunhosts/tun.h"

enum { ROUND = 256, PACKET_MAX = 65536 };

static const uint64_t second_ns = 1000000000;

struct town {
    struct options opts;
    struct arena arena;
    struct refs refs;
    struct crowd *crowd;
    struct delay *delay; // NULL: answers come at once
    struct rng rng;
    int tun;
    uint64_t refused; // packets that found no place in `delay`
    uint8_t packet[PACKET_MAX];
    uint8_t reply[PERS_REPLIES][PERS_REPLY_MAX];
};

static volatile sig_atomic_t must_end;

static void on_signal(int number)
{
    (void)number;
    must_end = 1;
}

static uint64_t clock_ns(void)
{
    struct timespec t = {0};
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * second_ns + (uint64_t)t.tv_nsec;
}

// Half of a round trip.
static uint64_t way_ns(struct town *t)
{
    const struct options *o = &t->opts;
    const uint64_t least = o->rtt_ns > o->jitter_ns ? o->rtt_ns - o->jitter_ns : 0;
    return (least + (uint64_t)(rng_unit(&t->rng) * 2.0 * (double)o->jitter_ns)) / 2;
}

static void send_reply(struct town *t, struct span bytes, uint64_t now_ns)
{
    if (crowd_loses(t->crowd))
        return;
    if (t->delay)
        t->refused += !delay_put(t->delay, now_ns + way_ns(t), true, bytes);
    else if (write(t->tun, bytes.ptr, bytes.len) < 0)
        t->refused++;
}

// A packet is at its host.
static void arrive(struct town *t, struct span bytes, uint64_t now_ns)
{
    struct buf out[PERS_REPLIES];
    struct frame f = {0};
    for (int i = 0; i < PERS_REPLIES; i++)
        buf_init(&out[i], t->reply[i], PERS_REPLY_MAX);
    if (frame_decode(LINK_RAW, bytes, &f) != ERR_OK || f.src.family != IP_V4)
        return;
    const uint32_t n = crowd_answer(t->crowd, &f, now_ns, out);
    for (uint32_t i = 0; i < n; i++)
        send_reply(t, buf_span(&out[i]), now_ns);
}

static void read_round(struct town *t)
{
    for (int i = 0; i < ROUND; i++) {
        const ssize_t n = read(t->tun, t->packet, sizeof t->packet);
        if (n <= 0)
            return;
        if (crowd_loses(t->crowd))
            continue;
        const struct span bytes = span_of(t->packet, (size_t)n);
        const uint64_t now_ns = clock_ns();
        uint64_t out_ns;
        if (!narrow_pass(&t->opts.narrow, now_ns, &out_ns))
            continue;
        if (t->delay)
            t->refused += !delay_put(t->delay, out_ns + way_ns(t), false, bytes);
        else
            arrive(t, bytes, now_ns);
    }
}

static void run_delayed(struct town *t)
{
    struct delay_item item;
    while (delay_next(t->delay, clock_ns(), &item)) {
        if (!item.is_reply)
            arrive(t, item.bytes, item.at_ns);
        else if (write(t->tun, item.bytes.ptr, item.bytes.len) < 0)
            t->refused++;
    }
}

static void wait_round(struct town *t)
{
    struct pollfd fd = {t->tun, POLLIN, 0};
    const uint64_t now = clock_ns();
    const uint64_t when = t->delay ? delay_when(t->delay) : UINT64_MAX;
    const uint64_t left = when == UINT64_MAX ? second_ns : when > now ? when - now : 0;
    const struct timespec timeout = {(time_t)(left / second_ns), (long)(left % second_ns)};
    (void)ppoll(&fd, 1, &timeout, NULL); // a signal or an error shows in the next round
}

static bool read_file(struct arena *a, const char *path, struct span *out)
{
    struct stat st;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0 || st.st_size > LIMIT_DB_FILE) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    char *text = arena_alloc(a, (size_t)st.st_size + 1);
    const ssize_t n = read(fd, text, (size_t)st.st_size);
    close(fd);
    *out = span_of(text, n > 0 ? (size_t)n : 0);
    return n == st.st_size;
}

static int complain(const char *what, struct span token)
{
    fprintf(stderr, "tunhosts: %s: %.*s\n", what, (int)token.len, token.ptr);
    return EXIT_FAILURE;
}

static bool load(struct town *t)
{
    struct options *o = &t->opts;
    struct err_at at = {0};
    struct span text;
    if (!read_file(&t->arena, o->db, &text))
        return complain("cannot read", span_str(o->db)) == EXIT_SUCCESS;
    if (refs_load(&t->arena, o->db, text, o->keys, &t->refs, &at) != ERR_OK)
        return complain(at.what, span_str(at.token)) == EXIT_SUCCESS;
    if (!span_is_absent(o->lines) && !refs_choose(&t->refs, o->lines))
        return complain("no such references", o->lines) == EXIT_SUCCESS;
    return t->refs.n > 0 || complain("no reference in", span_str(o->db)) == EXIT_SUCCESS;
}

// Who is where: address, line and name of the reference.
static bool write_key(const struct town *t)
{
    if (!t->opts.key)
        return true;
    FILE *f = fopen(t->opts.key, "w");
    const struct crowd_config *c = &t->opts.crowd;
    for (uint32_t i = 0; f && i < c->n; i++) {
        const uint32_t a = c->first + i;
        if (!crowd_has(t->crowd, a))
            continue;
        const struct refs_label *l = &t->refs.label[crowd_ref(t->crowd, a)];
        fprintf(f, "%u.%u.%u.%u\t%u\t%.*s\n", a >> 24, a >> 16 & 0xFF, a >> 8 & 0xFF, a & 0xFF,
                l->line, (int)l->name.len, l->name.ptr);
    }
    return f && fclose(f) == 0;
}

static void run(struct town *t)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    printf("%u hosts, %u references (%u unusable), ready\n", t->opts.crowd.n, t->refs.n,
           t->refs.n_unusable);
    fflush(stdout);
    while (!must_end) {
        wait_round(t);
        read_round(t);
        if (t->delay)
            run_delayed(t);
    }
    const struct crowd_counts *c = crowd_counts(t->crowd);
    printf("%llu received, %llu answered, %llu lost, %llu held back, %llu refused\n",
           (unsigned long long)c->received, (unsigned long long)c->answered,
           (unsigned long long)(c->lost + t->opts.narrow.n_lost), (unsigned long long)c->limited,
           (unsigned long long)t->refused);
}

static int open_town(struct town *t)
{
    const struct options *o = &t->opts;
    const char *what;
    if (!load(t))
        return EXIT_FAILURE;
    t->crowd = crowd_open(&o->crowd, &t->refs);
    const bool has_delay = o->rtt_ns > 0 || o->narrow.rate > 0;
    t->delay = has_delay ? delay_open() : NULL;
    if (!t->crowd || (has_delay && !t->delay))
        return complain("no memory", SPAN("hosts"));
    if (!write_key(t))
        return complain("cannot write", span_str(o->key));
    t->tun = tun_open(&(struct tun_config){o->device, o->own, o->crowd.first, o->bits}, &what);
    return t->tun < 0 ? complain(strerror(-t->tun), span_str(what)) : EXIT_SUCCESS;
}

static void close_town(struct town *t)
{
    if (t->tun >= 0)
        close(t->tun);
    if (t->delay)
        delay_close(t->delay);
    if (t->crowd)
        crowd_close(t->crowd);
}

int main(int argc, char **argv)
{
    struct arena arena;
    arena_init(&arena, "tunhosts");
    struct town *t = arena_alloc(&arena, sizeof *t);
    t->arena = arena;
    t->tun = -1;
    int code = EXIT_FAILURE;
    if (options_parse_args(&t->arena, argc, argv, &t->opts)) {
        rng_seed(&t->rng, t->opts.crowd.seed + 1);
        code = open_town(t);
        if (code == EXIT_SUCCESS)
            run(t);
        close_town(t);
    }
    arena = t->arena; // t lies in it
    arena_fini(&arena);
    return code;
}
