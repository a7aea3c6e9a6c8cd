// SPDX-License-Identifier: Apache-2.0
// The remaining time of a whole run, against what it turns out to be, under a virtual clock: made
// up runs of several kinds, each played twice.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "stage/estimate.h"
#include "stage/waits.h"

enum { DISCOVER, PORTS, OS, SERVICES };

enum { HOSTS_MAX = 10000, STEP_MS = 10, LOOK_MS = 400, MOMENTS = 3 };

#define MS UINT64_C(1000000)

static const double honest = 2; // at most that many times the truth, or that part of it

struct model {
    uint32_t n_hosts;
    uint32_t in_flight;
    uint32_t down_of_10;     // hosts that are not there
    uint32_t first_up;       // and none before this one is
    uint32_t answer_ms;      // of one that is there
    uint32_t silence_ms;     // until one is given up
    uint32_t n_probes;       // of the port scan
    double host_rate;        // probes a second that one host takes
    double slow_rate;        // the last host
    double machine_rate;     // that all get together, 0 = no limit
    uint32_t os_ms;          // 0: no OS detection
    uint32_t gap_ms;         // between two hosts at its gate
    uint32_t services_ms;    // 0: no services
    uint32_t services_of_10; // hosts that have some
};

struct life {
    uint32_t at;
    bool is_up;
    bool has_begun;
    uint64_t since_ns;
    double n_sent;
};

struct run {
    const struct model *m;
    struct tally tally;
    struct life life[HOSTS_MAX];
    uint32_t n_begun, n_at_gate, n_scanned, first_live;
    uint64_t now_ns, gate_ns;
};

static bool needs(const struct run *r, const struct life *l, uint32_t stage)
{
    const uint32_t number = (uint32_t)(l - r->life);
    return (stage == PORTS && r->m->n_probes > 0) || (stage == OS && r->m->os_ms > 0) ||
           (stage == SERVICES && r->m->services_ms > 0 && number * 7 % 10 < r->m->services_of_10);
}

static void begin(struct run *r, struct life *l, uint32_t stage)
{
    l->at = stage;
    l->since_ns = r->now_ns;
    l->has_begun = true;
    tally_begin(&r->tally, stage, r->now_ns);
    r->n_scanned += stage == PORTS;
}

static void go_on(struct run *r, struct life *l)
{
    tally_end(&r->tally, l->at, r->now_ns - l->since_ns, l->at == PORTS ? l->n_sent : 0);
    r->n_scanned -= l->at == PORTS;
    if (l->at == DISCOVER)
        tally_found(&r->tally, l->is_up, r->now_ns - l->since_ns);
    for (l->at++; l->is_up && l->at < STAGE_COUNT; l->at++) {
        r->tally.stage[l->at].n_asked++;
        if (needs(r, l, l->at))
            break;
    }
    if (!l->is_up || l->at == STAGE_COUNT) {
        l->at = STAGE_COUNT;
        r->tally.n_done++;
    } else if (l->at == OS && r->m->gap_ms > 0) {
        l->has_begun = false;
        r->n_at_gate++;
    } else {
        begin(r, l, l->at);
    }
}

static double rate_of(const struct run *r, const struct life *l)
{
    const bool is_slow = r->m->slow_rate > 0 && l == &r->life[r->m->n_hosts - 1];
    const double own = is_slow ? r->m->slow_rate : r->m->host_rate;
    const double share = r->m->machine_rate / r->n_scanned;
    return r->m->machine_rate > 0 && share < own ? share : own;
}

static bool has_left(const struct run *r, const struct life *l)
{
    const uint64_t spent_ms = (r->now_ns - l->since_ns) / MS;
    switch (l->at) {
    case DISCOVER:
        return spent_ms >= (l->is_up ? r->m->answer_ms : r->m->silence_ms);
    case PORTS:
        return l->n_sent >= r->m->n_probes;
    case OS:
        return l->has_begun && spent_ms >= r->m->os_ms;
    default:
        return spent_ms >= r->m->services_ms;
    }
}

