// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "check.h"
#include "fake_io.h"

enum { HOST = 0xC0000207, ROUTER = 0xC00002FE, QUEUE = 128 };

static struct arena run;
static struct fake_io fake;
static struct engine *engine;
static struct engine_config cfg;
static uint32_t n_frames;
static struct ip_addr last_src;

static int setup(void **state)
{
    (void)state;
    arena_init(&run, "test");
    fake_init(&fake);
    cfg = (struct engine_config){
        .port_lo = 1000, .port_hi = 2000, .arp_tries = 2, .arp_timeout_ns = 100000000};
    engine = engine_new(&run, &fake.io, &cfg);
    n_frames = 0;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    engine_close(engine);
    arena_fini(&run);
    return 0;
}

static void on_frame(void *ctx, const struct frame *f)
{
    (void)ctx;
    n_frames++;
    last_src = f->src;
}

static void step_to(uint64_t until_ns)
{
    do
        assert_int_equal(engine_step(engine, until_ns, on_frame, NULL), 0);
    while (fake.now_ns < until_ns);
}

static struct path path_to(uint32_t addr)
{
    struct path p;
    const struct ip_addr dst = ip_v4(addr);
    assert_int_equal(engine_path(engine, &dst, 0, &p), 0);
    return p;
}

static struct path kernel_path(void)
{
    struct path p = path_to(HOST);
    path_use_kernel(&p);
    return p;
}

static void deliver_arp(uint16_t op, uint32_t who, uint32_t whom, uint64_t at_ns)
{
    uint8_t mem[60];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    eth_encode(&b, &(struct eth_hdr){.type = ETH_ARP});
    arp_encode(&b,
               &(struct arp_pkt){
                   .op = op, .sha = {{2, 0, 0, 0, 0, 7}}, .spa = ip_v4(who), .tpa = ip_v4(whom)});
    fake_deliver(&fake, at_ns, LINK_ETHERNET, buf_span(&b));
}

static int n_done;
static struct mac_addr done_mac;
static bool has_done_mac;

static void on_done(void *ctx, const struct mac_addr *mac)
{
    (void)ctx;
    n_done++;
    has_done_mac = mac != NULL;
    if (mac)
        done_mac = *mac;
}

static void a_neighbour_needs_its_link_address(void **state)
{
    (void)state;
    const struct path p = path_to(HOST);
    assert_false(p.is_ready);
    assert_true(p.is_direct);
    assert_int_equal(ip_v4_u32(&p.next_hop), HOST);
    assert_memory_equal(p.own_mac.byte, fake.iface[0].mac.byte, 6);
    fake.route.gateway = ip_v4(ROUTER);
    const struct path far = path_to(0x08080808);
    assert_false(far.is_ready || far.is_direct);
    assert_int_equal(ip_v4_u32(&far.next_hop), ROUTER);
}

static void without_neighbours_the_kernel_routes(void **state)
{
    (void)state;
    struct io_iface *const i = &fake.iface[0];
    const struct io_iface plain = *i;
    for (int kind = 0; kind < 4; kind++) {
        *i = plain;
        fake.route.is_local = kind == 0;
        i->is_p2p = kind == 1;
        i->is_loopback = kind == 2;
        i->link = kind == 3 ? LINK_RAW : LINK_ETHERNET;
        engine_close(engine);
        engine = engine_new(&run, &fake.io, &cfg);
        const struct path p = path_to(HOST);
        assert_true(p.is_ready);
        assert_false(p.is_frame);
        assert_int_equal(p.next_hop.family, IP_NONE);
    }
}

static void captures_start_once_per_interface(void **state)
{
    (void)state;
    (void)path_to(HOST);
    (void)path_to(HOST + 1);
    assert_int_equal(fake.n_captures, 1);
    assert_int_equal(fake.captured.iface, 2);
    assert_int_equal(fake.captured.port_lo, 1000);
    assert_int_equal(fake.captured.port_hi, 2000);
    assert_int_equal(ip_v4_u32(&fake.captured.addr), 0xC0000201);
    fake.route.src = ip_v4(0xC0000202);
    (void)path_to(HOST);
    assert_int_equal(fake.n_captures, 2);
}

