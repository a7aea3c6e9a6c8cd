// SPDX-License-Identifier: Apache-2.0
// The gate: a steady gap, less of it without trouble, more with late wake-ups or dropped packets.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stage/gate.h"

static const uint64_t ms = 1000000;

static uint32_t entered(struct gate *g, uint64_t from_ns, uint64_t to_ns)
{
    uint32_t n = 0;
    for (uint64_t t = from_ns; t < to_ns; t += ms / 20)
        n += gate_enter(g, 0, t);
    return n;
}

static void test_steady(void **state)
{
    (void)state;
    struct gate g;
    gate_init(&g);
    assert_in_range(entered(&g, 1000 * ms, 2000 * ms), 3950, 4050);
    assert_in_range(entered(&g, 5000 * ms, 5010 * ms), 35, 50); // no burst after a pause
}

static void test_trouble(void **state)
{
    (void)state;
    struct gate g;
    gate_init(&g);
    const uint64_t first = g.gap_ns;
    assert_true(gate_is_due(&g, ms));
    gate_review(&g, 0, 0, ms);
    assert_false(gate_is_due(&g, 2 * ms));
    assert_true(g.gap_ns < first);
    const uint64_t calm = g.gap_ns;
    gate_review(&g, 7, 0, 200 * ms); // packets were dropped
    assert_true(g.gap_ns > calm);
    const uint64_t dropped = g.gap_ns;
    gate_review(&g, 7, 0, 400 * ms); // no more of them
    assert_true(g.gap_ns < dropped);
    const uint64_t before = g.gap_ns;
    gate_note_late(&g, 20 * ms); // one of many
    for (int i = 0; i < 99; i++)
        gate_note_late(&g, ms / 10);
    gate_review(&g, 7, 0, 600 * ms);
    assert_true(g.gap_ns < before);
    for (int i = 0; i < 50; i++) {
        for (int k = 0; k < 8; k++)
            gate_note_late(&g, 20 * ms);
        gate_review(&g, 7, 0, (uint64_t)(800 + i) * ms);
    }
    assert_int_equal(g.gap_ns, 4 * ms); // there is a limit
}

// What comes behind takes 2 ms for each host: as many enter.
static void test_behind(void **state)
{
    (void)state;
    struct gate g;
    gate_init(&g);
    assert_true(gate_enter(&g, 767, 150 * ms));
    assert_false(gate_enter(&g, 768, 151 * ms));
    assert_true(gate_enter(&g, 767, 152 * ms));
    for (uint32_t period = 1; period <= 30; period++) {
        for (int i = 0; i < 50; i++)
            gate_note_done(&g);
        gate_review(&g, 0, 64, period * 100 * ms);
    }
    assert_in_range(g.gap_ns, 1900 * ms / 1000, 2000 * ms / 1000);
    for (int i = 0; i < 50; i++)
        gate_note_done(&g);
    gate_review(&g, 0, 128, 3100 * ms); // too much waits
    assert_in_range(g.gap_ns, 2400 * ms / 1000, 2500 * ms / 1000);
    for (uint32_t period = 32; period <= 33; period++)
        gate_review(&g, 0, 0, period * 100 * ms); // it keeps up
    assert_true(g.gap_ns < 1700 * ms / 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steady),
        cmocka_unit_test(test_trouble),
        cmocka_unit_test(test_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
