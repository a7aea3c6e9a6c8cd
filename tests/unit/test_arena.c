// SPDX-License-Identifier: Apache-2.0
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/rng.h"
#include "check.h"

static struct arena a;

static int setup(void **state)
{
    (void)state;
    arena_init(&a, "test");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_fini(&a);
    return 0;
}

static bool is_zero(const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] != 0)
            return false;
    return true;
}

static void memory_is_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    enum { N = 2000 };
    static unsigned char *p[N];
    static size_t size[N];
    struct rng rng;
    rng_seed(&rng, 1);
    for (size_t i = 0; i < N; i++) {
        size[i] = i % 100 == 99 ? 5000 + rng_below(&rng, 100000) : rng_below(&rng, 200);
        p[i] = arena_alloc(&a, size[i]);
        assert_non_null(p[i]);
        assert_int_equal((uintptr_t)p[i] % 16, 0);
        assert_true(is_zero(p[i], size[i]));
        memset(p[i], (int)(i % 255) + 1, size[i]);
    }
    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k < size[i]; k++)
            assert_int_equal(p[i][k], i % 255 + 1);
}

static void size_zero_is_a_valid_pointer(void **state)
{
    (void)state;
    assert_non_null(arena_alloc(&a, 0));
    assert_non_null(arena_array(&a, 0, 8));
    assert_non_null(arena_array(&a, 8, 0));
}

static void copies_end_in_a_nul_that_is_not_counted(void **state)
{
    (void)state;
    char text[] = {'a', '\0', 'b'};
    const struct span copy = arena_copy(&a, span_of(text, 3));
    text[0] = 'x';
    assert_bytes(copy, "a\0b", 3);
    assert_int_equal(copy.ptr[3], '\0');
    const struct span empty = arena_copy(&a, SPAN(""));
    assert_false(span_is_absent(empty));
    assert_int_equal(empty.len, 0);
    assert_int_equal(empty.ptr[0], '\0');
    assert_true(span_is_absent(arena_copy(&a, span_str(NULL))));
}

static void rewinding_gives_the_same_memory_zeroed(void **state)
{
    (void)state;
    unsigned char *keep = arena_alloc(&a, 100);
    memset(keep, 7, 100);
    const struct arena_mark mark = arena_mark(&a);
    const size_t total = a.total;
    unsigned char *first = arena_alloc(&a, 64);
    memset(first, 9, 64);
    for (int i = 0; i < 100; i++)
        memset(arena_alloc(&a, 3000), 9, 3000);
    assert_true(a.total > total);
    arena_rewind(&a, mark);
    assert_int_equal(a.total, total);
    assert_ptr_equal(arena_alloc(&a, 64), first);
    assert_true(is_zero(first, 64));
    assert_int_equal(keep[0], 7);
    assert_int_equal(keep[99], 7);
}

static void a_mark_of_an_empty_arena_frees_all(void **state)
{
    (void)state;
    const struct arena_mark mark = arena_mark(&a);
    for (int i = 0; i < 10; i++)
        (void)arena_alloc(&a, 10000);
    assert_true(a.total >= 100000);
    arena_rewind(&a, mark);
    assert_int_equal(a.total, 0);
    assert_null(a.top);
    assert_non_null(arena_alloc(&a, 1));
}

static void marks_nest(void **state)
{
    (void)state;
    unsigned char *one = arena_alloc(&a, 16);
    const struct arena_mark outer = arena_mark(&a);
    unsigned char *two = arena_alloc(&a, 16);
    const struct arena_mark inner = arena_mark(&a);
    unsigned char *three = arena_alloc(&a, 16);
    arena_rewind(&a, inner);
    assert_ptr_equal(arena_alloc(&a, 16), three);
    arena_rewind(&a, outer);
    assert_ptr_equal(arena_alloc(&a, 16), two);
    assert_true(one < two);
}

static void a_large_request_is_one_piece(void **state)
{
    (void)state;
    unsigned char *p = arena_alloc(&a, 5u << 20);
    p[0] = 1;
    p[(5u << 20) - 1] = 2;
    assert_true(a.total >= 5u << 20);
    assert_true(a.total < 6u << 20);
    (void)arena_alloc(&a, 1);
    assert_true(a.total < 8u << 20); // the next block does not double a big one
}

// A request that cannot be met ends the process by abort, not by a wild write.
static void assert_aborts(size_t n, size_t size)
{
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        (void)close(STDERR_FILENO);
        memset(arena_array(&a, n, size), 1, 64);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

static void impossible_sizes_abort(void **state)
{
    (void)state;
    assert_aborts(SIZE_MAX, 2);
    assert_aborts(2, SIZE_MAX / 2 + 1);
    for (size_t less = 0; less < 100; less++)
        assert_aborts(SIZE_MAX - less, 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(memory_is_zeroed_aligned_and_apart),
        CASE(size_zero_is_a_valid_pointer),
        CASE(copies_end_in_a_nul_that_is_not_counted),
        CASE(rewinding_gives_the_same_memory_zeroed),
        CASE(a_mark_of_an_empty_arena_frees_all),
        CASE(marks_nest),
        CASE(a_large_request_is_one_piece),
        CASE(impossible_sizes_abort),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
