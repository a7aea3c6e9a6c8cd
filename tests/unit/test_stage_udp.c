// SPDX-License-Identifier: Apache-2.0
// The UDP scan of one host through pipeline and engine: payloads, states, kept answers, and hosts
// that hold their ICMP errors back.
#include "check.h"
#include "fake_io.h"
#include "model/evidence.h"
#include "stage/pipeline.h"
#include "stage/ports.h"
#include "stage/stages.h"

enum { OWN = 0xC0000201, HOST = 0xC6336402, ROUTER = 0xC00002FE, BASE = 40000, PORTS = 200 };

#define MS UINT64_C(1000000)

enum habit { SILENT, CLOSED, ECHO, ANSWERS_SECOND, REJECTED, ROUTER_SAYS, EXPIRED };

static struct {
    enum habit habit;
    uint8_t code; // of ROUTER_SAYS
    uint32_t n_asked;
} script[65536];

// Errors that the host may send: burst at once, then one each gap_ns.
static struct {
    double burst;
    double tokens;
    uint64_t gap_ns; // 0: no limit
    uint64_t at_ns;
} limit;

static struct arena run;
static struct fake_io fake;
static struct engine *engine;
static struct plan plan;
static uint16_t ports[PORTS];
static uint32_t order[PORTS];
static struct port result[2 * PORTS];
static uint32_t n_results, n_given, n_kept, n_left_notes, n_evidence;
static struct port_reply kept[PORTS];
static char kept_bytes[PORTS][64];
static uint16_t last_sport;

static void deliver(uint32_t src, uint8_t proto, struct span body)
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
    fake_deliver(&fake, fake.now_ns + 5 * MS, LINK_RAW, buf_span(&b));
}

static void reply_udp(const struct frame *probe, struct span payload)
{
    uint8_t mem[128];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    udp_encode(
        &b,
        &(struct udp_hdr){.sport = probe->udp.dport, .dport = probe->udp.sport, .payload = payload},
        HOST, OWN);
    deliver(HOST, IP4_UDP, buf_span(&b));
}

static void reply_icmp(const struct frame *probe, uint32_t src, uint8_t type, uint8_t code)
{
    uint8_t mem[128];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    icmp4_encode(
        &b, &(struct icmp4_hdr){.type = type, .code = code, .body = span_head(probe->packet, 28)});
    deliver(src, IP4_ICMP, buf_span(&b));
}

static bool may_complain(void)
{
    if (limit.gap_ns == 0)
        return true;
    limit.tokens += (double)(fake.now_ns - limit.at_ns) / (double)limit.gap_ns;
    limit.at_ns = fake.now_ns;
    if (limit.tokens > limit.burst)
        limit.tokens = limit.burst;
    if (limit.tokens < 1)
        return false;
    limit.tokens -= 1;
    return true;
}

static void on_udp(const struct frame *f)
{
    const uint16_t port = f->udp.dport;
    script[port].n_asked++;
    last_sport = f->udp.sport;
    assert_in_range(f->udp.sport, BASE, BASE + PORTS_UDP_SOURCES - 1);
    switch (script[port].habit) {
    case SILENT:
        return;
    case CLOSED:
        if (may_complain())
            reply_icmp(f, HOST, ICMP4_UNREACH, ICMP4_PORT_UNREACH);
        return;
    case ECHO:
        reply_udp(f, f->udp.payload);
        return;
    case ANSWERS_SECOND:
        if (span_eq(f->udp.payload, SPAN("two")))
            reply_udp(f, SPAN("yes, two"));
        return;
    case REJECTED:
        reply_icmp(f, HOST, ICMP4_UNREACH, ICMP4_ADMIN_PROHIBITED);
        return;
    case ROUTER_SAYS:
        reply_icmp(f, ROUTER, ICMP4_UNREACH, script[port].code);
        return;
    case EXPIRED:
        reply_icmp(f, ROUTER, ICMP4_TIME_EXCEEDED, 0);
        return;
    }
}

