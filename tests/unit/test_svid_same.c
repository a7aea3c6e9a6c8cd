// SPDX-License-Identifier: Apache-2.0
// Our own mode finds what the serial one finds, over random servers that answer the same thing
// each time. Of one server all answers take between one and two times as long, and servers with
// few connections answer promptly: beyond that the two may differ (doc/services.md).
#include "svid_many.h"

#include "base/rng.h"

enum { SERVERS = 3000, LINES = 24, TEXT = 48 };

struct drawn {
    struct peer peer;
    struct peer_line lines[LINES];
    char text[LINES][TEXT];
    char on[LINES][8];
};

static uint32_t one_of(struct rng *r, const uint32_t *from, uint32_t n)
{
    return from[rng_below(r, n)];
}
#define ONE_OF(r, ...)                         \
    one_of(r, (const uint32_t[]){__VA_ARGS__}, \
           sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

static struct span draw_text(struct rng *r, char *mem, uint32_t probe)
{
    struct buf b;
    buf_init(&b, mem, TEXT);
    switch (rng_below(r, 8)) {
    case 0:
    case 1:
    case 2:
        buf_str(&b, "OK");
        buf_dec_pad(&b, probe, 2);
        buf_str(&b, " 1.");
        buf_dec(&b, probe);
        break;
    case 3:
        buf_str(&b, "SO");
        buf_dec_pad(&b, probe % 7, 2);
        break;
    case 4:
        buf_str(&b, "HELLO 5.5\r\n");
        break;
    case 5:
        buf_str(&b, "220 hm\r\n");
        break;
    default:
        buf_str(&b, "what?\r\n");
        break;
    }
    return buf_span(&b);
}

static struct span draw_banner(struct rng *r)
{
    switch (rng_below(r, 4)) {
    case 0:
        return SPAN("SSH-2.0-Door_9.9\r\n");
    case 1:
        return SPAN("220 hello\r\n");
    case 2:
        return SPAN("HELLO 7.7\r\n");
    default:
        return SPAN("nonsense\r\n");
    }
}

static void draw(struct rng *r, struct drawn *d)
{
    memset(d, 0, sizeof *d);
    struct peer *p = &d->peer;
    p->lines = d->lines;
    p->rtt_us = ONE_OF(r, 100, 1000, 20000, 100000);
    p->serves = ONE_OF(r, 0, 0, 0, 1, 2, 3);
    p->bears = p->serves == 0 ? ONE_OF(r, 0, 0, 0, 1, 2, 5) : 0;
    p->closes_unknown = rng_below(r, 3) == 0;
    const bool is_few = p->serves > 0 || p->bears > 0;
    const uint32_t slow = is_few ? ONE_OF(r, 0, 1, 20) : ONE_OF(r, 0, 1, 20, 200, 1000, 2000);
    if (rng_below(r, 3) == 0)
        d->lines[p->n++] = (struct peer_line){
            .say = draw_banner(r), .after_ms = is_few ? slow : ONE_OF(r, 0, 50, 200, 1000, 3000)};
    const uint32_t one_in = ONE_OF(r, 2, 4, 10, 30);
    for (uint32_t i = 1; i <= MANY_PROBES && p->n < LINES; i++) {
        struct buf b;
        if (rng_below(r, one_in) != 0)
            continue;
        buf_init(&b, d->on[p->n], sizeof d->on[0]);
        buf_char(&b, 'A');
        buf_dec_pad(&b, i, 2);
        d->lines[p->n] = (struct peer_line){
            .on = buf_span(&b),
            .say = draw_text(r, d->text[p->n], i),
            .after_ms = slow + rng_below(r, slow + 1),
            .closes = rng_below(r, 2) == 0,
        };
        p->n++;
    }
}

static void tell(const struct drawn *d, const struct load *l)
{
    const struct peer *p = &d->peer;
    print_message("rtt %u us, serves %u, bears %u, closes unknown %d\n", p->rtt_us, p->serves,
                  p->bears, p->closes_unknown);
    for (uint32_t i = 0; i < p->n; i++)
        print_message("  %.*s: \"%.*s\" after %u ms%s\n", (int)p->lines[i].on.len,
                      p->lines[i].on.ptr ? p->lines[i].on.ptr : "", (int)p->lines[i].say.len,
                      p->lines[i].say.ptr, p->lines[i].after_ms,
                      p->lines[i].closes ? ", closes" : "");
    print_message("%s\nport %u, by %.*s line %u\n", l->run.order, l->target.port,
                  (int)l->run.result.probe.len, l->run.result.probe.ptr, l->run.result.line);
    for (uint32_t i = 0; i < l->run.result.n_replies; i++)
        print_message("  %.*s > %.*s\n", (int)l->run.result.replies[i].probe.len,
                      l->run.result.replies[i].probe.ptr, (int)l->run.result.replies[i].bytes.len,
                      l->run.result.replies[i].bytes.ptr);
}

static bool is_match(const struct service *s)
{
    return (s->state == SERVICE_HARD || s->state == SERVICE_SOFT) && !s->is_foreign;
}

static bool is_same(const struct service *a, const struct service *b)
{
    if (is_match(a) != is_match(b))
        return false;
    if (!is_match(a))
        return a->state == b->state || b->is_foreign;
    return a->state == b->state && span_eq(a->name, b->name) && span_eq(a->product, b->product) &&
           span_eq(a->version, b->version);
}

static void compare(struct rng *r, uint32_t server, double *own_s, double *serial_s)
{
    struct load l;
    struct drawn d;
    many_init(&l);
    draw(r, &d);
    l.target.port = (uint16_t)ONE_OF(r, 34567, 34567, 80);
    l.cfg.is_serial = true;
    const struct service serial = *load_run(&l, &d.peer);
    *serial_s += load_seconds(&l);
    l.cfg.is_serial = false;
    const struct service own = *load_run(&l, &d.peer);
    *own_s += load_seconds(&l);
    if (!is_same(&serial, &own)) {
        tell(&d, &l);
        fail_msg("server %u: serial %d %.*s %.*s, own %d %.*s %.*s", server, serial.state,
                 (int)serial.name.len, serial.name.ptr ? serial.name.ptr : "-",
                 (int)serial.version.len, serial.version.ptr ? serial.version.ptr : "-", own.state,
                 (int)own.name.len, own.name.ptr ? own.name.ptr : "-", (int)own.version.len,
                 own.version.ptr ? own.version.ptr : "-");
    }
    load_fini(&l);
}

static void test_same(void **state)
{
    (void)state;
    struct rng r;
    double own_s = 0;
    double serial_s = 0;
    rng_seed(&r, 1);
    for (uint32_t i = 0; i < SERVERS; i++)
        compare(&r, i, &own_s, &serial_s);
    print_message("%d servers: %.2f s each, %.2f s in the serial mode\n", SERVERS, own_s / SERVERS,
                  serial_s / SERVERS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
