// SPDX-License-Identifier: Apache-2.0
// The simulator behind the door of engine/io.h, and the reader of scenarios: ARP, ping, SYN, loss,
// delay, doubling, limits, routes, loopback, determinism; every statement once, errors with place.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "lab/sim/scn.h"

enum { SCANNER = 0x0A000001, IFACE = 2, PORT = 40000 };

static const uint64_t ms_ns = 1000000;

struct rig {
    struct arena arena;
    struct scn scn;
    struct io *io;
};

static struct span load_text(void *ctx, struct arena *arena, struct span name)
{
    (void)ctx;
    (void)arena;
    if (span_eq(name, SPAN("lines.txt")))
        return SPAN("one\ntwo");
    return span_eq(name, SPAN("stack.inc"))
               ? SPAN("personality demo {\nopen = 22\nSEQ(SP=0%GCD=0%ISR=0%TI=I%CI=I%II=I)\n}\n")
               : (struct span){NULL, 0};
}

static const struct scn_files files = {load_text, NULL};

static void rig_open(struct rig *rig, const char *text, uint32_t variant)
{
    struct err_at at;
    arena_init(&rig->arena, "test");
    const enum err err = scn_parse(&rig->arena, &files, span_str(text), variant, &rig->scn, &at);
    if (err)
        fail_msg("line %u col %u: %s '%s'", at.line, at.col, at.what, at.token);
    scn_build(&rig->arena, &rig->scn);
    rig->io = sim_open(&rig->scn.config);
    struct io_capture c = {IFACE, ip_v4(SCANNER), PORT, PORT + 9, false};
    assert_int_equal(rig->io->ops->capture(rig->io, &c), 0);
    c = (struct io_capture){1, ip_v4(0x7F000001), PORT, PORT + 9, false};
    assert_int_equal(rig->io->ops->capture(rig->io, &c), 0);
}

static void rig_close(struct rig *rig)
{
    rig->io->ops->close(rig->io);
    arena_fini(&rig->arena);
}

static void send_ip(struct rig *rig, struct span packet)
{
    const struct io_packet p = {.bytes = packet};
    assert_int_equal(rig->io->ops->send(rig->io, &p, 1), 1);
}

static void send_ping(struct rig *rig, uint32_t src, uint32_t dst, uint8_t ttl)
{
    uint8_t bytes[64];
    struct buf b;
    buf_init(&b, bytes, sizeof bytes);
    const struct icmp4_hdr icmp = {.type = ICMP4_ECHO, .id = 7, .seq = 1, .body = SPAN("data")};
    const struct ip4_hdr ip = {
        .total_len = 32, .ttl = ttl, .proto = IP4_ICMP, .src = src, .dst = dst};
    ip4_encode(&b, &ip);
    icmp4_encode(&b, &icmp);
    send_ip(rig, buf_span(&b));
}

static struct span make_syn(uint32_t dst, uint16_t port, struct buf *b)
{
    static const char mss[] = {2, 4, 5, (char)0xB4};
    const struct tcp_hdr tcp = {.sport = PORT,
                                .dport = port,
                                .seq = 99,
                                .flags = TCP_SYN,
                                .window = 1024,
                                .options = span_of(mss, 4)};
    const struct ip4_hdr ip = {
        .total_len = 44, .ttl = 50, .proto = IP4_TCP, .src = SCANNER, .dst = dst};
    ip4_encode(b, &ip);
    tcp_encode(b, &tcp, ip.src, ip.dst);
    return buf_span(b);
}

static void send_syn(struct rig *rig, uint32_t dst, uint16_t port)
{
    uint8_t bytes[64];
    struct buf b;
    buf_init(&b, bytes, sizeof bytes);
    send_ip(rig, make_syn(dst, port, &b));
}

