// SPDX-License-Identifier: Apache-2.0
#include "verdict_load.h"

static struct judged j;
static struct verdict_reasons why;

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

static const struct verdict_reason *reason(enum verdict_group g)
{
    for (int i = 0; i < GROUP_COUNT; i++)
        if (why.reason[i].group == g)
            return &why.reason[i];
    fail();
    return NULL;
}

static double sum_of_lines(void)
{
    double sum = why.silence + why.prior + why.others;
    for (int i = 0; i < GROUP_COUNT; i++)
        sum += why.reason[i].nats;
    return sum;
}

// The lines of two references are their odds; those of two nodes too, with the rest.
static void check_adds_up(const char *subject)
{
    judged_subject(&j, subject);
    for (uint32_t a = 0; a <= BOX; a++)
        for (uint32_t b = 0; b <= BOX; b++) {
            verdict_explain_refs(j.model, j.scratch, a, b, &why);
            const double pa = j.scratch->posterior[a];
            const double pb = j.scratch->posterior[b];
            check_close(sum_of_lines(), why.odds, 1e-9);
            assert_true(why.others == 0);
            if (pa > 0 && pb > 0) // else negligible
                check_close(why.odds, log(pa / pb), 1e-4);
        }
    verdict_explain_refs(j.model, j.scratch, LINUX_6, UINT32_MAX, &why);
    check_close(sum_of_lines(),
                log(j.scratch->posterior[LINUX_6] / j.scratch->posterior[j.model->unknown]), 1e-4);
    verdict_explain(j.model, j.scratch, &j.verdict, &why);
    check_close(why.odds, log(j.verdict.path[VERDICT_SYSTEM].p / j.verdict.rival.p), 1e-9);
    check_close(sum_of_lines(), why.odds, 1e-9);
    for (int i = 1; i < GROUP_COUNT; i++)
        assert_true(fabs(why.reason[i - 1].nats) >= fabs(why.reason[i].nats));
}

static void test_adds_up(void **state)
{
    (void)state;
    check_adds_up(SEEN);
    check_adds_up(SEEN_OPS);
    check_adds_up(SEEN_OPS "T2(R=N)\nT3(R=N)\nT4(R=N)\nT5(R=N)\nT6(R=N)\nT7(R=N)\nU1(R=N)\n");
}

static void test_states(void **state)
{
    (void)state;
    judged_subject(&j, SEEN_SEQ SEEN_OPS
                   "WIN(W1=FE88%W2=1234%W3=1234%W4=1234%W5=1234%W6=1234)\n" SEEN_T2_T4 "U1(R=N)\n");
    verdict_explain(j.model, j.scratch, &j.verdict, &why);
    assert_int_equal(reason(GROUP_OPT)->state, VERDICT_AGREES);
    assert_int_equal(reason(GROUP_OPT)->cause, CAUSE_NONE);
    assert_int_equal(reason(GROUP_U1)->state, VERDICT_SILENT);
    assert_int_equal(reason(GROUP_CLOSED)->state, VERDICT_NOT_ASKED);
    assert_true(reason(GROUP_CLOSED)->nats == 0);
    assert_true(reason(GROUP_WIN)->state >= VERDICT_CHANGED);
    verdict_explain_refs(j.model, j.scratch, BOX, LINUX_6, &why);
    assert_int_equal(reason(GROUP_OPT)->state, VERDICT_NOT_IN_REFERENCE);
    assert_true(reason(GROUP_OPT)->nats < 0);
}

// 1440 instead of 1460: windows of n * 1448 become n * 1428.
static void test_clamp(void **state)
{
    (void)state;
    judged_subject(&j, SEEN_SEQ "OPS(O1=M5A0ST11NW7%O2=M578ST11NW7%O3=M5A0NNT11NW7%O4=M5A0ST11NW7%"
                                "O5=M5A0ST11NW7%O6=M5A0ST11)\n"
                                "WIN(W1=FB04%W2=FB04%W3=FB04%W4=FB04%W5=FB04%W6=FB04)\n" SEEN_T1);
    verdict_explain(j.model, j.scratch, &j.verdict, &why);
    assert_int_equal(j.verdict.best_ref, LINUX_6);
    assert_int_equal(reason(GROUP_OPT)->state, VERDICT_EXPLAINED);
    assert_int_equal(reason(GROUP_OPT)->cause, CAUSE_CLAMP);
    assert_int_equal(why.mss, 1440);
    assert_int_equal(reason(GROUP_WIN)->state, VERDICT_AGREES);
    check_adds_up(SEEN_SEQ "OPS(O1=M5A0ST11NW7%O6=M5A0ST11)\nWIN(W1=FB04)\n");
}

// Below 1400 the answer to the second probe is clamped too.
static void test_clamp_low(void **state)
{
    (void)state;
    judged_subject(&j, "OPS(O1=M550ST11NW7%O2=M550ST11NW7%O3=M550NNT11NW7%O4=M550ST11NW7%"
                       "O5=M550ST11NW7%O6=M550ST11)\n"
                       "WIN(W1=FE88%W2=FE88%W3=FE88%W4=FE88%W5=FE88%W6=FE88)\n");
    verdict_explain(j.model, j.scratch, &j.verdict, &why);
    assert_int_equal(j.verdict.best_ref, LINUX_6);
    assert_int_equal(reason(GROUP_OPT)->cause, CAUSE_CLAMP);
    assert_int_equal(why.mss, 1360);
}

