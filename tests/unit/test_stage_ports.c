// SPDX-License-Identifier: Apache-2.0
// The port scan of one host through pipeline and engine: every probe is answered by a script.
#include "check.h"
#include "fake_io.h"
#include "stage/pipeline.h"
#include "stage/probe.h"
#include "stage/stages.h"

enum { OWN = 0xC0000201, HOST = 0xC6336402, ROUTER = 0xC00002FE, BASE = 33000, PORTS = 1000 };

#define MS UINT64_C(1000000)

enum habit {
    SILENT,
    OPEN,
    CLOSED,
    SPLIT,
    UNREACHABLE,
    EXPIRED,
    WRONG_COOKIE,
    ICMP_THEN_OPEN,
    RESETS
};

static struct {
    enum habit habit;
    uint32_t loses;    // probes that get lost
    uint64_t delay_ns; // of answers
    uint8_t code;      // of ICMP unreachable
    uint16_t window;   // of RESETS
    uint32_t n_asked;
} script[65536];

static struct arena run;
static struct fake_io fake;
static struct engine *engine;
static struct plan plan;
static uint16_t ports[PORTS];
static uint32_t order[PORTS];
static struct port result[PORTS];
static uint32_t n_results, n_given, n_done, in_flight, most_in_flight;
static bool is_cut_short, stop_early;
static struct ip_addr from;

static void deliver(uint64_t at_ns, uint32_t src, uint8_t proto, struct span body)
{
    uint8_t mem[200];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    ip4_encode(&b, &(struct ip4_hdr){.total_len = (uint16_t)(IP4_HDR_LEN + body.len),
                                     .ttl = 60,
                                     .proto = proto,
                                     .src = src,
                                     .dst = OWN});
    buf_bytes(&b, body);
    fake_deliver(&fake, at_ns, LINK_RAW, buf_span(&b));
}

static void reply_tcp(const struct frame *probe, uint64_t at_ns, uint8_t flags, uint32_t ack)
{
    uint8_t mem[64];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    tcp_encode(&b,
               &(struct tcp_hdr){.sport = probe->tcp.dport,
                                 .dport = probe->tcp.sport,
                                 .ack = ack,
                                 .flags = flags,
                                 .options = SPAN(""),
                                 .payload = SPAN("")},
               HOST, OWN);
    deliver(at_ns, HOST, IP4_TCP, buf_span(&b));
}

// By RFC 9293 section 3.10.7.1.
static void reply_reset(const struct frame *probe, uint64_t at_ns, uint16_t window)
{
    uint8_t mem[64];
    struct buf b;
    const struct tcp_hdr *t = &probe->tcp;
    const bool has_ack = t->flags & TCP_ACK;
    const uint32_t len = !!(t->flags & TCP_SYN) + (uint32_t) !!(t->flags & TCP_FIN);
    buf_init(&b, mem, sizeof mem);
    tcp_encode(&b,
               &(struct tcp_hdr){.sport = t->dport,
                                 .dport = t->sport,
                                 .seq = has_ack ? t->ack : 0,
                                 .ack = has_ack ? 0 : t->seq + len,
                                 .flags = has_ack ? TCP_RST : TCP_RST | TCP_ACK,
                                 .window = window,
                                 .options = SPAN(""),
                                 .payload = SPAN("")},
               HOST, OWN);
    deliver(at_ns, HOST, IP4_TCP, buf_span(&b));
}

static void reply_icmp(const struct frame *probe, uint64_t at_ns, uint8_t type, uint8_t code)
{
    uint8_t mem[128];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    icmp4_encode(
        &b, &(struct icmp4_hdr){.type = type, .code = code, .body = span_head(probe->packet, 28)});
    deliver(at_ns, ROUTER, IP4_ICMP, buf_span(&b));
}

