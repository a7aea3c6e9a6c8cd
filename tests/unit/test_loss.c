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
    assert_true(loss_share(&own, &all) > 0.0999 && loss_share(&own, &all) < 0.1001); // of all
    for (int i = 0; i < 50; i++)
        loss_note(&own, 0);
    assert_true(loss_share(&own, &all) < 0.03);
}

static void the_more_is_lost_the_more_often_is_asked(void **state)
{
    (void)state;
    assert_int_equal(loss_tries(0), 1);
    assert_int_equal(loss_tries(0.02), 2);
    assert_int_equal(loss_tries(0.0975), 3);
    assert_int_equal(loss_tries(0.3), 6);
    assert_in_range(loss_tries(1), 1, 100);
    assert_true(loss_rest(0.1, 2) > 0.0099 && loss_rest(0.1, 2) < 0.0101);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_to_later_questions_show_loss),
        cmocka_unit_test(the_more_is_lost_the_more_often_is_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
