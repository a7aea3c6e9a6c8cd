// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/rng.h"
#include "check.h"
#include "engine/timer.h"

enum { MANY = 100000 };

static struct timers timers;
static struct timer many[MANY];
static bool is_set[MANY];
static uint64_t fired_at[MANY]; // what each was set to when it fired
static size_t n_fired;
static uint64_t last_fired;
static bool is_in_order;

static int teardown(void **state)
{
    (void)state;
    timers_fini(&timers);
    return 0;
}

static void on_many(void *ctx, uint64_t now_ns)
{
    struct timer *t = ctx;
    is_in_order = is_in_order && t->at_ns >= last_fired && t->at_ns <= now_ns && t->place == 0;
    last_fired = t->at_ns;
    fired_at[t - many] = t->at_ns;
    is_set[t - many] = false;
    n_fired++;
}

static void shuffle(struct rng *rng, int rounds)
{
    for (int i = 0; i < rounds; i++) {
        const uint32_t k = rng_below(rng, MANY);
        if (rng_below(rng, 4) == 0) {
            timer_cancel(&timers, &many[k]);
            is_set[k] = false;
        } else {
            timer_set(&timers, &many[k], 1 + rng_below(rng, 1000000));
            is_set[k] = true;
        }
    }
}

// Everything due, and nothing else, fires once and in order: compared with a plain list.
static void many_timers_agree_with_a_list(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 11);
    for (size_t i = 0; i < MANY; i++)
        many[i] = (struct timer){.fire = on_many, .ctx = &many[i]};
    shuffle(&rng, 300000);
    for (uint64_t now = 100000; now <= 1000000; now += 300000) {
        size_t due = 0, left = 0;
        uint64_t next = UINT64_MAX;
        for (size_t i = 0; i < MANY; i++) {
            due += is_set[i] && many[i].at_ns <= now;
            left += is_set[i] && many[i].at_ns > now;
            if (is_set[i] && many[i].at_ns < next)
                next = many[i].at_ns;
        }
        assert_int_equal(timers_next(&timers), next);
        n_fired = last_fired = 0;
        is_in_order = true;
        timers_run(&timers, now);
        assert_int_equal(n_fired, due);
        assert_int_equal(timers.n, left);
        assert_true(is_in_order);
        for (size_t i = 0; i < MANY; i++)
            assert_false(is_set[i] && many[i].at_ns <= now);
        shuffle(&rng, 50000);
    }
}

struct self {
    struct timer timer;
    uint64_t again_ns;
    int n;
};

static void on_self(void *ctx, uint64_t now_ns)
{
    struct self *s = ctx;
    (void)now_ns;
    s->n++;
    timer_set(&timers, &s->timer, s->again_ns);
}

static void a_timer_that_sets_itself_does_not_hang_the_loop(void **state)
{
    (void)state;
    struct self s[10];
    for (int i = 0; i < 10; i++) {
        s[i] = (struct self){.timer = {.fire = on_self, .ctx = &s[i]}, .again_ns = 5};
        timer_set(&timers, &s[i].timer, 5);
    }
    for (int round = 1; round <= 3; round++) {
        const uint64_t now = 9 + (uint64_t)round;
        timers_run(&timers, now);
        for (int i = 0; i < 10; i++)
            assert_int_equal(s[i].n, round);
        assert_int_equal(timers_next(&timers), now + 1);
    }
    for (int i = 0; i < 10; i++)
        timer_cancel(&timers, &s[i].timer);
}

static struct timer victim;
static int n_victim;

static void on_victim(void *ctx, uint64_t now_ns)
{
    (void)ctx;
    (void)now_ns;
    n_victim++;
}

static void on_killer(void *ctx, uint64_t now_ns)
{
    (void)ctx;
    (void)now_ns;
    timer_cancel(&timers, &victim);
}

static void a_callback_may_cancel_another(void **state)
{
    (void)state;
    struct timer killer = {.fire = on_killer};
    victim = (struct timer){.fire = on_victim};
    n_victim = 0;
    timer_set(&timers, &victim, 6);
    timer_set(&timers, &killer, 5);
    timers_run(&timers, 10);
    assert_int_equal(n_victim, 0);
    assert_int_equal(timers_next(&timers), UINT64_MAX);
}

static void setting_moves_and_never_cancels(void **state)
{
    (void)state;
    victim = (struct timer){.fire = on_victim};
    n_victim = 0;
    assert_int_equal(timers_next(&timers), UINT64_MAX);
    timer_cancel(&timers, &victim);
    timer_set(&timers, &victim, 50);
    timer_set(&timers, &victim, 20);
    assert_int_equal(timers_next(&timers), 20);
    assert_int_equal(timers.n, 1);
    timer_set(&timers, &victim, 80);
    assert_int_equal(timers_next(&timers), 80);
    timers_run(&timers, 79);
    assert_int_equal(n_victim, 0);
    timers_run(&timers, 80);
    assert_int_equal(n_victim, 1);
    timer_set(&timers, &victim, 90);
    timer_set(&timers, &victim, UINT64_MAX);
    assert_int_equal(victim.place, 0);
    timers_run(&timers, UINT64_MAX - 1);
    assert_int_equal(n_victim, 1);
}

static bool goes_on(void *ctx)
{
    int *left = ctx;
    return --*left > 0;
}

static void a_round_may_end_before_all_have_fired(void **state)
{
    (void)state;
    struct self s[10];
    int left = 4;
    for (int i = 0; i < 10; i++) {
        s[i] = (struct self){.timer = {.fire = on_self, .ctx = &s[i]}, .again_ns = 9};
        timer_set(&timers, &s[i].timer, (uint64_t)i);
    }
    timers_run_while(&timers, 9, goes_on, &left);
    for (int i = 0; i < 10; i++)
        assert_int_equal(s[i].n, i < 4);
    assert_int_equal(timers_next(&timers), 4);
    left = 10; // those that had their turn wait behind the others
    timers_run_while(&timers, 9, goes_on, &left);
    for (int i = 0; i < 10; i++)
        assert_int_equal(s[i].n, 1);
    for (int i = 0; i < 10; i++)
        timer_cancel(&timers, &s[i].timer);
}

#define CASE(name) cmocka_unit_test_teardown(name, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(many_timers_agree_with_a_list),
        CASE(a_timer_that_sets_itself_does_not_hang_the_loop),
        CASE(a_round_may_end_before_all_have_fired),
        CASE(a_callback_may_cancel_another),
        CASE(setting_moves_and_never_cancels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
