// SPDX-License-Identifier: Apache-2.0
// What is put off, while the time of its host passes or a signal comes: each host is handed over
// once, with what was found. The chore is that of a port scan without ports, which is over.
#include "check.h"
#include "fake_io.h"
#include "stage/pipeline_own.h"
#include "stage/stages.h"

enum { HOST = 0xC0000210, MOST = 8 };

#define MS UINT64_C(1000000)

static struct arena run;
static struct fake_io fake;
static struct engine *engine;
static struct plan plan;
static struct pipeline *pipeline;
static bool must_stop;
static uint32_t n_notes;
static uint32_t n_next;
static struct {
    uint32_t n; // how often it was handed over
    bool is_cut_short;
} told[MOST];

static bool next(void *ctx, struct target *out)
{
    (void)ctx;
    *out = (struct target){.addr = ip_v4(HOST + MOST - 1)};
    return n_next > 0 && n_next-- > 0;
}

static void done(void *ctx, struct host *host)
{
    const uint32_t i = ip_v4_u32(&host->addr) - HOST;
    (void)ctx;
    assert_true(i < MOST);
    told[i].n++;
    told[i].is_cut_short = host->is_cut_short;
}

static void note(void *ctx, int verbosity, struct span text)
{
    (void)ctx;
    (void)verbosity;
    n_notes += memmem(text.ptr, text.len, "timed out", 9) != NULL;
}

static bool stop(void *ctx)
{
    (void)ctx;
    return must_stop;
}

static int setup(void **state)
{
    static const struct engine_config cfg = {.port_lo = 40000, .port_hi = 40255};
    static const struct pipeline_calls calls = {
        .next = next, .done = done, .note = note, .stop = stop};
    (void)state;
    arena_init(&run, "test");
    fake_init(&fake);
    fake.iface[0].link = LINK_RAW;
    fake.iface[0].is_p2p = true;
    engine = engine_new(&run, &fake.io, &cfg);
    plan = (struct plan){
        .skip_discovery = true, .timing = timing_templates[3], .key = {3, 4}, .source_base = 40000};
    pipeline = pipeline_new(&run, engine, &plan, &calls);
    memset(told, 0, sizeof told);
    n_notes = n_next = 0;
    must_stop = false;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    pipeline_close(pipeline);
    engine_close(engine);
    arena_fini(&run);
    return 0;
}

static uint32_t ports_stage(void)
{
    uint32_t i = 0;
    while (stages[i] != &stage_ports)
        i++;
    return i;
}

// Host i, in the port scan.
static struct slot *begin(uint32_t i)
{
    struct slot *s = pipeline_place(pipeline);
    struct visit *v = &s->visit;
    arena_init(&v->host.arena, "a host");
    v->host.addr = ip_v4(HOST + i);
    v->host.state = HOST_UP;
    map_put(&pipeline->by_addr, &v->host.addr, s);
    s->is_past = true;
    pipeline->n_past++;
    v->at = ports_stage();
    v->stage_since_ns = s->moved_ns = fake.now_ns;
    pipeline_count_begin(pipeline, v->at, fake.now_ns);
    v->state = arena_alloc(&v->host.arena, stage_ports.state_size);
    return s;
}

static struct slot *put_off(uint32_t i)
{
    struct slot *s = begin(i);
    visit_put_off(&s->visit);
    return s;
}

static void time_is_over(struct slot *s)
{
    timer_set(engine_timers(engine), &s->limit, fake.now_ns);
}

static void assert_told(uint32_t i, bool is_cut_short)
{
    assert_int_equal(told[i].n, 1);
    assert_int_equal(told[i].is_cut_short, is_cut_short);
}

static void go(void)
{
    const uint64_t start = fake.now_ns;
    assert_int_equal(pipeline_run(pipeline), 0);
    assert_true(fake.now_ns - start < 1000 * MS); // nobody had to be found by the watch
    assert_int_equal(pipeline->n_live, 0);
    assert_int_equal(pipeline->chores.n, 0);
}

static void what_is_put_off_is_done(void **state)
{
    (void)state;
    put_off(0);
    put_off(1);
    go();
    assert_told(0, false);
    assert_told(1, false);
}

static void the_time_passes_before_the_turn_comes(void **state)
{
    (void)state;
    time_is_over(put_off(0));
    go();
    assert_told(0, true);
    assert_int_equal(n_notes, 1);
}

static void others_in_the_line_go_on(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 5; i++) {
        struct slot *s = put_off(i);
        if (i % 2 == 1)
            time_is_over(s);
    }
    go();
    for (uint32_t i = 0; i < 5; i++)
        assert_told(i, i % 2 == 1);
    assert_int_equal(n_notes, 2);
}

// The place of a host that was given up is free only when its turn in the line is over.
static void a_place_in_the_line_is_not_given_away(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 3; i++)
        time_is_over(put_off(i));
    n_next = 1;
    go();
    for (uint32_t i = 0; i < 3; i++)
        assert_told(i, true);
    assert_told(MOST - 1, false);
}

static void a_signal_does_not_leave_it_undone(void **state)
{
    (void)state;
    must_stop = true;
    for (uint32_t i = 0; i < 3; i++)
        put_off(i);
    go();
    for (uint32_t i = 0; i < 3; i++)
        assert_told(i, false);
}

static void a_signal_finds_it_given_up(void **state)
{
    (void)state;
    struct slot *first = put_off(0);
    put_off(1);
    time_is_over(first);
    timers_run(engine_timers(engine), fake.now_ns);
    must_stop = true;
    go();
    assert_told(0, true);
    assert_told(1, false);
}

// It is finished, and what waits is the verdict, or a name.
static void a_signal_finds_it_finished(void **state)
{
    (void)state;
    struct slot *verdict = put_off(0);
    struct slot *name = begin(1);
    verdict->is_waiting = true;
    name->is_waiting = name->is_naming = true;
    begin(2); // it is not finished
    must_stop = true;
    go();
    assert_told(0, false);
    assert_told(1, false);
    assert_told(2, true);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_is_put_off_is_done),           CASE(the_time_passes_before_the_turn_comes),
        CASE(others_in_the_line_go_on),          CASE(a_place_in_the_line_is_not_given_away),
        CASE(a_signal_does_not_leave_it_undone), CASE(a_signal_finds_it_given_up),
        CASE(a_signal_finds_it_finished),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
