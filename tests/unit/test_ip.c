// SPDX-License-Identifier: Apache-2.0
#include "base/ip.h"
#include "check.h"

static void assert_reads_as(const char *in, const char *out)
{
    struct ip_addr a;
    char text[IP_TEXT_MAX];
    if (!ip_parse(span_str(in), &a))
        fail_msg("%s is refused", in);
    assert_string_equal(ip_text(&a, text), out);
}

static void numbers_and_addresses(void **state)
{
    (void)state;
    const struct ip_addr a = ip_v4(0xC0000281);
    assert_int_equal(a.family, IP_V4);
    assert_int_equal(a.zone, 0);
    assert_memory_equal(a.byte, "\xC0\x00\x02\x81\0\0\0\0\0\0\0\0\0\0\0\0", 16);
    assert_int_equal(ip_v4_u32(&a), 0xC0000281);
    struct ip_addr six = a;
    six.family = IP_V6;
    assert_int_equal(ip_v4_u32(&six), 0);
}

static void equality_is_of_family_bytes_and_zone(void **state)
{
    (void)state;
    const struct ip_addr a = ip_v4(1);
    struct ip_addr b = a;
    assert_true(ip_eq(&a, &b));
    b.zone = 1;
    assert_false(ip_eq(&a, &b));
    b = a;
    b.family = IP_V6;
    assert_false(ip_eq(&a, &b));
    b = a;
    b.byte[15] = 1;
    assert_false(ip_eq(&a, &b));
}

static void every_prefix_length_is_exact(void **state)
{
    (void)state;
    for (unsigned differs = 0; differs < 128; differs++) {
        struct ip_addr a = {.family = IP_V6}, net = {.family = IP_V6};
        a.byte[differs / 8] = (uint8_t)(0x80 >> differs % 8);
        for (unsigned bits = 0; bits <= 128; bits++)
            assert_int_equal(ip_in_net(&a, &net, bits), bits <= differs);
    }
    const struct ip_addr a = ip_v4(0x0A000001), b = ip_v4(0x0A0000FF);
    assert_true(ip_in_net(&a, &b, 24));
    assert_false(ip_in_net(&a, &b, 25));
    assert_false(ip_in_net(&a, &b, 32));
    assert_true(ip_in_net(&a, &a, 32));
    const struct ip_addr six = {.family = IP_V6};
    assert_false(ip_in_net(&a, &six, 0));
    assert_false(ip_in_net(&six, &six, 129));
}

static void dotted_quads(void **state)
{
    (void)state;
    assert_reads_as("0.0.0.0", "0.0.0.0");
    assert_reads_as("255.255.255.255", "255.255.255.255");
    assert_reads_as("192.0.2.1", "192.0.2.1");
    static const char *const broken[] = {
        "",        ".",         "1",         "1.2.3",     "1.2.3.",   "1.2.3.4.",  ".1.2.3.4",
        "1..2.3",  "1.2.3.4.5", "256.1.1.1", "1.1.1.256", "1.2.3.4 ", " 1.2.3.4",  "1.2.3.0004",
        "1.2.3.x", "0x1.2.3.4", "1.2.3.-4",  "1.2.3.4/8", "01.2.3.4", "1.2.3.010", "1.2.3.00",
    };
    for (size_t i = 0; i < COUNT_OF(broken); i++) {
        struct ip_addr a = {.zone = 7};
        assert_false(ip_parse(span_str(broken[i]), &a));
        assert_int_equal(a.zone, 7); // untouched
    }
    struct ip_addr a;
    assert_false(ip_parse(SPAN("1.2.3.4\0"), &a));
    assert_false(ip_parse(span_str(NULL), &a));
}

