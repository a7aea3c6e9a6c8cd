// SPDX-License-Identifier: Apache-2.0
#include "check.h"
#include "wire/icmp4.h"

// Echo request, id 1234, number 1, "abcd": the words sum up to defb.
static const uint8_t echo[] = {8, 0, 0x21, 0x04, 0x12, 0x34, 0, 1, 'a', 'b', 'c', 'd'};

// The start of a UDP packet 192.0.2.1:1000 -> 198.51.100.2:2000, as an error quotes it.
static const uint8_t quoted[] = {
    0x45, 0,    0,    40,   0x12, 0x34, 0,    0,    64,  17,
    0,    0,    192,  0,    2,    1,    198,  51,   100, 2, // IP
    0x03, 0xE8, 0x07, 0xD0, 0x00, 0x14, 0xBE, 0xEF,         // UDP
    'r',  'e',  's',  't',
};

static void an_echo_is_written(void **state)
{
    (void)state;
    uint8_t mem[32];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    const struct icmp4_hdr h = {
        .type = ICMP4_ECHO, .cksum = 7, .id = 0x1234, .seq = 1, .unused = 99, .body = SPAN("abcd")};
    icmp4_encode(&b, &h);
    assert_bytes(buf_span(&b), echo, sizeof echo);
}

static void an_echo_is_read(void **state)
{
    (void)state;
    struct icmp4_hdr h;
    for (size_t n = 0; n <= sizeof echo; n++) {
        struct cur c = cur_of(echo, n);
        assert_int_equal(icmp4_decode(&c, &h), n < ICMP4_HDR_LEN ? ERR_TRUNC : ERR_OK);
    }
    assert_int_equal(h.type, ICMP4_ECHO);
    assert_int_equal(h.code, 0);
    assert_int_equal(h.cksum, 0x2104);
    assert_int_equal(h.id, 0x1234);
    assert_int_equal(h.seq, 1);
    assert_int_equal(h.unused, 0x12340001);
    assert_text(h.body, "abcd");
}

static void errors_write_the_unused_word(void **state)
{
    (void)state;
    uint8_t mem[8];
    struct buf b;
    for (unsigned type = 0; type < 256; type++) {
        const bool is_error = type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
        assert_int_equal(icmp4_is_error((uint8_t)type), is_error);
        buf_init(&b, mem, sizeof mem);
        icmp4_encode(&b, &(struct icmp4_hdr){
                             .type = (uint8_t)type, .id = 1, .seq = 2, .unused = 0x03000400});
        assert_memory_equal(mem + 4, is_error ? "\x03\0\x04\0" : "\0\x01\0\x02", 4);
    }
}

static void a_quote_is_read(void **state)
{
    (void)state;
    struct icmp4_quote q;
    const struct icmp4_hdr h = {.type = ICMP4_UNREACH, .body = span_of(quoted, sizeof quoted)};
    assert_true(icmp4_quote(&h, &q));
    assert_true(q.is_present);
    assert_int_equal(q.ip.src, 0xC0000201);
    assert_int_equal(q.ip.dst, 0xC6336402);
    assert_int_equal(q.ip.total_len, 40);
    assert_bytes(q.ip_bytes, quoted, 20);
    assert_int_equal(q.sport, 1000);
    assert_int_equal(q.dport, 2000);
    assert_int_equal(q.udp_len, 0x14);
    assert_int_equal(q.udp_cksum, 0xBEEF);
    assert_int_equal(q.seq, 0x0014BEEF);
    assert_text(q.rest, "rest");
}

static void a_quote_needs_its_header_and_eight_bytes(void **state)
{
    (void)state;
    struct icmp4_quote q;
    for (size_t n = 0; n <= sizeof quoted; n++) {
        const struct icmp4_hdr h = {.type = ICMP4_TIME_EXCEEDED, .body = span_of(quoted, n)};
        assert_int_equal(icmp4_quote(&h, &q), n >= 28);
        assert_int_equal(q.is_present, n >= 28);
    }
}

static void only_errors_quote(void **state)
{
    (void)state;
    struct icmp4_quote q;
    const struct icmp4_hdr h = {.type = ICMP4_ECHO_REPLY, .body = span_of(quoted, sizeof quoted)};
    assert_false(icmp4_quote(&h, &q));
    uint8_t six[sizeof quoted];
    memcpy(six, quoted, sizeof six);
    six[0] = 0x65;
    const struct icmp4_hdr other = {.type = ICMP4_UNREACH, .body = span_of(six, sizeof six)};
    assert_false(icmp4_quote(&other, &q));
}

static void ip_options_move_the_ports(void **state)
{
    (void)state;
    uint8_t bytes[sizeof quoted + 4];
    struct icmp4_quote q;
    memcpy(bytes, quoted, 20);
    bytes[0] = 0x46;
    memset(bytes + 20, 1, 4);
    memcpy(bytes + 24, quoted + 20, sizeof quoted - 20);
    const struct icmp4_hdr h = {.type = ICMP4_UNREACH, .body = span_of(bytes, sizeof bytes)};
    assert_true(icmp4_quote(&h, &q));
    assert_int_equal(q.sport, 1000);
    assert_int_equal(q.ip_bytes.len, 24);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_echo_is_written),
        cmocka_unit_test(an_echo_is_read),
        cmocka_unit_test(errors_write_the_unused_word),
        cmocka_unit_test(a_quote_is_read),
        cmocka_unit_test(a_quote_needs_its_header_and_eight_bytes),
        cmocka_unit_test(only_errors_quote),
        cmocka_unit_test(ip_options_move_the_ports),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
