// SPDX-License-Identifier: Apache-2.0
// Streams of the simulator through the operations of engine/io.h: ports, scripts of services, loss
// and delay, limits, determinism; errors of the language.
#include "check.h"

#include <errno.h>
#include <stdio.h>

#include "lab/sim/scn.h"

static const uint64_t ms_ns = 1000000;

#define HOST(services)                                                             \
    "personality p { \n open = 1 \n filtered = 3 \n reject = 4 \n udp-open = 1 \n" \
    " udp-filtered = 3 \n udp-reject = 4 \n}\n"                                    \
    "link delay 10ms\nhost 10.0.0.2 p {\n" services "\n}\n"                        \
    "host 10.0.0.3 p { down }\nhost 10.0.0.4 p { router-unreach }\n"

struct rig {
    struct arena arena;
    struct scn scn;
    struct io *io;
};

static void rig_open(struct rig *rig, const char *text)
{
    struct err_at at;
    arena_init(&rig->arena, "test");
    if (scn_parse(&rig->arena, NULL, span_str(text), 0, &rig->scn, &at))
        fail_msg("line %u col %u: %s '%s'", at.line, at.col, at.what, at.token);
    scn_build(&rig->arena, &rig->scn);
    rig->io = sim_open(&rig->scn.config);
}

static void rig_close(struct rig *rig)
{
    rig->io->ops->close(rig->io);
    arena_fini(&rig->arena);
}

static uint64_t now_ms(struct rig *rig)
{
    return rig->io->ops->now(rig->io) / ms_ns - 1000;
}

static int open_to(struct rig *rig, uint32_t addr, uint16_t port, bool is_udp)
{
    static char tags[65536];
    const struct io_stream_to to = {
        .addr = ip_v4(addr), .port = port, .is_udp = is_udp, .tag = &tags[port]};
    return rig->io->ops->stream_open(rig->io, &to);
}

static int tcp(struct rig *rig, uint16_t port)
{
    return open_to(rig, 0x0A000002, port, false);
}

// The next event within ms; false if none comes.
static bool event(struct rig *rig, uint64_t ms, struct io_event *e)
{
    const struct io_ops *ops = rig->io->ops;
    const uint64_t until = ops->now(rig->io) + ms * ms_ns;
    while (ops->wait(rig->io, until) == 1)
        if (ops->stream_events(rig->io, e, 1) == 1)
            return true;
    return false;
}

static void connects(struct rig *rig, int s)
{
    struct io_event e;
    assert_true(event(rig, 60000, &e));
    assert_true(e.is_writable);
    assert_int_equal(e.error, 0);
    rig->io->ops->stream_want(rig->io, s, IO_STREAM_READ);
}

static void writes(struct rig *rig, int s, const char *text)
{
    const int n = (int)strlen(text);
    assert_int_equal(rig->io->ops->stream_write(rig->io, s, span_str(text)), n);
}

// What comes within ms, all of it, "..." for the middle of more.
static const char *reads(struct rig *rig, int s, uint64_t ms)
{
    static char text[400];
    const struct io_ops *ops = rig->io->ops;
    const uint64_t until = ops->now(rig->io) + ms * ms_ns;
    struct io_event e;
    size_t n = 0;
    while (ops->now(rig->io) < until && event(rig, (until - ops->now(rig->io)) / ms_ns, &e)) {
        if (e.error || !e.is_readable)
            continue;
        const int got = ops->stream_read(rig->io, s, text + n, sizeof text - 10 - n);
        if (got < 0) {
            snprintf(text + n, sizeof text - n, "<%d>", -got);
            return text;
        }
        n += (size_t)got;
    }
    text[n] = '\0';
    return text;
}

static void refused_by(struct rig *rig, uint32_t addr, uint16_t port, int error, uint64_t after_ms)
{
    struct io_event e;
    const uint64_t start = now_ms(rig);
    const int s = open_to(rig, addr, port, false);
    assert_true(s >= 0);
    if (error == 0) {
        assert_false(event(rig, 20000, &e));
    } else {
        assert_true(event(rig, 20000, &e));
        assert_int_equal(-e.error, error);
        assert_int_equal(now_ms(rig) - start, after_ms);
    }
    rig->io->ops->stream_close(rig->io, s, false);
}

static void ports_are_those_of_the_host(void **state)
{
    struct rig rig;
    (void)state;
    rig_open(&rig, HOST("service 80/tcp { }"));
    refused_by(&rig, 0x0A000002, 2, ECONNREFUSED, 20);
    refused_by(&rig, 0x0A000002, 3, 0, 0);
    refused_by(&rig, 0x0A000002, 4, EHOSTUNREACH, 20);
    refused_by(&rig, 0x0A000003, 80, 0, 0);
    refused_by(&rig, 0x0A000004, 80, EHOSTUNREACH, 20);
    refused_by(&rig, 0x0A000009, 80, EHOSTUNREACH, 3000); // nobody: ARP fails
    connects(&rig, tcp(&rig, 1));
    connects(&rig, tcp(&rig, 80));
    const struct io_stream_to six = {.addr = {.family = IP_V6}, .port = 1};
    assert_int_equal(rig.io->ops->stream_open(rig.io, &six), -ENETUNREACH);
    rig_close(&rig);
}