static void send_udp(struct rig *rig, uint32_t dst, uint16_t port)
{
    uint8_t bytes[64];
    struct buf b;
    const struct udp_hdr udp = {.sport = PORT, .dport = port, .payload = SPAN("hello")};
    const struct ip4_hdr ip = {
        .total_len = 33, .ttl = 50, .proto = IP4_UDP, .src = SCANNER, .dst = dst};
    buf_init(&b, bytes, sizeof bytes);
    ip4_encode(&b, &ip);
    udp_encode(&b, &udp, ip.src, ip.dst);
    send_ip(rig, buf_span(&b));
}

static void send_arp(struct rig *rig, uint32_t addr)
{
    uint8_t bytes[64];
    struct buf b;
    buf_init(&b, bytes, sizeof bytes);
    const struct mac_addr mac = {{2, 0, 10, 0, 0, 1}};
    eth_encode(&b, &(struct eth_hdr){eth_broadcast, mac, ETH_ARP});
    const struct arp_pkt arp = {
        .op = ARP_REQUEST, .sha = mac, .spa = ip_v4(SCANNER), .tpa = ip_v4(addr)};
    arp_encode(&b, &arp);
    const struct io_packet p = {.iface = IFACE, .is_frame = true, .bytes = buf_span(&b)};
    assert_int_equal(rig->io->ops->send(rig->io, &p, 1), 1);
}

// The next packet within a second; false if none comes.
static bool next_reply(struct rig *rig, struct frame *f, struct io_received *r)
{
    const struct io_ops *ops = rig->io->ops;
    if (ops->wait(rig->io, ops->now(rig->io) + 1000 * ms_ns) != 1)
        return false;
    assert_int_equal(ops->receive(rig->io, r), 1);
    *f = (struct frame){0};
    assert_int_equal(frame_decode(r->link, r->bytes, f), ERR_OK);
    return true;
}

static int count_replies(struct rig *rig)
{
    struct frame f;
    struct io_received r;
    int n = 0;
    while (next_reply(rig, &f, &r))
        n++;
    return n;
}

#define PLAIN "link delay 5ms\ninclude stack.inc\n"

static void test_arp_and_ping(void **state)
{
    (void)state;
    struct rig rig;
    struct frame f;
    struct io_received r;
    rig_open(&rig, PLAIN "host 10.0.0.5 demo\nhost 10.0.0.6 demo { down }\n", 0);
    const uint64_t start = rig.io->ops->now(rig.io);
    send_arp(&rig, 0x0A000005);
    assert_true(next_reply(&rig, &f, &r));
    assert_int_equal(f.kind, FRAME_ARP);
    assert_int_equal(f.arp.sha.byte[5], 5);
    assert_int_equal(f.arp.tha.byte[5], 1);
    assert_in_range(r.time_ns - start, 10 * ms_ns, 11 * ms_ns);
    send_arp(&rig, 0x0A000006);
    send_arp(&rig, 0x0A000007);
    assert_false(next_reply(&rig, &f, &r));
    send_arp(&rig, 0x0A00FFFE); // the gateway
    assert_true(next_reply(&rig, &f, &r));
    send_ping(&rig, SCANNER, 0x0A000005, 50);
    assert_true(next_reply(&rig, &f, &r));
    assert_int_equal(f.icmp4.type, ICMP4_ECHO_REPLY);
    assert_true(span_eq(f.icmp4.body, SPAN("data")));
    assert_int_equal(f.ttl, 64);
    assert_int_equal(f.eth.src.byte[5], 5);
    rig_close(&rig);
}

