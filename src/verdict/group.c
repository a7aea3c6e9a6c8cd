// SPDX-License-Identifier: Apache-2.0
// Which attributes fail together.
#include "verdict/model.h"

static bool is_one_of(struct span name, const char *names)
{
    struct span rest = span_str(names);
    while (!span_is_absent(rest))
        if (span_eq(span_cut(&rest, ' '), name))
            return true;
    return false;
}

static enum osdb_test test_of(int attr)
{
    int t = 0;
    while (attr >= osdb_tests[t].first + osdb_tests[t].n)
        t++;
    return (enum osdb_test)t;
}

static enum verdict_group group_of_seq(struct span name)
{
    if (is_one_of(name, "SP GCD ISR"))
        return GROUP_ISN;
    return span_eq(name, SPAN("TS")) ? GROUP_TS : GROUP_IPID;
}

static enum verdict_group group_of_ecn(struct span name)
{
    if (span_eq(name, SPAN("O")))
        return GROUP_OPT;
    return span_eq(name, SPAN("W")) ? GROUP_WIN : GROUP_SYNACK;
}

enum verdict_group group_of(int attr)
{
    static const enum verdict_group groups[VERDICT_TESTS] = {
        [TEST_OPS] = GROUP_OPT,   [TEST_WIN] = GROUP_WIN,   [TEST_T1] = GROUP_SYNACK,
        [TEST_T2] = GROUP_ODD,    [TEST_T3] = GROUP_ODD,    [TEST_T4] = GROUP_ACK,
        [TEST_T5] = GROUP_CLOSED, [TEST_T6] = GROUP_CLOSED, [TEST_T7] = GROUP_CLOSED,
        [TEST_U1] = GROUP_U1,     [TEST_IE] = GROUP_IE,
    };
    const struct span name = span_str(osdb_attr_names[attr]);
    const enum osdb_test test = test_of(attr);
    if (is_one_of(name, "T TG"))
        return GROUP_TTL;
    if (is_one_of(name, "DF DFI"))
        return GROUP_DF;
    if (test == TEST_SEQ)
        return group_of_seq(name);
    return test == TEST_ECN ? group_of_ecn(name) : groups[test];
}

int option_attr(int option)
{
    return option < OPTIONS - 1 ? osdb_tests[TEST_OPS].first + option
                                : osdb_attr(TEST_ECN, SPAN("O"));
}