static void on_probe(struct fake_io *io, const struct fake_packet *p)
{
    struct frame f = {0};
    (void)io;
    assert_int_equal(frame_decode(LINK_RAW, span_of(p->bytes, p->len), &f), ERR_OK);
    if (f.kind == FRAME_UDP)
        on_udp(&f);
}

static bool next(void *ctx, struct target *out)
{
    (void)ctx;
    *out = (struct target){.addr = ip_v4(HOST)};
    return n_given++ == 0;
}

// The host is the first member of the visit that holds the answers.
static void done(void *ctx, struct host *host)
{
    (void)ctx;
    const struct visit *v = (const struct visit *)host;
    n_results = host->n_ports;
    memcpy(result, host->ports, host->n_ports * sizeof *result);
    for (const struct port_reply *r = v->replies; r; r = r->next) {
        kept[n_kept] = *r;
        memcpy(kept_bytes[n_kept], r->bytes.ptr, r->bytes.len);
        kept[n_kept].bytes.ptr = kept_bytes[n_kept];
        n_kept++;
    }
}

static void note(void *ctx, int verbosity, struct span text)
{
    (void)ctx;
    if (verbosity == 0)
        n_left_notes++;
    else
        assert_true(span_starts(text, SPAN("Discovered open port ")) ||
                    memmem(text.ptr, text.len, " lost, ", 7));
}

static bool stop(void *ctx)
{
    (void)ctx;
    return false;
}

static int setup(void **state)
{
    (void)state;
    static const struct engine_config cfg = {.port_lo = BASE, .port_hi = BASE + 2000};
    arena_init(&run, "test");
    fake_init(&fake);
    fake.iface[0].link = LINK_RAW;
    fake.iface[0].is_p2p = true;
    fake.on_sent = on_probe;
    engine = engine_new(&run, &fake.io, &cfg);
    memset(script, 0, sizeof script);
    memset(&limit, 0, sizeof limit);
    for (uint32_t i = 0; i < PORTS; i++) {
        ports[i] = (uint16_t)(i + 1);
        order[i] = PORTS - 1 - i;
    }
    plan = (struct plan){.skip_discovery = true,
                         .timing = timing_templates[3],
                         .scan = {{SCAN_UDP, 0, ports, 0, order}},
                         .n_scans = 1,
                         .key = {3, 4},
                         .udp_base = BASE};
    n_results = n_given = n_kept = n_left_notes = n_evidence = 0;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    engine_close(engine);
    arena_fini(&run);
    return 0;
}

// Of what was kept, told at once.
static void evidence(void *ctx, const struct host *host, const struct evidence *e)
{
    static const char *const probes[] = {[1] = "", [2] = "P2", [9] = "P1"};
    (void)ctx;
    (void)host;
    assert_int_equal(e->kind, EVIDENCE_SERVICE_REPLY);
    assert_int_equal(e->proto, PROTO_UDP);
    assert_int_equal(e->len, e->bytes.len);
    if (plan.payloads)
        assert_true(span_eq(e->probe, span_str(probes[e->port])));
    n_evidence++;
}

static uint64_t scan(uint32_t n)
{
    const struct pipeline_calls calls = {
        .next = next, .done = done, .note = note, .stop = stop, .evidence = evidence};
    const uint64_t start = fake.now_ns;
    plan.scan[0].n_ports = n;
    for (uint32_t i = 0; i < n; i++)
        order[i] = n - 1 - i;
    limit.at_ns = start;
    limit.tokens = limit.burst;
    struct pipeline *p = pipeline_new(&run, engine, &plan, &calls);
    assert_int_equal(pipeline_run(p), 0);
    pipeline_close(p);
    return fake.now_ns - start;
}

static void assert_port(uint32_t i, enum port_state state, enum reason reason)
{
    assert_int_equal(result[i].number, i + 1);
    assert_int_equal(result[i].proto, PROTO_UDP);
    assert_string_equal(port_state_name(result[i].state), port_state_name(state));
    assert_string_equal(reason_name(result[i].reason), reason_name(reason));
}

