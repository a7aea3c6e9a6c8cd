// SPDX-License-Identifier: Apache-2.0
// All probes byte for byte against the table of the specification (2.3), written here as hex:
// XX stands for a byte that another test covers (checksums) or that is random.
#include "osfp_host.h"

#include "osfp/build.h"
#include "wire/cksum.h"

static struct obs fixed_obs(void)
{
    return (struct obs){.src = ip_v4(HOST_SRC),
                        .dst = ip_v4(HOST_DST),
                        .seq_base = 0x11223344,
                        .ack_base = 0x55667788,
                        .icmp_id = 0xABCD,
                        .u1_ttl = 0x3A,
                        .tcp_base = 0x9000,
                        .udp_base = 0xA000,
                        .u1_port = 0x7766,
                        .u1_id = OBS_U1_ID,
                        .u1_fill = OBS_U1_FILL};
}

static const struct build_ip fixed_ip = {.ttl = 0x2B, .id = 0xBEEF, .open = 22, .closed = 23};

static struct span build(enum probe p, uint8_t mem[BUILD_MAX])
{
    struct obs o = fixed_obs();
    return build_probe(&o, p, &fixed_ip, mem);
}

static int digit(char c)
{
    return c <= '9' ? c - '0' : c - 'A' + 10;
}

static void assert_hex(struct span got, const char *want)
{
    size_t n = 0;
    for (; *want; want += *want == ' ' ? 1 : 2) {
        if (*want == ' ')
            continue;
        assert_true(n < got.len);
        if (*want != 'X' && (uint8_t)got.ptr[n] != digit(want[0]) * 16 + digit(want[1]))
            fail_msg("byte %zu is %02X, not %.2s", n, (unsigned)(uint8_t)got.ptr[n], want);
        n++;
    }
    assert_int_equal(n, got.len);
}

#define IP(len, flags) "4500 00" len " BEEF " flags " 2B06 XXXX 0A000001 0A000002 "
#define OPEN "0016 "
#define CLOSED "0017 "
#define SB(low) "112233" low " "
#define AK "55667788 "
#define O1 "03030A01020405B4080AFFFFFFFF000000000402"
#define O2 "020405780303000402080AFFFFFFFF0000000000"
#define O3 "080AFFFFFFFF0000000001010303050102040280"
#define O4 "0402080AFFFFFFFF0000000003030A00"
#define O5 "020402180402080AFFFFFFFF0000000003030A00"
#define O6 "020401090402080AFFFFFFFF00000000"
#define O7 "03030A01020405B404020101"
#define O8 "03030A0102040109080AFFFFFFFF000000000402"
#define O9 "03030F0102040109080AFFFFFFFF000000000402"
#define NO_DF "0000"
#define DF "4000"

static const char *const tcp_probes[] = {
    [PROBE_SEQ + 0] = IP("3C", NO_DF) "9000 " OPEN SB("44") AK "A002 0001 XXXX 0000 " O1,
    [PROBE_SEQ + 1] = IP("3C", NO_DF) "9001 " OPEN SB("45") AK "A002 003F XXXX 0000 " O2,
    [PROBE_SEQ + 2] = IP("3C", NO_DF) "9002 " OPEN SB("46") AK "A002 0004 XXXX 0000 " O3,
    [PROBE_SEQ + 3] = IP("38", NO_DF) "9003 " OPEN SB("47") AK "9002 0004 XXXX 0000 " O4,
    [PROBE_SEQ + 4] = IP("3C", NO_DF) "9004 " OPEN SB("48") AK "A002 0010 XXXX 0000 " O5,
    [PROBE_SEQ + 5] = IP("38", NO_DF) "9005 " OPEN SB("49") AK "9002 0200 XXXX 0000 " O6,
    [PROBE_OPS + 0] = IP("3C", NO_DF) "9006 " OPEN SB("44") AK "A002 0001 XXXX 0000 " O1,
    [PROBE_OPS + 1] = IP("3C", NO_DF) "9007 " OPEN SB("44") AK "A002 003F XXXX 0000 " O2,
    [PROBE_OPS + 2] = IP("3C", NO_DF) "9008 " OPEN SB("44") AK "A002 0004 XXXX 0000 " O3,
    [PROBE_OPS + 3] = IP("38", NO_DF) "9009 " OPEN SB("44") AK "9002 0004 XXXX 0000 " O4,
    [PROBE_OPS + 4] = IP("3C", NO_DF) "900A " OPEN SB("44") AK "A002 0010 XXXX 0000 " O5,
    [PROBE_OPS + 5] = IP("38", NO_DF) "900B " OPEN SB("44") AK "9002 0200 XXXX 0000 " O6,
    [PROBE_ECN] = IP("34", NO_DF) "900C " OPEN SB("44") "00000000 88C2 0003 XXXX F7F5 " O7,
    [PROBE_T1] = IP("3C", NO_DF) "900D " OPEN SB("44") AK "A002 0001 XXXX 0000 " O1,
    [PROBE_T2] = IP("3C", DF) "900E " OPEN SB("44") AK "A000 0080 XXXX 0000 " O8,
    [PROBE_T3] = IP("3C", NO_DF) "900F " OPEN SB("44") AK "A02B 0100 XXXX 0000 " O8,
    [PROBE_T4] = IP("3C", DF) "9010 " OPEN SB("44") AK "A010 0400 XXXX 0000 " O8,
    [PROBE_T5] = IP("3C", NO_DF) "9011 " CLOSED SB("44") AK "A002 7A69 XXXX 0000 " O8,
    [PROBE_T6] = IP("3C", DF) "9012 " CLOSED SB("44") AK "A010 8000 XXXX 0000 " O8,
    [PROBE_T7] = IP("3C", NO_DF) "9013 " CLOSED SB("44") AK "A029 FFFF XXXX 0000 " O9,
};

