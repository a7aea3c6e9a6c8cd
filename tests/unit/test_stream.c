// SPDX-License-Identifier: Apache-2.0
// The engine's streams over the simulator: order of events, ends, deadlines, the queue for
// descriptors, pacing, fairness, closing anywhere, TLS against what is none.
#include "check.h"

#include "base/limits.h"
#include "engine/engine.h"
#include "engine/stream.h"
#include "lab/sim/scn.h"

enum { HOST = 0x0A000002, MANY = 500, LOG = 4096 };

static const uint64_t ms_ns = 1000000;

#define HEAD \
    "link delay 10ms\npersonality p {\n filtered = 3 \n reject = 4 \n udp-filtered = 3 \n}\n"

static struct arena run;
static struct scn scn;
static struct io *io;
static struct engine *engine;
static char log_text[LOG]; // what was called, a letter each, and the data
static struct buf log_buf;
static uint32_t n_ended[STREAM_LOCAL + 1];
static uint32_t n_opened;
static uint64_t n_bytes;
static char close_in;        // 'o', 'd' or 'e': the call that closes its stream
static struct stream *other; // closed by the first call of any stream
static uint64_t bytes_of[2];

static void start(const char *text, double rate)
{
    struct err_at at;
    arena_init(&run, "test");
    if (scn_parse(&run, NULL, span_str(text), 0, &scn, &at))
        fail_msg("line %u: %s", at.line, at.what);
    scn_build(&run, &scn);
    io = sim_open(&scn.config);
    const struct engine_config cfg = {.max_rate = rate, .port_lo = 1, .port_hi = 2};
    engine = engine_new(&run, io, &cfg);
    buf_init(&log_buf, log_text, LOG);
    memset(n_ended, 0, sizeof n_ended);
    memset(bytes_of, 0, sizeof bytes_of);
    n_opened = 0;
    n_bytes = 0;
    close_in = ' ';
    other = NULL;
}

static void stop(void)
{
    engine_close(engine);
    io->ops->close(io);
    arena_fini(&run);
}

static uint64_t now_ms(void)
{
    return engine_now(engine) / ms_ns - 1000;
}

static void note(char what, struct stream *s)
{
    buf_char(&log_buf, what);
    if (other && s != other) {
        stream_close(other);
        other = NULL;
    }
    if (what == close_in)
        stream_close(s);
}

static void on_opened(void *ctx, struct stream *s, const struct stream_tls *tls)
{
    (void)ctx;
    (void)tls;
    n_opened++;
    note('o', s);
}

static void on_data(void *ctx, struct stream *s, struct span bytes)
{
    if (ctx)
        *(uint64_t *)ctx += bytes.len;
    n_bytes += bytes.len;
    buf_bytes(&log_buf, span_head(bytes, 10));
    note('d', s);
}

static void on_ended(void *ctx, struct stream *s, enum stream_end how, const struct stream_tls *tls)
{
    (void)ctx;
    assert_null(tls);
    n_ended[how]++;
    note('e', s);
}

static const struct stream_calls calls = {on_opened, on_data, on_ended};

static struct stream *go(struct stream_to to, uint64_t timeout_ms, void *ctx)
{
    to.addr = ip_v4(HOST);
    to.deadline_ns = engine_now(engine) + timeout_ms * ms_ns;
    return stream_open(engine, &to, &calls, ctx);
}

static struct stream *tcp(uint16_t port)
{
    return go((struct stream_to){.port = port}, 5000, NULL);
}

static struct stream *udp(uint16_t port)
{
    return go((struct stream_to){.port = port, .is_udp = true}, 5000, NULL);
}

static void no_frame(void *ctx, const struct frame *f)
{
    (void)ctx;
    (void)f;
}

static void pass(uint64_t ms)
{
    const uint64_t until = engine_now(engine) + ms * ms_ns;
    while (engine_now(engine) < until)
        assert_int_equal(engine_step(engine, until, no_frame, NULL), 0);
}

#define assert_log(expected)                       \
    do {                                           \
        assert_text(buf_span(&log_buf), expected); \
        buf_init(&log_buf, log_text, LOG);         \
    } while (0)

static void events_come_in_order(void **state)
{
    (void)state;
    start(HEAD "host 10.0.0.2 p {\n service 1/tcp {\n send \"hi\"\n on data ~\"bye\" close\n}\n"
               " service 2/udp { on data echo } }",
          0);
    struct stream *s = tcp(1);
    assert_log(""); // nothing at once
    pass(19);
    assert_log("");
    pass(100);
    assert_log("ohid");
    stream_send(s, SPAN("bye"));
    pass(100);
    assert_log("e");
    assert_int_equal(n_ended[STREAM_CLOSED], 1);
    s = udp(2);
    pass(1);
    assert_log("o");
    stream_send(s, SPAN("abc"));
    pass(100);
    assert_log("abcd");
    stream_close(s);
    pass(100);
    assert_log("");
    stop();
}