static void step_host(struct run *r, struct life *l)
{
    if (l->at == PORTS)
        l->n_sent += rate_of(r, l) * STEP_MS / 1000;
    if (has_left(r, l))
        go_on(r, l);
    if (l->at != OS || l->has_begun || r->now_ns < r->gate_ns)
        return;
    r->n_at_gate--;
    const uint64_t least_ns = r->now_ns > STEP_MS * MS ? r->now_ns - STEP_MS * MS : 0;
    r->gate_ns = (r->gate_ns > least_ns ? r->gate_ns : least_ns) + r->m->gap_ms * MS;
    begin(r, l, OS);
}

static uint32_t n_live(const struct run *r)
{
    return r->n_begun - (uint32_t)r->tally.n_done;
}

static void step(struct run *r)
{
    while (r->n_begun < r->m->n_hosts && n_live(r) < r->m->in_flight) {
        struct life *l = &r->life[r->n_begun];
        l->is_up = r->n_begun >= r->m->first_up && r->n_begun * 3 % 10 >= r->m->down_of_10;
        r->n_begun++;
        begin(r, l, DISCOVER);
    }
    while (r->first_live < r->n_begun && r->life[r->first_live].at == STAGE_COUNT)
        r->first_live++;
    for (uint32_t i = r->first_live; i < r->n_begun; i++)
        if (r->life[i].at < STAGE_COUNT)
            step_host(r, &r->life[i]);
    r->now_ns += STEP_MS * MS;
}

// As the stages say it.
static struct outlook look_at(const struct run *r, const struct life *l)
{
    struct outlook o = {.at = l->at, .has_begun = l->has_begun, .own_ns = -1};
    o.spent_ns = l->has_begun ? (double)(r->now_ns - l->since_ns) : 0;
    if (l->at == DISCOVER)
        o.own_ns = r->m->silence_ms * 1e6 - o.spent_ns;
    if (l->at != PORTS)
        return o;
    const bool is_slow = r->m->slow_rate > 0 && l == &r->life[r->m->n_hosts - 1];
    o.units_done = l->n_sent;
    o.units_left = l->n_sent < r->m->n_probes ? r->m->n_probes - l->n_sent : 0;
    o.own_ns = o.units_left / (is_slow ? r->m->slow_rate : r->m->host_rate) * 1e9;
    o.is_starved = rate_of(r, l) < r->m->host_rate;
    return o;
}

static uint64_t estimate(struct run *r)
{
    struct estimate e;
    estimate_begin(&e, &r->tally, r->now_ns);
    for (uint32_t i = r->first_live; i < r->n_begun; i++) {
        const struct outlook o = look_at(r, &r->life[i]);
        if (o.at < STAGE_COUNT)
            estimate_host(&e, &o);
    }
    const uint64_t left_ns =
        estimate_end(&e, r->m->n_hosts - r->n_begun, n_live(r) >= r->m->in_flight);
    tally_look(&r->tally, &e.now);
    return left_ns;
}

// Virtual time of the whole run; `said` holds the estimate at each moment `at` of it.
static uint64_t play(struct run *r, const struct model *m, const uint64_t *at, uint64_t *said)
{
    uint64_t look_ns = 0;
    memset(r, 0, sizeof *r);
    r->m = m;
    r->now_ns = 1;
    r->tally.lanes = m->in_flight;
    r->tally.gap_ns = m->gap_ms * MS;
    r->tally.stage[PORTS].is_wanted = m->n_probes > 0;
    r->tally.stage[OS].is_wanted = m->os_ms > 0;
    r->tally.stage[SERVICES].is_wanted = m->services_ms > 0;
    while (r->tally.n_done < m->n_hosts) {
        const bool is_time = at && r->now_ns >= look_ns;
        const uint64_t left_ns = is_time ? estimate(r) : 0;
        for (uint32_t i = 0; is_time && i < MOMENTS; i++)
            if (r->now_ns <= at[i])
                said[i] = r->now_ns + left_ns - at[i];
        look_ns += is_time ? LOOK_MS * MS : 0;
        step(r);
    }
    return r->now_ns;
}

