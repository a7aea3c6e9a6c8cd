// SPDX-License-Identifier: Apache-2.0
#include "base/hash.h"
#include "check.h"

static const struct hash_key counting = {0x0706050403020100u, 0x0F0E0D0C0B0A0908u};

// Key 00..0F, message 00..(n-1): the appendix of the SipHash paper (n = 15) and the first of the
// table that comes with it.
static void published_values_of_siphash(void **state)
{
    (void)state;
    uint8_t message[16];
    for (uint8_t i = 0; i < sizeof message; i++)
        message[i] = i;
    assert_true(hash_keyed(&counting, span_of(message, 0)) == 0x726FDB47DD0E0E31u);
    assert_true(hash_keyed(&counting, span_of(message, 1)) == 0x74F839C593DC67FDu);
    assert_true(hash_keyed(&counting, span_of(message, 2)) == 0x0D6C8009D9A94F5Au);
    assert_true(hash_keyed(&counting, span_of(message, 7)) == 0xAB0200F58B01D137u);
    assert_true(hash_keyed(&counting, span_of(message, 8)) == 0x93F5F5799A932462u);
    assert_true(hash_keyed(&counting, span_of(message, 15)) == 0xA129CA6149BE45E5u);
}

static void every_byte_the_length_and_the_key_count(void **state)
{
    (void)state;
    uint8_t message[40] = {0};
    const uint64_t base = hash_keyed(&counting, span_of(message, sizeof message));
    for (size_t i = 0; i < sizeof message; i++) {
        message[i] = 1;
        assert_true(hash_keyed(&counting, span_of(message, sizeof message)) != base);
        message[i] = 0;
        assert_true(hash_keyed(&counting, span_of(message, i)) != base);
    }
    const struct hash_key k0 = {counting.k0 + 1, counting.k1};
    const struct hash_key k1 = {counting.k0, counting.k1 + 1};
    assert_true(hash_keyed(&k0, span_of(message, sizeof message)) != base);
    assert_true(hash_keyed(&k1, span_of(message, sizeof message)) != base);
}

// The first is the check value of the algorithm's catalogue entries.
static void known_values_of_crc32(void **state)
{
    (void)state;
    assert_int_equal(hash_crc32(SPAN("123456789")), 0xCBF43926);
    assert_int_equal(hash_crc32(SPAN("")), 0);
    assert_int_equal(hash_crc32(SPAN("a")), 0xE8B7BE43);
    assert_int_equal(hash_crc32(SPAN("\0\0\0\0")), 0x2144DF1C);
    assert_int_equal(hash_crc32(SPAN("\xFF\xFF\xFF\xFF")), 0xFFFFFFFF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_values_of_siphash),
        cmocka_unit_test(every_byte_the_length_and_the_key_count),
        cmocka_unit_test(known_values_of_crc32),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
