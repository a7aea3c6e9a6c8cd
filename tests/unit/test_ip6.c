// SPDX-License-Identifier: Apache-2.0
#include "check.h"

#include "base/limits.h"
#include "wire/cksum.h"
#include "wire/icmp6.h"

static struct ip_addr addr(const char *text)
{
    struct ip_addr a = {0};
    assert_true(ip_parse(span_str(text), &a));
    return a;
}

static struct span packet_of(uint8_t mem[256], uint8_t next, struct span payload)
{
    struct buf b;
    const struct ip6_hdr h = {.tclass = 4,
                              .flow = 0x12345,
                              .payload_len = (uint16_t)payload.len,
                              .next = next,
                              .hop_limit = 64,
                              .src = addr("2001:db8::1"),
                              .dst = addr("fe80::2")};
    buf_init(&b, mem, 256);
    ip6_encode(&b, &h);
    buf_bytes(&b, payload);
    return buf_span(&b);
}

static void what_is_written_is_read_again(void **state)
{
    (void)state;
    uint8_t mem[256];
    struct ip6_hdr h;
    const struct span p = packet_of(mem, IP6_UDP, SPAN("12345678"));
    struct cur c = cur_of(p.ptr, p.len);
    assert_int_equal(ip6_decode(&c, false, &h), ERR_OK);
    assert_int_equal(h.tclass, 4);
    assert_int_equal(h.flow, 0x12345);
    assert_int_equal(h.payload_len, 8);
    assert_int_equal(h.proto, IP6_UDP);
    assert_int_equal(h.hop_limit, 64);
    assert_int_equal(h.ext_len, 0);
    const struct ip_addr dst = addr("fe80::2");
    assert_true(ip_eq(&h.dst, &dst));
    assert_int_equal(cur_left(&c), 8);
}

static void extension_headers_are_stepped_over(void **state)
{
    (void)state;
    uint8_t mem[256];
    struct ip6_hdr h;
    static const uint8_t ext[] = {60, 0, 1, 4, 0,  0, 0, 0, 43, 0, 1, 4, 0, 0, 0, 0, //
                                  51, 0, 0, 0, 0,  0, 0, 0, 6,  1, 0, 0, 0, 0, 0, 0,
                                  0,  0, 0, 0, 'x'};
    const struct span p = packet_of(mem, IP6_HOP_OPTIONS, span_of(ext, sizeof ext));
    struct cur c = cur_of(p.ptr, p.len);
    assert_int_equal(ip6_decode(&c, false, &h), ERR_OK);
    assert_int_equal(h.proto, IP6_TCP);
    assert_int_equal(h.ext_len, sizeof ext - 1);
    assert_int_equal(cur_left(&c), 1);
}

static void endless_extension_headers_end(void **state)
{
    (void)state;
    uint8_t mem[256];
    uint8_t ext[8 * (LIMIT_IP6_EXTENSIONS + 2)] = {0};
    struct ip6_hdr h;
    const struct span p = packet_of(mem, IP6_HOP_OPTIONS, span_of(ext, sizeof ext));
    struct cur c = cur_of(p.ptr, p.len);
    assert_int_equal(ip6_decode(&c, false, &h), ERR_SYNTAX);
}

static void later_fragments_hide_what_follows(void **state)
{
    (void)state;
    uint8_t mem[256];
    struct ip6_hdr h;
    static const uint8_t later[] = {0, 0, 0, 16, 0, 0, 0, 7, 1, 2, 3, 4};
    struct span p = packet_of(mem, IP6_FRAGMENT, span_of(later, sizeof later));
    struct cur c = cur_of(p.ptr, p.len);
    assert_int_equal(ip6_decode(&c, false, &h), ERR_OK);
    assert_true(h.is_fragment);
    assert_int_equal(h.frag_off, 2);
    assert_int_equal(h.frag_id, 7);
    static const uint8_t whole[] = {58, 0, 0, 0, 0, 0, 0, 7, 1, 2, 3, 4};
    p = packet_of(mem, IP6_FRAGMENT, span_of(whole, sizeof whole));
    c = cur_of(p.ptr, p.len);
    assert_int_equal(ip6_decode(&c, false, &h), ERR_OK);
    assert_false(h.is_fragment);
    assert_int_equal(h.proto, IP6_ICMP);
}

