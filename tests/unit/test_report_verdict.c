// SPDX-License-Identifier: Apache-2.0
// The verdict in words: each kind of answer, what was not seen, and the reasons.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check.h"
#include "model/verdict.h"
#include "report/verdict.h"
#include "report/writer.h"
#include "text_sink.h"

static struct text_sink sink;
static struct writer writer;

static const struct os_node path[] = {
    {VERDICT_NAME, SPAN("Linux 5.3 - 5.4"), 0.594, false},
    {VERDICT_SYSTEM, SPAN("Linux"), 0.98, false},
};
static const struct os_node few[] = {
    {VERDICT_SYSTEM, SPAN("HP embedded"), 0.48, false},
    {VERDICT_SYSTEM, SPAN("Bad\x1b name"), 0.0042, false},
};
static const struct os_reason reasons[] = {
    {SPAN("opt"), SPAN("TCP options"), VERDICT_EXPLAINED, CAUSE_CLAMP, 6.25},
    {SPAN("win"), SPAN("TCP windows"), VERDICT_CHANGED, CAUSE_NONE, -1.5},
    {SPAN("u1"), SPAN("closed UDP port"), VERDICT_SILENT, CAUSE_NONE, 0},
    {SPAN("closed"), SPAN("closed TCP port"), VERDICT_NOT_ASKED, CAUSE_NONE, 0},
};

static struct os_verdict verdict_of(enum verdict_level level, struct span label, double p)
{
    return (struct os_verdict){
        .answer = {level, label, p, false},
        .path = path,
        .n_path = 2,
        .rival = {VERDICT_SYSTEM, SPAN("FreeBSD"), 0.01, false},
        .odds = 4.5,
    };
}

static const char *print(const struct os_verdict *v,
                         void (*write)(struct writer *, const struct os_verdict *))
{
    text_sink_init(&sink);
    writer_init(&writer, &sink.sink);
    write(&writer, v);
    assert_true(writer_flush(&writer));
    return sink.text;
}

static void one_line_for_each_answer(void **state)
{
    (void)state;
    struct os_verdict v = verdict_of(VERDICT_NAME, SPAN("Linux 5.3 - 5.4"), 1);
    assert_string_equal(print(&v, verdict_line), "Verdict: Linux 5.3 - 5.4 (99%)\n");
    v = verdict_of(VERDICT_CLASS, SPAN("Linux 5.X or newer"), 0.9799);
    assert_string_equal(print(&v, verdict_line),
                        "Verdict: Linux 5.X or newer (97%); closest entry Linux 5.3 - 5.4 (59%)\n");
    v.perfect = (struct os_node){VERDICT_NAME, SPAN("Linux 6.18 - 7.3"), 0.4, false};
    assert_string_equal(print(&v, verdict_line),
                        "Verdict: Linux 5.X or newer (97%); closest entry Linux 5.3 - 5.4 (59%); "
                        "matches in every test but is less specific: Linux 6.18 - 7.3 (40%)\n");
    v = verdict_of(VERDICT_STACK, SPAN("Linux-like stack"), 0.9);
    v.nodes = few;
    v.n_nodes = 1;
    assert_string_equal(
        print(&v, verdict_line),
        "Verdict: Linux-like stack (90%); nearest: HP embedded (48%); closest entry "
        "Linux 5.3 - 5.4 (59%)\n");
    v = verdict_of(VERDICT_TYPE, SPAN("printer"), 0.9);
    assert_string_equal(print(&v, verdict_line), "Verdict: some printer (90%)\n");
    v = verdict_of(VERDICT_ONE_OF, (struct span){NULL, 0}, 0.9);
    v.nodes = few;
    v.n_nodes = 2;
    assert_string_equal(print(&v, verdict_line),
                        "Verdict: one of HP embedded (48%), Bad\\x1B name (<1%)\n");
    v.answer.level = VERDICT_UNKNOWN;
    v.unknown = 0.96;
    assert_string_equal(print(&v, verdict_line),
                        "Verdict: not known to this database (96%); nearest: HP embedded (48%), "
                        "Bad\\x1B name (<1%)\n");
    v.unknown = 0.3;
    v.n_nodes = 0;
    assert_string_equal(print(&v, verdict_line), "Verdict: undecided (unknown stack: 30%)\n");
}

static void the_line_tells_what_is_missing(void **state)
{
    (void)state;
    struct os_verdict v = verdict_of(VERDICT_NAME, SPAN("X"), 0.9);
    v.reasons = reasons;
    v.n_reasons = 4;
    v.mss = 1412;
    assert_string_equal(print(&v, verdict_line),
                        "Verdict: X (90%); not seen: closed UDP port, closed TCP port; path: MSS "
                        "clamped to 1412, MTU 1452\n");
    v.text = SPAN("as read");
    assert_string_equal(print(&v, verdict_line), "Verdict: as read\n");
}

static void other_layers_are_told(void **state)
{
    (void)state;
    struct os_vote votes[] = {
        {SPAN("link address"), SPAN("Apple"), {NULL, 0}, VOTE_OPEN},
        {SPAN("services"), SPAN("Linux (Debian)"), SPAN("22/tcp"), VOTE_AGREES},
    };
    struct os_verdict v = verdict_of(VERDICT_NAME, SPAN("X"), 0.9);
    v.votes = votes;
    v.n_votes = 2;
    assert_string_equal(print(&v, verdict_line), "Verdict: X (90%); services say Linux (Debian) on "
                                                 "22/tcp; link address says Apple\n");
    votes[1].stance = VOTE_DIFFERS;
    v.n_votes = 2;
    v.contradicts = true;
    v.votes = votes + 1;
    v.n_votes = 1;
    assert_string_equal(print(&v, verdict_line), "Verdict: X (90%); but services say Linux "
                                                 "(Debian) on 22/tcp: proxy, container or "
                                                 "disguise\n");
}

static void reasons_are_a_table(void **state)
{
    (void)state;
    struct os_verdict v = verdict_of(VERDICT_NAME, SPAN("X"), 0.9);
    v.reasons = reasons;
    v.n_reasons = 4;
    v.n_silent = 3;
    v.silence = -0.125;
    v.others = -0.25;
    const char *text = print(&v, verdict_explain_write);
    assert_non_null(strstr(text, "Why Linux and not FreeBSD (nats, by groups of tests):"));
    assert_non_null(strstr(text, "   +6.25  TCP options           as expected, but for a smaller"));
    assert_non_null(strstr(text, "   -1.50  TCP windows           not as expected: "));
    assert_non_null(strstr(text, "   +0.00  closed UDP port       no answer\n"));
    assert_non_null(strstr(text, "   -0.13  silence               of several kinds"));
    assert_non_null(strstr(text, "   +4.50  together\n"));
    for (const char *line = text; *line; line = strchr(line, '\n') + 1)
        assert_true(strchr(line, '\n') - line <= 80);
    v.unknown = 0.99;
    assert_non_null(strstr(print(&v, verdict_explain_write), "Why an unknown stack and not Linux"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_line_for_each_answer),
        cmocka_unit_test(the_line_tells_what_is_missing),
        cmocka_unit_test(other_layers_are_told),
        cmocka_unit_test(reasons_are_a_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