static void scripts_are_followed(void **state)
{
    struct rig rig;
    (void)state;
    rig_open(&rig, HOST("service 21/tcp {\n on connect after 100ms send \"220 hi\\r\\n\"\n"
                        " on data ~\"USER\" send \"331\\r\\n\"\n on data \"QUIT\" close\n"
                        " on data ~\"\\x00\\xff\" reset\n on data echo\n}\n"
                        "service 22/tcp {\n send \"SSH\" close after 2s\n}"));
    const int s = tcp(&rig, 21);
    connects(&rig, s);
    assert_int_equal(now_ms(&rig), 20);
    assert_string_equal(reads(&rig, s, 99), "");
    assert_string_equal(reads(&rig, s, 50), "220 hi\r\n");
    writes(&rig, s, "xUSERx");
    assert_string_equal(reads(&rig, s, 50), "331\r\n");
    writes(&rig, s, "hello");
    assert_string_equal(reads(&rig, s, 50), "hello");
    writes(&rig, s, "QUIT");
    assert_string_equal(reads(&rig, s, 50), "<61>"); // ENODATA
    rig.io->ops->stream_close(rig.io, s, false);
    const int t = tcp(&rig, 21);
    connects(&rig, t);
    assert_int_equal(rig.io->ops->stream_write(rig.io, t, span_of("a\0\xff", 3)), 3);
    assert_string_equal(reads(&rig, t, 50), "<104>"); // ECONNRESET
    rig.io->ops->stream_close(rig.io, t, false);
    const int u = tcp(&rig, 22);
    connects(&rig, u);
    assert_string_equal(reads(&rig, u, 1900), "");
    assert_string_equal(reads(&rig, u, 200), "SSH<61>");
    rig_close(&rig);
}

static void floods_and_drips(void **state)
{
    struct rig rig;
    struct io_event e;
    char bytes[16384];
    size_t sum = 0;
    (void)state;
    rig_open(&rig, HOST("service 1/tcp {\n flood 1000000 }\n"
                        "service 2/tcp { drip \"abc\" each 1s }"));
    const int s = tcp(&rig, 1);
    connects(&rig, s);
    assert_true(event(&rig, 1000, &e));
    assert_int_equal(rig.io->ops->wait(rig.io, 2000 * ms_ns), 1);
    int n = 0;
    while (sum < 1000000 && event(&rig, 1000, &e)) {
        n = rig.io->ops->stream_read(rig.io, s, bytes, sizeof bytes);
        assert_true(n > 0);
        sum += (size_t)n;
    }
    assert_int_equal(sum, 1000000);
    const int t = tcp(&rig, 2);
    connects(&rig, t);
    assert_string_equal(reads(&rig, t, 500), "a");
    assert_string_equal(reads(&rig, t, 1000), "b");
    assert_string_equal(reads(&rig, t, 5000), "c");
    rig_close(&rig);
}

static void one_at_a_time(void **state)
{
    struct rig rig;
    (void)state;
    rig_open(&rig, HOST("service 1/tcp {\n single\n send \"hi\"\n on data echo\n}"));
    const int a = tcp(&rig, 1), b = tcp(&rig, 1);
    connects(&rig, a);
    connects(&rig, b);
    writes(&rig, b, "early");
    assert_string_equal(reads(&rig, a, 100), "hi");
    assert_string_equal(reads(&rig, b, 1000), "");
    rig.io->ops->stream_close(rig.io, a, false);
    assert_string_equal(reads(&rig, b, 100), "hiearly");
    rig_close(&rig);
}

static void udp_services(void **state)
{
    struct rig rig;
    struct io_event e;
    char bytes[100];
    (void)state;
    rig_open(&rig, HOST("service 53/udp {\n on data ~\"?\" send \"answer\"\n}\n"
                        "service 54/udp { on data echo }"));
    const int s = open_to(&rig, 0x0A000002, 53, true);
    writes(&rig, s, "no");
    assert_false(event(&rig, 100, &e));
    writes(&rig, s, "a?");
    writes(&rig, s, "b?");
    assert_true(event(&rig, 100, &e));
    assert_int_equal(rig.io->ops->stream_read(rig.io, s, bytes, sizeof bytes), 6);
    assert_true(event(&rig, 100, &e));
    assert_int_equal(rig.io->ops->stream_read(rig.io, s, bytes, 3), 3);
    assert_int_equal(rig.io->ops->stream_read(rig.io, s, bytes, 3), -EAGAIN);
    const int empty = open_to(&rig, 0x0A000002, 54, true);
    writes(&rig, empty, "");
    assert_true(event(&rig, 100, &e));
    assert_int_equal(rig.io->ops->stream_read(rig.io, empty, bytes, 3), 0);
    static const int error[] = {0, ECONNREFUSED, 0, EHOSTUNREACH};
    for (uint16_t port = 1; port <= 4; port++) {
        const int u = open_to(&rig, 0x0A000002, port, true);
        writes(&rig, u, "x");
        assert_int_equal(event(&rig, 100, &e), error[port - 1] != 0);
        if (error[port - 1])
            assert_int_equal(-e.error, error[port - 1]);
        rig.io->ops->stream_close(rig.io, u, false);
    }
    rig_close(&rig);
}