static void test_shift_and_mss(void **state)
{
    (void)state;
    judged_subject(&j, SEEN_SEQ "OPS(O1=M5B4ST11NW5%O2=M578ST11NW5%O3=M5B4NNT11NW5%O4=M5B4ST11NW5%"
                                "O5=M5B4ST11NW5%O6=M5B4ST11)\n" SEEN_T1);
    verdict_explain(j.model, j.scratch, &j.verdict, &why);
    assert_int_equal(reason(GROUP_OPT)->cause, CAUSE_SHIFT);
    assert_int_equal(why.mss, 0);
    judged_subject(&j,
                   SEEN_SEQ "OPS(O1=M2300ST11NW7%O2=M2300ST11NW7%O3=M2300NNT11NW7%O4=M2300ST11NW7%"
                            "O5=M2300ST11NW7%O6=M2300ST11)\n" SEEN_T1);
    verdict_explain(j.model, j.scratch, &j.verdict, &why);
    assert_int_equal(reason(GROUP_OPT)->cause, CAUSE_MSS);
}

// Five kinds of probes without an answer are one filter, not five surprises.
static void test_silence(void **state)
{
    (void)state;
    judged_subject(&j, SEEN_SEQ SEEN_OPS SEEN_WIN SEEN_T1
                   "T2(R=N)\nT3(R=N)\nT4(R=N)\nT5(R=N)\nT6(R=N)\nT7(R=N)\nU1(R=N)\nIE(R=N)\n");
    verdict_explain(j.model, j.scratch, &j.verdict, &why);
    assert_int_equal(why.n_silent, 5);
    assert_int_equal(j.verdict.best_ref, LINUX_6);
    for (uint32_t h = 0; h < model_hypotheses(j.model); h++)
        assert_true(weigh_silence(j.model, j.scratch, h) >= verdict_params.w_silent - 1e-6);
    judged_subject(&j, SEEN_SEQ "T4(R=N)\nT5(R=N)\nU1(R=N)\nIE(R=Y%DFI=N%TG=40%CD=S)\n");
    assert_int_equal(j.scratch->n_silent, 0);
}

static void test_machines(void **state)
{
    (void)state;
    struct verdict_machines k;
    judged_subject(&j, SEEN);
    verdict_split(j.model, &j.subject, 1, j.scratch, &k);
    assert_true(k.is_known);
    assert_true(k.k < 0);
    judged_subject(&j, SEEN_SEQ SEEN_OPS SEEN_WIN SEEN_ECN SEEN_T1 SEEN_T2_T4
                   "T5(R=Y%DF=N%T=40%W=0%S=Z%A=S%F=AR%O=%RD=0%Q=)\n"
                   "T6(R=Y%DF=N%T=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)\n"
                   "T7(R=Y%DF=N%T=40%W=0%S=Z%A=S%F=AR%O=%RD=0%Q=)\n" SEEN_ICMP);
    const double before = k.k;
    verdict_split(j.model, &j.subject, 1, j.scratch, &k);
    assert_true(k.k > before);
    assert_int_equal(k.odd, SIDE_RST);
    judged_subject(&j, SEEN_OPS);
    verdict_split(j.model, &j.subject, 1, j.scratch, &k);
    assert_false(k.is_known);
}

static void test_ports(void **state)
{
    (void)state;
    struct osdb_subject other;
    assert_int_equal(
        osdb_subject_parse(SPAN("SEQ(SP=100%GCD=1%ISR=FA%TI=RD%TS=7)\n"
                                "OPS(O1=M5B4NW9ST11%O2=M5B4NW9ST11%O3=M5B4NW9NNT11%O4=M5B4NW9ST11%"
                                "O5=M5B4NW9ST11%O6=M5B4ST11)\n"
                                "WIN(W1=FFFF%W2=FFFF%W3=FFFF%W4=FFFF%W5=FFFF%W6=FFFF)\n"
                                "T1(R=Y%DF=N%T=40%S=O%A=S+%F=AS%RD=0%Q=)\n"),
                           &other, NULL),
        ERR_OK);
    judged_subject(&j, SEEN);
    const double same = verdict_ports(j.model, &j.subject, &j.subject, j.scratch);
    const double apart = verdict_ports(j.model, &j.subject, &other, j.scratch);
    assert_true(same < 0);
    assert_true(apart > same + 1);
    check_close(apart, verdict_ports(j.model, &other, &j.subject, j.scratch), 1e-4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_adds_up),       cmocka_unit_test(test_states),
        cmocka_unit_test(test_clamp),         cmocka_unit_test(test_clamp_low),
        cmocka_unit_test(test_shift_and_mss), cmocka_unit_test(test_silence),
        cmocka_unit_test(test_machines),      cmocka_unit_test(test_ports),
    };
    return cmocka_run_group_tests(tests, open_systems, close_systems);
}
