// SPDX-License-Identifier: Apache-2.0
#include "base/map.h"
#include "base/rng.h"
#include "check.h"

static struct map m;

static int setup(void **state)
{
    (void)state;
    map_init(&m, (struct hash_key){1, 2});
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    map_fini(&m);
    return 0;
}

static void an_empty_map_has_nothing(void **state)
{
    (void)state;
    const struct ip_addr a = ip_v4(1);
    assert_null(map_get(&m, &a));
    map_del(&m, &a);
    assert_int_equal(m.n, 0);
}

static void values_are_replaced(void **state)
{
    (void)state;
    int one, two;
    const struct ip_addr a = ip_v4(1);
    map_put(&m, &a, &one);
    map_put(&m, &a, &two);
    assert_ptr_equal(map_get(&m, &a), &two);
    assert_int_equal(m.n, 1);
    map_del(&m, &a);
    assert_null(map_get(&m, &a));
    map_del(&m, &a);
    assert_int_equal(m.n, 0);
}

static void family_and_zone_are_part_of_the_key(void **state)
{
    (void)state;
    int v[3];
    struct ip_addr four = ip_v4(0x01020304), six = four, zone;
    six.family = IP_V6;
    zone = six;
    zone.zone = 5;
    map_put(&m, &four, &v[0]);
    assert_null(map_get(&m, &six));
    map_put(&m, &six, &v[1]);
    map_put(&m, &zone, &v[2]);
    assert_ptr_equal(map_get(&m, &four), &v[0]);
    assert_ptr_equal(map_get(&m, &six), &v[1]);
    assert_ptr_equal(map_get(&m, &zone), &v[2]);
}

static void fini_empties(void **state)
{
    (void)state;
    const struct ip_addr a = ip_v4(1);
    map_put(&m, &a, &m);
    map_fini(&m);
    assert_null(map_get(&m, &a));
    map_put(&m, &a, &m);
    assert_ptr_equal(map_get(&m, &a), &m);
}

// Against an array: a few thousand addresses, so that runs of slots meet and wrap around.
static void it_agrees_with_an_array(void **state)
{
    (void)state;
    enum { N = 3000, ROUNDS = 200000 };
    static void *have[N];
    static char value[N];
    size_t n = 0;
    struct rng rng;
    rng_seed(&rng, 7);
    for (int i = 0; i < ROUNDS; i++) {
        // The set swells and shrinks, so that tables are full and empty in turn.
        const uint32_t k = rng_below(&rng, N);
        const struct ip_addr a = ip_v4(0x0A000000 + k);
        const bool is_growing = i / 20000 % 2 == 0;
        if (rng_below(&rng, 10) < (is_growing ? 7u : 3u)) {
            n += have[k] == NULL;
            have[k] = &value[rng_below(&rng, N)];
            map_put(&m, &a, have[k]);
        } else {
            n -= have[k] != NULL;
            have[k] = NULL;
            map_del(&m, &a);
        }
        assert_int_equal(m.n, n);
        const uint32_t other = rng_below(&rng, N);
        const struct ip_addr b = ip_v4(0x0A000000 + other);
        assert_ptr_equal(map_get(&m, &b), have[other]);
    }
    for (uint32_t k = 0; k < N; k++) {
        const struct ip_addr a = ip_v4(0x0A000000 + k);
        assert_ptr_equal(map_get(&m, &a), have[k]);
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(an_empty_map_has_nothing),
        CASE(values_are_replaced),
        CASE(family_and_zone_are_part_of_the_key),
        CASE(fini_empties),
        CASE(it_agrees_with_an_array),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
