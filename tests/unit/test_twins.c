// SPDX-License-Identifier: Apache-2.0
#include "check.h"

#include "stage/twins.h"

#define FOUR                                                                              \
    "OPS(O1=M5B4ST11NWA%O2=M5B4ST11NWA%O3=M5B4NNT11NWA%O4=M5B4ST11NWA%O5=M5B4ST11NWA%O6=" \
    "M5B4ST11)\n"                                                                         \
    "WIN(W1=FE88%W2=FE88%W3=FE88%W4=FE88%W5=FE88%W6=FE88)\n"                              \
    "ECN(R=Y%DF=Y%T=40%W=FAF0%O=M5B4NNSNWA%CC=Y%Q=)\n"                                    \
    "T1(R=Y%DF=Y%T=40%S=O%A=S+%F=AS%RD=0%Q=)\nT2(R=N)\nT3(R=N)\n"
#define SIX                                                                               \
    "OPS(O1=M5A0ST11NWA%O2=M5A0ST11NWA%O3=M5A0NNT11NWA%O4=M5A0ST11NWA%O5=M5A0ST11NWA%O6=" \
    "M5A0ST11)\n"                                                                         \
    "WIN(W1=FB04%W2=FB04%W3=FB04%W4=FB04%W5=FB04%W6=FB04)\n"                              \
    "ECN(R=Y%TG=40%W=FD20%O=M5A0NNSNWA%CC=Y%Q=)\n"                                        \
    "T1(R=Y%TG=40%S=O%A=S+%F=AS%RD=0%Q=)\nT2(R=N)\nT3(R=N)\n"
#define OTHER "WIN(W1=2000%W2=2000%W3=2000%W4=2000%W5=2000%W6=2000)\n"

static struct arena run;
static struct host four, six, third;
static struct twins *twins;

static struct osdb_subject subject(const char *text)
{
    struct osdb_subject s;
    struct err_at at;
    assert_int_equal(osdb_subject_parse(span_str(text), &s, &at), ERR_OK);
    return s;
}

static int setup(void **state)
{
    (void)state;
    arena_init(&run, "test");
    four = six = third = (struct host){0};
    four = (struct host){.addr = ip_v4(1), .has_mac = true, .mac = {{2, 0, 0, 0, 0, 1}}};
    six = four;
    six.addr = (struct ip_addr){.byte = {0xFD, [15] = 1}, .family = IP_V6};
    third = six;
    third.mac.byte[5] = 2;
    arena_init(&four.arena, "four");
    arena_init(&six.arena, "six");
    arena_init(&third.arena, "third");
    twins = twins_new(&run);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_fini(&four.arena);
    arena_fini(&six.arena);
    arena_fini(&third.arena);
    arena_fini(&run);
    return 0;
}

static void both_halves_of_a_host_are_joined(void **state)
{
    (void)state;
    const struct osdb_subject a = subject(FOUR), b = subject(SIX);
    const struct osdb_result of_four = {.status = OSDB_SUCCESS, .n = 1}, of_six = {0};
    struct os_twin twin = {0};
    assert_null(twins_meet(twins, &four, &a, &of_four, &twin));
    assert_false(twin.is_known);
    assert_null(twins_meet(twins, &third, &b, &of_six, &twin)); // another link address
    assert_false(twin.is_known);
    const struct osdb_result *r = twins_meet(twins, &six, &b, &of_six, &twin);
    assert_non_null(r);
    assert_int_equal(r->n, 1);
    assert_true(twin.is_known && twin.is_same);
    assert_int_equal(twin.agreed, twin.compared);
    assert_true(ip_eq(&twin.addr, &four.addr));
}

static void different_systems_are_told_apart(void **state)
{
    (void)state;
    const struct osdb_subject a = subject(FOUR);
    struct osdb_subject b = subject(SIX);
    const struct osdb_subject other = subject(OTHER);
    const struct osdb_result r = {0};
    struct os_twin twin = {0};
    for (int i = osdb_tests[TEST_WIN].first; i < osdb_tests[TEST_WIN].first + 6; i++)
        b.value[i] = other.value[i];
    assert_null(twins_meet(twins, &six, &b, &r, &twin));
    assert_null(twins_meet(twins, &four, &a, &r, &twin));
    assert_true(twin.is_known);
    assert_false(twin.is_same);
    assert_int_equal(twin.agreed, twin.compared - 6);
}

static void a_name_joins_what_no_link_address_does(void **state)
{
    (void)state;
    const struct osdb_subject a = subject(FOUR), b = subject(SIX);
    const struct osdb_result r = {.status = OSDB_SUCCESS, .n = 1};
    struct os_twin twin = {0};
    four.has_mac = six.has_mac = false; // behind routers
    four.name = SPAN("www.example");
    twins_meet(twins, &four, &a, &r, &twin);
    assert_null(twins_meet(twins, &six, &b, &r, &twin)); // given as an address
    assert_false(twin.is_known);
    six.name = SPAN("WWW.example");
    assert_non_null(twins_meet(twins, &six, &b, &r, &twin));
    assert_true(twin.is_known && twin.is_same && twin.is_by_name);
}

// Two link addresses may be two machines that are alike: nothing is said then.
static void a_name_of_two_link_addresses_tells_differences_alone(void **state)
{
    (void)state;
    const struct osdb_subject a = subject(FOUR);
    struct osdb_subject b = subject(SIX);
    const struct osdb_subject other = subject(OTHER);
    const struct osdb_result r = {.status = OSDB_SUCCESS, .n = 1};
    struct os_twin twin = {0};
    four.name = third.name = SPAN("www.example");
    twins_meet(twins, &four, &a, &r, &twin);
    assert_null(twins_meet(twins, &third, &b, &r, &twin));
    assert_false(twin.is_known);
    for (int i = osdb_tests[TEST_WIN].first; i < osdb_tests[TEST_WIN].first + 6; i++)
        b.value[i] = other.value[i];
    assert_null(twins_meet(twins, &third, &b, &r, &twin));
    assert_true(twin.is_known && !twin.is_same && twin.is_by_name);
}

static void little_is_no_evidence(void **state)
{
    (void)state;
    const struct osdb_subject a = subject(OTHER), b = subject(OTHER);
    const struct osdb_result r = {0};
    struct os_twin twin = {0};
    twins_meet(twins, &four, &a, &r, &twin);
    assert_null(twins_meet(twins, &six, &b, &r, &twin));
    assert_false(twin.is_known);
}

static void the_table_does_not_grow(void **state)
{
    (void)state;
    const struct osdb_subject a = subject(FOUR), b = subject(SIX);
    const struct osdb_result r = {0};
    struct os_twin twin = {0};
    twins_meet(twins, &four, &a, &r, &twin);
    for (int i = 0; i < 300; i++)
        twins_meet(twins, &third, &b, &r, &twin);
    assert_null(twins_meet(twins, &six, &b, &r, &twin)); // its twin gave way
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(both_halves_of_a_host_are_joined),
        CASE(different_systems_are_told_apart),
        CASE(a_name_joins_what_no_link_address_does),
        CASE(a_name_of_two_link_addresses_tells_differences_alone),
        CASE(little_is_no_evidence),
        CASE(the_table_does_not_grow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