static void on_probe(struct fake_io *io, const struct fake_packet *p)
{
    struct frame f = {0};
    assert_int_equal(frame_decode(LINK_RAW, span_of(p->bytes, p->len), &f), ERR_OK);
    assert_int_equal(f.kind, FRAME_TCP);
    assert_int_equal(f.tcp.flags, plan.scan[0].flags);
    const uint16_t port = f.tcp.dport;
    assert_int_equal(f.tcp.sport, BASE + script[port].n_asked); // the source port tells the try
    in_flight = io->n_sent - io->n_taken;
    most_in_flight = in_flight > most_in_flight ? in_flight : most_in_flight;
    const uint32_t try = script[port].n_asked++;
    const uint64_t at = io->now_ns + script[port].delay_ns;
    if (try < script[port].loses)
        return;
    switch (script[port].habit) {
    case SILENT:
        return;
    case OPEN:
        reply_tcp(&f, at, TCP_SYN | TCP_ACK, f.tcp.seq + 1);
        return;
    case CLOSED:
        reply_tcp(&f, at, TCP_RST | TCP_ACK, f.tcp.seq + 1);
        return;
    case SPLIT:
        reply_tcp(&f, at, TCP_SYN, 0);
        return;
    case UNREACHABLE:
        reply_icmp(&f, at, ICMP4_UNREACH, script[port].code);
        return;
    case EXPIRED:
        reply_icmp(&f, at, ICMP4_TIME_EXCEEDED, 0);
        return;
    case WRONG_COOKIE:
        reply_tcp(&f, at, TCP_SYN | TCP_ACK, f.tcp.seq + 2);
        return;
    case RESETS:
        reply_reset(&f, at, script[port].window);
        return;
    case ICMP_THEN_OPEN:
        reply_icmp(&f, at, ICMP4_UNREACH, ICMP4_ADMIN_PROHIBITED);
        reply_tcp(&f, at + 10, TCP_SYN | TCP_ACK, f.tcp.seq + 1);
        return;
    }
}

static bool next(void *ctx, struct target *out)
{
    (void)ctx;
    *out = (struct target){.addr = ip_v4(HOST)};
    return n_given++ == 0;
}

static void done(void *ctx, struct host *host)
{
    (void)ctx;
    n_done++;
    n_results = host->n_ports;
    memcpy(result, host->ports, host->n_ports * sizeof *result);
    is_cut_short = host->is_cut_short;
    if (host->n_from > 0)
        from = host->from[0];
}

static void note(void *ctx, int verbosity, struct span text)
{
    (void)ctx;
    (void)verbosity;
    assert_true(span_starts(text, SPAN("Discovered open port ")) ||
                memmem(text.ptr, text.len, " lost, ", 7));
}

static bool stop(void *ctx)
{
    (void)ctx;
    return stop_early && fake.n_sent >= 10;
}

static int setup(void **state)
{
    (void)state;
    static const struct engine_config cfg = {.port_lo = BASE, .port_hi = BASE + 255};
    arena_init(&run, "test");
    fake_init(&fake);
    fake.iface[0].link = LINK_RAW;
    fake.iface[0].is_p2p = true;
    fake.on_sent = on_probe;
    engine = engine_new(&run, &fake.io, &cfg);
    memset(script, 0, sizeof script);
    for (uint32_t i = 0; i < PORTS; i++) {
        ports[i] = (uint16_t)(i + 1);
        order[i] = PORTS - 1 - i;
        script[i + 1].delay_ns = 20 * MS;
    }
    plan = (struct plan){.skip_discovery = true,
                         .timing = timing_templates[3],
                         .scan = {{SCAN_SYN, TCP_SYN, ports, 0, order}},
                         .n_scans = 1,
                         .key = {3, 4},
                         .source_base = BASE};
    n_results = n_given = n_done = in_flight = most_in_flight = 0;
    is_cut_short = stop_early = false;
    from = (struct ip_addr){0};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    engine_close(engine);
    arena_fini(&run);
    return 0;
}

