// SPDX-License-Identifier: Apache-2.0
#include "check.h"
#include "wire/eth.h"

static const uint8_t plain[] = {
    0x01, 0x02, 0x03, 0x04, 0x05, 0x06, // dst
    0x11, 0x12, 0x13, 0x14, 0x15, 0x16, // src
    0x08, 0x06, 0xAA, 0xBB,
};

static const uint8_t tagged[] = {
    1,    2,    3,    4,    5,    6,    7,    8,    9,    10,   11,   12, // addresses
    0x81, 0x00, 0x00, 0x05, 0x81, 0x00, 0x20, 0x06, 0x86, 0xDD, 0xCC,
};

static void a_header_is_read(void **state)
{
    (void)state;
    struct eth_hdr h;
    struct cur c = cur_of(plain, sizeof plain);
    assert_int_equal(eth_decode(&c, &h), ERR_OK);
    assert_memory_equal(h.dst.byte, plain, 6);
    assert_memory_equal(h.src.byte, plain + 6, 6);
    assert_int_equal(h.type, ETH_ARP);
    assert_bytes(cur_rest(&c), "\xAA\xBB", 2);
}

static void tags_are_stepped_over(void **state)
{
    (void)state;
    struct eth_hdr h;
    struct cur c = cur_of(tagged, sizeof tagged);
    assert_int_equal(eth_decode(&c, &h), ERR_OK);
    assert_int_equal(h.type, ETH_IP6);
    assert_bytes(cur_rest(&c), "\xCC", 1);
}

static void a_third_tag_is_a_type_of_its_own(void **state)
{
    (void)state;
    uint8_t three[26] = {0};
    struct eth_hdr h;
    for (size_t i = 12; i < 26; i += 4)
        three[i] = 0x81;
    struct cur c = cur_of(three, sizeof three);
    assert_int_equal(eth_decode(&c, &h), ERR_OK);
    assert_int_equal(h.type, ETH_VLAN);
    assert_int_equal(cur_left(&c), 4);
}

static void each_truncation_is_an_error(void **state)
{
    (void)state;
    struct eth_hdr h;
    for (size_t n = 0; n < sizeof tagged; n++) {
        struct cur c = cur_of(tagged, n);
        assert_int_equal(eth_decode(&c, &h), n < 22 ? ERR_TRUNC : ERR_OK);
    }
    for (size_t n = 0; n < sizeof plain; n++) {
        struct cur c = cur_of(plain, n);
        assert_int_equal(eth_decode(&c, &h), n < 14 ? ERR_TRUNC : ERR_OK);
    }
}

static void encoding_is_the_inverse(void **state)
{
    (void)state;
    struct eth_hdr h;
    struct cur c = cur_of(plain, sizeof plain);
    uint8_t mem[20];
    struct buf b;
    assert_int_equal(eth_decode(&c, &h), ERR_OK);
    buf_init(&b, mem, sizeof mem);
    eth_encode(&b, &h);
    assert_bytes(buf_span(&b), plain, ETH_HDR_LEN);
    assert_memory_equal(eth_broadcast.byte, "\xFF\xFF\xFF\xFF\xFF\xFF", 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_is_read),
        cmocka_unit_test(tags_are_stepped_over),
        cmocka_unit_test(a_third_tag_is_a_type_of_its_own),
        cmocka_unit_test(each_truncation_is_an_error),
        cmocka_unit_test(encoding_is_the_inverse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
