// SPDX-License-Identifier: Apache-2.0
#include "check.h"
#include "engine/packetline.h"

enum { US = 0x0A4D0001, THEM = 0x0A4D000A };

static void assert_line(enum link_type link, struct span bytes, const char *want)
{
    char text[PACKET_LINE_MAX];
    struct frame f = {0};
    struct buf b;
    assert_int_equal(frame_decode(link, bytes, &f), ERR_OK);
    buf_init(&b, text, sizeof text);
    packet_line(&b, &f);
    assert_false(b.full);
    assert_bytes(buf_span(&b), want, strlen(want));
}

static void put_ip(struct buf *b, uint8_t proto, size_t len)
{
    const struct ip4_hdr ip = {.total_len = (uint16_t)(IP4_HDR_LEN + len),
                               .id = 21122,
                               .ttl = 42,
                               .proto = proto,
                               .src = US,
                               .dst = THEM};
    ip4_encode(b, &ip);
}

static void requests_for_link_addresses(void **state)
{
    (void)state;
    const struct mac_addr mac = {{0x00, 0x0C, 0x29, 0x4D, 0x00, 0x10}};
    uint8_t mem[64];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    eth_encode(&b, &(struct eth_hdr){eth_broadcast, mac, ETH_ARP});
    arp_encode(&b, &(struct arp_pkt){ARP_REQUEST, mac, {{0}}, ip_v4(US), ip_v4(THEM)});
    assert_line(LINK_ETHERNET, buf_span(&b), "ARP who-has 10.77.0.10 tell 10.77.0.1");
    buf_init(&b, mem, sizeof mem);
    eth_encode(&b, &(struct eth_hdr){eth_broadcast, mac, ETH_ARP});
    arp_encode(&b, &(struct arp_pkt){ARP_REPLY, mac, {{0}}, ip_v4(THEM), ip_v4(US)});
    assert_line(LINK_ETHERNET, buf_span(&b), "ARP reply 10.77.0.10 is-at 00:0C:29:4D:00:10");
}

static void tcp_with_its_options(void **state)
{
    (void)state;
    static const uint8_t options[] = {3,   3,   10,  1,   2, 4, 5, 0xB4, 8, 10,
                                      255, 255, 255, 255, 0, 0, 0, 0,    4, 2};
    uint8_t mem[128];
    struct buf b;
    struct tcp_hdr tcp = {.sport = 43043,
                          .dport = 22,
                          .seq = 2200654662,
                          .flags = TCP_SYN,
                          .window = 1024,
                          .options = span_of(options, sizeof options),
                          .payload = SPAN("")};
    buf_init(&b, mem, sizeof mem);
    put_ip(&b, IP4_TCP, TCP_HDR_LEN + sizeof options);
    tcp_encode(&b, &tcp, US, THEM);
    assert_line(LINK_RAW, buf_span(&b),
                "TCP 10.77.0.1:43043 > 10.77.0.10:22 S ttl=42 id=21122 iplen=60  seq=2200654662 "
                "win=1024 <wscale 10,nop,mss 1460,timestamp 4294967295 0,sackOK>");
    tcp.flags = 255;
    tcp.options = span_of("\x02\x04\x05\x00\x08\x0A\x00\x00", 8);
    buf_init(&b, mem, sizeof mem);
    put_ip(&b, IP4_TCP, TCP_HDR_LEN + tcp.options.len);
    tcp_encode(&b, &tcp, US, THEM);
    assert_line(LINK_RAW, buf_span(&b),
                "TCP 10.77.0.1:43043 > 10.77.0.10:22 SFRPAUEC ttl=42 id=21122 iplen=48  "
                "seq=2200654662 win=1024 <mss 1280 malformed");
}

static void errors_name_what_they_quote(void **state)
{
    (void)state;
    static const struct {
        uint8_t type;
        uint8_t code;
        const char *text;
    } cases[] = {
        {ICMP4_UNREACH, ICMP4_PORT_UNREACH, "Port 123 unreachable (type=3/code=3) "},
        {ICMP4_UNREACH, ICMP4_PROTO_UNREACH, "Protocol 17 unreachable (type=3/code=2) "},
        {ICMP4_UNREACH, ICMP4_HOST_UNREACH, "Host 10.77.0.10 unreachable (type=3/code=1) "},
        {ICMP4_UNREACH, 7, "Destination unreachable (type=3/code=7) "},
        {ICMP4_TIME_EXCEEDED, 0, "TTL=0 during transit (type=11/code=0) "},
        {ICMP4_ECHO_REPLY, 0, "Echo reply (type=0/code=0) id=7 seq=9"},
        {99, 1, "Message (type=99/code=1) id=7 seq=9"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t quoted[64], mem[128], text[PACKET_LINE_MAX];
        struct buf q, b, want;
        buf_init(&q, quoted, sizeof quoted);
        put_ip(&q, IP4_UDP, UDP_HDR_LEN);
        udp_encode(&q, &(struct udp_hdr){.sport = 40000, .dport = 123, .payload = SPAN("")}, US,
                   THEM);
        buf_init(&b, mem, sizeof mem);
        put_ip(&b, IP4_ICMP, ICMP4_HDR_LEN + buf_len(&q));
        icmp4_encode(&b, &(struct icmp4_hdr){.type = cases[i].type,
                                             .code = cases[i].code,
                                             .id = 7,
                                             .seq = 9,
                                             .body = buf_span(&q)});
        buf_init(&want, text, sizeof text);
        buf_str(&want, "ICMP [10.77.0.1 > 10.77.0.10 ");
        buf_str(&want, cases[i].text);
        buf_str(&want, "] IP [ttl=42 id=21122 iplen=56 ]");
        buf_u8(&want, 0);
        assert_line(LINK_RAW, buf_span(&b), (const char *)text);
    }
}

static void six_and_other_protocols(void **state)
{
    (void)state;
    uint8_t mem[128];
    struct buf b;
    struct ip6_hdr ip = {.payload_len = ICMP6_HDR_LEN,
                         .next = IP6_ICMP,
                         .flow = 0xba8e8,
                         .hop_limit = 64,
                         .src = {.family = IP_V6, .byte = {0xFD, 0x77, [15] = 1}},
                         .dst = {.family = IP_V6, .byte = {0xFD, 0x77, [15] = 16}}};
    buf_init(&b, mem, sizeof mem);
    ip6_encode(&b, &ip);
    icmp6_encode(&b, &(struct icmp6_hdr){.type = ICMP6_ECHO, .body = SPAN("")}, &ip.src, &ip.dst);
    assert_line(LINK_RAW, buf_span(&b),
                "ICMPv6 (58) fd77::1 > fd77::10 (type=128/code=0) hopl=64 flow=ba8e8 payloadlen=8");
    buf_init(&b, mem, sizeof mem);
    put_ip(&b, 99, 0);
    assert_line(LINK_RAW, buf_span(&b),
                "IP (99) 10.77.0.1 > 10.77.0.10: ttl=42 id=21122 iplen=20 ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_for_link_addresses),
        cmocka_unit_test(tcp_with_its_options),
        cmocka_unit_test(errors_name_what_they_quote),
        cmocka_unit_test(six_and_other_protocols),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