// Scans the first n ports; returns how long it took.
static uint64_t scan(uint32_t n)
{
    const struct pipeline_calls calls = {.next = next, .done = done, .note = note, .stop = stop};
    const uint64_t start = fake.now_ns;
    plan.scan[0].n_ports = n;
    for (uint32_t i = 0; i < n; i++)
        order[i] = n - 1 - i;
    struct pipeline *p = pipeline_new(&run, engine, &plan, &calls);
    assert_int_equal(pipeline_run(p), 0);
    pipeline_close(p);
    assert_int_equal(n_done, 1);
    return fake.now_ns - start;
}

static bool ask_name(void *ctx, const struct ip_addr *addr)
{
    (void)ctx;
    (void)addr;
    return true;
}

// An answer that never comes, by a fault of ours, does not keep the scan from its end.
static void what_hangs_is_given_up(void **state)
{
    const struct pipeline_calls calls = {
        .next = next, .done = done, .note = note, .name = ask_name, .stop = stop};
    const uint64_t start = fake.now_ns;
    (void)state;
    plan.resolve_names = true;
    plan.scan[0].n_ports = 1;
    order[0] = 0;
    struct pipeline *p = pipeline_new(&run, engine, &plan, &calls);
    assert_int_equal(pipeline_run(p), 0);
    pipeline_close(p);
    assert_int_equal(n_done, 1);
    assert_int_equal(n_results, 1);
    assert_false(is_cut_short);
    assert_true(fake.now_ns - start < 2 * 3600 * 1000 * MS);
}

static void assert_port(uint32_t i, enum port_state state, enum reason reason)
{
    assert_int_equal(result[i].number, i + 1);
    assert_int_equal(result[i].proto, PROTO_TCP);
    assert_string_equal(port_state_name(result[i].state), port_state_name(state));
    assert_string_equal(reason_name(result[i].reason), reason_name(reason));
}

static void a_thousand_answers_cost_a_thousand_probes(void **state)
{
    (void)state;
    for (uint32_t p = 1; p <= PORTS; p++)
        script[p].habit = p % 10 == 0 ? OPEN : CLOSED;
    const uint64_t took = scan(PORTS);
    assert_int_equal(fake.n_sent, PORTS);
    assert_int_equal(n_results, PORTS);
    for (uint32_t i = 0; i < PORTS; i++) {
        const bool is_open = (i + 1) % 10 == 0;
        assert_port(i, is_open ? PORT_OPEN : PORT_CLOSED, is_open ? REASON_SYN_ACK : REASON_RESET);
        assert_int_equal(result[i].ttl, 60);
        assert_int_equal(result[i].from, 0);
    }
    assert_true(took < 1000 * MS); // 20 ms a round: the window must open
    assert_in_range(most_in_flight, 11, 300);
    assert_false(is_cut_short);
}

static void every_kind_of_answer_has_its_state(void **state)
{
    (void)state;
    static const struct {
        enum habit habit;
        uint8_t code;
        enum port_state state;
        enum reason reason;
    } rows[] = {
        {OPEN, 0, PORT_OPEN, REASON_SYN_ACK},
        {CLOSED, 0, PORT_CLOSED, REASON_RESET},
        {SPLIT, 0, PORT_OPEN, REASON_SPLIT_HANDSHAKE},
        {UNREACHABLE, 0, PORT_FILTERED, REASON_NET_UNREACH},
        {UNREACHABLE, 1, PORT_FILTERED, REASON_HOST_UNREACH},
        {UNREACHABLE, 2, PORT_FILTERED, REASON_PROTO_UNREACH},
        {UNREACHABLE, 3, PORT_FILTERED, REASON_PORT_UNREACH},
        {UNREACHABLE, 9, PORT_FILTERED, REASON_NET_PROHIBITED},
        {UNREACHABLE, 10, PORT_FILTERED, REASON_HOST_PROHIBITED},
        {UNREACHABLE, 13, PORT_FILTERED, REASON_ADMIN_PROHIBITED},
        {UNREACHABLE, 5, PORT_FILTERED, REASON_NO_RESPONSE}, // other codes are ignored
        {EXPIRED, 0, PORT_FILTERED, REASON_TIME_EXCEEDED},
        {SILENT, 0, PORT_FILTERED, REASON_NO_RESPONSE},
        {WRONG_COOKIE, 0, PORT_FILTERED, REASON_NO_RESPONSE},
        {ICMP_THEN_OPEN, 0, PORT_OPEN, REASON_SYN_ACK},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        script[i + 1].habit = rows[i].habit;
        script[i + 1].code = rows[i].code;
    }
    (void)scan(COUNT_OF(rows));
    for (uint32_t i = 0; i < COUNT_OF(rows); i++)
        assert_port(i, rows[i].state, rows[i].reason);
    assert_int_equal(result[3].from, 1);
    assert_int_equal(ip_v4_u32(&from), ROUTER);
}

