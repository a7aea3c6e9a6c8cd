// SPDX-License-Identifier: Apache-2.0
#include "check.h"
#include "wire/frame.h"

enum { SRC = 0xC0000201, DST = 0xC6336402 };

static uint8_t mem[256];
static struct buf b;

static void put_link(enum link_type link, uint16_t type)
{
    static const size_t before[] = {12, 0, 4, 14};
    buf_init(&b, mem, sizeof mem);
    memset(buf_take(&b, before[link]), 0x11, before[link]);
    if (link == LINK_ETHERNET || link == LINK_SLL)
        buf_be16(&b, type);
}

static void put_ip(uint8_t proto, size_t payload, uint16_t frag_off)
{
    ip4_encode(&b, &(struct ip4_hdr){
                       .total_len = (uint16_t)(20 + payload),
                       .mf = true,
                       .frag_off = frag_off,
                       .ttl = 77,
                       .proto = proto,
                       .src = SRC,
                       .dst = DST,
                   });
}

static void put_transport(uint8_t proto)
{
    if (proto == IP4_TCP)
        tcp_encode(&b, &(struct tcp_hdr){.sport = 5, .options = SPAN(""), .payload = SPAN("pay")},
                   SRC, DST);
    else if (proto == IP4_UDP)
        udp_encode(&b, &(struct udp_hdr){.sport = 5, .payload = SPAN("pay")}, SRC, DST);
    else
        icmp4_encode(&b, &(struct icmp4_hdr){.type = ICMP4_ECHO, .id = 5, .body = SPAN("pay")});
}

static const struct {
    uint8_t proto;
    enum frame_kind kind;
    size_t len;
} protos[] = {{IP4_TCP, FRAME_TCP, 23}, {IP4_UDP, FRAME_UDP, 11}, {IP4_ICMP, FRAME_ICMP4, 11}};

static uint16_t source_of(const struct frame *f)
{
    return f->kind == FRAME_TCP ? f->tcp.sport : f->kind == FRAME_UDP ? f->udp.sport : f->icmp4.id;
}

static void every_link_carries_every_protocol(void **state)
{
    (void)state;
    for (enum link_type link = 0; link <= LINK_SLL; link++)
        for (size_t i = 0; i < COUNT_OF(protos); i++) {
            struct frame f = {.time_ns = 123, .iface = 4};
            put_link(link, ETH_IP4);
            const size_t at = buf_len(&b);
            put_ip(protos[i].proto, protos[i].len, 0);
            put_transport(protos[i].proto);
            buf_str(&b, "padding");
            assert_int_equal(frame_decode(link, buf_span(&b), &f), ERR_OK);
            assert_int_equal(f.kind, protos[i].kind);
            assert_int_equal(f.time_ns, 123);
            assert_int_equal(f.iface, 4);
            assert_int_equal(f.has_eth, link == LINK_ETHERNET);
            assert_int_equal(ip_v4_u32(&f.src), SRC);
            assert_int_equal(ip_v4_u32(&f.dst), DST);
            assert_int_equal(f.ttl, 77);
            assert_bytes(f.packet, mem + at, 20 + protos[i].len);
            assert_int_equal(source_of(&f), 5);
        }
}

static void each_truncation_is_an_error(void **state)
{
    (void)state;
    for (enum link_type link = 0; link <= LINK_SLL; link++)
        for (size_t i = 0; i < COUNT_OF(protos); i++) {
            struct frame f = {0};
            put_link(link, ETH_IP4);
            const size_t ip_at = buf_len(&b);
            put_ip(protos[i].proto, protos[i].len, 0);
            put_transport(protos[i].proto);
            const bool has_type = link == LINK_ETHERNET || link == LINK_SLL;
            for (size_t n = 1; n < buf_len(&b); n++) {
                const bool is_nothing = !has_type && n == ip_at; // no byte of the packet
                assert_int_equal(frame_decode(link, span_of(mem, n), &f),
                                 is_nothing ? ERR_OK : ERR_TRUNC);
            }
        }
}