static void loss_makes_tcp_late_and_udp_poor(void **state)
{
    struct rig rig;
    struct io_event e;
    uint32_t made = 0, answered = 0;
    (void)state;
    rig_open(&rig, "personality p {\n udp-open = 1 \n}\nlink delay 5ms loss 30%\n"
                   "host 10.0.0.2 p { service 1/tcp { } service 2/udp { on data echo } }");
    for (int i = 0; i < 100; i++) {
        const int s = tcp(&rig, 1);
        made += event(&rig, 60000, &e) && e.is_writable;
        rig.io->ops->stream_close(rig.io, s, false);
        const int u = open_to(&rig, 0x0A000002, 2, true);
        writes(&rig, u, "x");
        answered += event(&rig, 100, &e);
        rig.io->ops->stream_close(rig.io, u, false);
    }
    assert_true(made > 95);
    assert_true(now_ms(&rig) > 10000); // lost SYNs come a second later
    assert_in_range(answered, 30, 70); // 0.7 * 0.7
    rig_close(&rig);
}

static void as_many_as_there_may_be(void **state)
{
    struct rig rig;
    int s[3];
    (void)state;
    rig_open(&rig, "streams 2\n" HOST("service 1/tcp { }"));
    assert_int_equal(rig.io->ops->stream_limit(rig.io), 2);
    s[0] = tcp(&rig, 1);
    s[1] = tcp(&rig, 1);
    assert_int_equal(tcp(&rig, 1), -EMFILE);
    rig.io->ops->stream_close(rig.io, s[0], false);
    s[2] = tcp(&rig, 1);
    assert_int_equal(s[2], s[0]);
    connects(&rig, s[1]);
    connects(&rig, s[2]);
    rig_close(&rig);
}

static uint64_t digest_of_a_run(void)
{
    struct rig rig;
    struct sim_counts c;
    rig_open(&rig, "link jitter 20ms loss 10%\n" HOST("service 1/tcp { on data echo }"));
    for (int i = 0; i < 20; i++) {
        const int s = tcp(&rig, 1);
        connects(&rig, s);
        writes(&rig, s, "hello");
        (void)reads(&rig, s, 3000);
        rig.io->ops->stream_close(rig.io, s, false);
    }
    sim_counts(rig.io, &c);
    assert_int_equal(c.streams, 20);
    rig_close(&rig);
    return c.digest;
}

static void the_same_again(void **state)
{
    (void)state;
    assert_true(digest_of_a_run() == digest_of_a_run());
}

static void errors_have_a_place(void **state)
{
    static const struct {
        const char *text;
        uint32_t line;
        const char *what;
    } bad[] = {
        {"host 10.0.0.1 {\nservice 80 { }\n}", 2, "not PORT/tcp or PORT/udp"},
        {"host 10.0.0.1 {\nservice 99999/tcp { }\n}", 2, "not PORT/tcp or PORT/udp"},
        {"host 10.0.0.1 {\nservice 80/tcp send\n}", 2, "\"{\" expected"},
        {"host 10.0.0.1 {\nservice 80/tcp {\nshout \"x\"\n}\n}", 3, "not an act of a service"},
        {"host 10.0.0.1 {\nservice 80/tcp {\non end close\n}\n}", 3, "not connect or data"},
        {"host 10.0.0.1 {\nservice 80/tcp {\nsend\n}\n}", 3, "a word is missing"},
        {"host 10.0.0.1 {\nservice 80/tcp {\nflood x\n}\n}", 3, "not a number in range"},
        {"host 10.0.0.1 {\nservice 80/tcp {\ndrip \"x\" 1s\n}\n}", 3, "\"each\" expected"},
        {"host 10.0.0.1 {\nservice 80/tcp {\necho echo echo echo echo\n}\n}", 3, "too many acts"},
        {"host 10.0.0.1 {\nservice 80/tcp {\n", 3, "block without end"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct arena arena;
        struct scn scn;
        struct err_at at;
        arena_init(&arena, "test");
        assert_int_not_equal(scn_parse(&arena, NULL, span_str(bad[i].text), 0, &scn, &at), ERR_OK);
        assert_string_equal(at.what, bad[i].what);
        assert_int_equal(at.line, bad[i].line);
        arena_fini(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ports_are_those_of_the_host),
        cmocka_unit_test(scripts_are_followed),
        cmocka_unit_test(floods_and_drips),
        cmocka_unit_test(one_at_a_time),
        cmocka_unit_test(udp_services),
        cmocka_unit_test(loss_makes_tcp_late_and_udp_poor),
        cmocka_unit_test(as_many_as_there_may_be),
        cmocka_unit_test(the_same_again),
        cmocka_unit_test(errors_have_a_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
