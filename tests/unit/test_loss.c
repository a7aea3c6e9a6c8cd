// SPDX-License-Identifier: Apache-2.0
#include "check.h"
#include "stage/loss.h"

static void answers_to_later_questions_show_loss(void **state)
{
    (void)state;
    struct loss own = {0}, all = {.n_asked = 1000, .n_lost = 100};
    for (int i = 0; i < 20; i++)
        loss_note(&own, i % 10 == 0); // two of twenty at the second question
    assert_int_equal(own.n_asked, 22);
    assert_int_equal(own.n_lost, 2);
    assert_true(loss_share(&own, &all) > 0.096 && loss_share(&own, &all) < 0.1); // that of all
    for (int i = 0; i < 450; i++)
        loss_note(&own, 0);
    assert_true(loss_share(&own, &all) < 0.015);
    assert_true(loss_share(&own, &(struct loss){0}) < 0.004);
}

static void the_more_is_lost_the_more_often_is_asked(void **state)
{
    (void)state;
    assert_int_equal(loss_tries(0, 1), 1);
    assert_int_equal(loss_tries(0.02, 1), 2);
    assert_int_equal(loss_tries(0.0975, 1), 3);
    assert_int_equal(loss_tries(0.3, 1), 6);
    assert_in_range(loss_tries(1, 1), 1, 100);
    assert_true(loss_rest(0.1, 2) > 0.0099 && loss_rest(0.1, 2) < 0.0101);
}

static void the_last_silent_port_is_asked_more_often(void **state)
{
    (void)state;
    assert_true(loss_weight(10, 990) == 1);
    assert_true(loss_weight(0, 0) == 1);
    assert_true(loss_weight(99, 1) == 99);
    assert_int_equal(loss_tries(0.05, loss_weight(500, 500)), 3);
    assert_int_equal(loss_tries(0.05, loss_weight(999, 1)), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_to_later_questions_show_loss),
        cmocka_unit_test(the_more_is_lost_the_more_often_is_asked),
        cmocka_unit_test(the_last_silent_port_is_asked_more_often),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
