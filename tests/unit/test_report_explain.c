// SPDX-License-Identifier: Apache-2.0
// The explanation as printed: its lines, and never more than 80 columns.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/explanation.h"
#include "report/explain.h"
#include "report/writer.h"
#include "text_sink.h"

static struct text_sink sink;
static struct writer writer;

static const char *print(const struct os_explanation *e)
{
    text_sink_init(&sink);
    writer_init(&writer, &sink.sink);
    explain_write(&writer, e);
    assert_true(writer_flush(&writer));
    return sink.text;
}

#define NONE    \
    {           \
        NULL, 0 \
    }

static const struct os_row rows[] = {
    {"SEQ", "SP", OS_WON, SPAN("FF"), NULL, SPAN("F0-110"), 25, NONE},
    {"SEQ", "TS", OS_LOST, SPAN("21"), NULL, SPAN("A"), 100, NONE},
    {"OPS", "O1", OS_LOST, SPAN("M5B4\x1b"), NULL, SPAN("M[4D8-5B4]ST11NW7"), 20, NONE},
    {"WIN", "W1", OS_LOST, SPAN(""), NULL,
     SPAN("FE88|FE3C|FCC0|FB28|FED4|FB34|FD00|FB04|FD20|F4AC|F4B3|FFCB|1234"), 15, NONE},
    {"T1", "DF", OS_LOST, SPAN("Y"), NULL, SPAN("N"), 20, SPAN("NN")},
    {"U1", "DF", OS_UNSEEN, {NULL, 0}, "no answer", SPAN("N"), 20, NONE},
    {"U1", "IPL", OS_UNSEEN, {NULL, 0}, "no answer", SPAN("164"), 100, NONE},
    {"IE", "R", OS_SILENT, SPAN("N"), NULL, {NULL, 0}, 50, NONE},
};

static const struct os_rival_row rival_rows[] = {
    {"SEQ", "TS", SPAN("21"), 100, {SPAN("1C-23"), SPAN("A")}, {OS_WON, OS_LOST}},
    {"U1", "R", {NULL, 0}, 50, {SPAN("N"), {NULL, 0}}, {OS_UNSEEN, OS_SILENT}},
};

static const struct os_explained refs[] = {
    {SPAN("A system"), 1, 1, 25, 25, 0, rows, 1},
    {SPAN("Another system with a name that is far too long to stand in one line of a terminal, "
          "and goes on and on"),
     2, 0.5, 25, 180, 120, rows, sizeof rows / sizeof *rows},
};

static void test_text(void **state)
{
    (void)state;
    const struct os_rivals rivals = {1, rival_rows, 2};
    const struct os_explanation e = {.refs = refs, .n_refs = 2, .rivals = &rivals, .n_rivals = 1};
    assert_string_equal(
        print(&e), "Why #1, A system (100%):\n"
                   "  25 of 25 points; 1 as expected, 0 not; 0 points not observed\n"
                   "Why #2, Another system with a name that is far too long to stand\n"
                   "    in one line of a terminal, and goes on and on (50%):\n"
                   "  25 of 180 points; 1 as expected, 4 not; 120 points not observed\n"
                   "   lost  test      answered                   expected\n"
                   "    100  SEQ.TS    21                         A\n"
                   "     20  OPS.O1    M5B4\\x1B                   M[4D8-5B4]ST11NW7\n"
                   "     20  T1.DF     Y from NN                  N\n"
                   "     15  WIN.W1    (empty)                    FE88|FE3C|FCC0|FB28|FED4|FB34|\n"
                   "                                              FD00|FB04|FD20|F4AC|F4B3|FFCB|\n"
                   "                                              1234\n"
                   " unseen  test      why, and what of it\n"
                   "    120  U1        no answer: DF IPL\n"
                   "What tells #1 from #2:\n"
                   " points  test      answered            #1 (* won)          #2\n"
                   "    100  SEQ.TS    21                  * 1C-23             A\n"
                   "     50  U1.R      (not seen)          N                   (nothing)\n");
}

static void test_columns(void **state)
{
    (void)state;
    const struct os_rivals rivals = {1, rival_rows, 2};
    const struct os_explanation e = {
        .is_near = true, .refs = refs, .n_refs = 2, .rivals = &rivals, .n_rivals = 1};
    struct span rest = span_str(print(&e));
    assert_true(span_starts(rest, SPAN("No reference is near enough")));
    while (!span_is_absent(rest))
        assert_true(span_cut(&rest, '\n').len <= 80);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
