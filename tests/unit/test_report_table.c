// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h> // needs those above

#include "report/table.h"
#include "report/writer.h"
#include "text_sink.h"

static struct text_sink sink;

static const char *printed(const struct span (*rows)[3], size_t n)
{
    struct writer w;
    struct table t;
    text_sink_init(&sink);
    writer_init(&w, &sink.sink);
    table_init(&t, 3);
    for (size_t i = 0; i < n; i++)
        table_measure(&t, rows[i]);
    for (size_t i = 0; i < n; i++)
        table_print(&t, &w, rows[i]);
    assert_true(writer_flush(&w));
    return sink.text;
}

static void columns_are_as_wide_as_their_longest_cell(void **state)
{
    (void)state;
    const struct span rows[][3] = {
        {SPAN("PORT"), SPAN("STATE"), SPAN("SERVICE")},
        {SPAN("22/tcp"), SPAN("open"), SPAN("ssh")},
        {SPAN("10000/tcp"), SPAN("open|filtered"), SPAN("webmin")},
    };
    assert_string_equal(printed(rows, 3), "PORT      STATE         SERVICE\n"
                                          "22/tcp    open          ssh\n"
                                          "10000/tcp open|filtered webmin\n");
}

static void nothing_follows_the_last_cell(void **state)
{
    (void)state;
    const struct span rows[][3] = {
        {SPAN("A"), SPAN("LONG"), SPAN("C")},
        {SPAN("1"), SPAN("2"), {NULL, 0}},
        {SPAN("1"), SPAN(""), SPAN("")},
        {{NULL, 0}, SPAN("2"), SPAN("3")},
    };
    assert_string_equal(printed(rows, 4), "A LONG C\n1 2\n1\n  2    3\n");
}

static void rows_without_cells_vanish(void **state)
{
    (void)state;
    const struct span rows[][3] = {
        {SPAN(""), {NULL, 0}, SPAN("")},
        {SPAN("x"), SPAN(""), SPAN("")},
    };
    assert_string_equal(printed(rows, 2), "x\n");
}

static void a_writer_escapes_across_its_steps(void **state)
{
    (void)state;
    char raw[200];
    struct writer w;
    memset(raw, 'a', sizeof raw);
    raw[63] = '\x1B';
    raw[64] = '\\';
    raw[199] = '\n';
    text_sink_init(&sink);
    writer_init(&w, &sink.sink);
    writer_escaped(&w, span_of(raw, sizeof raw));
    assert_true(writer_flush(&w));
    assert_int_equal(sink.len, 200 + 3 * 3);
    assert_memory_equal(sink.text + 62, "a\\x1B\\x5Ca", 10);
    assert_memory_equal(sink.text + sink.len - 5, "a\\x0A", 5);
}

static void a_writer_loses_nothing_at_the_edge_of_its_buffer(void **state)
{
    (void)state;
    struct writer w;
    for (size_t first = WRITER_PENDING - 2; first <= WRITER_PENDING + 2; first++) {
        text_sink_init(&sink);
        writer_init(&w, &sink.sink);
        writer_blanks(&w, first);
        writer_str(&w, "abcdef");
        assert_true(writer_flush(&w));
        assert_int_equal(sink.len, first + 6);
        assert_memory_equal(sink.text + first, "abcdef", 6);
    }
}

static void a_writer_remembers_a_failure(void **state)
{
    (void)state;
    struct writer w;
    text_sink_init(&sink);
    sink.room = 3;
    writer_init(&w, &sink.sink);
    writer_str(&w, "abc");
    assert_true(writer_flush(&w));
    writer_str(&w, "d");
    assert_false(writer_flush(&w));
    sink.room = 100;
    writer_str(&w, "e");
    assert_false(writer_flush(&w));
    assert_string_equal(sink.text, "abc");
}

static void numbers_are_written(void **state)
{
    (void)state;
    struct writer w;
    text_sink_init(&sink);
    writer_init(&w, &sink.sink);
    writer_dec(&w, 18446744073709551615u);
    writer_str(&w, " ");
    writer_int(&w, -7);
    writer_str(&w, " ");
    writer_hex(&w, 0x6B00CB84);
    writer_str(&w, " ");
    writer_fixed(&w, 11.575, 2);
    writer_line(&w, "!");
    assert_true(writer_flush(&w));
    assert_string_equal(sink.text, "18446744073709551615 -7 6B00CB84 11.58!\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_as_wide_as_their_longest_cell),
        cmocka_unit_test(nothing_follows_the_last_cell),
        cmocka_unit_test(rows_without_cells_vanish),
        cmocka_unit_test(a_writer_escapes_across_its_steps),
        cmocka_unit_test(a_writer_loses_nothing_at_the_edge_of_its_buffer),
        cmocka_unit_test(a_writer_remembers_a_failure),
        cmocka_unit_test(numbers_are_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
