// SPDX-License-Identifier: Apache-2.0
#include "check.h"
#include "wire/cksum.h"
#include "wire/ip4.h"
#include "wire/tcp.h"

enum { SRC = 0xC0000201, DST = 0xC6336402 };

// SYN from 1234 to 80 with MSS 1460, window 1024. The checksum by hand: words 04d2 0050 0102 0304
// 6002 0400 0204 05b4 and the pseudo header c000 0201 c633 6402 0006 0018 sum up to
// 26136, folded 6138.
static const uint8_t syn[] = {
    0x04, 0xD2, 0x00, 0x50, 0x01, 0x02, 0x03, 0x04, 0x00, 0x00, 0x00, 0x00,
    0x60, 0x02, 0x04, 0x00, 0x9E, 0xC7, 0x00, 0x00, 0x02, 0x04, 0x05, 0xB4,
};

static const struct tcp_hdr syn_hdr = {
    .sport = 1234,
    .dport = 80,
    .seq = 0x01020304,
    .flags = TCP_SYN,
    .window = 1024,
    .options = {"\x02\x04\x05\xB4", 4},
    .payload = {"", 0},
};

static enum err decode(const uint8_t *p, size_t n, struct tcp_hdr *h)
{
    struct cur c = cur_of(p, n);
    return tcp_decode(&c, h);
}

static void a_syn_is_written(void **state)
{
    (void)state;
    uint8_t mem[64];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    tcp_encode(&b, &syn_hdr, SRC, DST);
    assert_bytes(buf_span(&b), syn, sizeof syn);
    assert_false(b.full);
}

static void a_syn_is_read(void **state)
{
    (void)state;
    struct tcp_hdr h;
    assert_int_equal(decode(syn, sizeof syn, &h), ERR_OK);
    assert_int_equal(h.sport, 1234);
    assert_int_equal(h.dport, 80);
    assert_int_equal(h.seq, 0x01020304);
    assert_int_equal(h.ack, 0);
    assert_int_equal(h.reserved, 0);
    assert_int_equal(h.flags, TCP_SYN);
    assert_int_equal(h.window, 1024);
    assert_int_equal(h.cksum, 0x9EC7);
    assert_int_equal(h.urg, 0);
    assert_bytes(h.options, "\x02\x04\x05\xB4", 4);
    assert_int_equal(h.payload.len, 0);
    assert_ptr_equal(h.options.ptr, syn + 20); // a view
}

static void every_field_survives_the_round_trip(void **state)
{
    (void)state;
    char options[TCP_OPT_MAX];
    memset(options, TCP_OPT_NOP, sizeof options);
    for (size_t n = 0; n <= TCP_OPT_MAX; n += 4) {
        const struct tcp_hdr h = {
            .sport = 0xFEDC,
            .dport = 0xBA98,
            .seq = 0x89ABCDEF,
            .ack = 0xFEDCBA98,
            .reserved = 0x0F,
            .flags = (uint8_t)(n * 6 + 5),
            .window = 0x8001,
            .urg = 0x7FFE,
            .options = span_of(options, n),
            .payload = SPAN("odd"),
        };
        uint8_t mem[100];
        struct buf b;
        struct tcp_hdr back;
        buf_init(&b, mem, sizeof mem);
        tcp_encode(&b, &h, SRC, DST);
        assert_int_equal(buf_len(&b), 23 + n);
        assert_int_equal(decode(mem, 23 + n, &back), ERR_OK);
        assert_int_equal(back.sport, h.sport);
        assert_int_equal(back.dport, h.dport);
        assert_int_equal(back.seq, h.seq);
        assert_int_equal(back.ack, h.ack);
        assert_int_equal(back.reserved, 0x0F);
        assert_int_equal(back.flags, h.flags);
        assert_int_equal(back.window, h.window);
        assert_int_equal(back.urg, h.urg);
        assert_bytes(back.options, options, n);
        assert_text(back.payload, "odd");
        // A receiver's check: all words with the checksum give zero.
        const uint32_t pseudo = cksum_pseudo4(SRC, DST, IP4_TCP, (uint16_t)(23 + n));
        assert_int_equal(cksum_end(cksum_add(pseudo, buf_span(&b))), 0);
    }
}