static void expect_honest(const struct model *m)
{
    static struct run r;
    const uint64_t end = play(&r, m, NULL, NULL);
    const uint64_t at[MOMENTS] = {end / 4, end / 2, end / 4 * 3};
    uint64_t said[MOMENTS] = {0};
    play(&r, m, at, said);
    for (uint32_t i = 0; i < MOMENTS; i++) {
        const double ratio = (double)said[i] / (double)(end - at[i]);
        if (ratio < 1 / honest || ratio > honest)
            fail_msg("at %u %% of %.1f s: %.2f of what remains", (i + 1) * 25, (double)end / 1e9,
                     ratio);
    }
}

static void steady_os_scan(void **state)
{
    (void)state;
    expect_honest(&(struct model){
        .n_hosts = 400, .in_flight = 4096, .silence_ms = 900, .answer_ms = 900, .os_ms = 1100});
    expect_honest(&(struct model){.n_hosts = 4096,
                                  .in_flight = 4096,
                                  .answer_ms = 10,
                                  .silence_ms = 2000,
                                  .os_ms = 900,
                                  .gap_ms = 2});
}

static void a_line_before_a_stage(void **state)
{
    (void)state;
    expect_honest(&(struct model){.n_hosts = 2000,
                                  .in_flight = 4096,
                                  .answer_ms = 500,
                                  .silence_ms = 2000,
                                  .os_ms = 600,
                                  .gap_ms = 10});
    expect_honest(&(struct model){.n_hosts = 1000,
                                  .in_flight = 300,
                                  .answer_ms = 500,
                                  .silence_ms = 2000,
                                  .os_ms = 600,
                                  .gap_ms = 20});
}

static void discovery_then_ports(void **state)
{
    (void)state;
    expect_honest(&(struct model){.n_hosts = 4096,
                                  .in_flight = 4096,
                                  .down_of_10 = 7,
                                  .answer_ms = 20,
                                  .silence_ms = 2000,
                                  .n_probes = 1000,
                                  .host_rate = 800});
    expect_honest(&(struct model){.n_hosts = 10000,
                                  .in_flight = 2048,
                                  .down_of_10 = 9,
                                  .answer_ms = 20,
                                  .silence_ms = 2000,
                                  .n_probes = 1000,
                                  .host_rate = 500});
}

static void ports_at_the_rate_of_the_machine(void **state)
{
    (void)state;
    struct model m = {.n_hosts = 4000,
                      .in_flight = 4096,
                      .answer_ms = 20,
                      .silence_ms = 2000,
                      .n_probes = 1000,
                      .host_rate = 800,
                      .machine_rate = 50000,
                      .os_ms = 900,
                      .gap_ms = 1};
    expect_honest(&m);
    m.in_flight = 500; // hosts that have not begun need the rate as well
    expect_honest(&m);
}

static void services_silent(void **state)
{
    (void)state;
    struct model m = {.n_hosts = 500,
                      .in_flight = 4096,
                      .answer_ms = 20,
                      .silence_ms = 2000,
                      .n_probes = 1000,
                      .host_rate = 300,
                      .services_ms = 9000,
                      .services_of_10 = 3};
    expect_honest(&m);
    m.in_flight = 100;
    expect_honest(&m);
}

static void groups_of_hosts_late(void **state)
{
    (void)state;
    struct model m = {.n_hosts = 8192, // the second half begins when the first is done
                      .in_flight = 4096,
                      .answer_ms = 900,
                      .silence_ms = 2000,
                      .os_ms = 1100};
    expect_honest(&m);
    m.n_hosts = 5000;
    expect_honest(&m);
    m = (struct model){.n_hosts = 8192, // the first fifth of the addresses is empty
                       .in_flight = 512,
                       .first_up = 1600,
                       .answer_ms = 20,
                       .silence_ms = 2000,
                       .n_probes = 1000,
                       .host_rate = 400};
    expect_honest(&m);
}