static void test_ports(void **state)
{
    (void)state;
    struct rig rig;
    struct frame f;
    struct io_received r;
    rig_open(&rig,
             PLAIN "host 10.0.0.5 demo { open 80 filtered 81 reject 82 udp-open 53\n"
                   "udp-filtered 54 }\nhost 10.0.0.6 demo { forward 8000-8010 10.0.0.5 }\n",
             0);
    const uint16_t open[] = {22, 80};
    for (int i = 0; i < 2; i++) {
        send_syn(&rig, 0x0A000005, open[i]);
        assert_true(next_reply(&rig, &f, &r));
        assert_int_equal(f.tcp.flags, TCP_SYN | TCP_ACK);
    }
    send_syn(&rig, 0x0A000005, 79);
    assert_true(next_reply(&rig, &f, &r));
    assert_int_equal(f.tcp.flags, TCP_RST | TCP_ACK);
    send_syn(&rig, 0x0A000005, 82);
    assert_true(next_reply(&rig, &f, &r));
    assert_int_equal(f.icmp4.type, ICMP4_UNREACH);
    send_syn(&rig, 0x0A000005, 81);
    send_udp(&rig, 0x0A000005, 54);
    assert_int_equal(count_replies(&rig), 0);
    send_udp(&rig, 0x0A000005, 53);
    assert_true(next_reply(&rig, &f, &r));
    assert_true(span_eq(f.udp.payload, SPAN("hello")));
    send_udp(&rig, 0x0A000005, 55);
    assert_true(next_reply(&rig, &f, &r));
    assert_int_equal(f.icmp4.code, ICMP4_PORT_UNREACH);
    send_syn(&rig, 0x0A000006, 8005);
    assert_true(next_reply(&rig, &f, &r));
    assert_int_equal(ip_v4_u32(&f.src), 0x0A000006);
    assert_int_equal(f.ttl, 63);
    rig_close(&rig);
}

static void test_routed(void **state)
{
    (void)state;
    struct rig rig;
    struct frame f;
    struct io_received r;
    struct io_route route;
    rig_open(&rig,
             PLAIN "host 192.0.2.1 demo { hops 3 }\nhost 192.0.2.2 { router-unreach hops 2 }\n", 0);
    send_ping(&rig, SCANNER, 0xC0000201, 50);
    assert_true(next_reply(&rig, &f, &r));
    assert_int_equal(f.ttl, 61);
    assert_true(f.ip4.cksum_ok);
    assert_int_equal(f.eth.src.byte[4], 255); // the gateway's
    send_udp(&rig, 0xC0000201, 9);
    assert_true(next_reply(&rig, &f, &r));
    struct icmp4_quote q;
    assert_true(icmp4_quote(&f.icmp4, &q));
    assert_int_equal(q.ip.ttl, 47);
    for (uint8_t ttl = 1; ttl <= 3; ttl++) {
        send_ping(&rig, SCANNER, 0xC0000201, ttl);
        assert_true(next_reply(&rig, &f, &r));
        assert_int_equal(f.icmp4.type, ICMP4_TIME_EXCEEDED);
        assert_int_equal(ip_v4_u32(&f.src), ttl == 1 ? 0x0A00FFFEu : 0x0AFF0001u + ttl * 256u);
    }
    send_ping(&rig, SCANNER, 0xC0000202, 50);
    assert_true(next_reply(&rig, &f, &r));
    assert_int_equal(f.icmp4.code, ICMP4_HOST_UNREACH);
    struct ip_addr dst = ip_v4(0xC0000201);
    assert_int_equal(rig.io->ops->route(rig.io, &dst, 0, &route), 0);
    assert_int_equal(ip_v4_u32(&route.gateway), 0x0A00FFFE);
    dst = ip_v4(0x0A000077);
    assert_int_equal(rig.io->ops->route(rig.io, &dst, 0, &route), 0);
    assert_int_equal(route.gateway.family, IP_NONE);
    assert_int_equal(ip_v4_u32(&route.src), SCANNER);
    dst = ip_v4(SCANNER);
    assert_int_equal(rig.io->ops->route(rig.io, &dst, 0, &route), 0);
    assert_true(route.is_local);
    rig_close(&rig);
}