static void errors_of_routes_and_captures_come_through(void **state)
{
    (void)state;
    struct path p;
    const struct ip_addr dst = ip_v4(HOST);
    fake.capture_error = -EPERM;
    assert_int_equal(engine_path(engine, &dst, 0, &p), -EPERM);
    fake.route_error = -ENETUNREACH;
    assert_int_equal(engine_path(engine, &dst, 0, &p), -ENETUNREACH);
    fake.capture_error = fake.route_error = 0;
    assert_int_equal(engine_path(engine, &dst, 9, &p), 0);
    assert_int_equal(p.route.iface, 9);
}

static void an_arp_request_is_written_byte_by_byte(void **state)
{
    (void)state;
    static const uint8_t expected[] = {
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 2, 0, 0, 0, 0,   1, 0x08, 0x06, // Ethernet
        0,    1,    8,    0,    6,    4,    0, 1, 2, 0, 0,   0, 0,    1,    // request from us
        192,  0,    2,    1,    0,    0,    0, 0, 0, 0, 192, 0, 2,    7,
    };
    struct resolve_wait wait = {.done = on_done};
    const struct path p = path_to(HOST);
    n_done = 0;
    engine_resolve(engine, &p, &wait);
    assert_int_equal(n_done, 0);
    step_to(fake.now_ns);
    assert_int_equal(fake.n_sent, 1);
    assert_true(fake.sent[0].is_frame);
    assert_bytes(span_of(fake.sent[0].bytes, fake.sent[0].len), expected, sizeof expected);
    deliver_arp(ARP_REPLY, HOST, 0xC0000201, fake.now_ns + 1000);
    step_to(fake.now_ns + 2000);
    assert_int_equal(n_done, 1);
    assert_true(has_done_mac);
    assert_int_equal(done_mac.byte[5], 7);
    assert_int_equal(n_frames, 0); // the engine keeps ARP to itself
    const struct path again = path_to(HOST);
    assert_true(again.is_ready && again.is_frame);
    assert_memory_equal(again.mac.byte, done_mac.byte, 6);
}

static void silence_is_asked_twice_and_told(void **state)
{
    (void)state;
    struct resolve_wait wait = {.done = on_done};
    const struct path p = path_to(HOST);
    const uint64_t start = fake.now_ns;
    n_done = 0;
    engine_resolve(engine, &p, &wait);
    step_to(start + 299000000);
    assert_int_equal(fake.n_sent, 2);
    assert_in_range(fake.sent[1].at_ns, start + 100000000, start + 101000000);
    assert_int_equal(n_done, 0);
    step_to(start + 301000000);
    assert_int_equal(n_done, 1);
    assert_false(has_done_mac);
}

static void a_frame_has_its_link_header(void **state)
{
    (void)state;
    struct path p = path_to(HOST);
    p.mac = (struct mac_addr){{2, 0, 0, 0, 0, 7}};
    p.is_frame = p.is_ready = true;
    assert_true(engine_send(engine, &p, SPAN("packet"), false));
    step_to(fake.now_ns);
    assert_int_equal(fake.sent[0].iface, 2);
    assert_true(fake.sent[0].is_frame);
    assert_bytes(span_of(fake.sent[0].bytes, fake.sent[0].len),
                 "\2\0\0\0\0\7\2\0\0\0\0\1\x08\0packet", 20);
}

