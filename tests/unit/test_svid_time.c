// SPDX-License-Identifier: Apache-2.0
// How long our own mode takes, in virtual time, and that it finds what is there.
#include "svid_many.h"

static char chargen[9500];

struct row {
    const char *what;
    struct peer peer;
    uint16_t port;
    const char *table;
    double most_s;
    enum service_state state;
    enum service_tunnel tunnel;
    const char *name;
    const char *note;
};

static const struct peer web = PEER({ON("A02"), SAY(HTTP_ANSWER), .closes = true});

#define ALERT                             \
    {                                     \
        "\x15\x03\x01\x00\x02\x02\x28", 7 \
    }

static const struct row rows[] = {
    {"http", PEER({ON("A02"), SAY(HTTP_ANSWER), .after_ms = 2, .closes = true}), 80, "http", 0.5,
     SERVICE_HARD, TUNNEL_NONE, "http", NULL},
    {"http on an odd port", PEER({ON("A02"), SAY(HTTP_ANSWER), .after_ms = 2}), 34567, NULL, 1.0,
     SERVICE_HARD, TUNNEL_NONE, "http", NULL},
    {"http, one at a time",
     {.lines = (const struct peer_line[]){{ON("A02"), SAY(HTTP_ANSWER), .closes = true}},
      .n = 1,
      .serves = 1,
      .rtt_us = 200},
     34567,
     NULL,
     1.2,
     SERVICE_HARD,
     TUNNEL_NONE,
     "http",
     NULL},
    {"silent", {.rtt_us = 200}, 34567, NULL, 10.0, SERVICE_NOMATCH, TUNNEL_NONE, NULL, NULL},
    {"silent and far",
     {.rtt_us = 100000},
     34567,
     NULL,
     14.0,
     SERVICE_NOMATCH,
     TUNNEL_NONE,
     NULL,
     NULL},
    {"prompt banner", PEER({SAY("SSH-2.0-Door_3.1\r\n")}), 22, "ssh", 0.1, SERVICE_HARD,
     TUNNEL_NONE, "ssh", NULL},
    {"banner after 3 s", PEER({SAY("SSH-2.0-Door_3.1\r\n"), .after_ms = 3000}), 34567, NULL, 4.0,
     SERVICE_HARD, TUNNEL_NONE, "ssh", NULL},
    {"banner after 5 s where one is due", PEER({SAY("SSH-2.0-Door_3.1\r\n"), .after_ms = 5000}), 22,
     "ssh", 5.5, SERVICE_HARD, TUNNEL_NONE, "ssh", NULL},
    {"banner in two pieces", PEER({SAY("SSH-2.0-Do")}, {SAY("or_3.1\r\n"), .after_ms = 1000}),
     34567, NULL, 2.5, SERVICE_HARD, TUNNEL_NONE, "ssh", NULL},
    {"answer after 3 s", PEER({ON("A07"), SAY("OK07 7.7"), .after_ms = 3000}), 34567, NULL, 6.0,
     SERVICE_HARD, TUNNEL_NONE, "svc7", NULL},
    {"last probe, one at a time",
     {.lines = (const struct peer_line[]){{ON("A29"), SAY("OK29 7.7")}},
      .n = 1,
      .serves = 1,
      .rtt_us = 200},
     34567,
     NULL,
     10.0,
     SERVICE_HARD,
     TUNNEL_NONE,
     "svc29",
     NULL},
    {"echo",
     {.echoes = true, .rtt_us = 200},
     34567,
     NULL,
     5.0,
     SERVICE_NOMATCH,
     TUNNEL_NONE,
     NULL,
     NULL},
    {"closed at once", PEER({SAY(""), .closes = true}), 34567, NULL, 0.5, SERVICE_TCPWRAPPED,
     TUNNEL_NONE, "tcpwrapped", "accepted, then closed"},
    {"reset at once", PEER({SAY(""), .resets = true}), 34567, NULL, 0.5, SERVICE_TCPWRAPPED,
     TUNNEL_NONE, "tcpwrapped", "accepted, then closed"},
    {"closed after 4 s",
     {.idle_ms = 4000, .rtt_us = 200},
     34567,
     NULL,
     60.0,
     SERVICE_TCPWRAPPED,
     TUNNEL_NONE,
     "tcpwrapped",
     "accepted, then closed"},
    {"banner after 5 s from who dislikes requests",
     {.lines = (const struct peer_line[]){{SAY("SSH-2.0-Door_3.1\r\n"), .after_ms = 5000}},
      .n = 1,
      .closes_unknown = true,
      .rtt_us = 200},
     34567,
     NULL,
     6.5,
     SERVICE_HARD,
     TUNNEL_NONE,
     "ssh",
     NULL},
    {"closed on any request",
     {.closes_unknown = true, .rtt_us = 200},
     34567,
     NULL,
     7.5,
     SERVICE_NOMATCH,
     TUNNEL_NONE,
     NULL,
     NULL},
    {"refused",
     {.is_refusing = true, .rtt_us = 200},
     34567,
     NULL,
     1.0,
     SERVICE_TCPWRAPPED,
     TUNNEL_NONE,
     "tcpwrapped",
     "connection failed"},
    {"no answer to SYN",
     {.is_silent_syn = true, .rtt_us = 200},
     34567,
     NULL,
     11.0,
     SERVICE_TCPWRAPPED,
     TUNNEL_NONE,
     "tcpwrapped",
     "connection failed"},
    {"characters", PEER({.say = {chargen, sizeof chargen}, .every_ms = 1}), 34567, NULL, 1.0,
     SERVICE_HARD, TUNNEL_NONE, "chargen", NULL},
    {"https",
     {.speaks_tls = true, .inside = &web, .alert = ALERT, .rtt_us = 200},
     443,
     "https",
     0.6,
     SERVICE_HARD,
     TUNNEL_TLS,
     "http",
     NULL},
    {"TLS on an odd port",
     {.speaks_tls = true, .inside = &web, .alert = ALERT, .rtt_us = 200},
     34567,
     NULL,
     1.5,
     SERVICE_HARD,
     TUNNEL_TLS,
     "http",
     NULL},
    {"TLS, silent to others",
     {.speaks_tls = true, .inside = &web, .rtt_us = 200},
     34567,
     NULL,
     2.0,
     SERVICE_HARD,
     TUNNEL_TLS,
     "http",
     NULL},
    {"TLS, nothing inside",
     {.speaks_tls = true, .rtt_us = 200},
     443,
     "https",
     11.0,
     SERVICE_NOMATCH,
     TUNNEL_TLS,
     NULL,
     NULL},
    {"TLS with a certificate of ours",
     {.speaks_tls = true, .wants_certificate = true, .alert = ALERT, .rtt_us = 200},
     443,
     "https",
     10.0,
     SERVICE_INCOMPLETE,
     TUNNEL_TLS,
     NULL,
     "TLS handshake failed"},
    {"the same, odd port",
     {.speaks_tls = true, .wants_certificate = true, .alert = ALERT, .rtt_us = 200},
     34567,
     NULL,
     2.0,
     SERVICE_INCOMPLETE,
     TUNNEL_TLS,
     NULL,
     "TLS handshake failed"},
    {"TLS stalls",
     {.speaks_tls = true, .stalls_tls = true, .rtt_us = 200},
     443,
     "https",
     12.0,
     SERVICE_NOMATCH,
     TUNNEL_NONE,
     NULL,
     NULL},
    {"banner on a TLS port", PEER({SAY("SSH-2.0-Door_3.1\r\n")}), 443, "https", 0.5, SERVICE_HARD,
     TUNNEL_NONE, "ssh", NULL},
};

