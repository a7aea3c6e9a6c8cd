// SPDX-License-Identifier: Apache-2.0
// The window of all hosts, against paths under a virtual clock: each answers after a round trip,
// or loses a share of everything, or passes so many packets a second and drops what its queue does
// not hold. What is lost is asked again after a timeout.
#include <string.h>

#include "base/rng.h"
#include "check.h"
#include "lab/hosts/narrow.h"
#include "stage/crowd.h"
#include "stage/turns.h"

enum { STEP_US = 500, TIMEOUT_MS = 150, PROBES = 400000 };

#define US UINT64_C(1000)
#define MS UINT64_C(1000000)

struct probe {
    uint64_t sent_ns;
    uint64_t back_ns; // 0: lost
    uint8_t round, round_before;
    bool was_lost; // the try before
    bool is_silent;
};

struct path {
    uint64_t trip_ns;
    double loss;
    double silent; // share of ports that never answer
    struct narrow narrow;
    double most_rate; // of the sender
};

struct play {
    struct crowd crowd;
    struct rng rng;
    struct path path;
    struct probe probe[PROBES]; // in the order of sending
    uint32_t n_sent, n_answered, n_lost, first;
    uint32_t again[PROBES]; // lost ones whose timeout has come
    uint32_t n_again;
    uint64_t now_ns, least_ns;
    uint32_t at_answer, at_timeout; // places in probe[]
};

static void send(struct play *p, const struct probe *before)
{
    struct probe *x = &p->probe[p->n_sent++];
    uint64_t out_ns;
    *x = (struct probe){.sent_ns = p->now_ns, .was_lost = before != NULL};
    x->round_before = before ? before->round : 0;
    x->round = crowd_send(&p->crowd, p->now_ns);
    x->is_silent = !before && rng_unit(&p->rng) < p->path.silent;
    const bool is_through = narrow_pass(&p->path.narrow, p->now_ns, &out_ns);
    if (is_through && rng_unit(&p->rng) >= p->path.loss && !x->is_silent)
        x->back_ns = out_ns + p->path.trip_ns;
    else
        p->n_lost += !x->is_silent;
}

static void answers(struct play *p)
{
    for (; p->at_answer < p->n_sent && p->probe[p->at_answer].back_ns <= p->now_ns;
         p->at_answer++) {
        const struct probe *x = &p->probe[p->at_answer];
        if (x->back_ns == 0)
            continue;
        const uint64_t took = x->back_ns - x->sent_ns;
        p->least_ns = p->least_ns == 0 || took < p->least_ns ? took : p->least_ns;
        crowd_time(&p->crowd, took, p->least_ns);
        crowd_land(&p->crowd, x->sent_ns);
        crowd_tell(&p->crowd, x->round, false);
        if (x->was_lost)
            crowd_tell(&p->crowd, x->round_before, true);
        p->n_answered++;
    }
}

static void timeouts(struct play *p)
{
    for (; p->at_timeout < p->n_sent; p->at_timeout++) {
        const struct probe *x = &p->probe[p->at_timeout];
        if (x->sent_ns + TIMEOUT_MS * MS > p->now_ns)
            return;
        if (x->back_ns == 0 && !x->is_silent)
            p->again[p->n_again++] = p->at_timeout;
    }
}

// For so long; returns how many were sent.
static uint32_t play(struct play *p, uint64_t ms)
{
    const uint64_t end_ns = p->now_ns + ms * MS;
    const uint32_t before = p->n_sent;
    const double most = p->path.most_rate * STEP_US / 1e6;
    for (; p->now_ns < end_ns; p->now_ns += STEP_US * US) {
        answers(p);
        timeouts(p);
        crowd_pass(&p->crowd, p->now_ns);
        double room = most;
        for (; room >= 1 && crowd_has_room(&p->crowd, 0); room--)
            send(p, p->n_again > 0 ? &p->probe[p->again[--p->n_again]] : NULL);
        if (room >= 1)
            crowd_refuse(&p->crowd);
    }
    return p->n_sent - before;
}

static struct play game;

static struct play *begin(const struct path *path)
{
    memset(&game, 0, sizeof game);
    game.path = *path;
    game.now_ns = 1000 * MS;
    rng_seed(&game.rng, 1);
    crowd_init(&game.crowd, 1);
    return &game;
}

static void a_path_that_carries_everything_is_not_limited(void **state)
{
    (void)state;
    for (uint64_t trip_ms = 1; trip_ms <= 100; trip_ms *= 10) {
        struct play *p = begin(&(struct path){.trip_ns = trip_ms * MS, .most_rate = 100000});
        play(p, 600);
        assert_in_range(play(p, 1000), 95000, 100000);
    }
}

static void what_is_silent_takes_no_room_for_long(void **state)
{
    (void)state;
    struct play *p = begin(&(struct path){.trip_ns = 5 * MS, .silent = 0.99, .most_rate = 100000});
    play(p, 700);
    assert_in_range(play(p, 1000), 95000, 100000);
    p = begin(&(struct path){.trip_ns = 5 * MS, .silent = 1, .most_rate = 100000});
    play(p, 700);
    assert_in_range(play(p, 1000), 95000, 100000);
}

