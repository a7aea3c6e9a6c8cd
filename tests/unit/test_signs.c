// SPDX-License-Identifier: Apache-2.0
// Disguises and containers by their marks; and whom nothing is said of.
#include "verdict_load.h"

#include "model/host.h"
#include "verdict/signs.h"

static struct judged j;
static struct arena arena;
static struct finding found;

static int setup(void **state)
{
    (void)state;
    judged_load(&j, SYSTEMS);
    judged_subject(&j, SEEN);
    arena_init(&arena, "test");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_fini(&arena);
    load_fini(&j.load);
    return 0;
}

static void set(enum osdb_test t, struct span attr, struct span value)
{
    j.subject.value[osdb_attr(t, attr)] = value;
}

static bool is_disguised(void)
{
    return signs_disguise(&arena, j.load.db, &j.subject, LINUX_6, SPAN("Linux"), &found);
}

static void check_text(const char *want)
{
    char text[500];
    assert_true(found.text.len < sizeof text);
    memcpy(text, found.text.ptr, found.text.len);
    text[found.text.len] = '\0';
    assert_non_null(strstr(text, want));
}

static void a_sound_host_has_no_signs(void **state)
{
    (void)state;
    assert_false(is_disguised());
    assert_false(signs_disguise(&arena, j.load.db, &j.subject, UINT32_MAX, SPAN(""), &found));
}

static void blanked_options_leave_fillers(void **state)
{
    (void)state;
    set(TEST_OPS, SPAN("O1"), SPAN("M5B4NNT11NW7"));
    assert_false(is_disguised());
    set(TEST_OPS, SPAN("O2"), SPAN("M5B4SNNNNNNNNNNNW7"));
    assert_true(is_disguised());
    assert_int_equal(found.kind, FINDING_DISGUISE);
    check_text("options are blanked out (11 fillers in a row)");
    assert_true(signs_disguise(&arena, j.load.db, &j.subject, UINT32_MAX, SPAN(""), &found));
}

static void one_kind_of_answer_begins_elsewhere(void **state)
{
    (void)state;
    set(TEST_T5, SPAN("T"), SPAN("FF")); // a filter's, told elsewhere
    assert_false(is_disguised());
    set(TEST_T5, SPAN("T"), SPAN("40"));
    set(TEST_T1, SPAN("T"), SPAN("80"));
    set(TEST_T4, SPAN("T"), SPAN("40"));
    assert_true(is_disguised());
    check_text("the TTL begins at 128 in SYN-ACKs, at 64 in resets of the same port");
}

static void all_begins_elsewhere(void **state)
{
    (void)state;
    static const enum osdb_test tests[] = {TEST_T1, TEST_T4, TEST_T5, TEST_U1, TEST_IE};
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        set(tests[i], SPAN("T"), SPAN("81"));
    assert_true(is_disguised());
    check_text("the TTL begins at 128, of Linux at 64");
    assert_false(signs_disguise(&arena, j.load.db, &j.subject, UINT32_MAX, SPAN("Linux"), &found));
}

static void what_cannot_be_rewritten_tells(void **state)
{
    (void)state;
    struct verdict_disguise honest, masked;
    verdict_unmask(j.model, &j.subject, 1, j.scratch, &honest);
    check_span(honest.surface.family, "Linux");
    check_span(honest.depth.family, "Linux");
    const struct osdb_test_info *ops = &osdb_tests[TEST_OPS];
    const struct osdb_test_info *win = &osdb_tests[TEST_WIN];
    for (int a = ops->first; a < ops->first + ops->n; a++)
        j.subject.value[a] = SPAN("M5B4NW7ST11");
    j.subject.value[ops->first + 2] = SPAN("M5B4NW7NNT11");
    j.subject.value[ops->first + 5] = SPAN("M5B4ST11");
    for (int a = win->first; a < win->first + win->n; a++)
        j.subject.value[a] = SPAN("FFFF");
    set(TEST_SEQ, SPAN("TS"), SPAN("7"));
    set(TEST_ECN, SPAN("O"), SPAN("M5B4NW7SLL"));
    set(TEST_ECN, SPAN("W"), SPAN("FFFF"));
    verdict_unmask(j.model, &j.subject, 1, j.scratch, &masked);
    check_span(masked.surface.family, "Alpha");
    check_span(masked.depth.family, "Linux");
    assert_true(masked.k > honest.k + 1);
}

static struct service service(uint16_t port, struct span version)
{
    return (struct service){.port = port, .state = SERVICE_HARD, .version = version};
}

static void distributions_beside_each_other(void **state)
{
    (void)state;
    struct service services[] = {service(22, SPAN("9.2p1 Debian 2+deb12u1")),
                                 service(80, SPAN("2.4 (Raspbian)")),
                                 service(8080, SPAN("1.25 Alpine"))};
    struct host h = {.services = services, .n_services = 2};
    assert_false(signs_distributions(&arena, &h, &found)); // one base
    h.n_services = 3;
    assert_true(signs_distributions(&arena, &h, &found));
    assert_int_equal(found.kind, FINDING_CONTAINER);
    check_text("Debian on 22,80, Alpine on 8080 by what services say: containers");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_sound_host_has_no_signs, setup, teardown),
        cmocka_unit_test_setup_teardown(blanked_options_leave_fillers, setup, teardown),
        cmocka_unit_test_setup_teardown(one_kind_of_answer_begins_elsewhere, setup, teardown),
        cmocka_unit_test_setup_teardown(all_begins_elsewhere, setup, teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_rewritten_tells, setup, teardown),
        cmocka_unit_test_setup_teardown(distributions_beside_each_other, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
