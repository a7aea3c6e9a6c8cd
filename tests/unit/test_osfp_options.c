// SPDX-License-Identifier: Apache-2.0
// TCP options: which packets are believed, how they print, where the timestamp is found.
#include "osfp_host.h"

#include "osfp/options.h"

#define BYTES(...) span_of(((const uint8_t[]){__VA_ARGS__}), sizeof((const uint8_t[]){__VA_ARGS__}))

static const char *print(struct span options, enum quirks quirks)
{
    static char text[200];
    struct buf b;
    memset(text, 0, sizeof text);
    buf_init(&b, text, sizeof text - 1);
    options_print(&b, options, quirks);
    text[buf_len(&b)] = 0;
    return text;
}

static void strings_follow_the_rules(void **state)
{
    (void)state;
    const enum quirks own = QUIRKS_NONE;
    assert_string_equal(print(span_of("", 0), own), "");
    assert_string_equal(
        print(BYTES(2, 4, 5, 0xB4, 4, 2, 8, 10, 0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF, 1, 3, 3, 10),
              own),
        "M5B4ST11NWA");
    assert_string_equal(print(BYTES(8, 10, 0, 0, 0, 0, 0, 0, 0, 0), own), "T00");
    assert_string_equal(print(BYTES(8, 10, 0, 0, 0, 0, 0, 0, 0, 9), own), "T01");
    assert_string_equal(print(BYTES(2, 4, 5, 0xB4, 0, 0, 1, 0), own), "M5B4LLNL");
    assert_string_equal(print(BYTES(5, 10, 0, 0, 0, 0, 0, 0, 0, 0, 1), own), "N");
}

static void unsound_strings_are_empty(void **state)
{
    (void)state;
    const enum quirks own = QUIRKS_NONE;
    assert_string_equal(print(BYTES(1, 2), own), "");
    assert_string_equal(print(BYTES(1, 2, 1, 1, 1), own), "");
    assert_string_equal(print(BYTES(1, 2, 3, 1), own), "");
    assert_string_equal(print(BYTES(1, 3, 2, 1), own), "");
    assert_string_equal(print(BYTES(1, 8, 8, 0, 0, 0, 0, 0, 0), own), "");
    assert_string_equal(print(BYTES(1, 30, 9, 1), own), "");
    assert_string_equal(print(BYTES(1, 30, 0, 1), own), "");
}

static void unknown_options_differ_between_versions(void **state)
{
    (void)state;
    const struct span s = BYTES(0x1E, 4, 5, 1, 2, 4, 5, 0xB4);
    assert_string_equal(print(s, QUIRKS_NONE), "M5B4");
    assert_string_equal(print(s, QUIRKS_7991), "M5B4");
    assert_string_equal(print(BYTES(0x1E, 4, 5, 1, 2, 4, 5, 0xB4, 1), QUIRKS_793), "SNM5B4N");
}

static void malformed_options_are_not_sound(void **state)
{
    (void)state;
    assert_true(options_are_sound(span_of("", 0)));
    assert_true(options_are_sound(BYTES(1, 1, 2, 4, 5, 0xB4)));
    assert_true(options_are_sound(BYTES(0, 2, 3, 9))); // EOL ends the check
    assert_true(options_are_sound(BYTES(30, 1)));      // any other kind
    assert_true(options_are_sound(BYTES(14, 3, 1, 0)));
    assert_true(options_are_sound(BYTES(5, 10, 1, 2, 3, 4, 5, 6, 7, 8)));
    assert_false(options_are_sound(BYTES(2, 3, 9)));
    assert_false(options_are_sound(BYTES(3, 4, 1, 1)));
    assert_false(options_are_sound(BYTES(4, 3, 1)));
    assert_false(options_are_sound(BYTES(8, 9, 1, 2, 3, 4, 5, 6, 7)));
    assert_false(options_are_sound(BYTES(14, 4, 1, 1)));
    assert_false(options_are_sound(BYTES(5, 2)));
    assert_false(options_are_sound(BYTES(5, 9, 1, 2, 3, 4, 5, 6, 7)));
    assert_false(options_are_sound(BYTES(30, 0)));
    assert_false(options_are_sound(BYTES(30, 5, 1, 1)));
    assert_false(options_are_sound(BYTES(1, 30)));
}

static void timestamp_is_found_anywhere(void **state)
{
    (void)state;
    uint32_t v = 0;
    assert_true(options_timestamp(BYTES(1, 0, 8, 10, 0, 0, 1, 2, 0, 0, 0, 0), &v));
    assert_int_equal(v, 0x102);
    assert_false(options_timestamp(BYTES(2, 4, 5, 0xB4), &v));
    assert_false(options_timestamp(BYTES(8, 9, 0, 0, 1, 2, 0, 0, 0), &v));
    assert_false(options_timestamp(BYTES(8, 10, 0, 0, 1, 2), &v));
    assert_false(options_timestamp(span_of("", 0), &v));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_follow_the_rules),
        cmocka_unit_test(unsound_strings_are_empty),
        cmocka_unit_test(unknown_options_differ_between_versions),
        cmocka_unit_test(malformed_options_are_not_sound),
        cmocka_unit_test(timestamp_is_found_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
