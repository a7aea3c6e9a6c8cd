// SPDX-License-Identifier: Apache-2.0
#include "base/rng.h"
#include "check.h"
#include "wire/cksum.h"

// RFC 1071 section 3: the words 0001 f203 f4f5 f6f7 sum up to 2ddf0, folded ddf2.
static void the_example_of_rfc_1071(void **state)
{
    (void)state;
    static const uint8_t words[] = {0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7};
    assert_int_equal(cksum_add(0, span_of(words, 8)), 0x2DDF0);
    assert_int_equal(cksum_end(0x2DDF0), 0x220D); // ~ddf2
    assert_int_equal(cksum_of(span_of(words, 8)), 0x220D);
}

static void nothing_and_all_ones(void **state)
{
    (void)state;
    assert_int_equal(cksum_of(SPAN("")), 0xFFFF);
    assert_int_equal(cksum_of(span_str(NULL)), 0xFFFF);
    assert_int_equal(cksum_of(SPAN("\xFF\xFF")), 0);
    assert_int_equal(cksum_of(SPAN("\xFF\xFF\xFF\xFF")), 0);
    assert_int_equal(cksum_end(0xFFFFFFFF), 0);
    assert_int_equal(cksum_end(0x1FFFF), 0xFFFE);
    assert_int_equal(cksum_end(0xFFFF0001), 0xFFFE);
}

static void an_odd_last_byte_is_a_high_half(void **state)
{
    (void)state;
    assert_int_equal(cksum_of(SPAN("\x12")), 0xEDFF);
    assert_int_equal(cksum_of(SPAN("\x12\x34\x56")), cksum_of(SPAN("\x12\x34\x56\x00")));
}

// One way to compute it per definition: add with end-around carry, word after word.
static uint16_t naive(const uint8_t *p, size_t n)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < n; i += 2) {
        sum += (uint32_t)p[i] * 256 + (i + 1 < n ? p[i + 1] : 0);
        if (sum > 0xFFFF)
            sum -= 0xFFFF;
    }
    return (uint16_t)(0xFFFF - sum);
}

static void it_agrees_with_the_definition_in_any_pieces(void **state)
{
    (void)state;
    static uint8_t data[2000];
    struct rng rng;
    rng_seed(&rng, 3);
    for (int round = 0; round < 2000; round++) {
        const size_t n = 1 + rng_below(&rng, sizeof data);
        for (size_t i = 0; i < n; i++)
            data[i] = round % 3 == 0 ? 0xFF : (uint8_t)rng_u32(&rng);
        const uint16_t expected = naive(data, n);
        assert_int_equal(cksum_of(span_of(data, n)), expected);
        const size_t cut = rng_below(&rng, (uint32_t)n) / 2 * 2;
        const uint32_t first = cksum_add(0, span_of(data, cut));
        assert_int_equal(cksum_end(cksum_add(first, span_of(data + cut, n - cut))), expected);
    }
}

static void a_large_running_sum_does_not_overflow(void **state)
{
    (void)state;
    const uint32_t sum = cksum_add(0xFFFFFFFF, SPAN("\xFF\xFF\xFF\xFF"));
    assert_int_equal(cksum_end(sum), 0);
    assert_int_equal(cksum_end(cksum_add(0xFFFFFFFE, SPAN("\x00\x05"))), (uint16_t)~4u);
}

static void the_pseudo_header_is_summed_by_words(void **state)
{
    (void)state;
    static const uint8_t header[] = {192, 0, 2, 1, 198, 51, 100, 7, 0, 6, 0x12, 0x34};
    const uint32_t sum = cksum_pseudo4(0xC0000201, 0xC6336407, 6, 0x1234);
    assert_int_equal(cksum_end(sum), cksum_of(span_of(header, sizeof header)));
    assert_int_equal(cksum_end(cksum_pseudo4(UINT32_MAX, UINT32_MAX, 255, 65535)),
                     cksum_of(SPAN("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x00\xFF\xFF\xFF")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_rfc_1071),
        cmocka_unit_test(nothing_and_all_ones),
        cmocka_unit_test(an_odd_last_byte_is_a_high_half),
        cmocka_unit_test(it_agrees_with_the_definition_in_any_pieces),
        cmocka_unit_test(a_large_running_sum_does_not_overflow),
        cmocka_unit_test(the_pseudo_header_is_summed_by_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
