// SPDX-License-Identifier: Apache-2.0
// Verdicts for the reports: labels, reasons, and whom there is nothing to say of.
#include "verdict_load.h"

#include "model/host.h"
#include "stage/judge.h"

static struct judged j;
static struct judge *judge;
static struct host host;
static struct os_result os;

static int setup(void **state)
{
    (void)state;
    judged_load(&j, SYSTEMS);
    judge = judge_new(&j.load.arena, j.load.db);
    arena_init(&host.arena, "a host");
    host.addr = ip_v4(0x0A000001);
    judged_subject(&j, SEEN);
    os = (struct os_result){.subjects = &j.subject, .n_subjects = 1};
    host.os = &os;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_fini(&host.arena);
    load_fini(&j.load);
    return 0;
}

static const struct os_verdict *judged(void)
{
    judge_host(judge, &host);
    return host.os->verdict;
}

static void a_host_gets_what_the_model_says(void **state)
{
    (void)state;
    const struct os_verdict *v = judged();
    assert_non_null(v);
    check_close(v->answer.p, j.verdict.p, 0);
    check_close(v->unknown, j.verdict.unknown, 0);
    assert_int_equal(v->answer.level, j.verdict.level);
    assert_int_equal(v->n_path, VERDICT_LEVELS);
    assert_int_equal(v->n_reasons, GROUP_COUNT);
    assert_null(os.verdict); // the stage's record is not touched
    check_span(v->path[VERDICT_NAME].label, "Linux 6.1 or newer");
    check_span(v->path[VERDICT_CLASS].label, "Linux 6.X or newer");
    check_span(v->path[VERDICT_SYSTEM].label, "Linux");
    check_span(v->path[VERDICT_TYPE].label, "general purpose");
    double sum = v->silence + v->prior + v->others;
    for (uint32_t i = 0; i < v->n_reasons; i++)
        sum += v->reasons[i].nats;
    check_close(sum, v->odds, 1e-9);
}

static void nothing_is_said_without_evidence(void **state)
{
    (void)state;
    os.n_subjects = 0;
    assert_null(judged());
    os.n_subjects = 1;
    assert_true(ip_parse(SPAN("fd00::1"), &host.addr));
    assert_null(judged());
    host.os = NULL;
    judge_host(judge, &host);
    assert_null(host.os);
}

static void comparisons_get_no_verdict(void **state)
{
    (void)state;
    struct load load;
    load_text(&load, QUIRKS_793, SYSTEMS);
    assert_null(judge_new(&load.arena, load.db));
    load_fini(&load);
    load_text(&load, QUIRKS_NONE, "MatchPoints\nT1(R=100)\n");
    assert_null(judge_new(&load.arena, load.db));
    load_fini(&load);
    assert_null(judge_new(&j.load.arena, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_host_gets_what_the_model_says, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_is_said_without_evidence, setup, teardown),
        cmocka_unit_test_setup_teardown(comparisons_get_no_verdict, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