// Texts of RFC 5952 sections 1 to 4, and the forms of RFC 4291 section 2.2.
static void ip6_texts_are_canonical(void **state)
{
    (void)state;
    static const struct {
        const char *in;
        const char *out;
    } cases[] = {
        {"::", "::"},
        {"::1", "::1"},
        {"1::", "1::"},
        {"0:0:0:0:0:0:0:0", "::"},
        {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
        {"2001:0db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
        {"2001:db8::1:0:0:1", "2001:db8::1:0:0:1"},
        {"2001:db8::0:1:0:0:1", "2001:db8::1:0:0:1"},
        {"2001:0db8::1:0:0:1", "2001:db8::1:0:0:1"},
        {"2001:db8:0:0:1::1", "2001:db8::1:0:0:1"},
        {"2001:DB8:0:0:1::1", "2001:db8::1:0:0:1"},
        {"2001:db8:aaaa:bbbb:cccc:dddd:eeee:0001", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:1"},
        {"2001:db8:0:0:0:0:2:1", "2001:db8::2:1"},
        {"2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
        {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
        {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
        {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
        {"2001:db8:a:b:c:d:0:0", "2001:db8:a:b:c:d::"},
        {"0:0:3:4:5:6:7:8", "::3:4:5:6:7:8"},
        {"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
        {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
        {"FF01:0:0:0:0:0:0:101", "ff01::101"},
        {"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
        {"1:2:3:4:5:6:192.0.2.33", "1:2:3:4:5:6:c000:221"},
        {"::10.0.0.1", "::a00:1"},
        {"fe80::00ff", "fe80::ff"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_reads_as(cases[i].in, cases[i].out);
}

static void broken_ip6_texts_are_refused(void **state)
{
    (void)state;
    static const char *const broken[] = {
        ":",
        ":::",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8:",
        ":1:2:3:4:5:6:7:8",
        "1::2::3",
        "1:2:3:4::5:6:7:8",
        "::1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7:8::",
        "12345::",
        "g::",
        "1::-1",
        "fe80::1%1",
        "1:",
        ":1",
        " ::1",
        "::1 ",
        "::1.2.3",
        "::1.2.3.4.5",
        "::256.1.1.1",
        "1.2.3.4::",
        "1.2.3.4::1",
        "::1.2.3.4:1",
        "1:2:3:4:5:6:7:1.2.3.4",
        "1:2:3:4:5:1.2.3.4",
        "1:2:3:4:5:6::1.2.3.4",
        "[::1]",
        "::1/64",
    };
    for (size_t i = 0; i < COUNT_OF(broken); i++) {
        struct ip_addr a;
        if (ip_parse(span_str(broken[i]), &a))
            fail_msg("%s is accepted", broken[i]);
    }
}

// Whatever is printed is read back, for every pattern of zero groups.
static void printed_addresses_read_back(void **state)
{
    (void)state;
    for (unsigned pattern = 0; pattern < 256; pattern++) {
        struct ip_addr a = {.family = IP_V6}, back;
        char text[IP_TEXT_MAX];
        for (unsigned i = 0; i < 8; i++)
            if (pattern >> i & 1)
                a.byte[2 * i + i % 2] = (uint8_t)(0x10 + i);
        assert_true(ip_parse(span_str(ip_text(&a, text)), &back));
        assert_true(ip_eq(&a, &back));
    }
}

static void the_longest_text_fits(void **state)
{
    (void)state;
    struct ip_addr a = {.family = IP_V6};
    char text[IP_TEXT_MAX];
    memset(a.byte, 0xFF, 16);
    assert_string_equal(ip_text(&a, text), "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
    a.zone = UINT32_MAX; // not printed
    assert_int_equal(strlen(ip_text(&a, text)), 39);
}

static void link_addresses_are_upper_case(void **state)
{
    (void)state;
    char mem[32];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    mac_print(&b, &(struct mac_addr){{0x00, 0x0A, 0xBC, 0xDE, 0xF0, 0xFF}});
    assert_text(buf_span(&b), "00:0A:BC:DE:F0:FF");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_and_addresses),
        cmocka_unit_test(equality_is_of_family_bytes_and_zone),
        cmocka_unit_test(every_prefix_length_is_exact),
        cmocka_unit_test(dotted_quads),
        cmocka_unit_test(ip6_texts_are_canonical),
        cmocka_unit_test(broken_ip6_texts_are_refused),
        cmocka_unit_test(printed_addresses_read_back),
        cmocka_unit_test(the_longest_text_fits),
        cmocka_unit_test(link_addresses_are_upper_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
