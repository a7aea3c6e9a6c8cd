// SPDX-License-Identifier: Apache-2.0
#include "check.h"
#include "wire/alter.h"
#include "wire/cksum.h"
#include "wire/frame.h"

enum { SRC = 0xC0000201, DST = 0xC6336402, OTHER = 0xCB007105, ROOM = 256 };

static uint8_t mem[ROOM];

static void put_ip4(struct buf *b, uint8_t proto, size_t len, uint32_t src, bool df)
{
    ip4_encode(b, &(struct ip4_hdr){.total_len = (uint16_t)(IP4_HDR_LEN + len),
                                    .id = 7,
                                    .ttl = 50,
                                    .df = df,
                                    .proto = proto,
                                    .src = src,
                                    .dst = DST});
}

static struct span make(uint8_t proto, uint32_t src)
{
    const size_t len = proto == IP4_TCP ? 24 : 12;
    const struct tcp_hdr tcp = {
        .sport = 1, .dport = 2, .seq = 3, .options = SPAN(""), .payload = SPAN("abcd")};
    const struct udp_hdr udp = {.sport = 1, .dport = 2, .payload = SPAN("abcd")};
    const struct icmp4_hdr icmp = {.type = ICMP4_ECHO, .id = 9, .body = SPAN("abcd")};
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    put_ip4(&b, proto, len, src, false);
    if (proto == IP4_TCP)
        tcp_encode(&b, &tcp, src, DST);
    else if (proto == IP4_UDP)
        udp_encode(&b, &udp, src, DST);
    else
        icmp4_encode(&b, &icmp);
    return buf_span(&b);
}

static void another_source_is_as_if_built_with_it(void **state)
{
    (void)state;
    static const uint8_t protos[] = {IP4_TCP, IP4_UDP, IP4_ICMP};
    const struct ip_addr other = ip_v4(OTHER);
    for (size_t i = 0; i < sizeof protos; i++) {
        uint8_t want[ROOM];
        const struct span s = make(protos[i], OTHER);
        memcpy(want, s.ptr, s.len);
        const size_t len = make(protos[i], SRC).len;
        alter_source(mem, len, &other);
        assert_memory_equal(mem, want, len);
    }
}

static void a_source_of_the_other_family_changes_nothing(void **state)
{
    (void)state;
    const struct ip_addr six = {.family = IP_V6, .byte = {0xFD}};
    uint8_t before[ROOM];
    const size_t len = make(IP4_TCP, SRC).len;
    memcpy(before, mem, len);
    alter_source(mem, len, &six);
    assert_memory_equal(mem, before, len);
}

static void six_too(void **state)
{
    (void)state;
    struct ip6_hdr ip = {.payload_len = ICMP6_HDR_LEN,
                         .next = IP6_ICMP,
                         .hop_limit = 50,
                         .src = {.family = IP_V6, .byte = {0xFD, [15] = 1}},
                         .dst = {.family = IP_V6, .byte = {0xFD, [15] = 2}}};
    const struct ip_addr other = {.family = IP_V6, .byte = {0xFD, 0x99, [15] = 77}};
    uint8_t want[ROOM];
    struct buf b;
    for (int i = 0; i < 2; i++) {
        ip.src = i == 0 ? other : (struct ip_addr){.family = IP_V6, .byte = {0xFD, [15] = 1}};
        ip.hop_limit = i == 0 ? 9 : 50;
        buf_init(&b, i == 0 ? want : mem, ROOM);
        ip6_encode(&b, &ip);
        icmp6_encode(&b, &(struct icmp6_hdr){.type = ICMP6_ECHO, .id = 5, .body = SPAN("")},
                     &ip.src, &ip.dst);
    }
    alter_source(mem, buf_len(&b), &other);
    alter_ttl(mem, buf_len(&b), 9);
    assert_memory_equal(mem, want, buf_len(&b));
}

static void a_broken_checksum_is_one_less_read_from_behind(void **state)
{
    (void)state;
    const size_t len = make(IP4_TCP, SRC).len;
    const uint8_t hi = mem[36], lo = mem[37];
    alter_break_sum(mem, len);
    assert_int_equal(mem[36], (uint8_t)(hi - 1));
    assert_int_equal(mem[37], lo);
    mem[36] = 0;
    alter_break_sum(mem, len);
    assert_int_equal(mem[36], 0xFF);
    assert_int_equal(mem[37], (uint8_t)(lo - 1));
}

static void pieces_make_up_the_whole(void **state)
{
    (void)state;
    for (uint32_t size = 8; size <= 40; size += 8) {
        uint8_t whole[ROOM], piece[ROOM];
        struct buf all, b;
        const struct span s = make(IP4_TCP, SRC);
        buf_init(&all, whole, sizeof whole);
        uint32_t i = 0;
        for (;; i++) {
            buf_init(&b, piece, sizeof piece);
            if (!alter_fragment(s, size, i, &b))
                break;
            struct cur c = cur_of(piece, buf_len(&b));
            struct ip4_hdr ip;
            assert_int_equal(ip4_decode(&c, false, &ip), ERR_OK);
            assert_true(ip.cksum_ok);
            assert_int_equal(ip.id, 7);
            assert_int_equal(ip.frag_off * 8, buf_len(&all));
            buf_bytes(&all, cur_rest(&c));
            assert_int_equal(ip.mf, buf_len(&all) < 24);
        }
        assert_int_equal(i, size >= 24 ? 0 : (24 + size - 1) / size);
        if (i > 0)
            assert_memory_equal(whole, s.ptr + IP4_HDR_LEN, 24);
    }
}

static void what_may_not_be_cut_is_left_alone(void **state)
{
    (void)state;
    uint8_t piece[ROOM];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    put_ip4(&b, 99, 40, SRC, true);
    buf_zero(&b, 40);
    const struct span whole = buf_span(&b);
    buf_init(&b, piece, sizeof piece);
    assert_false(alter_fragment(whole, 8, 0, &b));
    assert_false(alter_fragment(span_head(whole, 10), 8, 0, &b));
    assert_false(alter_fragment(SPAN(""), 8, 0, &b));
    alter_ttl(mem, 3, 9);
    alter_break_sum(mem, 0);
    assert_int_equal(buf_len(&b), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_source_is_as_if_built_with_it),
        cmocka_unit_test(a_source_of_the_other_family_changes_nothing),
        cmocka_unit_test(six_too),
        cmocka_unit_test(a_broken_checksum_is_one_less_read_from_behind),
        cmocka_unit_test(pieces_make_up_the_whole),
        cmocka_unit_test(what_may_not_be_cut_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
