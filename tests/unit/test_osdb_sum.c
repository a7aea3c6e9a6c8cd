// SPDX-License-Identifier: Apache-2.0
// Sums of weighted rows, and the choice among them, against one addition after the other; with
// the instructions of most machines and with those of few, if this one has them.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rng.h"
#include "osdb/scratch.h"

enum { ROW = 2 * BLOCK_ROW, REFS = 8 * ROW - 100, ROWS = 90, PLANES = 12, ROUNDS = 40 };

static _Alignas(64) uint64_t rows[ROWS][ROW / 8];
static _Alignas(64) uint64_t planes[2][PLANES][ROW / 8];
static _Alignas(64) uint64_t valid[ROW / 8], chosen[ROW / 8], room[2 * ROW / 8];
static uint32_t want[8 * ROW];
static struct sum_plan plan;
static struct rng rng;

// As the matcher lists them: by plane, each row once for each bit of its points.
static void make_round(uint32_t n_rows)
{
    uint32_t points[ROWS], n = 0;
    memset(want, 0, sizeof want);
    for (uint32_t r = 0; r < n_rows; r++) {
        points[r] = rng_below(&rng, 21);
        for (uint32_t i = 0; i < ROW / 8; i++)
            rows[r][i] = rng_u64(&rng) & rng_u64(&rng);
        for (uint32_t i = 0; i < 8 * ROW; i++)
            want[i] += points[r] * (uint32_t)(rows[r][i / 64] >> i % 64 & 1);
    }
    plan.n_planes = PLANES;
    for (uint32_t p = 0; p < PLANES; p++) {
        plan.first[p] = n;
        for (uint32_t r = 0; r < n_rows; r++)
            if (points[r] >> p & 1)
                plan.in[n++] = (const char *)rows[r];
    }
    plan.first[PLANES] = n;
}

static uint32_t sum_at(uint64_t sums[PLANES][ROW / 8], uint32_t i)
{
    uint32_t sum = 0;
    for (uint32_t p = 0; p < PLANES; p++)
        sum |= (uint32_t)(sums[p][i / 64] >> i % 64 & 1) << p;
    return sum;
}

static void check_sums(uint64_t sums[PLANES][ROW / 8])
{
    for (uint32_t i = 0; i < 8 * ROW; i++)
        assert_int_equal(sum_at(sums, i), want[i]);
}

static uint32_t check_chosen(uint32_t limit)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < 8 * ROW; i++) {
        const bool is_in = i < REFS && want[i] <= limit;
        assert_int_equal(chosen[i / 64] >> i % 64 & 1, is_in);
        n += is_in;
    }
    return n;
}

static void check_choice(void)
{
    const struct sums s = {&planes[0][0][0], valid, room, PLANES, ROW / 8};
    const uint32_t few = 1 + rng_below(&rng, 200);
    const uint32_t top = rng_below(&rng, PLANES + 1);
    const uint32_t limit = sum_limit(&s, top, few, 2 * few, chosen);
    if (limit == UINT32_MAX)
        assert_true(check_chosen((1u << top) - 1) <= 2 * few);
    else
        assert_true(check_chosen(limit) >= few);
    const uint32_t any = rng_below(&rng, 400);
    const uint32_t n = sum_select(&s, any, chosen);
    assert_int_equal(check_chosen(any), n);
}

static void test_sums(void **state)
{
    (void)state;
    rng_seed(&rng, 1);
    for (uint32_t i = 0; i < REFS; i++)
        valid[i / 64] |= UINT64_C(1) << i % 64;
    for (uint32_t k = 0; k < ROUNDS; k++) {
        make_round(k < 4 ? k : rng_below(&rng, ROWS + 1));
        sum_rows_common(&plan, ROW, &planes[0][0][0]);
        check_sums(planes[0]);
        if (sum_rows_widest(&plan, ROW, &planes[1][0][0]))
            check_sums(planes[1]);
        check_choice();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sums)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