static void packets_wait_for_the_end_of_the_round(void **state)
{
    (void)state;
    const struct path p = kernel_path();
    assert_true(engine_send(engine, &p, SPAN("a"), false));
    assert_int_equal(fake.n_sent, 0);
    assert_true(engine_send(engine, &p, SPAN("b"), true)); // urgent: with what is due as well
    fake.now_ns += 49999;
    assert_true(engine_send(engine, &p, SPAN("c"), true));
    assert_int_equal(fake.n_sent, 0);
    fake.now_ns += 1;
    assert_true(engine_send(engine, &p, SPAN("d"), true)); // but no later; in order
    assert_int_equal(fake.n_sent, 4);
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(fake.sent[i].bytes[0], 'a' + i);
    assert_false(fake.sent[0].is_frame);
}

static void what_the_kernel_does_not_take_stays(void **state)
{
    (void)state;
    const struct path p = kernel_path();
    uint8_t number = 0;
    fake.room = 0;
    for (; number < QUEUE; number++)
        assert_true(engine_send(engine, &p, span_of(&number, 1), false));
    assert_false(engine_send(engine, &p, SPAN("x"), false));
    assert_true(engine_ready(engine) > fake.now_ns);
    fake.room = 50;
    assert_true(engine_send(engine, &p, span_of(&number, 1), false));
    assert_int_equal(fake.n_sent, 50);
    fake.room = UINT32_MAX;
    step_to(fake.now_ns + 1000000);
    assert_int_equal(fake.n_sent, QUEUE + 1);
    for (uint32_t i = 0; i <= QUEUE; i++)
        assert_int_equal(fake.sent[i].bytes[0], i);
}

// A megabyte in small rounds: the queue's memory is used again.
static void the_queue_is_used_again(void **state)
{
    (void)state;
    static const uint8_t packet[1400];
    const struct path p = kernel_path();
    for (uint32_t i = 0; i < 750; i++) {
        assert_true(engine_send(engine, &p, span_of(packet, sizeof packet), false));
        if (i % 10 == 9)
            step_to(fake.now_ns);
    }
    assert_int_equal(fake.n_sent, 750);
}

static void what_can_never_be_sent_is_dropped_alone(void **state)
{
    (void)state;
    const struct path p = kernel_path();
    assert_true(engine_send(engine, &p, SPAN("a"), false));
    assert_true(engine_send(engine, &p, SPAN("b"), false));
    fake.send_error = -EMSGSIZE;
    step_to(fake.now_ns);
    assert_int_equal(fake.n_sent, 1);
    assert_int_equal(fake.sent[0].bytes[0], 'b');
}

static void the_rate_is_kept_and_urgent_packets_count(void **state)
{
    (void)state;
    cfg.max_rate = 100;
    engine_close(engine);
    engine = engine_new(&run, &fake.io, &cfg);
    const struct path p = kernel_path();
    const uint64_t start = fake.now_ns;
    assert_true(engine_send(engine, &p, SPAN("a"), false));
    assert_false(engine_send(engine, &p, SPAN("b"), false));
    assert_int_equal(engine_ready(engine), start + 10000000);
    assert_true(engine_send(engine, &p, SPAN("c"), true));
    assert_int_equal(engine_ready(engine), start + 20000000);
    step_to(start + 20000000);
    assert_true(engine_send(engine, &p, SPAN("d"), false));
}

static void frames_reach_the_receiver_and_garbage_is_counted(void **state)
{
    (void)state;
    uint8_t mem[64];
    struct buf b;
    struct engine_stats stats;
    buf_init(&b, mem, sizeof mem);
    ip4_encode(
        &b, &(struct ip4_hdr){.total_len = 28, .proto = IP4_UDP, .src = HOST, .dst = 0xC0000201});
    udp_encode(&b, &(struct udp_hdr){.sport = 1, .payload = SPAN("")}, HOST, 0xC0000201);
    fake_deliver(&fake, fake.now_ns, LINK_RAW, buf_span(&b));
    fake_deliver(&fake, fake.now_ns, LINK_RAW, span_of(mem, 20));
    fake_deliver(&fake, fake.now_ns + 5000, LINK_RAW, buf_span(&b));
    step_to(fake.now_ns);
    assert_int_equal(n_frames, 1);
    assert_int_equal(ip_v4_u32(&last_src), HOST);
    step_to(fake.now_ns + 10000);
    assert_int_equal(n_frames, 2);
    engine_stats(engine, &stats);
    assert_int_equal(stats.received_packets, 2);
    assert_int_equal(stats.received_bytes, 56);
    assert_int_equal(stats.undecodable, 1);
    assert_int_equal(stats.dropped, 17);
}

