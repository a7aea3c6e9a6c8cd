// SPDX-License-Identifier: Apache-2.0
// Ports of one address by machine, and ports that several machines answer in turn.
#include "verdict_load.h"

#include "model/host.h"
#include "verdict/machines.h"

static struct judged j;
static struct osdb_subject alpha;
static struct end ends[3];
static struct host host;
static struct machines m;

static int setup(void **state)
{
    (void)state;
    judged_load(&j, SYSTEMS);
    judged_subject(&j, SEEN);
    alpha = j.subject;
    const struct osdb_test_info *ops = &osdb_tests[TEST_OPS];
    for (int a = ops->first; a < ops->first + ops->n; a++)
        alpha.value[a] = SPAN("M5B4NW7ST11");
    alpha.value[ops->first + 2] = SPAN("M5B4NW7NNT11");
    for (int a = osdb_tests[TEST_WIN].first; a < osdb_tests[TEST_WIN].first + 6; a++)
        alpha.value[a] = SPAN("FFFF");
    host = (struct host){.ends = ends, .n_ends = 3};
    for (uint16_t i = 0; i < 3; i++) {
        ends[i] =
            (struct end){.port = (uint16_t)(80 + i), .n = 2, .subject = {&j.subject, &j.subject}};
        for (int t = 0; t < 2; t++) {
            ends[i].seq[t].n = 6;
            for (int k = 0; k < 6; k++) {
                ends[i].seq[t].ttl[k] = 64;
                ends[i].seq[t].at_us[k] = 1000000 + k * 100000 + t * 40000 + i * 7000;
            }
        }
    }
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    load_fini(&j.load);
    return 0;
}

static void set_clock(int end, uint32_t offset)
{
    for (int t = 0; t < 2; t++)
        for (int k = 0; k < 6; k++)
            ends[end].seq[t].ts[k] = offset + (uint32_t)(ends[end].seq[t].at_us[k] / 1000);
}

static void find(void)
{
    machines_find(j.model, &host, j.scratch, &m);
}

static void alike_is_one(void **state)
{
    (void)state;
    find();
    assert_int_equal(m.n, 1);
}

static void another_stack_is_another_machine(void **state)
{
    (void)state;
    ends[1].subject[0] = ends[1].subject[1] = &alpha;
    find();
    assert_int_equal(m.n, 2);
    assert_int_equal(m.of[0], m.of[2]);
    assert_int_not_equal(m.of[0], m.of[1]);
    for (int i = 0; i < 3; i++)
        set_clock(i, 5000000); // one clock: applications have set what differs
    find();
    assert_int_equal(m.n, 1);
}

static void two_clocks_are_two_machines(void **state)
{
    (void)state;
    set_clock(0, 5000000);
    set_clock(1, 5000000);
    set_clock(2, 900000000);
    find();
    assert_int_equal(m.n, 2);
    assert_int_equal(m.of[0], m.of[1]);
    assert_int_not_equal(m.of[0], m.of[2]);
}

static void another_ttl_is_another_machine(void **state)
{
    (void)state;
    for (int k = 0; k < 6; k++)
        ends[1].seq[0].ttl[k] = ends[1].seq[1].ttl[k] = 63;
    find();
    assert_int_equal(m.n, 2);
    ends[0].proof = END_OPENS; // a proxy stands beside them
    find();
    assert_int_equal(m.n, 3);
}

static void answers_in_turn(void **state)
{
    uint8_t mem[200];
    struct buf why;
    (void)state;
    buf_init(&why, mem, sizeof mem);
    assert_false(machines_balanced(&ends[0], &why));
    struct os_result os = {.seq = ends[0].seq[0]};
    assert_false(machines_doubt(&os));
    for (int k = 0; k < 6; k += 2)
        ends[1].seq[0].ttl[k] = ends[1].seq[1].ttl[k] = 128;
    os.seq = ends[1].seq[0];
    assert_true(machines_doubt(&os));
    os = (struct os_result){.subjects = &alpha, .n_subjects = 1};
    assert_false(machines_doubt(&os));
    alpha.value[osdb_attr(TEST_ECN, SPAN("T"))] = SPAN("7F");
    assert_true(machines_doubt(&os));
    assert_true(machines_balanced(&ends[1], &why));
    check_span(buf_span(&why), "TTLs 128 and 64");
    buf_init(&why, mem, sizeof mem);
    ends[2].subject[1] = &alpha;
    assert_true(machines_balanced(&ends[2], &why));
    check_span(buf_span(&why), "other options for the same question");
    find();
    assert_false(m.is_balanced[0]);
    assert_true(m.is_balanced[1] && m.is_balanced[2]);
    assert_int_equal(m.n, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(alike_is_one, setup, teardown),
        cmocka_unit_test_setup_teardown(another_stack_is_another_machine, setup, teardown),
        cmocka_unit_test_setup_teardown(two_clocks_are_two_machines, setup, teardown),
        cmocka_unit_test_setup_teardown(another_ttl_is_another_machine, setup, teardown),
        cmocka_unit_test_setup_teardown(answers_in_turn, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
