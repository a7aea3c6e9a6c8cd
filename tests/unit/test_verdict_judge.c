// SPDX-License-Identifier: Apache-2.0
#include "verdict_load.h"

static struct judged j;

static int open_systems(void **state)
{
    (void)state;
    judged_load(&j, SYSTEMS);
    return 0;
}

static int close_systems(void **state)
{
    (void)state;
    load_fini(&j.load);
    return 0;
}

static void test_sure(void **state)
{
    (void)state;
    judged_subject(&j, SEEN);
    check_sum(&j);
    assert_int_equal(j.verdict.best_ref, LINUX_6);
    assert_true(j.verdict.level <= VERDICT_SYSTEM);
    assert_int_equal(j.verdict.n, 1);
    assert_true(j.verdict.p >= verdict_params.threshold && j.verdict.p < 1);
    check_span(j.verdict.path[VERDICT_CLASS].generation, "6.X");
    check_span(j.verdict.path[VERDICT_SYSTEM].vendor, "Linux");
    check_span(j.verdict.path[VERDICT_TYPE].text, "general purpose");
    assert_true(j.verdict.path[VERDICT_NAME].p <= j.verdict.path[VERDICT_CLASS].p);
    assert_true(j.verdict.path[VERDICT_CLASS].p <= j.verdict.path[VERDICT_SYSTEM].p);
    assert_true(j.verdict.path[VERDICT_SYSTEM].p <= j.verdict.path[VERDICT_FAMILY].p + 1e-9);
    assert_true(j.verdict.rival.p < 0.1);
}

// Nothing seen: the prior, whatever references leave out.
static void test_nothing(void **state)
{
    (void)state;
    judged_subject(&j, "");
    check_sum(&j);
    for (uint32_t h = 0; h < model_hypotheses(j.model); h++)
        check_close(j.scratch->posterior[h], exp((double)j.model->prior[h]), 1e-6);
    assert_true(j.verdict.level >= VERDICT_ONE_OF);
    check_close(j.verdict.unknown, verdict_params.p_unknown, 1e-6);
}

// A sparse reference has nothing to lose, but gains nothing either.
static void test_sparse(void **state)
{
    (void)state;
    judged_subject(&j, SEEN_SEQ SEEN_OPS SEEN_WIN);
    check_sum(&j);
    assert_true(judged_p(&j, VERDICT_SYSTEM, LINUX_6) > 0.5);
    assert_true(judged_p(&j, VERDICT_SYSTEM, BOX) < 0.2);
    assert_true(judged_p(&j, VERDICT_SYSTEM, BOX) > 0.001);
}

// Each line that agrees makes it surer; a group that disagrees is no veto.
static void test_more(void **state)
{
    (void)state;
    judged_subject(&j, SEEN_OPS);
    const double little = judged_p(&j, VERDICT_SYSTEM, LINUX_6);
    judged_subject(&j, SEEN_OPS SEEN_WIN SEEN_T2_T4);
    const double more = judged_p(&j, VERDICT_SYSTEM, LINUX_6);
    assert_true(more > little);
    judged_subject(&j, SEEN_SEQ SEEN_OPS SEEN_WIN SEEN_T2_T4
                   "T5(R=Y%DF=Y%T=40%W=1000%S=O%A=O%F=R%O=%RD=0%Q=)\n" SEEN_ICMP);
    assert_int_equal(j.verdict.best_ref, LINUX_6);
    assert_true(judged_p(&j, VERDICT_SYSTEM, LINUX_6) > 0.8);
}

// Each group resembles somebody, but nobody has all of them: the unknown stack gains.
static void test_unknown(void **state)
{
    (void)state;
    const double before = verdict_params.p_unknown;
    judged_subject(&j, "SEQ(SP=3%GCD=200%ISR=0%TI=BI%CI=I%II=BI%SS=O%TS=U)\n"
                       "OPS(O1=M200%O2=M200%O3=M200%O4=M200%O5=M200%O6=M200)\n"
                       "WIN(W1=17%W2=17%W3=17%W4=17%W5=17%W6=17)\n"
                       "T4(R=Y%DF=Y%TG=20%W=17%S=O%A=O%F=APRS%O=W0%RD=123%Q=RU)\n"
                       "IE(R=Y%DFI=O%TG=20%CD=12)\n");
    check_sum(&j);
    assert_true(j.verdict.unknown > 4 * before);
    assert_true(j.verdict.level >= VERDICT_ONE_OF);
    assert_true(j.verdict.n > 0);
}