static void sent_packets_are_counted_without_link_headers(void **state)
{
    (void)state;
    struct engine_stats stats;
    struct path p = kernel_path();
    p.is_frame = true;
    assert_true(engine_send(engine, &p, SPAN("12345"), false));
    engine_stats(engine, &stats);
    assert_int_equal(stats.sent_packets, 1);
    assert_int_equal(stats.sent_bytes, 5);
}

static void on_timer(void *ctx, uint64_t now_ns)
{
    *(uint64_t *)ctx = now_ns;
}

static void a_step_ends_at_a_timer_and_at_signals(void **state)
{
    (void)state;
    uint64_t fired = 0;
    struct timer t = {.fire = on_timer, .ctx = &fired};
    const uint64_t start = fake.now_ns;
    timer_set(engine_timers(engine), &t, start + 500);
    assert_int_equal(engine_step(engine, start + 1000, on_frame, NULL), 0);
    assert_int_equal(fired, start + 500);
    assert_int_equal(engine_now(engine), start + 500);
    fake.wait_error = -EINTR;
    assert_int_equal(engine_step(engine, UINT64_MAX, on_frame, NULL), -EINTR);
    assert_int_equal(engine_wall(engine), 1700000000000000000 + (int64_t)fake.now_ns);
}

static void on_late_timer(void *ctx, uint64_t now_ns)
{
    (void)now_ns;
    *(uint32_t *)ctx = n_frames;
}

// The process did not run for a while: what came in time is seen before its deadline.
static void frames_come_before_the_timers_after_them(void **state)
{
    enum { FRAMES = 1500, DUE = 1400 };
    uint8_t mem[64];
    struct buf b;
    (void)state;
    buf_init(&b, mem, sizeof mem);
    ip4_encode(
        &b, &(struct ip4_hdr){.total_len = 28, .proto = IP4_UDP, .src = HOST, .dst = 0xC0000201});
    udp_encode(&b, &(struct udp_hdr){.sport = 1, .payload = SPAN("")}, HOST, 0xC0000201);
    uint32_t seen = 0;
    struct timer t = {.fire = on_late_timer, .ctx = &seen};
    const uint64_t start = fake.now_ns;
    timer_set(engine_timers(engine), &t, start + DUE);
    for (uint64_t i = 1; i <= FRAMES; i++)
        fake_deliver(&fake, start + i, LINK_RAW, buf_span(&b));
    fake.now_ns = start + 5000;
    for (int i = 0; i < 10 && seen == 0; i++)
        assert_int_equal(engine_step(engine, fake.now_ns, on_frame, NULL), 0);
    assert_true(seen >= DUE);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_neighbour_needs_its_link_address),
        CASE(without_neighbours_the_kernel_routes),
        CASE(captures_start_once_per_interface),
        CASE(errors_of_routes_and_captures_come_through),
        CASE(an_arp_request_is_written_byte_by_byte),
        CASE(silence_is_asked_twice_and_told),
        CASE(a_frame_has_its_link_header),
        CASE(packets_wait_for_the_end_of_the_round),
        CASE(what_the_kernel_does_not_take_stays),
        CASE(the_queue_is_used_again),
        CASE(what_can_never_be_sent_is_dropped_alone),
        CASE(the_rate_is_kept_and_urgent_packets_count),
        CASE(frames_reach_the_receiver_and_garbage_is_counted),
        CASE(sent_packets_are_counted_without_link_headers),
        CASE(a_step_ends_at_a_timer_and_at_signals),
        CASE(frames_come_before_the_timers_after_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
