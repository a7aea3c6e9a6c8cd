// SPDX-License-Identifier: Apache-2.0
#include "check.h"
#include "wire/cksum.h"
#include "wire/ip4.h"

// A header and 8 bytes behind it.
static const uint8_t packet[] = {
    0x45, 0x00, 0x00, 0x1C, 0x1C, 0x46, 0x40, 0x00, 0x40, 0x06, // 20 + 8 bytes, DF, TTL 64, TCP
    0xB2, 0x06, 0xAC, 0x10, 0x0A, 0x63, 0xAC, 0x10, 0x0A, 0x0C, // 172.16.10.99 -> 172.16.10.12
    1,    2,    3,    4,    5,    6,    7,    8,
};

static uint8_t changed[64];

static enum err decode(const uint8_t *p, size_t n, bool quoted, struct ip4_hdr *h, size_t *left)
{
    struct cur c = cur_of(p, n);
    const enum err e = ip4_decode(&c, quoted, h);
    *left = cur_left(&c);
    return e;
}

static void a_header_is_read(void **state)
{
    (void)state;
    struct ip4_hdr h;
    size_t left;
    assert_int_equal(decode(packet, sizeof packet, false, &h, &left), ERR_OK);
    assert_int_equal(h.hdr_len, 20);
    assert_int_equal(h.tos, 0);
    assert_int_equal(h.total_len, 28);
    assert_int_equal(h.id, 0x1C46);
    assert_true(h.df);
    assert_false(h.mf || h.rf);
    assert_int_equal(h.frag_off, 0);
    assert_int_equal(h.ttl, 64);
    assert_int_equal(h.proto, IP4_TCP);
    assert_int_equal(h.cksum, 0xB206);
    assert_int_equal(h.src, 0xAC100A63);
    assert_int_equal(h.dst, 0xAC100A0C);
    assert_true(h.cksum_ok);
    assert_int_equal(left, 8);
}

static void the_header_is_written_with_its_checksum(void **state)
{
    (void)state;
    uint8_t mem[IP4_HDR_LEN];
    struct buf b;
    struct ip4_hdr h;
    size_t left;
    assert_int_equal(decode(packet, sizeof packet, false, &h, &left), ERR_OK);
    h.cksum = 0xDEAD;
    h.hdr_len = 60;
    h.cksum_ok = false;
    buf_init(&b, mem, sizeof mem);
    ip4_encode(&b, &h);
    assert_bytes(buf_span(&b), packet, IP4_HDR_LEN);
}

static void flags_and_offset_survive_the_round_trip(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 8; i++) {
        const struct ip4_hdr h = {
            .tos = 0xFF,
            .total_len = 20,
            .rf = i & 4,
            .df = i & 2,
            .mf = i & 1,
            .frag_off = 0x1FFF,
        };
        uint8_t mem[IP4_HDR_LEN];
        struct buf b;
        struct ip4_hdr back;
        size_t left;
        buf_init(&b, mem, sizeof mem);
        ip4_encode(&b, &h);
        assert_int_equal(mem[6], i << 5 | 0x1F);
        assert_int_equal(mem[7], 0xFF);
        assert_int_equal(decode(mem, sizeof mem, false, &back, &left), ERR_OK);
        assert_true(back.rf == h.rf && back.df == h.df && back.mf == h.mf);
        assert_int_equal(back.frag_off, 0x1FFF);
        assert_int_equal(back.tos, 0xFF);
        assert_true(back.cksum_ok);
    }
}

static void each_truncation_is_an_error(void **state)
{
    (void)state;
    struct ip4_hdr h;
    size_t left;
    for (size_t n = 0; n < sizeof packet; n++) {
        assert_int_equal(decode(packet, n, false, &h, &left), ERR_TRUNC);
        assert_int_equal(decode(packet, n, true, &h, &left), n < 20 ? ERR_TRUNC : ERR_OK);
    }
}

static void padding_does_not_count(void **state)
{
    (void)state;
    struct ip4_hdr h;
    size_t left;
    memset(changed, 0, sizeof changed);
    memcpy(changed, packet, sizeof packet);
    assert_int_equal(decode(changed, 60, false, &h, &left), ERR_OK);
    assert_int_equal(left, 8);
}

static void options_are_part_of_the_header(void **state)
{
    (void)state;
    struct ip4_hdr h;
    size_t left;
    for (unsigned words = 0; words < 16; words++) {
        memset(changed, 0, sizeof changed);
        memcpy(changed, packet, sizeof packet);
        changed[0] = (uint8_t)(0x40 | words);
        changed[3] = 62;
        const size_t need = words * 4 < 20 ? 20 : words * 4;
        assert_int_equal(decode(changed, need - 1, true, &h, &left), ERR_TRUNC);
        const enum err e = decode(changed, 62, false, &h, &left);
        assert_int_equal(e, words < 5 ? ERR_SYNTAX : ERR_OK);
        if (e == ERR_OK)
            assert_int_equal(left, 62 - words * 4);
    }
}

static void other_versions_are_refused(void **state)
{
    (void)state;
    struct ip4_hdr h;
    size_t left;
    memcpy(changed, packet, sizeof packet);
    for (unsigned version = 0; version < 16; version++) {
        changed[0] = (uint8_t)(version << 4 | 5);
        assert_int_equal(decode(changed, sizeof packet, false, &h, &left),
                         version == 4 ? ERR_OK : ERR_SYNTAX);
    }
}

static void a_total_length_below_the_header_is_refused(void **state)
{
    (void)state;
    struct ip4_hdr h;
    size_t left;
    memcpy(changed, packet, sizeof packet);
    changed[3] = 19;
    assert_int_equal(decode(changed, sizeof packet, false, &h, &left), ERR_SYNTAX);
    assert_int_equal(decode(changed, sizeof packet, true, &h, &left), ERR_OK);
    changed[3] = 20;
    assert_int_equal(decode(changed, sizeof packet, false, &h, &left), ERR_OK);
    assert_int_equal(left, 0);
}

static void each_broken_bit_is_seen_by_the_checksum(void **state)
{
    (void)state;
    struct ip4_hdr h;
    size_t left;
    for (size_t bit = 8; bit < IP4_HDR_LEN * 8; bit++) {
        memcpy(changed, packet, sizeof packet);
        changed[bit / 8] ^= (uint8_t)(1 << bit % 8);
        (void)decode(changed, sizeof packet, true, &h, &left);
        assert_false(h.cksum_ok);
    }
}

static void no_room_writes_nothing_behind(void **state)
{
    (void)state;
    for (size_t cap = 0; cap < IP4_HDR_LEN; cap++) {
        uint8_t mem[32];
        struct buf b;
        memset(mem, 0xEE, sizeof mem);
        buf_init(&b, mem, cap);
        ip4_encode(&b, &(struct ip4_hdr){.total_len = 20});
        assert_true(b.full);
        for (size_t i = cap; i < sizeof mem; i++)
            assert_int_equal(mem[i], 0xEE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_is_read),
        cmocka_unit_test(the_header_is_written_with_its_checksum),
        cmocka_unit_test(flags_and_offset_survive_the_round_trip),
        cmocka_unit_test(each_truncation_is_an_error),
        cmocka_unit_test(padding_does_not_count),
        cmocka_unit_test(options_are_part_of_the_header),
        cmocka_unit_test(other_versions_are_refused),
        cmocka_unit_test(a_total_length_below_the_header_is_refused),
        cmocka_unit_test(each_broken_bit_is_seen_by_the_checksum),
        cmocka_unit_test(no_room_writes_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