static uint32_t count(enum port_state state)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < n_results; i++)
        n += result[i].state == state;
    return n;
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
        {ECHO, 0, PORT_OPEN, REASON_UDP_RESPONSE},
        {CLOSED, 0, PORT_CLOSED, REASON_PORT_UNREACH},
        {SILENT, 0, PORT_OPEN_FILTERED, REASON_NO_RESPONSE},
        {REJECTED, 0, PORT_FILTERED, REASON_ADMIN_PROHIBITED},
        {ROUTER_SAYS, 0, PORT_FILTERED, REASON_NET_UNREACH},
        {ROUTER_SAYS, 1, PORT_FILTERED, REASON_HOST_UNREACH},
        {ROUTER_SAYS, 2, PORT_FILTERED, REASON_PROTO_UNREACH},
        {ROUTER_SAYS, 3, PORT_FILTERED, REASON_PORT_UNREACH}, // not from the target
        {ROUTER_SAYS, 9, PORT_FILTERED, REASON_NET_PROHIBITED},
        {ROUTER_SAYS, 10, PORT_FILTERED, REASON_HOST_PROHIBITED},
        {ROUTER_SAYS, 5, PORT_OPEN_FILTERED, REASON_NO_RESPONSE},
        {EXPIRED, 0, PORT_FILTERED, REASON_TIME_EXCEEDED},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        script[i + 1].habit = rows[i].habit;
        script[i + 1].code = rows[i].code;
    }
    (void)scan(COUNT_OF(rows));
    for (uint32_t i = 0; i < COUNT_OF(rows); i++)
        assert_port(i, rows[i].state, rows[i].reason);
    assert_int_equal(result[0].ttl, 60);
    assert_int_equal(n_left_notes, 0);
}

static void payloads_are_sent_and_their_answers_kept(void **state)
{
    (void)state;
    static const struct udp_payload three[] = {{SPAN("one"), 11, SPAN("P1")},
                                               {SPAN("two"), 12, SPAN("P2")},
                                               {SPAN("three"), 13, SPAN("P3")}};
    static const struct udp_port with[] = {{2, 3, three}, {9, 1, three}};
    static const struct udp_payloads payloads = {with, 2};
    plan.payloads = &payloads;
    script[1].habit = ECHO;
    script[2].habit = ANSWERS_SECOND;
    script[9].habit = ECHO;
    (void)scan(9);
    assert_port(0, PORT_OPEN, REASON_UDP_RESPONSE);
    assert_port(1, PORT_OPEN, REASON_UDP_RESPONSE);
    assert_port(8, PORT_OPEN, REASON_UDP_RESPONSE);
    assert_int_equal(count(PORT_OPEN_FILTERED), 6);
    assert_int_equal(script[2].n_asked, 3);
    assert_int_equal(script[3].n_asked, 2); // nobody sends errors: no reason to ask again
    assert_int_equal(n_kept, 3);
    assert_int_equal(n_evidence, 3);
    for (uint32_t i = 0; i < n_kept; i++) {
        const struct port_reply *r = &kept[i];
        const struct span want = r->port == 1   ? SPAN("")
                                 : r->port == 2 ? SPAN("yes, two")
                                                : SPAN("one");
        assert_int_equal(r->probe, r->port == 1 ? PORTS_NO_PROBE : r->port == 2 ? 12 : 11);
        assert_bytes(r->bytes, want.ptr, want.len);
        assert_int_equal(r->len, want.len);
    }
}

static void held_back_errors_are_waited_for(void **state)
{
    (void)state;
    limit.burst = 6;
    limit.gap_ns = 1000 * MS;
    for (uint32_t p = 1; p <= 20; p++)
        script[p].habit = p % 4 == 0 ? SILENT : CLOSED;
    script[7].habit = ECHO;
    const uint64_t took = scan(20);
    assert_port(6, PORT_OPEN, REASON_UDP_RESPONSE);
    assert_int_equal(count(PORT_CLOSED), 14);
    assert_int_equal(count(PORT_OPEN_FILTERED), 5);
    assert_in_range(took, 8000 * MS, 14000 * MS); // 8 are held back, 4 go to the control
    assert_int_equal(n_left_notes, 0);
}

