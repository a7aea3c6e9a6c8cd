// SPDX-License-Identifier: Apache-2.0
#include "base/rng.h"
#include "check.h"
#include "engine/cells.h"

enum { NETS = 200, ASKED = 20000 };

static void test_one_cell_without_prefixes(void **state)
{
    (void)state;
    struct cells c = {0};
    cells_sort(&c);
    assert_int_equal(c.n, 1);
    assert_int_equal(cells_find(&c, 0), 0);
    assert_int_equal(cells_find(&c, UINT32_MAX), 0);
    cells_fini(&c);
}

static void test_edges(void **state)
{
    (void)state;
    struct cells c = {0};
    assert_true(cells_add(&c, 0x0A400000, 16));
    assert_true(cells_add(&c, 0x0A40FF01, 32));
    assert_true(cells_add(&c, 0, 0));
    assert_true(cells_add(&c, 0xFFFFFFFF, 32));
    assert_false(cells_add(&c, 0, 33));
    cells_sort(&c);
    assert_int_equal(c.n, 6);
    assert_int_equal(cells_find(&c, 0x0A3FFFFF), 0);
    assert_int_equal(cells_find(&c, 0x0A400000), 1);
    assert_int_equal(cells_find(&c, 0x0A40FF00), 1);
    assert_int_equal(cells_find(&c, 0x0A40FF01), 2);
    assert_int_equal(cells_find(&c, 0x0A40FF02), 3);
    assert_int_equal(cells_find(&c, 0x0A410000), 4);
    assert_int_equal(cells_find(&c, 0xFFFFFFFF), 5);
    cells_clear(&c);
    cells_sort(&c);
    assert_int_equal(c.n, 1);
    cells_fini(&c);
}

static void test_too_many(void **state)
{
    (void)state;
    struct cells c = {0};
    uint32_t n = 0;
    while (n < CELLS_MOST && cells_add(&c, n * 512, 24))
        n++;
    assert_int_equal(n, CELLS_MOST / 2 - 1);
    cells_sort(&c);
    assert_true(c.n <= CELLS_MOST);
    cells_fini(&c);
}

// Two addresses of one cell are in the same networks.
static void test_a_cell_is_alike(void **state)
{
    (void)state;
    struct cells c = {0};
    struct rng rng;
    uint32_t net[NETS], mask[NETS];
    rng_seed(&rng, 1);
    for (int i = 0; i < NETS; i++) {
        const unsigned bits = 1 + rng_below(&rng, 32);
        mask[i] = ~(bits < 32 ? UINT32_MAX >> bits : 0);
        net[i] = rng_u32(&rng) & mask[i];
        assert_true(cells_add(&c, net[i], bits));
    }
    cells_sort(&c);
    for (int k = 0; k < ASKED; k++) {
        const uint32_t a = rng_u32(&rng);
        const uint32_t first = c.edge[cells_find(&c, a)];
        assert_true(first <= a);
        for (int i = 0; i < NETS; i++)
            assert_int_equal((a & mask[i]) == net[i], (first & mask[i]) == net[i]);
    }
    cells_fini(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_cell_without_prefixes),
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_a_cell_is_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