static void test_loopback_and_p2p(void **state)
{
    (void)state;
    struct rig rig;
    struct frame f;
    struct io_received r;
    struct io_iface iface[4];
    rig_open(&rig,
             PLAIN "interface eth0 ethernet 10.0.0.1/16\ninterface tun0 p2p 10.8.0.1/24\n"
                   "host 127.0.0.1 demo\nhost 10.8.0.9 demo\n",
             0);
    assert_int_equal(rig.io->ops->ifaces(rig.io, iface, 4), 3);
    assert_true(iface[0].is_loopback);
    assert_string_equal(iface[2].name, "tun0");
    assert_int_equal(iface[2].link, LINK_RAW);
    const struct io_capture c = {3, ip_v4(0x0A080001), PORT, PORT, false};
    assert_int_equal(rig.io->ops->capture(rig.io, &c), 0);
    send_ping(&rig, 0x7F000001, 0x7F000001, 64);
    assert_true(next_reply(&rig, &f, &r));
    assert_int_equal(r.iface, 1);
    send_ping(&rig, 0x0A080001, 0x0A080009, 64);
    assert_true(next_reply(&rig, &f, &r));
    assert_int_equal(r.iface, 3);
    assert_int_equal(r.link, LINK_RAW);
    rig_close(&rig);
}

static void test_frames_need_the_right_mac(void **state)
{
    (void)state;
    struct rig rig;
    uint8_t bytes[128];
    struct buf b;
    rig_open(&rig, PLAIN "host 10.0.0.5 demo\n", 0);
    for (int right = 0; right < 2; right++) {
        buf_init(&b, bytes, sizeof bytes);
        const struct eth_hdr eth = {
            {{2, 0, 10, 0, 0, right ? 5 : 6}}, {{2, 0, 10, 0, 0, 1}}, ETH_IP4};
        eth_encode(&b, &eth);
        (void)make_syn(0x0A000005, 22, &b);
        const struct io_packet p = {.iface = IFACE, .is_frame = true, .bytes = buf_span(&b)};
        assert_int_equal(rig.io->ops->send(rig.io, &p, 1), 1);
        assert_int_equal(count_replies(&rig), right);
    }
    bytes[14 + 20 + 16] ^= 1; // TCP checksum
    const struct io_packet p = {.iface = IFACE, .is_frame = true, .bytes = buf_span(&b)};
    assert_int_equal(rig.io->ops->send(rig.io, &p, 1), 1);
    assert_int_equal(count_replies(&rig), 0);
    struct sim_counts counts;
    sim_counts(rig.io, &counts);
    assert_int_equal(counts.broken, 1);
    assert_int_equal(counts.tcp, 3);
    rig_close(&rig);
}

static void test_mishaps(void **state)
{
    (void)state;
    struct rig rig;
    struct frame f;
    struct io_received r;
    rig_open(&rig,
             PLAIN "host 10.0.0.5 demo { lose syn 2 dup ping late udp 1 700ms lose arp always }\n",
             0);
    for (int i = 0; i < 4; i++) {
        send_syn(&rig, 0x0A000005, 22);
        assert_int_equal(count_replies(&rig), i >= 2);
    }
    send_ping(&rig, SCANNER, 0x0A000005, 50);
    assert_int_equal(count_replies(&rig), 2);
    for (int i = 0; i < 2; i++) {
        const uint64_t start = rig.io->ops->now(rig.io);
        send_udp(&rig, 0x0A000005, 9);
        assert_true(next_reply(&rig, &f, &r));
        assert_in_range(r.time_ns - start, i == 0 ? 710 * ms_ns : 10 * ms_ns,
                        i == 0 ? 711 * ms_ns : 11 * ms_ns);
    }
    send_arp(&rig, 0x0A000005);
    assert_int_equal(count_replies(&rig), 0);
    rig_close(&rig);
}

static void test_icmp_rate(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, PLAIN "host 10.0.0.5 demo { icmp-rate 3 }\n", 0);
    for (uint16_t i = 0; i < 20; i++)
        send_udp(&rig, 0x0A000005, (uint16_t)(100 + i));
    assert_int_equal(count_replies(&rig), 3);
    for (uint16_t i = 0; i < 20; i++)
        send_udp(&rig, 0x0A000005, (uint16_t)(100 + i));
    assert_int_equal(count_replies(&rig), 3);
    rig_close(&rig);
}

