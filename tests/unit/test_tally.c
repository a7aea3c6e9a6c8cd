// SPDX-License-Identifier: Apache-2.0
// The remaining time of a whole run, against what it turns out to be, under a virtual clock.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "stage/tally.h"

enum { DISCOVER, PORTS, OS, SERVICES };

enum { HOSTS_MAX = 5000, STEP_MS = 10 };

#define MS UINT64_C(1000000)

struct model {
    uint32_t n_hosts;
    uint32_t in_flight;
    uint64_t discover_ms;
    uint64_t os_ms;
    uint64_t gap_ms; // between two hosts at the gate of OS detection, 0 = none
};

struct life {
    struct visit visit;
    bool has_begun; // its stage
};

struct run {
    const struct model *m;
    struct tally tally;
    struct life life[HOSTS_MAX];
    uint32_t n_begun, n_done, n_at_gate;
    uint64_t now_ns, gate_ns;
};

static void begin(struct run *r, struct life *l, uint32_t stage)
{
    l->visit.at = stage;
    l->visit.stage_since_ns = r->now_ns;
    l->has_begun = true;
    tally_begin(&r->tally, stage, r->now_ns);
}

static void leave_discovery(struct run *r, struct life *l)
{
    tally_end(&r->tally, DISCOVER, l->visit.stage_since_ns, r->now_ns, false);
    r->tally.n_up++;
    r->tally.stage[PORTS].n_asked++;
    r->tally.stage[OS].n_asked++;
    l->visit.at = OS;
    l->has_begun = false;
    r->n_at_gate++;
}

static void leave_os(struct run *r, struct life *l)
{
    tally_end(&r->tally, OS, l->visit.stage_since_ns, r->now_ns, r->n_at_gate > 0);
    r->tally.stage[SERVICES].n_asked++;
    r->tally.n_done++;
    r->n_done++;
    l->visit.at = STAGE_COUNT;
}

static void step_host(struct run *r, struct life *l)
{
    const uint64_t spent = r->now_ns - l->visit.stage_since_ns;
    if (l->visit.at == DISCOVER && spent >= r->m->discover_ms * MS)
        leave_discovery(r, l);
    else if (l->visit.at == OS && l->has_begun && spent >= r->m->os_ms * MS)
        leave_os(r, l);
    if (l->visit.at != OS || l->has_begun || r->now_ns < r->gate_ns)
        return;
    r->n_at_gate--;
    r->gate_ns = (r->gate_ns > r->now_ns ? r->gate_ns : r->now_ns) + r->m->gap_ms * MS;
    begin(r, l, OS);
}

static void step(struct run *r)
{
    while (r->n_begun < r->m->n_hosts && r->n_begun - r->n_done < r->m->in_flight)
        begin(r, &r->life[r->n_begun++], DISCOVER);
    for (uint32_t i = 0; i < r->n_begun; i++)
        if (r->life[i].visit.at < STAGE_COUNT)
            step_host(r, &r->life[i]);
    r->now_ns += STEP_MS * MS;
}

static uint64_t estimate(const struct run *r)
{
    struct estimate e;
    estimate_begin(&e, &r->tally, r->now_ns);
    for (uint32_t i = 0; i < r->n_begun; i++)
        if (r->life[i].visit.at < STAGE_COUNT)
            estimate_host(&e, &r->life[i].visit, r->life[i].has_begun);
    return estimate_end(&e, r->m->n_hosts - r->n_begun);
}

// Virtual time of the whole run; `said` holds the estimate at each `at` of it.
static uint64_t play(struct run *r, const struct model *m, const uint64_t *at, uint64_t *said)
{
    memset(r, 0, sizeof *r);
    r->m = m;
    r->now_ns = 1;
    r->tally.stage[DISCOVER].is_wanted = r->tally.stage[OS].is_wanted = true;
    while (r->n_done < m->n_hosts) {
        for (uint32_t i = 0; at && i < 3; i++)
            if (r->now_ns >= at[i] && said[i] == 0)
                said[i] = estimate(r);
        step(r);
    }
    return r->now_ns;
}

static void expect_honest(const struct model *m)
{
    static struct run r;
    const uint64_t end = play(&r, m, NULL, NULL);
    const uint64_t at[3] = {end / 4, end / 2, end / 4 * 3};
    uint64_t said[3] = {0};
    play(&r, m, at, said);
    for (uint32_t i = 0; i < 3; i++) {
        const double ratio = (double)said[i] / (double)(end - at[i]);
        if (ratio < 1 / 1.5 || ratio > 1.5)
            fail_msg("at %u %% of %.1f s: %.2f of what remains", (i + 1) * 25, (double)end / 1e9,
                     ratio);
    }
}

static void hosts_side_by_side(void **state)
{
    (void)state;
    expect_honest(&(struct model){400, 4096, 900, 1100, 0});
}

static void more_hosts_than_may_be_in_flight(void **state)
{
    (void)state;
    expect_honest(&(struct model){5000, 4096, 900, 1100, 0});
}

static void a_line_before_a_stage(void **state)
{
    (void)state;
    expect_honest(&(struct model){2000, 4096, 500, 600, 10});
    expect_honest(&(struct model){1000, 300, 500, 600, 20});
}

static void without_end_there_is_no_estimate(void **state)
{
    (void)state;
    const struct tally t = {0};
    struct estimate e;
    estimate_begin(&e, &t, 1);
    assert_true(estimate_end(&e, UINT64_MAX) == UINT64_MAX);
    assert_true(estimate_end(&e, 0) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts_side_by_side),
        cmocka_unit_test(more_hosts_than_may_be_in_flight),
        cmocka_unit_test(a_line_before_a_stage),
        cmocka_unit_test(without_end_there_is_no_estimate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