// What a reset with and without a window, a SYN with ACK, an ICMP error and silence mean.
static void every_kind_of_scan_reads_answers_its_way(void **state)
{
    (void)state;
    enum { F = PORT_FILTERED, C = PORT_CLOSED, O = PORT_OPEN, OF = PORT_OPEN_FILTERED };
    static const struct {
        enum scan_kind kind;
        uint8_t flags;
        uint8_t states[5];
    } rows[] = {
        {SCAN_SYN, TCP_SYN, {C, C, O, F, F}},
        {SCAN_ACK, TCP_ACK, {PORT_UNFILTERED, PORT_UNFILTERED, F, F, F}},
        {SCAN_WINDOW, TCP_ACK, {O, C, F, F, F}},
        {SCAN_MAIMON, TCP_FIN | TCP_ACK, {C, C, OF, F, OF}},
        {SCAN_NULL, 0, {C, C, OF, F, OF}},
        {SCAN_FIN, TCP_FIN, {C, C, OF, F, OF}},
        {SCAN_XMAS, TCP_FIN | TCP_PSH | TCP_URG, {C, C, OF, F, OF}},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        memset(script, 0, sizeof script);
        n_given = n_done = 0;
        assert_int_equal(scan_flags(rows[i].kind), rows[i].flags);
        plan.scan[0].kind = rows[i].kind;
        plan.scan[0].flags = rows[i].flags;
        script[1].habit = script[2].habit = RESETS;
        script[1].window = 512;
        script[3].habit = OPEN;
        script[4].habit = UNREACHABLE;
        script[4].code = ICMP4_PORT_UNREACH;
        (void)scan(5);
        for (uint32_t p = 0; p < 5; p++)
            assert_int_equal(result[p].state, rows[i].states[p]);
    }
}

// The reset of a closed port counts both.
static void syn_with_fin_is_answered(void **state)
{
    (void)state;
    plan.scan[0].flags = TCP_SYN | TCP_FIN;
    script[1].habit = RESETS;
    (void)scan(1);
    assert_port(0, PORT_CLOSED, REASON_RESET);
}

static void lost_probes_are_sent_again(void **state)
{
    (void)state;
    for (uint32_t p = 1; p <= 100; p++) {
        script[p].habit = CLOSED;
        script[p].loses = p % 7 == 0;
    }
    (void)scan(100);
    for (uint32_t i = 0; i < 100; i++) {
        assert_port(i, PORT_CLOSED, REASON_RESET);
        assert_int_equal(script[i + 1].n_asked, (i + 1) % 7 == 0 ? 2 : 1);
    }
}

// More tries are allowed when a late one brought an answer, the more so for the only one among
// twenty that is silent: six of 25 probes were lost.
static void loss_raises_the_number_of_tries(void **state)
{
    (void)state;
    for (uint32_t p = 1; p <= 20; p++)
        script[p].habit = CLOSED;
    script[5].loses = 1;
    script[6].loses = 2;
    script[7].loses = 3;
    script[8].habit = SILENT;
    (void)scan(20);
    for (uint32_t i = 0; i < 20; i++)
        if (i != 7)
            assert_port(i, PORT_CLOSED, REASON_RESET);
    assert_port(7, PORT_FILTERED, REASON_NO_RESPONSE);
    assert_int_equal(script[8].n_asked, 7);
}