// An entry of two makers: neither, but their type.
static void test_one_of(void **state)
{
    (void)state;
    judged_subject(&j, "T1(R=Y%DF=N%T=FF%S=O%A=S+%F=AS%RD=0%Q=)\n"
                       "T5(R=Y%DF=N%T=FF%W=1000%S=Z%A=S+%F=AR%O=%RD=0%Q=)\n");
    check_sum(&j);
    assert_int_equal(j.verdict.best_ref, BOX);
    check_close(judged_p(&j, VERDICT_SYSTEM, BOX), j.verdict.path[VERDICT_SYSTEM].p, 1e-9);
    check_span(j.verdict.path[VERDICT_TYPE].text, "printer");
    assert_true(j.verdict.path[VERDICT_TYPE].p > 0.8);
    check_span(j.verdict.path[VERDICT_SYSTEM].family, "embedded");
}

// References that answer a SYN alike are one stack, whatever their numbers are.
static void test_stack(void **state)
{
    (void)state;
    const struct level *stacks = &j.model->base->level[VERDICT_STACK];
    assert_int_equal(stacks->n, 3);
    assert_int_equal(stacks->ids[ALPHA_1], stacks->ids[ALPHA_2]);
    assert_int_equal(stacks->ids[LINUX_5], stacks->ids[LINUX_6]);
    check_span(stacks->nodes[stacks->ids[LINUX_5]].family, "Linux");
    check_span(stacks->nodes[stacks->ids[BOX]].text,
               "stack like that of Acme embedded or Twin embedded");
    judged_subject(&j, SEEN);
    const double named = judged_p(&j, VERDICT_SYSTEM, LINUX_6);
    assert_true(judged_p(&j, VERDICT_STACK, LINUX_6) > named);
    assert_true(judged_p(&j, VERDICT_STACK, LINUX_6) <= 1);
}

// The true entry is missing: its relatives still tell the family.
static void test_left_out(void **state)
{
    (void)state;
    const bool is_left_out[] = {[LINUX_6] = true, [BOX] = false};
    const struct verdict_model *without =
        verdict_model_without(&j.load.arena, j.model, is_left_out);
    struct judged other = j;
    other.model = without;
    other.scratch = verdict_scratch_new(&j.load.arena, without);
    judged_subject(&other, SEEN);
    check_sum(&other);
    check_span(other.verdict.path[VERDICT_FAMILY].family, "Linux");
    check_close(judged_p(&other, VERDICT_CLASS, LINUX_6), 0, 1e-12);
    assert_true(other.verdict.path[VERDICT_FAMILY].p > 0.5);
    const bool all[] = {true, true, true, true, true};
    other.model = verdict_model_without(&j.load.arena, j.model, all);
    other.scratch = verdict_scratch_new(&j.load.arena, other.model);
    judged_subject(&other, SEEN);
    check_sum(&other);
    assert_int_equal(other.verdict.level, VERDICT_UNKNOWN);
    assert_int_equal(other.verdict.best_ref, UINT32_MAX);
    assert_int_equal(other.verdict.n, 0);
}

// Only the newest generation of a family that goes on.
static void test_open_ended(void **state)
{
    (void)state;
    judged_subject(&j, SEEN);
    assert_true(j.verdict.path[VERDICT_CLASS].is_open_ended);
    for (uint32_t i = 0; i < j.model->base->level[VERDICT_CLASS].n; i++) {
        const struct verdict_node *c = &j.model->base->level[VERDICT_CLASS].nodes[i];
        const bool is_newest =
            span_eq(c->family, SPAN("Linux")) && span_eq(c->generation, SPAN("6.X"));
        assert_int_equal(c->is_open_ended, is_newest);
    }
}

// The same sample several times is no better than once; a line of a later try fills a gap.
static void test_tries(void **state)
{
    (void)state;
    struct osdb_subject tries[3];
    const char *const texts[] = {SEEN_SEQ "T4(R=N)\n", SEEN_SEQ SEEN_T2_T4, SEEN_SEQ};
    for (int i = 0; i < 3; i++)
        assert_int_equal(osdb_subject_parse(span_str(texts[i]), &tries[i], NULL), ERR_OK);
    verdict_judge(j.model, tries, 3, j.scratch, &j.verdict);
    const double p = judged_p(&j, VERDICT_NAME, LINUX_6);
    judged_subject(&j, SEEN_SEQ SEEN_T2_T4);
    check_close(judged_p(&j, VERDICT_NAME, LINUX_6), p, 1e-6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sure),       cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_sparse),     cmocka_unit_test(test_more),
        cmocka_unit_test(test_unknown),    cmocka_unit_test(test_one_of),
        cmocka_unit_test(test_stack),      cmocka_unit_test(test_left_out),
        cmocka_unit_test(test_open_ended), cmocka_unit_test(test_tries),
    };
    return cmocka_run_group_tests(tests, open_systems, close_systems);
}
