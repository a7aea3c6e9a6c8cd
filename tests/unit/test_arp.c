// SPDX-License-Identifier: Apache-2.0
#include "check.h"
#include "wire/arp.h"

// Who has 192.0.2.2? Tell 192.0.2.1.
static const uint8_t request[ARP_LEN] = {
    0x00, 0x01, 0x08, 0x00, 6,    4,    0x00, 0x01,             // Ethernet, IPv4, request
    0x02, 0x00, 0x5E, 0x10, 0x00, 0x01, 0xC0, 0x00, 0x02, 0x01, // sender
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xC0, 0x00, 0x02, 0x02, // target
};

static enum err decode(const uint8_t *p, size_t n, struct arp_pkt *out)
{
    struct cur c = cur_of(p, n);
    return arp_decode(&c, out);
}

static void a_request_is_read(void **state)
{
    (void)state;
    struct arp_pkt p;
    assert_int_equal(decode(request, sizeof request, &p), ERR_OK);
    assert_int_equal(p.op, ARP_REQUEST);
    assert_memory_equal(p.sha.byte, request + 8, 6);
    assert_memory_equal(p.tha.byte, "\0\0\0\0\0\0", 6);
    assert_int_equal(p.spa.family, IP_V4);
    assert_int_equal(ip_v4_u32(&p.spa), 0xC0000201);
    assert_int_equal(ip_v4_u32(&p.tpa), 0xC0000202);
}

static void a_request_is_written(void **state)
{
    (void)state;
    uint8_t mem[ARP_LEN];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    const struct arp_pkt p = {
        .op = ARP_REQUEST,
        .sha = {{0x02, 0x00, 0x5E, 0x10, 0x00, 0x01}},
        .spa = ip_v4(0xC0000201),
        .tpa = ip_v4(0xC0000202),
    };
    arp_encode(&b, &p);
    assert_bytes(buf_span(&b), request, ARP_LEN);
    assert_false(b.full);
}

static void a_reply_survives_the_round_trip(void **state)
{
    (void)state;
    uint8_t mem[ARP_LEN];
    struct buf b;
    const struct arp_pkt p = {
        .op = ARP_REPLY,
        .sha = {{1, 2, 3, 4, 5, 6}},
        .tha = {{7, 8, 9, 10, 11, 12}},
        .spa = ip_v4(0xFFFFFFFF),
        .tpa = ip_v4(0x01020304),
    };
    struct arp_pkt back;
    buf_init(&b, mem, sizeof mem);
    arp_encode(&b, &p);
    assert_int_equal(decode(mem, sizeof mem, &back), ERR_OK);
    assert_int_equal(back.op, ARP_REPLY);
    assert_memory_equal(&back.sha, &p.sha, 6);
    assert_memory_equal(&back.tha, &p.tha, 6);
    assert_true(ip_eq(&back.spa, &p.spa));
    assert_true(ip_eq(&back.tpa, &p.tpa));
}

static void each_truncation_is_an_error(void **state)
{
    (void)state;
    struct arp_pkt p;
    for (size_t n = 0; n < ARP_LEN; n++)
        assert_int_equal(decode(request, n, &p), ERR_TRUNC);
    uint8_t padded[60] = {0};
    memcpy(padded, request, ARP_LEN);
    assert_int_equal(decode(padded, sizeof padded, &p), ERR_OK);
}

static void only_ip4_over_ethernet_is_known(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        uint8_t value;
    } changes[] = {{0, 1}, {1, 6}, {2, 0x86}, {3, 0xDD}, {4, 8}, {5, 16}};
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        uint8_t bytes[ARP_LEN];
        struct arp_pkt p;
        memcpy(bytes, request, ARP_LEN);
        bytes[changes[i].at] = changes[i].value;
        assert_int_equal(decode(bytes, ARP_LEN, &p), ERR_SYNTAX);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_read),
        cmocka_unit_test(a_request_is_written),
        cmocka_unit_test(a_reply_survives_the_round_trip),
        cmocka_unit_test(each_truncation_is_an_error),
        cmocka_unit_test(only_ip4_over_ethernet_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