static void later_fragments_are_refused(void **state)
{
    (void)state;
    struct frame f = {0};
    put_link(LINK_RAW, 0);
    put_ip(IP4_UDP, 11, 1);
    put_transport(IP4_UDP);
    assert_int_equal(frame_decode(LINK_RAW, buf_span(&b), &f), ERR_SYNTAX);
}

// Of IPv6 the first fragment of an ICMPv6 message alone can be read.
static void first_fragments_of_icmp6_are_known(void **state)
{
    const struct ip_addr a = {.byte = {0xFD}, .family = IP_V6};
    struct frame f = {0};
    (void)state;
    for (int i = 0; i < 3; i++) { // first, later, of UDP
        put_link(LINK_RAW, 0);
        ip6_encode(&b,
                   &(struct ip6_hdr){.payload_len = 16, .next = IP6_FRAGMENT, .src = a, .dst = a});
        buf_be16(&b, (uint16_t)((i == 2 ? IP6_UDP : IP6_ICMP) << 8));
        buf_be16(&b, i == 1 ? 8 | 1 : 1);
        buf_be32(&b, 0x12345678);
        buf_be32(&b, 129u << 24);
        buf_be32(&b, 0xABCD0007);
        assert_int_equal(frame_decode(LINK_RAW, buf_span(&b), &f), i == 0 ? ERR_OK : ERR_SYNTAX);
        if (i > 0)
            continue;
        assert_int_equal(f.kind, FRAME_FRAGMENT);
        assert_int_equal(f.ip6.frag_id, 0x12345678);
        assert_int_equal(f.icmp6.type, ICMP6_ECHO_REPLY);
        assert_int_equal(f.icmp6.seq, 7);
    }
}

static void arp_comes_with_its_addresses(void **state)
{
    (void)state;
    struct frame f = {0};
    put_link(LINK_ETHERNET, ETH_ARP);
    arp_encode(&b, &(struct arp_pkt){.op = ARP_REPLY, .spa = ip_v4(SRC), .tpa = ip_v4(DST)});
    assert_int_equal(frame_decode(LINK_ETHERNET, buf_span(&b), &f), ERR_OK);
    assert_int_equal(f.kind, FRAME_ARP);
    assert_int_equal(ip_v4_u32(&f.src), SRC);
    assert_int_equal(ip_v4_u32(&f.dst), DST);
    assert_int_equal(f.arp.op, ARP_REPLY);
    assert_int_equal(f.packet.len, 0);
    assert_int_equal(frame_decode(LINK_ETHERNET, span_of(mem, 41), &f), ERR_TRUNC);
}

static void other_protocols_are_other(void **state)
{
    (void)state;
    struct frame f = {.kind = FRAME_TCP};
    put_link(LINK_ETHERNET, 0x88CC);
    buf_zero(&b, 40);
    assert_int_equal(frame_decode(LINK_ETHERNET, buf_span(&b), &f), ERR_OK);
    assert_int_equal(f.kind, FRAME_OTHER);
    put_link(LINK_RAW, 0);
    put_ip(2, 0, 0);
    assert_int_equal(frame_decode(LINK_RAW, buf_span(&b), &f), ERR_OK);
    assert_int_equal(f.kind, FRAME_OTHER);
    assert_int_equal(f.packet.len, 20);
    mem[0] = 0x50;
    assert_int_equal(frame_decode(LINK_RAW, buf_span(&b), &f), ERR_OK);
    assert_int_equal(f.kind, FRAME_OTHER);
    assert_int_equal(f.packet.len, 0);
}

static void put_ip6(uint8_t proto, const struct ip_addr *src, const struct ip_addr *dst, size_t len)
{
    const struct ip6_hdr ip = {
        .payload_len = (uint16_t)len, .next = proto, .hop_limit = 5, .src = *src, .dst = *dst};
    ip6_encode(&b, &ip);
}

