// SPDX-License-Identifier: Apache-2.0
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/vec.h"
#include "check.h"

static void pushed_items_stay(void **state)
{
    (void)state;
    uint32_t *v = NULL;
    size_t n = 0, cap = 0;
    for (uint32_t i = 0; i < 10000; i++) {
        VEC_PUSH(v, n, cap, i * 3);
        assert_int_equal(n, i + 1);
        assert_true(cap >= n);
    }
    for (uint32_t i = 0; i < 10000; i++)
        assert_int_equal(v[i], i * 3);
    vec_free(v);
}

static void room_grows_by_doubling(void **state)
{
    (void)state;
    uint8_t *v = NULL;
    size_t n = 0, cap = 0, moves = 0;
    for (size_t i = 0; i < 100000; i++) {
        const size_t before = cap;
        VEC_PUSH(v, n, cap, (uint8_t)i);
        moves += cap != before;
    }
    assert_true(moves < 20);
    vec_free(v);
}

static void enough_room_is_left_alone(void **state)
{
    (void)state;
    size_t cap = 0;
    uint64_t *v = vec_grow(NULL, &cap, 100, sizeof *v);
    assert_true(cap >= 100);
    const size_t before = cap;
    assert_ptr_equal(vec_grow(v, &cap, before, sizeof *v), v);
    assert_int_equal(cap, before);
    v = vec_grow(v, &cap, before * 5, sizeof *v);
    assert_true(cap >= before * 5);
    v[before * 5 - 1] = 1;
    vec_free(v);
    cap = 0;
    assert_null(vec_grow(NULL, &cap, 0, 8));
    vec_free(NULL);
}

static void impossible_sizes_abort(void **state)
{
    (void)state;
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        size_t cap = 0;
        signal(SIGABRT, SIG_DFL);
        (void)close(STDERR_FILENO);
        (void)vec_grow(NULL, &cap, SIZE_MAX / 8 + 2, 8);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pushed_items_stay),
        cmocka_unit_test(room_grows_by_doubling),
        cmocka_unit_test(enough_room_is_left_alone),
        cmocka_unit_test(impossible_sizes_abort),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