// Port 990 has used its tries long before port 500 shows that packets get lost.
static void parked_ports_are_asked_again_when_loss_shows(void **state)
{
    (void)state;
    for (uint32_t p = 1; p <= PORTS; p++)
        script[p].habit = CLOSED;
    script[990].habit = SILENT;
    script[500].loses = 1;
    plan.timing.scan_delay_us = 1000;
    (void)scan(PORTS);
    assert_port(499, PORT_CLOSED, REASON_RESET);
    assert_port(989, PORT_FILTERED, REASON_NO_RESPONSE);
    assert_int_equal(script[990].n_asked, 3);
}

static void a_silent_host_is_asked_twice(void **state)
{
    (void)state;
    const uint64_t took = scan(PORTS);
    assert_int_equal(fake.n_sent, 2 * PORTS);
    for (uint32_t i = 0; i < PORTS; i++)
        assert_port(i, PORT_FILTERED, REASON_NO_RESPONSE);
    assert_true(took < 60000 * MS);
}

static void the_cap_of_retries_holds(void **state)
{
    (void)state;
    for (uint32_t cap = 0; cap <= 1; cap++) {
        plan.timing.max_retries = cap;
        n_given = n_done = 0;
        memset(script, 0, sizeof script);
        (void)scan(10);
        for (uint32_t p = 1; p <= 10; p++)
            assert_int_equal(script[p].n_asked, 1 + cap);
    }
}

// The answer to the first probe comes when the second is under way: it counts all the same.
static void late_answers_count(void **state)
{
    (void)state;
    for (uint32_t p = 1; p <= 10; p++) {
        script[p].habit = OPEN;
        script[p].delay_ns = 1500 * MS;
    }
    (void)scan(10);
    for (uint32_t i = 0; i < 10; i++)
        assert_port(i, PORT_OPEN, REASON_SYN_ACK);
}

static void the_gap_between_probes_is_kept(void **state)
{
    (void)state;
    for (uint32_t p = 1; p <= 10; p++)
        script[p].habit = CLOSED;
    plan.timing.scan_delay_us = 400000;
    const uint64_t took = scan(10);
    for (uint32_t i = 1; i < fake.n_sent; i++)
        assert_true(fake.sent[i].at_ns - fake.sent[i - 1].at_ns >= 400 * MS);
    assert_in_range(took, 3600 * MS, 4500 * MS);
}

static void a_window_of_one_asks_one_by_one(void **state)
{
    (void)state;
    for (uint32_t p = 1; p <= 50; p++)
        script[p].habit = CLOSED;
    plan.timing.max_window = 1;
    (void)scan(50);
    assert_int_equal(most_in_flight, 1);
    assert_int_equal(fake.n_sent, 50);
}

static void an_interrupted_scan_tells_what_it_knows(void **state)
{
    (void)state;
    for (uint32_t p = 1; p <= PORTS; p++)
        script[p].habit = CLOSED;
    stop_early = true;
    (void)scan(PORTS);
    assert_true(is_cut_short);
    assert_true(n_results < PORTS);
    for (uint32_t i = 0; i < n_results; i++)
        assert_int_equal(result[i].state, PORT_CLOSED);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_thousand_answers_cost_a_thousand_probes),
        CASE(what_hangs_is_given_up),
        CASE(every_kind_of_answer_has_its_state),
        CASE(every_kind_of_scan_reads_answers_its_way),
        CASE(syn_with_fin_is_answered),
        CASE(lost_probes_are_sent_again),
        CASE(loss_raises_the_number_of_tries),
        CASE(parked_ports_are_asked_again_when_loss_shows),
        CASE(a_silent_host_is_asked_twice),
        CASE(the_cap_of_retries_holds),
        CASE(late_answers_count),
        CASE(the_gap_between_probes_is_kept),
        CASE(a_window_of_one_asks_one_by_one),
        CASE(an_interrupted_scan_tells_what_it_knows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