static int replies_with(const char *link, uint64_t *digest)
{
    char text[256];
    struct buf b;
    struct rig rig;
    struct sim_counts counts;
    buf_init(&b, text, sizeof text - 1);
    buf_str(&b, "include stack.inc\nlink delay 2ms ");
    buf_str(&b, link);
    buf_str(&b, "\nhost 10.0.0.0/24 demo\n");
    *b.p = '\0';
    rig_open(&rig, text, 0);
    for (uint32_t i = 0; i < 1000; i++)
        send_syn(&rig, 0x0A000010 + i % 200, 22);
    const int n = count_replies(&rig);
    sim_counts(rig.io, &counts);
    *digest = counts.digest;
    rig_close(&rig);
    return n;
}

static void test_links(void **state)
{
    (void)state;
    uint64_t first, second;
    assert_int_equal(replies_with("", &first), 1000);
    assert_in_range(replies_with("loss 20%", &first), 600, 680); // 0.8 * 0.8
    assert_in_range(replies_with("duplicate 10%", &second), 1150, 1270);
    assert_true(first != second);
    assert_int_equal(replies_with("jitter 3ms reorder 50%", &first), 1000);
    assert_int_equal(replies_with("jitter 3ms reorder 50%", &second), 1000);
    assert_int_equal(first, second);
}

static void test_garbage_never_breaks_the_wire(void **state)
{
    (void)state;
    struct rig rig;
    struct io_received r;
    struct frame f = {0};
    rig_open(&rig, PLAIN "host 10.0.0.5 demo { garbage }\n", 0);
    int good = 0, bad = 0;
    for (int i = 0; i < 2000; i++) {
        send_syn(&rig, 0x0A000005, (uint16_t)i);
        const struct io_ops *ops = rig.io->ops;
        while (ops->wait(rig.io, ops->now(rig.io) + 20 * ms_ns) == 1) {
            assert_int_equal(ops->receive(rig.io, &r), 1);
            if (frame_decode(r.link, r.bytes, &f) == ERR_OK)
                good++;
            else
                bad++;
        }
    }
    assert_true(good > 100 && bad > 100);
    rig_close(&rig);
}

static void test_waiting(void **state)
{
    (void)state;
    struct rig rig;
    volatile bool stop = false;
    rig_open(&rig, PLAIN "stop 3s\nlimit 10s\nhost 10.0.0.5 demo\n", 0);
    rig.io->ops->close(rig.io);
    rig.scn.config.stop_flag = &stop;
    rig.io = sim_open(&rig.scn.config);
    const struct io_ops *ops = rig.io->ops;
    const uint64_t start = ops->now(rig.io);
    assert_int_equal(ops->wait(rig.io, start + 1000 * ms_ns), 0);
    assert_int_equal(ops->now(rig.io), start + 1000 * ms_ns);
    assert_false(stop);
    assert_int_equal(ops->wait(rig.io, start + 9000 * ms_ns), -EINTR);
    assert_true(stop);
    assert_int_equal(ops->now(rig.io), start + 3000 * ms_ns);
    assert_int_equal(ops->wait(rig.io, UINT64_MAX), -ETIMEDOUT);
    rig_close(&rig);
    rig_open(&rig, PLAIN "limit 0s\n", 0);
    assert_int_equal(rig.io->ops->wait(rig.io, UINT64_MAX), -EDEADLK);
    rig_close(&rig);
}

static void test_full_queue_and_busy_kernel(void **state)
{
    (void)state;
    struct rig rig;
    struct io_stats stats;
    rig_open(&rig, PLAIN "queue 10\nlink delay 1ms\nhost 10.0.0.5 demo { delay 0s }\n", 0);
    for (int i = 0; i < 30; i++)
        send_syn(&rig, 0x0A000005, 22);
    (void)count_replies(&rig);
    rig.io->ops->stats(rig.io, &stats);
    assert_int_equal(stats.received, 10);
    assert_int_equal(stats.dropped, 20);
    rig_close(&rig);
    rig_open(&rig, PLAIN "busy 100%\nhost 10.0.0.5 demo\n", 0);
    const struct io_packet p[3] = {
        {.bytes = SPAN("x")}, {.bytes = SPAN("x")}, {.bytes = SPAN("x")}};
    for (int i = 0; i < 20; i++)
        assert_in_range(rig.io->ops->send(rig.io, p, 3), 0, 2);
    rig_close(&rig);
}

