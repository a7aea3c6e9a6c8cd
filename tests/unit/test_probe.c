// SPDX-License-Identifier: Apache-2.0
// Probes as scanning spec 4.1 has them, and which answers are taken for answers.
#include "check.h"
#include "stage/probe_ip.h"
#include "wire/cksum.h"

enum { OWN = 0xC0000201, HOST = 0xC6336402, SPORT = 40000, DPORT = 80 };

static struct plan plan = {.key = {1, 2}};
static struct rng rng;
static struct visit v;
static uint8_t mem[PROBE_MAX_LEN];

static int setup(void **state)
{
    (void)state;
    rng_seed(&rng, 1);
    v = (struct visit){.plan = &plan, .rng = &rng};
    v.host.addr = ip_v4(HOST);
    v.path.route.src = ip_v4(OWN);
    return 0;
}

static struct frame decoded(struct span packet)
{
    struct frame f = {0};
    assert_int_equal(frame_decode(LINK_RAW, packet, &f), ERR_OK);
    return f;
}

static void a_syn_has_the_layout_of_the_specification(void **state)
{
    (void)state;
    static const uint8_t addresses[] = {192, 0, 2, 1, 198, 51, 100, 2};
    const uint32_t cookie = probe_cookie(&v, SPORT, DPORT);
    const struct span s = probe_tcp(&v, TCP_SYN, SPORT, DPORT, mem);
    assert_int_equal(s.len, 44);
    assert_memory_equal(mem, "\x45\0\0\x2C", 4);
    assert_memory_equal(mem + 6, "\0\0", 2); // no DF
    assert_in_range(mem[8], 37, 59);
    assert_int_equal(mem[9], IP4_TCP);
    assert_memory_equal(mem + 12, addresses, 8);
    assert_memory_equal(mem + 20, "\x9C\x40\x00\x50", 4);
    struct cur seq = cur_of(mem + 24, 4);
    assert_int_equal(cur_be32(&seq), cookie);
    assert_memory_equal(mem + 28, "\0\0\0\0\x60\x02\x04\0", 8);
    assert_memory_equal(mem + 38, "\0\0\x02\x04\x05\xB4", 6);
    assert_int_equal(cksum_of(span_of(mem, 20)), 0);
    assert_int_equal(
        cksum_end(cksum_add(cksum_pseudo4(OWN, HOST, IP4_TCP, 24), span_of(mem + 20, 24))), 0);
}

static void an_ack_carries_the_cookie_as_acknowledgment(void **state)
{
    (void)state;
    const struct frame f = decoded(probe_tcp(&v, TCP_ACK, SPORT, DPORT, mem));
    assert_int_equal(f.packet.len, 40);
    assert_int_equal(f.tcp.flags, TCP_ACK);
    assert_int_equal(f.tcp.seq, 0);
    assert_int_equal(f.tcp.ack, probe_cookie(&v, SPORT, DPORT));
    assert_int_equal(f.tcp.window, 1024);
    assert_int_equal(f.tcp.options.len, 0);
}

static void a_udp_probe_carries_its_payload(void **state)
{
    (void)state;
    uint8_t large[PROBE_UDP_MAX_LEN];
    static const char payload[2000] = "ask";
    struct frame f = decoded(probe_udp(&v, SPORT, DPORT, SPAN("ask"), large));
    assert_int_equal(f.kind, FRAME_UDP);
    assert_int_equal(f.udp.sport, SPORT);
    assert_int_equal(f.udp.dport, DPORT);
    assert_text(f.udp.payload, "ask");
    f = decoded(probe_udp(&v, SPORT, DPORT, span_of(payload, sizeof payload), large));
    assert_int_equal(f.packet.len, PROBE_UDP_MAX_LEN);
    const struct frame_quote q = {.proto = IP4_UDP, .src = ip_v4(OWN)};
    assert_true(probe_is_quoted_udp(&v, &q));
    const struct frame_quote foreign = {.proto = IP4_UDP, .src = ip_v4(HOST)};
    assert_false(probe_is_quoted_udp(&v, &foreign));
}