static void one_slow_host(void **state)
{
    (void)state;
    expect_honest(&(struct model){.n_hosts = 1000,
                                  .in_flight = 4096,
                                  .answer_ms = 20,
                                  .silence_ms = 2000,
                                  .n_probes = 1000,
                                  .host_rate = 500,
                                  .slow_rate = 10});
}

static void without_end_there_is_no_estimate(void **state)
{
    (void)state;
    const struct tally t = {0};
    struct estimate e;
    estimate_begin(&e, &t, 1);
    assert_true(estimate_end(&e, UINT64_MAX, false) == UINT64_MAX);
    assert_true(estimate_end(&e, 0, false) == 0);
}

// Ports of one host, so many at once; each `quick_of_10` of ten answers, the others stay silent.
struct asking {
    uint32_t n;
    uint32_t quick_of_10;
    uint32_t quick_ms;
    uint32_t silent_ms;
    uint32_t silent_later_ms; // after the first of them
};

enum { AT_ONCE = 64 };

static uint32_t takes_ms(const struct asking *a, uint32_t i)
{
    const uint32_t silent_ms = i > a->n / 50 ? a->silent_later_ms : a->silent_ms;
    return i * 7 % 10 < a->quick_of_10 ? a->quick_ms : silent_ms;
}

static double waits_say(const struct waits *w, const uint64_t *begun_ms, uint32_t n_left,
                        uint64_t now_ms)
{
    struct waits_left l;
    waits_begin(&l, w);
    for (uint32_t i = 0; i < AT_ONCE; i++)
        if (begun_ms[i] != UINT64_MAX)
            waits_active(&l, (now_ms - begun_ms[i]) * MS);
    return waits_end(&l, n_left, AT_ONCE) / 1e6;
}

static uint64_t ask(const struct asking *a, const uint64_t *at, double *said)
{
    struct waits w;
    uint64_t begun_ms[AT_ONCE], now_ms = 0;
    uint32_t which[AT_ONCE], next = 0, n_done = 0;
    waits_init(&w);
    memset(begun_ms, 0xff, sizeof begun_ms);
    for (; n_done < a->n; now_ms += STEP_MS) {
        for (uint32_t i = 0; i < AT_ONCE; i++) {
            if (begun_ms[i] != UINT64_MAX && now_ms - begun_ms[i] >= takes_ms(a, which[i])) {
                waits_note(&w, (now_ms - begun_ms[i]) * MS);
                begun_ms[i] = UINT64_MAX;
                n_done++;
            }
            if (begun_ms[i] == UINT64_MAX && next < a->n) {
                which[i] = next++;
                begun_ms[i] = now_ms;
            }
        }
        for (uint32_t k = 0; at && k < MOMENTS; k++)
            if (now_ms <= at[k])
                said[k] =
                    waits_say(&w, begun_ms, a->n - next, now_ms) + (double)now_ms - (double)at[k];
    }
    return now_ms;
}

static void many_services_of_one_host(void **state)
{
    (void)state;
    static const struct asking all[] = {{1000, 0, 10, 9000, 9000},  {10000, 1, 10, 9000, 9000},
                                        {10000, 0, 10, 9000, 1500}, {1000, 5, 200, 9000, 9000},
                                        {1000, 10, 300, 0, 0},      {30, 5, 100, 9000, 9000},
                                        {300, 2, 100, 20000, 20000}};
    for (uint32_t i = 0; i < sizeof all / sizeof *all; i++) {
        const uint64_t end = ask(&all[i], NULL, NULL);
        const uint64_t at[MOMENTS] = {end / 4, end / 2, end / 4 * 3};
        double said[MOMENTS] = {0};
        ask(&all[i], at, said);
        for (uint32_t k = 0; k < MOMENTS; k++) {
            const double ratio = said[k] / (double)(end - at[k]);
            if (ratio < 1 / honest || ratio > honest)
                fail_msg("row %u, at %u %%: %.2f of what remains", i, (k + 1) * 25, ratio);
        }
    }
}