static void test_many_hosts(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "include stack.inc\nlink delay 1ms\nhost 10.0.0.0/16 demo\n", 0);
    for (uint32_t i = 2; i < 65534; i++) {
        send_syn(&rig, 0x0A000000 + i, 22);
        if (i % 1024 == 0)
            (void)count_replies(&rig);
    }
    (void)count_replies(&rig);
    struct sim_counts counts;
    sim_counts(rig.io, &counts);
    assert_int_equal(counts.delivered, 65532);
    rig_close(&rig);
}

static void test_scenario_statements(void **state)
{
    (void)state;
    struct rig rig;
    static const char text[] = "# everything once\n"
                               "seed 7\n"
                               "for probe in seq1 t2 u1\n"
                               "for n in 1 always\n"
                               "link delay 5ms jitter 1ms loss 5% duplicate 0.25% reorder 1%\n"
                               "gateway 10.0.9.9\n"
                               "clock 1000\n"
                               "include stack.inc\n"
                               "personality other like demo {\n T2(R=N)\n open = 80 }\n"
                               "host 10.0.0.5-10.0.0.9 other { lose $probe $n\n loss 1% }\n"
                               "run -n -O \"two words\" x$probe\n"
                               "expect exit 0\n"
                               "expect stdout contains \"a \\\"b\\\"\\n\"\n"
                               "expect stderr not-contains x\n"
                               "expect stdout lines open >= 3\n"
                               "expect packets seq1 == 1\n"
                               "expect time <= 2.5s\n";
    rig_open(&rig, text, 4);
    assert_int_equal(rig.scn.n_variants, 6);
    assert_true(span_eq(rig.scn.label, SPAN("t2 always")));
    assert_int_equal(rig.scn.config.link.duplicate, 2500);
    assert_int_equal(rig.scn.argc, 5);
    assert_string_equal(rig.scn.argv[3], "two words");
    assert_string_equal(rig.scn.argv[4], "xt2");
    const struct sim_host *h = &rig.scn.config.hosts[0];
    assert_int_equal(h->last - h->first, 4);
    assert_int_equal(h->mishap[0].probe, PROBE_T2);
    assert_int_equal(h->mishap[0].n, SIM_ALWAYS);
    assert_int_equal(h->link.loss, 10000);
    assert_int_equal(h->link.delay_ns, 5 * ms_ns);
    assert_int_equal(doors_at(&h->tcp_doors, 22), DOOR_OPEN);
    assert_int_equal(doors_at(&h->tcp_doors, 80), DOOR_OPEN);
    struct scn_outcome o = {
        .out = SPAN("open\nopen a \"b\"\nopen"), .err = SPAN(""), .time_ns = 2500 * ms_ns};
    o.counts.probe[PROBE_SEQ1] = 1;
    char why[256];
    struct buf b;
    buf_init(&b, why, sizeof why - 1);
    assert_true(scn_check(&rig.arena, &rig.scn, &files, &o, &b));
    o.time_ns++;
    o.exit_code = 1;
    assert_false(scn_check(&rig.arena, &rig.scn, &files, &o, &b));
    *b.p = '\0';
    assert_string_equal(why, "line 20: 2500 ms, expected <= 2500 ms; line 15: exit 1");
    rig_close(&rig);
}

