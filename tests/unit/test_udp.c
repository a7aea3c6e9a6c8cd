// SPDX-License-Identifier: Apache-2.0
#include "check.h"
#include "wire/cksum.h"
#include "wire/ip4.h"
#include "wire/udp.h"

enum { SRC = 0xC0000201, DST = 0xC6336402 };

// 5353 -> 53 with four bytes; with the pseudo header the words sum up to 2c643, folded c645.
static const uint8_t packet[] = {0x14, 0xE9, 0x00, 0x35, 0x00, 0x0C,
                                 0x39, 0xBA, 'a',  'b',  'c',  'd'};

static enum err decode(const uint8_t *p, size_t n, struct udp_hdr *h)
{
    struct cur c = cur_of(p, n);
    return udp_decode(&c, h);
}

static void it_is_written_byte_by_byte(void **state)
{
    (void)state;
    uint8_t mem[32];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    const struct udp_hdr h = {5353, 53, 999, 0xDEAD, SPAN("abcd")};
    udp_encode(&b, &h, SRC, DST);
    assert_bytes(buf_span(&b), packet, sizeof packet);
}

static void it_is_read(void **state)
{
    (void)state;
    struct udp_hdr h;
    assert_int_equal(decode(packet, sizeof packet, &h), ERR_OK);
    assert_int_equal(h.sport, 5353);
    assert_int_equal(h.dport, 53);
    assert_int_equal(h.len, 12);
    assert_int_equal(h.cksum, 0x39BA);
    assert_text(h.payload, "abcd");
}

static void a_short_header_is_an_error_a_short_payload_is_not(void **state)
{
    (void)state;
    struct udp_hdr h;
    for (size_t n = 0; n < sizeof packet; n++) {
        assert_int_equal(decode(packet, n, &h), n < UDP_HDR_LEN ? ERR_TRUNC : ERR_OK);
        if (n >= UDP_HDR_LEN)
            assert_int_equal(h.payload.len, n - UDP_HDR_LEN);
    }
}

static void what_stands_behind_the_length_does_not_count(void **state)
{
    (void)state;
    uint8_t bytes[sizeof packet];
    struct udp_hdr h;
    memcpy(bytes, packet, sizeof bytes);
    bytes[5] = 10;
    assert_int_equal(decode(bytes, sizeof bytes, &h), ERR_OK);
    assert_text(h.payload, "ab");
    bytes[5] = 8;
    assert_int_equal(decode(bytes, sizeof bytes, &h), ERR_OK);
    assert_int_equal(h.payload.len, 0);
    bytes[4] = 0xFF;
    assert_int_equal(decode(bytes, sizeof bytes, &h), ERR_OK);
    assert_text(h.payload, "abcd");
}

// RFC 768: a computed zero is sent as all ones.
static void a_zero_checksum_becomes_all_ones(void **state)
{
    (void)state;
    uint8_t mem[16];
    struct buf b;
    unsigned n = 0;
    for (unsigned i = 0; i < 65536; i++) {
        buf_init(&b, mem, sizeof mem);
        udp_encode(&b, &(struct udp_hdr){(uint16_t)i, 0, 0, 0, SPAN("")}, SRC, DST);
        const unsigned sum = (unsigned)mem[6] << 8 | mem[7];
        assert_int_not_equal(sum, 0);
        n += sum == 0xFFFF;
        const uint32_t pseudo = cksum_pseudo4(SRC, DST, IP4_UDP, UDP_HDR_LEN);
        assert_int_equal(cksum_end(cksum_add(pseudo, buf_span(&b))), 0);
    }
    assert_in_range(n, 1, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_written_byte_by_byte),
        cmocka_unit_test(it_is_read),
        cmocka_unit_test(a_short_header_is_an_error_a_short_payload_is_not),
        cmocka_unit_test(what_stands_behind_the_length_does_not_count),
        cmocka_unit_test(a_zero_checksum_becomes_all_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
