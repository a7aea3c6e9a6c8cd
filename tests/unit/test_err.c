// SPDX-License-Identifier: Apache-2.0
#include "base/err.h"
#include "check.h"

static void everything_but_the_place_is_filled(void **state)
{
    (void)state;
    struct err_at at = {.line = 3, .col = 4, .token = "old and longer"};
    assert_int_equal(err_set(&at, ERR_RANGE, "too much", SPAN("70000")), ERR_RANGE);
    assert_int_equal(at.code, ERR_RANGE);
    assert_string_equal(at.what, "too much");
    assert_string_equal(at.token, "70000");
    assert_int_equal(at.line, 3);
    assert_int_equal(at.col, 4);
}

static void nobody_has_to_listen(void **state)
{
    (void)state;
    assert_int_equal(err_set(NULL, ERR_LIMIT, "x", SPAN("y")), ERR_LIMIT);
}

static void an_absent_token_is_empty(void **state)
{
    (void)state;
    struct err_at at = {.token = "old"};
    (void)err_set(&at, ERR_SYS, "x", span_str(NULL));
    assert_string_equal(at.token, "");
}

static void the_token_is_printable(void **state)
{
    (void)state;
    struct err_at at;
    (void)err_set(&at, ERR_SYNTAX, "x", SPAN("a\0\033[2J\\\xFF"));
    assert_string_equal(at.token, "a\\x00\\x1B[2J\\x5C\\xFF");
}

static void the_token_is_cut_to_fit_at_any_length(void **state)
{
    (void)state;
    char text[100];
    memset(text, 'm', sizeof text);
    for (size_t n = 0; n <= sizeof text; n++) {
        struct err_at at;
        memset(&at, 'z', sizeof at);
        (void)err_set(&at, ERR_TRUNC, "x", span_of(text, n));
        const size_t kept = n < sizeof at.token ? n : sizeof at.token - 1;
        assert_int_equal(strlen(at.token), kept);
        assert_memory_equal(at.token, text, kept);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_but_the_place_is_filled),
        cmocka_unit_test(nobody_has_to_listen),
        cmocka_unit_test(an_absent_token_is_empty),
        cmocka_unit_test(the_token_is_printable),
        cmocka_unit_test(the_token_is_cut_to_fit_at_any_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