// Each expectation against an output of two lines, once so that it holds and once so that not.
static void test_expectations(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *why; // NULL: it holds
    } cases[] = {
        {"expect stdout contains two", NULL},
        {"expect stdout contains three", "line 1: missing: three"},
        {"expect stderr not-contains two", NULL},
        {"expect stdout not-contains two", "line 1: unwanted: two"},
        {"expect stdout lines o == 2", NULL},
        {"expect stdout lines o != 2", "line 1: o: 2, expected != 2"},
        {"expect stdout lines o < 2", "line 1: o: 2, expected < 2"},
        {"expect stdout lines o > 1", NULL},
        {"expect stdout matches-file lines.txt", NULL},
        {"expect stderr matches-file lines.txt", "line 1: lines.txt: output differs from line 1"},
        {"expect stdout matches-file none", "line 1: none: output has no file to compare with"},
        {"expect packets tcp <= 4", "line 1: tcp: 5, expected <= 4"},
        {"known \"a reason\"\nexpect packets delivered == 0", NULL},
    };
    struct scn_outcome o = {.out = SPAN("one\ntwo"), .err = SPAN("")};
    o.counts.tcp = 5;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rig rig;
        char why[256];
        struct buf b;
        buf_init(&b, why, sizeof why - 1);
        rig_open(&rig, cases[i].text, 0);
        const bool is_met = scn_check(&rig.arena, &rig.scn, &files, &o, &b);
        *b.p = '\0';
        assert_string_equal(why, cases[i].why ? cases[i].why : "");
        assert_int_equal(is_met, cases[i].why == NULL);
        assert_int_equal(rig.scn.known.len, cases[i].text[0] == 'k' ? 8 : 0);
        rig_close(&rig);
    }
}

static void test_scenario_errors(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t line, col;
        const char *token;
    } broken[] = {
        {"seed x", 1, 6, "x"},
        {"\n\nnonsense 1", 3, 1, "nonsense"},
        {"host 10.0.0.5 nobody", 1, 15, "nobody"},
        {"host 10.0.0.5 {\n lose seq9 }", 2, 7, "seq9"},
        {"host 10.0.0.5 {\n down", 2, 6, ""},
        {"host 10.0.0.9-10.0.0.5", 1, 6, "10.0.0.9-10.0.0.5"},
        {"personality a {\nT1(R=Y)\nT1(X=1) }", 3, 4, "X"},
        {"personality a {\nT1(R=Y)", 1, 0, "\\x0AT1(R=Y)"},
        {"link loss 5", 1, 11, "5"},
        {"link loss 101%", 1, 11, "101%"},
        {"expect stdout has x", 1, 15, "has"},
        {"expect packets cows == 1", 1, 16, "cows"},
        {"run a\nrun b", 2, 1, "run"},
        {"run \"a", 1, 5, "a"},
        {"include nowhere", 1, 9, "nowhere"},
        {"for a in", 1, 9, ""},
        {"seed $a", 1, 6, "$a"},
        {"seed 1 2", 1, 8, "2"},
        {"interface a b 1.2.3.4/8", 1, 13, "b"},
    };
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        struct arena arena;
        struct scn scn;
        struct err_at at;
        arena_init(&arena, "test");
        assert_int_not_equal(scn_parse(&arena, &files, span_str(broken[i].text), 0, &scn, &at),
                             ERR_OK);
        assert_int_equal(at.line, broken[i].line);
        assert_int_equal(at.col, broken[i].col);
        assert_string_equal(at.token, broken[i].token);
        arena_fini(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arp_and_ping),
        cmocka_unit_test(test_ports),
        cmocka_unit_test(test_routed),
        cmocka_unit_test(test_loopback_and_p2p),
        cmocka_unit_test(test_frames_need_the_right_mac),
        cmocka_unit_test(test_mishaps),
        cmocka_unit_test(test_icmp_rate),
        cmocka_unit_test(test_links),
        cmocka_unit_test(test_garbage_never_breaks_the_wire),
        cmocka_unit_test(test_waiting),
        cmocka_unit_test(test_full_queue_and_busy_kernel),
        cmocka_unit_test(test_many_hosts),
        cmocka_unit_test(test_scenario_statements),
        cmocka_unit_test(test_expectations),
        cmocka_unit_test(test_scenario_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