static void samples_reach_back_over_a_long_run(void **state)
{
    (void)state;
    struct tally t = {0};
    struct tally_sample s = {.now_ns = 1};
    assert_null(tally_before(&t, &s));
    for (uint32_t i = 0; i < 100000; i++, s.now_ns += 400 * MS)
        tally_look(&t, &s);
    const struct tally_sample *before = tally_before(&t, &s);
    const double share = (double)(s.now_ns - before->now_ns) / (double)s.now_ns;
    assert_true(share > 0.25 && share < 0.4);
    assert_true(t.n_samples <= TALLY_SAMPLES);
}

static void sweep_one(struct tally *t, uint64_t now_ns)
{
    tally_begin(t, DISCOVER, now_ns);
    tally_end(t, DISCOVER, 0, 0);
    tally_found(t, true, 0);
    t->stage[PORTS].n_asked++;
    tally_begin(t, PORTS, now_ns);
}

static double look_at_sweep(struct tally *t, uint64_t now_ns, uint32_t n_more, double longest_ns)
{
    struct estimate e;
    estimate_begin(&e, t, now_ns);
    if (tally_live(t, PORTS) > 0)
        estimate_swept(&e, PORTS, tally_live(t, PORTS), 0, longest_ns);
    const uint64_t told_ns = estimate_end(&e, n_more, e.is_swept);
    tally_look(t, &e.now);
    return (double)told_ns;
}

// Targets come at a steady pace, each is silent for the same time and never has a place.
static void a_sweep_of_ports(void **state)
{
    enum { TARGETS = 20000, EACH_STEP = 20, STAY_MS = 2000, STEPS = TARGETS / EACH_STEP };
    const uint64_t end_ns = (STEPS * STEP_MS + STAY_MS) * MS;
    struct tally t = {.lanes = 32768};
    (void)state;
    for (uint64_t step = 0; step < STEPS + STAY_MS / STEP_MS; step++) {
        const uint64_t now_ns = step * STEP_MS * MS;
        const uint32_t n_more = step < STEPS ? (uint32_t)(STEPS - step) * EACH_STEP : 0;
        if (step % (LOOK_MS / STEP_MS) == 0) {
            const uint64_t longest_ns = n_more > 0 ? STAY_MS * MS : end_ns - now_ns;
            const double told_ns = look_at_sweep(&t, now_ns, n_more, (double)longest_ns);
            assert_true(step < 100 || told_ns <= (double)(end_ns - now_ns) * honest);
            assert_true(step < 100 || told_ns >= (double)(end_ns - now_ns) / honest);
        }
        for (int i = 0; i < EACH_STEP && n_more > 0; i++)
            sweep_one(&t, now_ns);
        for (int i = 0; i < EACH_STEP && step >= STAY_MS / STEP_MS; i++, t.n_done++)
            tally_end(&t, PORTS, STAY_MS * MS, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steady_os_scan),
        cmocka_unit_test(a_line_before_a_stage),
        cmocka_unit_test(discovery_then_ports),
        cmocka_unit_test(ports_at_the_rate_of_the_machine),
        cmocka_unit_test(services_silent),
        cmocka_unit_test(groups_of_hosts_late),
        cmocka_unit_test(one_slow_host),
        cmocka_unit_test(without_end_there_is_no_estimate),
        cmocka_unit_test(many_services_of_one_host),
        cmocka_unit_test(samples_reach_back_over_a_long_run),
        cmocka_unit_test(a_sweep_of_ports),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
