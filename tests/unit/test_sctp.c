// SPDX-License-Identifier: Apache-2.0
// An INIT and its checksum, answers of every length.
#include "check.h"
#include "wire/sctp.h"

static void checksum_of_known_values(void **state)
{
    // RFC 3720 appendix B.4: 32 bytes of zero; the field counts as zero, whatever it holds.
    uint8_t zero[32] = {0};
    (void)state;
    assert_int_equal(sctp_cksum(span_of(zero, sizeof zero)), 0x8A9136AA);
    memset(zero + 8, 0x5A, 4);
    assert_int_equal(sctp_cksum(span_of(zero, sizeof zero)), 0x8A9136AA);
}

static void an_init_is_well_formed(void **state)
{
    uint8_t mem[64];
    struct buf b;
    struct sctp_hdr h;
    (void)state;
    buf_init(&b, mem, sizeof mem);
    sctp_encode_init(&b, &(struct sctp_hdr){.sport = 32801, .dport = 80}, 0x01020304, 5);
    const struct span s = buf_span(&b);
    assert_int_equal(s.len, SCTP_INIT_LEN);
    assert_true(sctp_cksum_ok(s));
    struct cur c = cur_of(s.ptr, s.len);
    assert_int_equal(sctp_decode(&c, &h), ERR_OK);
    assert_int_equal(h.sport, 32801);
    assert_int_equal(h.dport, 80);
    assert_int_equal(h.vtag, 0);
    assert_int_equal(h.chunk, SCTP_INIT);
    assert_int_equal(mem[16], 1);
    assert_int_equal(mem[19], 4);
    mem[20] ^= 1;
    assert_false(sctp_cksum_ok(s));
}

static void what_is_cut_short_is_refused(void **state)
{
    uint8_t mem[13] = {0x9C, 0x41, 0, 80, 1, 2, 3, 4, 0, 0, 0, 0, SCTP_ABORT};
    (void)state;
    for (size_t n = 0; n <= sizeof mem; n++) {
        struct cur c = cur_of(mem, n);
        struct sctp_hdr h;
        assert_int_equal(sctp_decode(&c, &h), n < sizeof mem ? ERR_TRUNC : ERR_OK);
    }
    assert_false(sctp_cksum_ok(span_of(mem, 4)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checksum_of_known_values),
        cmocka_unit_test(an_init_is_well_formed),
        cmocka_unit_test(what_is_cut_short_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