static void short_and_foreign_packets_are_refused(void **state)
{
    (void)state;
    uint8_t mem[256];
    struct ip6_hdr h;
    const struct span p = packet_of(mem, IP6_UDP, SPAN("12345678"));
    struct cur c = cur_of(p.ptr, p.len - 1);
    assert_int_equal(ip6_decode(&c, false, &h), ERR_TRUNC);
    c = cur_of(p.ptr, p.len - 1);
    assert_int_equal(ip6_decode(&c, true, &h), ERR_OK);
    c = cur_of(p.ptr, 39);
    assert_int_equal(ip6_decode(&c, true, &h), ERR_TRUNC);
    mem[0] = 0x45;
    c = cur_of(p.ptr, p.len);
    assert_int_equal(ip6_decode(&c, false, &h), ERR_SYNTAX);
}

static void an_echo_has_the_right_checksum(void **state)
{
    (void)state;
    uint8_t mem[64];
    struct buf b;
    const struct ip_addr src = addr("fe80::1");
    const struct ip_addr dst = addr("fe80::2");
    const struct icmp6_hdr echo = {.type = ICMP6_ECHO, .id = 7, .seq = 9, .body = SPAN("odd")};
    buf_init(&b, mem, sizeof mem);
    icmp6_encode(&b, &echo, &src, &dst);
    const uint32_t pseudo = cksum_pseudo6(src.byte, dst.byte, IP6_ICMP, (uint32_t)buf_len(&b));
    assert_int_equal(cksum_end(cksum_add(pseudo, buf_span(&b))), 0);
    struct icmp6_hdr got;
    struct cur c = cur_of(mem, buf_len(&b));
    assert_int_equal(icmp6_decode(&c, &got), ERR_OK);
    assert_int_equal(got.id, 7);
    assert_int_equal(got.seq, 9);
    assert_true(span_eq(got.body, SPAN("odd")));
}

static void neighbor_messages_carry_link_addresses(void **state)
{
    (void)state;
    uint8_t mem[64];
    struct buf b;
    struct icmp6_hdr h;
    struct icmp6_nd nd;
    const struct ip_addr target = addr("fe80::12:3456");
    const struct ip_addr group = ip6_solicited_node(&target);
    const struct mac_addr own = {{2, 3, 4, 5, 6, 7}};
    char text[IP_TEXT_MAX];
    assert_string_equal(ip_text(&group, text), "ff02::1:ff12:3456");
    buf_init(&b, mem, sizeof mem);
    icmp6_solicit(&b, &target, &own, &target, &group);
    assert_int_equal(buf_len(&b), ICMP6_ND_LEN);
    struct cur c = cur_of(mem, buf_len(&b));
    assert_int_equal(icmp6_decode(&c, &h), ERR_OK);
    assert_true(icmp6_nd(&h, &nd));
    assert_true(nd.has_mac);
    assert_memory_equal(nd.mac.byte, own.byte, 6);
    assert_true(ip_eq(&nd.target, &target));
    mem[25] = 0; // an option without length
    assert_false(icmp6_nd(&h, &nd));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_again),
        cmocka_unit_test(extension_headers_are_stepped_over),
        cmocka_unit_test(endless_extension_headers_end),
        cmocka_unit_test(later_fragments_hide_what_follows),
        cmocka_unit_test(short_and_foreign_packets_are_refused),
        cmocka_unit_test(an_echo_has_the_right_checksum),
        cmocka_unit_test(neighbor_messages_carry_link_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