static void an_echo_has_no_data(void **state)
{
    (void)state;
    const struct span s = probe_query(&v, QUERY_ECHO, 0x1234, mem);
    assert_int_equal(s.len, 28);
    const struct frame f = decoded(s);
    assert_int_equal(f.kind, FRAME_ICMP4);
    assert_int_equal(f.icmp4.type, ICMP4_ECHO);
    assert_int_equal(f.icmp4.id, 0x1234);
    assert_int_equal(f.icmp4.seq, 0);
    assert_int_equal(cksum_of(span_of(mem + 20, 8)), 0);
}

static void ttl_and_id_vary_within_their_range(void **state)
{
    (void)state;
    bool seen[256] = {false};
    uint16_t last_id = 0;
    int same = 0;
    for (int i = 0; i < 2000; i++) {
        const struct frame f = decoded(probe_tcp(&v, TCP_SYN, SPORT, DPORT, mem));
        seen[f.ttl] = true;
        same += f.ip4.id == last_id;
        last_id = f.ip4.id;
    }
    for (int ttl = 0; ttl < 256; ttl++)
        assert_int_equal(seen[ttl], ttl >= 37 && ttl <= 59);
    assert_true(same < 5);
}

static void cookies_differ_by_host_ports_and_key(void **state)
{
    (void)state;
    const uint32_t cookie = probe_cookie(&v, SPORT, DPORT);
    assert_int_equal(probe_cookie(&v, SPORT, DPORT), cookie);
    assert_int_not_equal(probe_cookie(&v, SPORT + 1, DPORT), cookie);
    assert_int_not_equal(probe_cookie(&v, SPORT, DPORT + 1), cookie);
    assert_int_not_equal(probe_cookie(&v, DPORT, SPORT), cookie);
    v.host.addr = ip_v4(HOST + 1);
    assert_int_not_equal(probe_cookie(&v, SPORT, DPORT), cookie);
    v.host.addr = ip_v4(HOST);
    plan.key.k0++;
    assert_int_not_equal(probe_cookie(&v, SPORT, DPORT), cookie);
    plan.key.k0--;
}

static bool answers(uint8_t probe, uint8_t flags, uint32_t seq, uint32_t ack)
{
    const struct frame f = {
        .kind = FRAME_TCP,
        .tcp = {.sport = DPORT, .dport = SPORT, .flags = flags, .seq = seq, .ack = ack}};
    return probe_is_answer(&v, probe, &f);
}

static void answers_to_a_syn(void **state)
{
    (void)state;
    const uint32_t c = probe_cookie(&v, SPORT, DPORT);
    assert_true(answers(TCP_SYN, TCP_SYN | TCP_ACK, 5, c + 1));
    assert_true(answers(TCP_SYN, TCP_RST | TCP_ACK, 0, c + 1));
    assert_true(answers(TCP_SYN, TCP_RST | TCP_ACK, 0, c)); // seen in the wild
    assert_true(answers(TCP_SYN, TCP_RST, 0, 0));
    assert_true(answers(TCP_SYN, TCP_SYN, 5, 0)); // split handshake
    assert_false(answers(TCP_SYN, TCP_SYN | TCP_ACK, 5, c));
    assert_false(answers(TCP_SYN, TCP_SYN | TCP_ACK, 5, c + 2));
    assert_false(answers(TCP_SYN, TCP_RST | TCP_ACK, 5, c - 1));
    assert_false(answers(TCP_SYN, TCP_ACK, 5, c));
    assert_false(answers(TCP_SYN, 0, 5, 0));
    assert_false(answers(TCP_SYN, TCP_FIN, 5, 0));
}

static void answers_to_an_ack(void **state)
{
    (void)state;
    const uint32_t c = probe_cookie(&v, SPORT, DPORT);
    assert_true(answers(TCP_ACK, TCP_RST, c, 0));
    assert_true(answers(TCP_ACK, TCP_RST | TCP_ACK, c, 9));
    assert_false(answers(TCP_ACK, TCP_RST, c + 1, 0));
    assert_false(answers(TCP_ACK, TCP_SYN | TCP_ACK, c, c + 1));
    assert_false(answers(TCP_ACK, TCP_ACK, c, 0));
}