static void each_truncation_is_an_error(void **state)
{
    (void)state;
    struct tcp_hdr h;
    for (size_t n = 0; n < sizeof syn; n++)
        assert_int_equal(decode(syn, n, &h), ERR_TRUNC);
}

static void the_header_length_is_checked(void **state)
{
    (void)state;
    uint8_t bytes[80];
    struct tcp_hdr h;
    memset(bytes, 0, sizeof bytes);
    memcpy(bytes, syn, sizeof syn);
    for (unsigned words = 0; words < 16; words++) {
        bytes[12] = (uint8_t)(words << 4);
        const enum err e = decode(bytes, 61, &h);
        assert_int_equal(e, words < 5 ? ERR_SYNTAX : ERR_OK);
        if (e == ERR_OK) {
            assert_int_equal(h.options.len, words * 4 - 20);
            assert_int_equal(h.payload.len, 61 - words * 4);
            assert_int_equal(decode(bytes, words * 4 - 1, &h), ERR_TRUNC);
        }
    }
}

static void no_room_writes_nothing_behind(void **state)
{
    (void)state;
    for (size_t cap = 0; cap < sizeof syn; cap++) {
        uint8_t mem[32];
        struct buf b;
        memset(mem, 0xEE, sizeof mem);
        buf_init(&b, mem, cap);
        tcp_encode(&b, &syn_hdr, SRC, DST);
        assert_true(b.full);
        for (size_t i = cap; i < sizeof mem; i++)
            assert_int_equal(mem[i], 0xEE);
    }
}

static void options_are_walked_behind_their_end(void **state)
{
    (void)state;
    static const uint8_t list[] = {2, 4, 5, 0xB4, 1, 4, 2, 0, 3, 3, 7, 0};
    static const struct {
        uint8_t kind;
        size_t len;
    } expected[] = {
        {TCP_OPT_MSS, 2}, {TCP_OPT_NOP, 0}, {TCP_OPT_SACKOK, 0},
        {TCP_OPT_EOL, 0}, {TCP_OPT_WS, 1},  {TCP_OPT_EOL, 0},
    };
    struct cur c = cur_of(list, sizeof list);
    struct tcp_opt o;
    bool bad = false;
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        assert_true(tcp_opt_next(&c, &o, &bad));
        assert_int_equal(o.kind, expected[i].kind);
        assert_int_equal(o.body.len, expected[i].len);
    }
    assert_false(tcp_opt_next(&c, &o, &bad));
    assert_false(bad);
}

static void malformed_options_end_the_walk(void **state)
{
    (void)state;
    static const struct span broken[] = {
        {"\x02", 1}, {"\x02\x00", 2}, {"\x02\x01", 2}, {"\x02\x04\x05", 3}, {"\x08\xFF\x01", 3},
    };
    for (size_t i = 0; i < COUNT_OF(broken); i++) {
        struct cur c = cur_of(broken[i].ptr, broken[i].len);
        struct tcp_opt o;
        bool bad = false;
        assert_false(tcp_opt_next(&c, &o, &bad));
        assert_true(bad);
    }
    struct cur c = cur_of("", 0);
    struct tcp_opt o;
    bool bad = false;
    assert_false(tcp_opt_next(&c, &o, &bad));
    assert_false(bad);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_syn_is_written),
        cmocka_unit_test(a_syn_is_read),
        cmocka_unit_test(every_field_survives_the_round_trip),
        cmocka_unit_test(each_truncation_is_an_error),
        cmocka_unit_test(the_header_length_is_checked),
        cmocka_unit_test(no_room_writes_nothing_behind),
        cmocka_unit_test(options_are_walked_behind_their_end),
        cmocka_unit_test(malformed_options_end_the_walk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