static void both_families_are_decoded_alike(void **state)
{
    (void)state;
    struct frame f = {.iface = 3};
    struct ip_addr src = {.byte = {0xFE, 0x80, [15] = 1}, .family = IP_V6};
    const struct ip_addr dst = {.byte = {0x20, 0x01, [15] = 2}, .family = IP_V6};
    put_link(LINK_ETHERNET, ETH_IP6);
    put_ip6(IP6_TCP, &src, &dst, 23);
    tcp_encode_ip(&b, &(struct tcp_hdr){.sport = 5, .options = SPAN(""), .payload = SPAN("pay")},
                  &src, &dst);
    assert_int_equal(frame_decode(LINK_ETHERNET, buf_span(&b), &f), ERR_OK);
    assert_int_equal(f.kind, FRAME_TCP);
    assert_int_equal(f.ttl, 5);
    assert_int_equal(f.tcp.sport, 5);
    assert_int_equal(f.src.zone, 3); // link-local
    assert_true(ip_eq(&f.dst, &dst));
    assert_int_equal(f.packet.len, 63);
    assert_int_equal(frame_decode(LINK_ETHERNET, span_of(mem, 14 + 62), &f), ERR_TRUNC);
}

static void errors_of_both_families_quote_alike(void **state)
{
    (void)state;
    struct frame f = {0};
    struct frame_quote q;
    uint8_t quoted[64];
    struct buf inner;
    const struct ip_addr src = {.byte = {0x20, 0x01, [15] = 1}, .family = IP_V6};
    const struct ip_addr dst = {.byte = {0x20, 0x01, [15] = 2}, .family = IP_V6};
    const struct ip6_hdr ip = {.payload_len = 8, .next = IP6_UDP, .src = src, .dst = dst};
    buf_init(&inner, quoted, sizeof quoted);
    ip6_encode(&inner, &ip);
    udp_encode_ip(&inner, &(struct udp_hdr){.sport = 7, .dport = 9, .payload = SPAN("")}, &src,
                  &dst);
    put_link(LINK_RAW, 0);
    put_ip6(IP6_ICMP, &dst, &src, 56);
    icmp6_encode(&b, &(struct icmp6_hdr){.type = ICMP6_UNREACH, .body = buf_span(&inner)}, &dst,
                 &src);
    assert_int_equal(frame_decode(LINK_RAW, buf_span(&b), &f), ERR_OK);
    assert_int_equal(f.kind, FRAME_ICMP6);
    assert_true(frame_quote(&f, &q));
    assert_int_equal(q.proto, IP6_UDP);
    assert_int_equal(q.sport, 7);
    assert_int_equal(q.dport, 9);
    assert_true(ip_eq(&q.src, &src));
    assert_true(ip_eq(&q.dst, &dst));
    f.icmp6.body = span_head(f.icmp6.body, 47);
    assert_false(frame_quote(&f, &q));
}

static void malformed_headers_are_errors(void **state)
{
    (void)state;
    struct frame f = {0};
    put_link(LINK_RAW, 0);
    put_ip(IP4_TCP, 23, 0);
    put_transport(IP4_TCP);
    mem[20 + 12] = 0x40;
    assert_int_equal(frame_decode(LINK_RAW, buf_span(&b), &f), ERR_SYNTAX);
    mem[0] = 0x44;
    assert_int_equal(frame_decode(LINK_RAW, buf_span(&b), &f), ERR_SYNTAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_link_carries_every_protocol),
        cmocka_unit_test(each_truncation_is_an_error),
        cmocka_unit_test(later_fragments_are_refused),
        cmocka_unit_test(first_fragments_of_icmp6_are_known),
        cmocka_unit_test(arp_comes_with_its_addresses),
        cmocka_unit_test(other_protocols_are_other),
        cmocka_unit_test(both_families_are_decoded_alike),
        cmocka_unit_test(errors_of_both_families_quote_alike),
        cmocka_unit_test(malformed_headers_are_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