static void every_end_has_its_reason(void **state)
{
    (void)state;
    start(HEAD "host 10.0.0.2 p {\n service 1/tcp { after 50ms reset } }", 0);
    tcp(1);
    tcp(2);
    tcp(3);
    tcp(4);
    struct stream_to six = {.addr = {.family = IP_V6}, .port = 1};
    stream_open(engine, &six, &calls, NULL);
    stream_send(udp(2), SPAN("too early"));
    pass(10);
    assert_int_equal(n_ended[STREAM_UNREACHABLE], 1);
    pass(4980);
    assert_int_equal(n_ended[STREAM_RESET], 1);
    assert_int_equal(n_ended[STREAM_REFUSED], 1);
    assert_int_equal(n_ended[STREAM_UNREACHABLE], 2);
    assert_int_equal(n_ended[STREAM_TIMEOUT], 0);
    pass(20);
    assert_int_equal(n_ended[STREAM_TIMEOUT], 1);
    assert_int_equal(n_opened, 2);
    struct stream_stats stats;
    stream_stats(engine, &stats);
    assert_int_equal(stats.open, 1); // UDP: nothing was sent
    assert_int_equal(stats.waiting, 0);
    assert_int_equal(stats.opened, 2);
    stop(); // with one open
}

static void udp_refused_by_icmp(void **state)
{
    (void)state;
    start(HEAD "host 10.0.0.2 p { udp-reject 4 }", 0);
    struct stream *const s = udp(2), *const t = udp(4);
    pass(1);
    stream_send(s, SPAN("x"));
    stream_send(t, SPAN("x"));
    pass(100);
    assert_int_equal(n_ended[STREAM_RESET], 1);
    assert_int_equal(n_ended[STREAM_UNREACHABLE], 1);
    stop();
}

static void closing_is_safe_anywhere(void **state)
{
    static const char when[] = {'o', 'd', 'e'};
    static const char *const expected[] = {"oo", "oohidhid", "oohidhidee"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(when); i++) {
        start(HEAD "host 10.0.0.2 p { service 1/tcp {\n send \"hi\"\n close after 10ms\n} }", 0);
        close_in = when[i];
        tcp(1);
        tcp(1);
        pass(1000);
        assert_true(span_eq(buf_span(&log_buf), span_str(expected[i])));
        stop();
    }
    start(HEAD "host 10.0.0.2 p { service 1/tcp { send \"hi\" } }", 0);
    tcp(1);
    other = tcp(1);
    pass(1000);
    assert_log("ohid");
    stream_close(tcp(1)); // before it began
    pass(1000);
    assert_log("");
    stop();
}

static void a_lack_of_descriptors_makes_it_slow(void **state)
{
    (void)state;
    start("streams 5\n" HEAD "host 10.0.0.2 p { service 1/tcp {\n close after 100ms\n} }", 0);
    for (int i = 0; i < MANY; i++)
        go((struct stream_to){.port = 1}, 50, NULL); // without the time of waiting
    struct stream_stats stats;
    pass(30);
    stream_stats(engine, &stats);
    assert_int_equal(stats.open, 5);
    assert_int_equal(stats.waiting, MANY - 5);
    while (n_ended[STREAM_CLOSED] + n_ended[STREAM_TIMEOUT] < MANY)
        pass(100);
    assert_int_equal(n_ended[STREAM_CLOSED], MANY);
    assert_in_range(now_ms(), MANY / 5 * 110, MANY / 5 * 130);
    stop();
}

static void connections_are_paced(void **state)
{
    (void)state;
    start(HEAD "host 10.0.0.2 p { service 1/tcp { } }", 100);
    for (int i = 0; i < 100; i++)
        tcp(1);
    pass(500);
    assert_in_range(n_opened, 45, 52);
    pass(600);
    assert_int_equal(n_opened, 100);
    stop();
}

static void a_talker_does_not_starve_others(void **state)
{
    (void)state;
    start(HEAD "host 10.0.0.2 p {\n service 1/tcp {\n flood 100000000\n}\n"
               " service 2/tcp { drip \"..........\" each 100ms } }",
          0);
    go((struct stream_to){.port = 1}, 5000, &bytes_of[0]);
    go((struct stream_to){.port = 2}, 5000, &bytes_of[1]);
    pass(1500);
    assert_int_equal(bytes_of[1], 10);
    assert_true(bytes_of[0] > 1000000);
    stop();
}