static void quotes_need_our_address_protocol_and_cookie(void **state)
{
    (void)state;
    const struct frame_quote good = {.proto = IP4_TCP,
                                     .src = ip_v4(OWN),
                                     .dst = ip_v4(HOST),
                                     .sport = SPORT,
                                     .dport = DPORT,
                                     .seq = probe_cookie(&v, SPORT, DPORT)};
    assert_true(probe_is_quoted(&v, TCP_SYN, &good));
    assert_false(probe_is_quoted(&v, TCP_ACK, &good));
    struct frame_quote q = good;
    q.seq++;
    assert_false(probe_is_quoted(&v, TCP_SYN, &q));
    q = good;
    q.src = ip_v4(HOST);
    assert_false(probe_is_quoted(&v, TCP_SYN, &q));
    q = good;
    q.proto = IP4_UDP;
    assert_false(probe_is_quoted(&v, TCP_SYN, &q));
    q = good;
    q.dport++;
    assert_false(probe_is_quoted(&v, TCP_SYN, &q));
    q = good;
    q.seq = 0;
    assert_true(probe_is_quoted(&v, TCP_ACK, &q));
}

// A fixed source port: the try is in the cookie, and in the identification.
static void a_fixed_source_port_still_tells_the_try(void **state)
{
    (void)state;
    struct plan fixed = {.key = {1, 2}, .packet = {.source = 53, .has_data = true}};
    fixed.packet.data = SPAN("data");
    v.plan = &fixed;
    for (uint16_t sport = 0x8020; sport < 0x80E0; sport += 7) {
        const struct frame f = decoded(probe_tcp(&v, TCP_SYN, sport, DPORT, mem));
        assert_int_equal(f.tcp.sport, 53);
        assert_text(f.tcp.payload, "data");
        struct frame answer = {.kind = FRAME_TCP};
        answer.tcp = (struct tcp_hdr){.sport = DPORT, .dport = 53, .flags = TCP_SYN | TCP_ACK};
        answer.tcp.ack = f.tcp.seq + 1;
        assert_true(probe_is_answer(&v, TCP_SYN, &answer));
        assert_int_equal(probe_source(&v, TCP_SYN, &answer, 7), sport);
        answer.tcp.flags = TCP_RST | TCP_ACK;
        answer.tcp.ack = f.tcp.seq + 5; // a Linux host acknowledges the data, too
        assert_true(probe_is_answer(&v, TCP_SYN, &answer));
        answer.tcp.ack = f.tcp.seq + 6;
        assert_false(probe_is_answer(&v, TCP_SYN, &answer));
        answer.tcp.dport = 54;
        answer.tcp.ack = f.tcp.seq + 1;
        assert_false(probe_is_answer(&v, TCP_SYN, &answer));
        const struct frame_quote q = {.src = ip_v4(OWN),
                                      .dst = ip_v4(HOST),
                                      .proto = IP4_TCP,
                                      .sport = 53,
                                      .dport = DPORT,
                                      .id = f.ip4.id,
                                      .seq = f.tcp.seq};
        assert_true(probe_is_quoted(&v, TCP_SYN, &q));
        assert_int_equal(probe_quoted_source(&v, &q, 7), sport);
    }
    v.plan = &plan;
}

#define CASE(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_syn_has_the_layout_of_the_specification),
        CASE(an_ack_carries_the_cookie_as_acknowledgment),
        CASE(a_udp_probe_carries_its_payload),
        CASE(an_echo_has_no_data),
        CASE(ttl_and_id_vary_within_their_range),
        CASE(cookies_differ_by_host_ports_and_key),
        CASE(answers_to_a_syn),
        CASE(answers_to_an_ack),
        CASE(a_fixed_source_port_still_tells_the_try),
        CASE(quotes_need_our_address_protocol_and_cookie),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