static void tcp_probes_are_those_of_the_table(void **state)
{
    (void)state;
    for (unsigned p = 0; p < PROBE_U1; p++) {
        uint8_t mem[BUILD_MAX];
        assert_hex(build((enum probe)p, mem), tcp_probes[p]);
    }
}

static void assert_filled(struct span s, size_t len, char byte)
{
    assert_int_equal(s.len, len);
    for (size_t i = 0; i < s.len; i++)
        assert_int_equal(s.ptr[i], byte);
}

static void echo_probes_are_those_of_the_table(void **state)
{
    (void)state;
    uint8_t mem[BUILD_MAX];
    struct span s = build(PROBE_IE1, mem);
    assert_hex(span_head(s, 28), "4500 0094 BEEF 4000 2B01 XXXX 0A000001 0A000002 "
                                 "0809 XXXX ABCD 0127");
    assert_filled(span_from(s, 28), 120, 0);
    s = build(PROBE_IE2, mem);
    assert_hex(span_head(s, 28), "4504 00B2 BEEF 0000 2B01 XXXX 0A000001 0A000002 "
                                 "0800 XXXX ABCE 0128");
    assert_filled(span_from(s, 28), 150, 0);
}

static void u1_is_that_of_the_table(void **state)
{
    (void)state;
    uint8_t mem[BUILD_MAX];
    struct obs o = fixed_obs();
    const struct span s = build_probe(&o, PROBE_U1, &fixed_ip, mem);
    assert_hex(span_head(s, 28), "4500 0148 1042 0000 3A11 XXXX 0A000001 0A000002 "
                                 "A000 7766 0134 XXXX");
    assert_filled(span_from(s, 28), 300, 'C');
    assert_int_equal(o.u1_cksum, mem[26] << 8 | mem[27]);
}

static void checksums_are_right(void **state)
{
    (void)state;
    for (unsigned p = 0; p < PROBE_COUNT4; p++) {
        uint8_t mem[BUILD_MAX];
        const struct span s = build((enum probe)p, mem);
        const struct span body = span_from(s, IP4_HDR_LEN);
        const uint8_t proto = mem[9];
        const uint32_t pseudo = cksum_pseudo4(HOST_SRC, HOST_DST, proto, (uint16_t)body.len);
        assert_int_equal(cksum_of(span_head(s, IP4_HDR_LEN)), 0);
        assert_int_equal(cksum_end(cksum_add(proto == IP4_ICMP ? 0 : pseudo, body)), 0);
    }
}

static void probes_are_recognized(void **state)
{
    (void)state;
    for (unsigned p = 0; p < PROBE_COUNT4; p++) {
        uint8_t mem[BUILD_MAX];
        struct frame f = {0};
        enum osdb_gen gen;
        const unsigned like = p == PROBE_T1                     ? PROBE_SEQ
                              : p >= PROBE_OPS && p < PROBE_ECN ? p - PROBE_OPS
                                                                : p;
        assert_int_equal(frame_decode(LINK_RAW, build((enum probe)p, mem), &f), ERR_OK);
        assert_int_equal(build_recognize(&f, &gen), like);
        assert_int_equal(gen, OSDB_SECOND);
        mem[f.kind == FRAME_UDP ? 60 : 35]++; // a payload byte, the window, the ICMP sequence
        mem[27]++;
        assert_int_equal(frame_decode(LINK_RAW, f.packet, &f), ERR_OK);
        assert_int_equal(build_recognize(&f, &gen), -1);
    }
}

static void icmp_ids_wrap(void **state)
{
    (void)state;
    uint8_t mem[BUILD_MAX];
    struct obs o = fixed_obs();
    o.icmp_id = 0xFFFF;
    assert_hex(span_head(build_probe(&o, PROBE_IE2, &fixed_ip, mem), 28),
               "4504 00B2 BEEF 0000 2B01 XXXX 0A000001 0A000002 0800 XXXX 0000 0128");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tcp_probes_are_those_of_the_table),
        cmocka_unit_test(echo_probes_are_those_of_the_table),
        cmocka_unit_test(u1_is_that_of_the_table),
        cmocka_unit_test(checksums_are_right),
        cmocka_unit_test(probes_are_recognized),
        cmocka_unit_test(icmp_ids_wrap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
