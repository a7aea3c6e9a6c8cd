// SPDX-License-Identifier: Apache-2.0
#include "base/rng.h"
#include "check.h"
#include "stage/asked.h"

enum { ROUNDS = 20000, TIMES = 2, BYTES = 1 << 16 };

static struct asked_ring ring;

static int setup(void **state)
{
    (void)state;
    asked_init(&ring, TIMES, BYTES, (struct hash_key){1, 2});
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    asked_fini(&ring);
    return 0;
}

static struct ip_addr addr_of(uint32_t i)
{
    struct ip_addr a = ip_v4(0x0A000000 + i * 7);
    if (i % 3 == 0)
        a = (struct ip_addr){
            .family = IP_V6, .zone = i % 2, .byte = {0xFE, 0x80, (uint8_t)i, (uint8_t)(i >> 8)}};
    return a;
}

static void test_nobody(void **state)
{
    (void)state;
    uint64_t i;
    const struct ip_addr a = addr_of(1);
    assert_null(asked_find(&ring, &a, &i));
    assert_false(asked_is_full(&ring));
}

static void test_a_line(void **state)
{
    (void)state;
    uint64_t i = 9;
    const struct ip_addr a = addr_of(1);
    struct asked_line *line = asked_push(&ring, &a);
    line->at_ns[1] = 5;
    assert_ptr_equal(asked_find(&ring, &a, &i), line);
    assert_int_equal(i, 0);
    asked_pop(&ring);
    assert_null(asked_find(&ring, &a, &i));
    line = asked_push(&ring, &a);
    assert_int_equal(line->at_ns[1], 0);
    assert_non_null(asked_find(&ring, &a, &i));
    assert_int_equal(i, 1);
}

static void test_full(void **state)
{
    (void)state;
    uint32_t n = 0;
    while (!asked_is_full(&ring)) {
        const struct ip_addr a = addr_of(n++);
        asked_push(&ring, &a);
    }
    assert_int_equal(n, ring.most);
    assert_true(n * ring.stride <= BYTES && 2 * n * ring.stride > BYTES);
}

// Lines come and go in any number; all that are in the ring are found, at their place.
static void test_many(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 1);
    for (int round = 0; round < ROUNDS; round++) {
        const struct ip_addr next = addr_of((uint32_t)ring.end);
        if (!asked_is_full(&ring) && rng_below(&rng, 100) < 55)
            asked_push(&ring, &next)->at_ns[1] = 7;
        else if (ring.first < ring.end)
            asked_pop(&ring);
        if (ring.first == ring.end)
            continue;
        const uint64_t n = ring.end - ring.first;
        const uint64_t want = ring.first + rng_below(&rng, (uint32_t)n);
        const struct ip_addr a = addr_of((uint32_t)want);
        const struct ip_addr gone = addr_of((uint32_t)ring.first - 1);
        uint64_t i;
        const struct asked_line *line = asked_find(&ring, &a, &i);
        assert_non_null(line);
        assert_int_equal(i, want);
        assert_int_equal(line->at_ns[0], 0);
        assert_int_equal(line->at_ns[1], 7);
        assert_true(ip_eq(&line->addr, &a));
        assert_ptr_equal(line, asked_at(&ring, want));
        if (ring.first > 0)
            assert_null(asked_find(&ring, &gone, &i));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nobody, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_line, setup, teardown),
        cmocka_unit_test_setup_teardown(test_full, setup, teardown),
        cmocka_unit_test_setup_teardown(test_many, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