static struct io_ops tight;
static int (*write_before)(struct io *io, int stream, struct span bytes);
static uint32_t room; // bytes of one write, 0: none now

static int write_little(struct io *i, int stream, struct span bytes)
{
    return room > 0 ? write_before(i, stream, span_head(bytes, room)) : -11; // EAGAIN
}

static void tighten(uint32_t bytes)
{
    tight = *io->ops;
    write_before = tight.stream_write;
    tight.stream_write = write_little;
    io->ops = &tight;
    room = bytes;
}

static void what_is_not_taken_waits(void **state)
{
    (void)state;
    start(HEAD "host 10.0.0.2 p { service 1/tcp { on data echo } }", 0);
    struct stream *s = tcp(1);
    pass(100);
    tighten(0);
    stream_send(s, SPAN("one "));
    stream_send(s, SPAN("two"));
    pass(100);
    assert_log("o");
    room = 3;
    pass(100);
    assert_int_equal(n_bytes, 7);
    stop();
}

static void the_queue_has_an_end(void **state)
{
    static char much[LIMIT_STREAM_QUEUE / 4];
    (void)state;
    start(HEAD "host 10.0.0.2 p { service 1/tcp { } }", 0);
    struct stream *const s = tcp(1);
    pass(100);
    tighten(0);
    for (int i = 0; i < 3; i++)
        stream_send(s, span_of(much, sizeof much));
    pass(100);
    assert_int_equal(n_ended[STREAM_LOCAL], 0);
    for (int i = 0; i < 3; i++)
        stream_send(s, span_of(much, sizeof much));
    assert_int_equal(n_ended[STREAM_LOCAL], 0); // not from inside of the call
    pass(1);
    assert_int_equal(n_ended[STREAM_LOCAL], 1);
    stop();
}

static void tls_with_what_is_none(void **state)
{
    const struct stream_to to = {.tunnel = STREAM_TLS, .server_name = SPAN("host.example")};
    (void)state;
    start(HEAD
          "host 10.0.0.2 p {\n service 1/tcp { send \"220 hello\\r\\n\" }\n service 2/tcp { }\n"
          " service 5/tcp { on data echo }\n service 6/tcp { on data close }\n"
          " service 7/tcp { on data reset }\n service 8/tcp {\n flood 100000000\n}\n"
          " service 9/tcp { send \"\\x16\\x03\\x03\\x3f\\xff\\x02\" } }",
          0);
    for (uint16_t port = 1; port <= 9; port++) {
        struct stream_to one = to;
        one.port = port;
        go(one, 2000, NULL);
    }
    pass(1900);
    assert_int_equal(n_opened, 0);
    assert_int_equal(n_ended[STREAM_HANDSHAKE], 5); // 1 5 6 7 8
    assert_int_equal(n_ended[STREAM_TIMEOUT], 0);
    pass(200);
    assert_int_equal(n_ended[STREAM_TIMEOUT], 3); // 2, 3 (filtered), 9
    assert_int_equal(n_ended[STREAM_UNREACHABLE], 1);
    stop();
}

static void dtls_with_what_is_none(void **state)
{
    struct stream_to to = {.is_udp = true, .tunnel = STREAM_DTLS};
    (void)state;
    start(HEAD "host 10.0.0.2 p {\n service 1/udp { on data echo }\n service 5/udp { }\n"
               " service 6/udp { on data send \"what?\" } }",
          0);
    for (uint16_t port = 1; port <= 6; port++) {
        to.port = port;
        if (port != 4)
            go(to, 4000, NULL);
    }
    pass(3900);
    assert_int_equal(n_opened, 0);
    assert_int_equal(n_ended[STREAM_REFUSED], 1);
    pass(200);
    assert_int_equal(n_ended[STREAM_TIMEOUT] + n_ended[STREAM_HANDSHAKE], 4);
    assert_true(n_ended[STREAM_TIMEOUT] >= 2);
    stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_come_in_order),
        cmocka_unit_test(every_end_has_its_reason),
        cmocka_unit_test(udp_refused_by_icmp),
        cmocka_unit_test(closing_is_safe_anywhere),
        cmocka_unit_test(a_lack_of_descriptors_makes_it_slow),
        cmocka_unit_test(connections_are_paced),
        cmocka_unit_test(a_talker_does_not_starve_others),
        cmocka_unit_test(what_is_not_taken_waits),
        cmocka_unit_test(the_queue_has_an_end),
        cmocka_unit_test(tls_with_what_is_none),
        cmocka_unit_test(dtls_with_what_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
