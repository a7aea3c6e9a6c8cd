// SPDX-License-Identifier: Apache-2.0
#include "check.h"

static const struct span absent = {NULL, 0};

static int sign(int x)
{
    return (x > 0) - (x < 0);
}

static void absent_differs_from_empty(void **state)
{
    (void)state;
    assert_true(span_is_absent(span_str(NULL)));
    assert_false(span_is_absent(span_str("")));
    assert_false(span_is_absent(SPAN("")));
    assert_int_equal(span_str(NULL).len, 0);
    assert_int_equal(SPAN("a\0b").len, 3);
}

static void equality_is_of_all_bytes(void **state)
{
    (void)state;
    assert_true(span_eq(SPAN("a\0b"), SPAN("a\0b")));
    assert_false(span_eq(SPAN("a\0b"), SPAN("a\0c")));
    assert_false(span_eq(SPAN("ab"), SPAN("abc")));
    assert_false(span_eq(SPAN("ab"), SPAN("aB")));
    assert_true(span_eq(absent, SPAN("")));
}

static void beginnings(void **state)
{
    (void)state;
    assert_true(span_starts(SPAN("abc"), SPAN("")));
    assert_true(span_starts(SPAN("abc"), SPAN("ab")));
    assert_true(span_starts(SPAN("abc"), SPAN("abc")));
    assert_false(span_starts(SPAN("abc"), SPAN("abcd")));
    assert_false(span_starts(SPAN("abc"), SPAN("b")));
    assert_true(span_starts(absent, SPAN("")));
    assert_false(span_starts(absent, SPAN("a")));
}

static void only_ascii_letters_lose_their_case(void **state)
{
    (void)state;
    assert_true(span_eq_nocase(SPAN("aZ09-"), SPAN("Az09-")));
    assert_false(span_eq_nocase(SPAN("@"), SPAN("`")));
    assert_false(span_eq_nocase(SPAN("["), SPAN("{")));
    assert_false(span_eq_nocase(SPAN("\xC4"), SPAN("\xE4")));
    assert_false(span_eq_nocase(SPAN("a"), SPAN("ab")));
    assert_true(span_eq_nocase(absent, absent));
}

static void order_is_of_unsigned_bytes_and_shorter_first(void **state)
{
    (void)state;
    static const struct span rising[] = {
        {"", 0}, {"\0", 1}, {"A", 1}, {"A\0", 2}, {"AB", 2}, {"B", 1}, {"a", 1}, {"\xFF", 1},
    };
    for (size_t i = 0; i < COUNT_OF(rising); i++)
        for (size_t j = 0; j < COUNT_OF(rising); j++)
            assert_int_equal(sign(span_cmp(rising[i], rising[j])), sign((int)i - (int)j));
    assert_int_equal(span_cmp(absent, SPAN("")), 0);
}

static void blanks_are_trimmed_at_both_ends(void **state)
{
    (void)state;
    assert_text(span_trim(SPAN(" \t\r a b\t \r")), "a b");
    assert_text(span_trim(SPAN("a")), "a");
    assert_text(span_trim(SPAN(" \t\r")), "");
    assert_text(span_trim(SPAN("\na\n")), "\na\n");
    assert_true(span_is_absent(span_trim(absent)));
}

static void bytes_are_found(void **state)
{
    (void)state;
    assert_int_equal(span_find(SPAN("abcb"), 'b'), 1);
    assert_int_equal(span_find(SPAN("abc"), 'x'), 3);
    assert_int_equal(span_find(SPAN("a\0b"), 'b'), 2);
    assert_int_equal(span_find(SPAN("a\0b"), '\0'), 1);
    assert_int_equal(span_find(SPAN(""), '\0'), 0);
    assert_int_equal(span_find(absent, 'a'), 0);
}

static void cuts_stay_inside(void **state)
{
    (void)state;
    assert_text(span_from(SPAN("abc"), 0), "abc");
    assert_text(span_from(SPAN("abc"), 2), "c");
    assert_text(span_from(SPAN("abc"), 3), "");
    assert_text(span_from(SPAN("abc"), SIZE_MAX), "");
    assert_true(span_is_absent(span_from(absent, 5)));
    assert_text(span_head(SPAN("abc"), 0), "");
    assert_text(span_head(SPAN("abc"), 2), "ab");
    assert_text(span_head(SPAN("abc"), SIZE_MAX), "abc");
    assert_true(span_is_absent(span_head(absent, 5)));
}

static void a_loop_of_cuts_sees_every_part(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *parts[4];
        size_t n;
    } cases[] = {
        {"a,bc,d", {"a", "bc", "d"}, 3},
        {"a", {"a"}, 1},
        {"", {""}, 1},
        {"a,", {"a", ""}, 2},
        {",", {"", ""}, 2},
        {",,a", {"", "", "a"}, 3},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct span rest = span_str(cases[i].text);
        size_t n = 0;
        while (!span_is_absent(rest)) {
            const struct span part = span_cut(&rest, ',');
            assert_true(n < cases[i].n);
            assert_true(span_eq(part, span_str(cases[i].parts[n])));
            n++;
        }
        assert_int_equal(n, cases[i].n);
    }
    struct span none = absent;
    assert_true(span_is_absent(span_cut(&none, ',')));
    assert_true(span_is_absent(none));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(absent_differs_from_empty),
        cmocka_unit_test(equality_is_of_all_bytes),
        cmocka_unit_test(beginnings),
        cmocka_unit_test(only_ascii_letters_lose_their_case),
        cmocka_unit_test(order_is_of_unsigned_bytes_and_shorter_first),
        cmocka_unit_test(blanks_are_trimmed_at_both_ends),
        cmocka_unit_test(bytes_are_found),
        cmocka_unit_test(cuts_stay_inside),
        cmocka_unit_test(a_loop_of_cuts_sees_every_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