static void plain_loss_is_no_reason_to_send_less(void **state)
{
    (void)state;
    for (int loss = 5; loss <= 20; loss += 5) {
        const struct path path = {.trip_ns = 20 * MS, .loss = loss / 100.0, .most_rate = 50000};
        struct play *p = begin(&path);
        play(p, 2000);
        assert_in_range(play(p, 2000), 90000, 100000);
    }
}

static void a_bottleneck_gets_what_it_carries(void **state)
{
    (void)state;
    static const uint32_t queues[] = {100, 1000, 10000};
    for (int i = 0; i < 3; i++) {
        const struct path path = {
            .trip_ns = 20 * MS, .narrow = {.rate = 10000, .queue = queues[i]}, .most_rate = 100000};
        struct play *p = begin(&path);
        play(p, 2000);
        const uint32_t lost = p->n_lost, answered = p->n_answered;
        const uint32_t sent = play(p, 5000);
        assert_in_range(sent, 45000, 56000);
        assert_in_range(p->n_answered - answered, 45000, 51000);
        assert_in_range(p->n_lost - lost, 0, sent / 10);
    }
}

static void it_opens_again_when_the_bottleneck_is_gone(void **state)
{
    (void)state;
    const struct path path = {
        .trip_ns = 20 * MS, .narrow = {.rate = 10000, .queue = 500}, .most_rate = 40000};
    struct play *p = begin(&path);
    play(p, 2000);
    p->path.narrow.rate = 0;
    play(p, 4000);
    assert_in_range(play(p, 1000), 30000, 40000);
}

static void the_least_is_kept_whatever_is_lost(void **state)
{
    (void)state;
    struct crowd c;
    crowd_init(&c, 64);
    for (uint64_t t = 0; t < 100; t++) {
        crowd_pass(&c, (1000 + t) * MS);
        const uint8_t round = crowd_send(&c, (1000 + t) * MS);
        for (int i = 0; i < 20; i++)
            crowd_tell(&c, round, true);
    }
    assert_true(c.window == 64);
}

static void turns_go_round(void **state)
{
    (void)state;
    struct crowd c;
    struct turns t = {0};
    struct turn who[3] = {0};
    crowd_init(&c, 1);
    c.window = 16;
    for (int i = 0; i < 16; i++) {
        assert_true(turns_may_send(&t, &who[0], &c));
        crowd_send(&c, 1000 * MS);
    }
    for (int i = 0; i < 3; i++)
        assert_false(turns_may_send(&t, &who[i], &c));
    assert_null(turns_next(&t, &c));
    for (int i = 0; i < 12; i++)
        crowd_land(&c, 1000 * MS);
    assert_ptr_equal(turns_next(&t, &c), &who[0]);
    assert_ptr_equal(turns_next(&t, &c), &who[1]); // gets what is left
    assert_int_equal(who[0].n_granted, 8);
    assert_int_equal(who[1].n_granted, 4);
    assert_null(turns_next(&t, &c));
    turns_leave(&t, &who[0]); // needs it no longer
    assert_true(turns_may_send(&t, &who[1], &c));
    turns_sent(&t, &who[1]);
    assert_int_equal(t.n_granted, 3);
    assert_false(turns_may_send(&t, &who[0], &c)); // behind the one that waits
    assert_ptr_equal(turns_next(&t, &c), &who[2]);
    turns_leave(&t, &who[2]);
    turns_leave(&t, &who[0]);
    turns_leave(&t, &who[1]);
    assert_null(t.first);
    assert_null(t.last);
    assert_int_equal(t.n_granted, 0);
}

// By the time of sending alone, as long as anything can be learnt of it.
static void rounds_are_found_by_time(void **state)
{
    enum { STEPS = 400, STEP_MS = 37, RECENT = 100 };
    uint8_t round[STEPS];
    struct crowd c;
    (void)state;
    crowd_init(&c, 0);
    for (uint32_t i = 0; i < STEPS; i++) {
        crowd_pass(&c, (1000 + i * STEP_MS) * MS);
        round[i] = crowd_send(&c, (1000 + i * STEP_MS) * MS);
        for (uint32_t k = i < RECENT ? 0 : i - RECENT; k <= i; k++)
            assert_int_equal(crowd_round_of(&c, (1000 + k * STEP_MS) * MS), round[k]);
    }
    assert_true((uint8_t)(c.now - crowd_round_of(&c, 0)) >= CROWD_ROUNDS - 2); // too long ago
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_that_carries_everything_is_not_limited),
        cmocka_unit_test(what_is_silent_takes_no_room_for_long),
        cmocka_unit_test(plain_loss_is_no_reason_to_send_less),
        cmocka_unit_test(a_bottleneck_gets_what_it_carries),
        cmocka_unit_test(it_opens_again_when_the_bottleneck_is_gone),
        cmocka_unit_test(the_least_is_kept_whatever_is_lost),
        cmocka_unit_test(turns_go_round),
        cmocka_unit_test(rounds_are_found_by_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
