// SPDX-License-Identifier: Apache-2.0
// What would decide: only what is missing, and only where an answer can change something.
#include "verdict_load.h"

#include "verdict/decide.h"

static struct judged j;
static struct verdict_wishes wishes;

static int setup(void **state)
{
    (void)state;
    judged_load(&j, SYSTEMS);
    judged_subject(&j, SEEN);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    load_fini(&j.load);
    return 0;
}

static void drop(enum osdb_test t, struct span first)
{
    const struct osdb_test_info *info = &osdb_tests[t];
    for (int a = info->first; a < info->first + info->n; a++)
        j.subject.value[a] = (struct span){NULL, 0};
    j.subject.value[info->first] = first;
}

static void decide(void)
{
    verdict_decide(j.model, &j.subject, 1, j.scratch, &wishes);
}

static void drop_open(void)
{
    for (int t = TEST_SEQ; t <= TEST_T4; t++)
        drop((enum osdb_test)t, (struct span){NULL, 0});
}

static void nothing_is_missing(void **state)
{
    (void)state;
    decide();
    assert_int_equal(wishes.n, 0);
}

static void an_open_port_decides_most(void **state)
{
    (void)state;
    drop_open();
    drop(TEST_IE, SPAN("N"));
    decide();
    assert_true(wishes.n >= 1);
    assert_int_equal(wishes.wish[0].group, GROUP_OPT);
    assert_false(wishes.wish[0].is_silent);
    for (uint32_t i = 1; i < wishes.n; i++) {
        assert_true(wishes.wish[i].gain <= wishes.wish[i - 1].gain);
        assert_true(wishes.wish[i].gain > 0);
        assert_true(wishes.wish[i].group == GROUP_IE && wishes.wish[i].is_silent);
    }
}

static void silent_probes_are_told(void **state)
{
    (void)state;
    drop_open();
    drop(TEST_U1, SPAN("N"));
    decide();
    bool has_u1 = false;
    for (uint32_t i = 0; i < wishes.n; i++)
        has_u1 |= wishes.wish[i].group == GROUP_U1 && wishes.wish[i].is_silent;
    assert_true(has_u1);
}

static void probes_of_groups(void **state)
{
    (void)state;
    assert_int_equal(verdict_wish_tests(GROUP_U1), 1u << TEST_U1);
    assert_int_equal(verdict_wish_tests(GROUP_CLOSED),
                     1u << TEST_T5 | 1u << TEST_T6 | 1u << TEST_T7);
    assert_int_equal(verdict_wish_tests(GROUP_TTL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_missing, setup, teardown),
        cmocka_unit_test_setup_teardown(an_open_port_decides_most, setup, teardown),
        cmocka_unit_test_setup_teardown(silent_probes_are_told, setup, teardown),
        cmocka_unit_test(probes_of_groups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