static void check(struct load *l, const struct row *r)
{
    l->target.port = r->port;
    l->target.table = span_str(r->table);
    const struct service *s = load_run(l, &r->peer);
    print_message("%-36s %6.2f s, %2u connections, %2u at a time, %4zu KiB\n", r->what,
                  load_seconds(l), l->run.n_opened, l->run.most_open, l->run.memory / 1024);
    const struct span name = r->name ? span_str(r->name) : (struct span){0};
    if (s->state != r->state || s->tunnel != r->tunnel || !span_eq(s->name, name) ||
        (r->note && !span_eq(s->note, span_str(r->note))) || load_seconds(l) > r->most_s)
        fail_msg("%s: state %d, tunnel %d, name %.*s, note %.*s, %.2f s, order %s", r->what,
                 s->state, s->tunnel, (int)s->name.len, s->name.ptr ? s->name.ptr : "-",
                 (int)s->note.len, s->note.ptr ? s->note.ptr : "-", load_seconds(l), l->run.order);
    if (l->run.result.tunnel == TUNNEL_TLS)
        assert_non_null(l->run.result.tls);
}

static void test_times(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof chargen; i++)
        chargen[i] = (char)(i % 95 == 94 ? '\n' : '!' + i % 95);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct load l;
        many_init(&l);
        check(&l, &rows[i]);
        load_fini(&l);
    }
}

// A port that says nothing to anybody, by the number of connections that it may have at a time.
static void test_silent(void **state)
{
    static const uint32_t conns[] = {1, 2, 4, 8, 10, 16, 24, 32};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(conns); i++) {
        struct load l;
        const struct peer silent = {.rtt_us = 200};
        many_init(&l);
        l.cfg.max_conns = conns[i];
        const struct service *s = load_run(&l, &silent);
        print_message("silent, %2u connections %6.2f s\n", conns[i], load_seconds(&l));
        assert_int_equal(s->state, SERVICE_NOMATCH);
        assert_int_equal(l.run.n_opened, 2 + MANY_PROBES - 1); // NULL's goes on with the first; TLS
        assert_true(l.run.most_open <= conns[i] + 1);
        assert_true(conns[i] < 10 || load_seconds(&l) <= 9.0);
        load_fini(&l);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_silent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