// A firewall with a hole: a few rounds are enough for the silent rest.
static void silence_is_proven_in_bulk(void **state)
{
    (void)state;
    limit.burst = 1;
    limit.gap_ns = 1000 * MS;
    script[10].habit = script[20].habit = script[150].habit = CLOSED;
    const uint64_t took = scan(PORTS);
    assert_int_equal(count(PORT_CLOSED), 3);
    assert_int_equal(count(PORT_OPEN_FILTERED), PORTS - 3);
    assert_true(took < 25000 * MS);
}

static void patience_ends(void **state)
{
    (void)state;
    limit.burst = 6;
    limit.gap_ns = 1000 * MS;
    plan.timing.icmp_wait_ns = 10000 * MS;
    for (uint32_t p = 1; p <= PORTS; p++)
        script[p].habit = CLOSED;
    const uint64_t took = scan(PORTS);
    assert_true(took < 20000 * MS);
    assert_in_range(count(PORT_CLOSED), 15, 30);
    assert_int_equal(count(PORT_CLOSED) + count(PORT_OPEN_FILTERED), PORTS);
    assert_int_equal(n_left_notes, 1);
}

static void a_fast_host_is_asked_fast(void **state)
{
    (void)state;
    for (uint32_t p = 1; p <= PORTS; p++)
        script[p].habit = CLOSED;
    const uint64_t took = scan(PORTS);
    assert_int_equal(count(PORT_CLOSED), PORTS);
    assert_int_equal(fake.n_sent, PORTS);
    assert_true(took < 1000 * MS);
}

// FreeBSD and its like: 200 errors a second.
static void a_high_limit_costs_little(void **state)
{
    (void)state;
    limit.burst = 20;
    limit.gap_ns = 5 * MS;
    for (uint32_t p = 1; p <= PORTS; p++)
        script[p].habit = CLOSED;
    const uint64_t took = scan(PORTS);
    assert_int_equal(count(PORT_CLOSED), PORTS);
    assert_true(took < 8000 * MS);
}

static void the_limit_can_be_ignored(void **state)
{
    (void)state;
    limit.burst = 6;
    limit.gap_ns = 1000 * MS;
    plan.ignores_icmp_limit = true;
    for (uint32_t p = 1; p <= 50; p++)
        script[p].habit = CLOSED;
    const uint64_t took = scan(50);
    assert_true(count(PORT_CLOSED) >= 6);
    assert_int_equal(count(PORT_CLOSED) + count(PORT_CLOSED_FILTERED), 50);
    assert_true(took < 6000 * MS);
}

static void tcp_and_udp_run_side_by_side(void **state)
{
    (void)state;
    plan.scan[1] = plan.scan[0];
    plan.scan[0] = (struct plan_scan){SCAN_SYN, scan_flags(SCAN_SYN), ports, 0, order};
    plan.scan[1].n_ports = 50;
    plan.n_scans = 2;
    plan.source_base = BASE;
    for (uint32_t p = 1; p <= 50; p++)
        script[p].habit = ECHO;
    (void)scan(50);
    assert_int_equal(n_results, 100);
    assert_int_equal(count(PORT_OPEN), 50);
    assert_int_equal(count(PORT_FILTERED), 50);
    for (uint32_t i = 0; i < 100; i++)
        assert_int_equal(result[i].proto, i < 50 ? PROTO_TCP : PROTO_UDP);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(every_kind_of_answer_has_its_state),
        CASE(payloads_are_sent_and_their_answers_kept),
        CASE(held_back_errors_are_waited_for),
        CASE(silence_is_proven_in_bulk),
        CASE(patience_ends),
        CASE(a_fast_host_is_asked_fast),
        CASE(a_high_limit_costs_little),
        CASE(the_limit_can_be_ignored),
        CASE(tcp_and_udp_run_side_by_side),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
