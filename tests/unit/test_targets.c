// SPDX-License-Identifier: Apache-2.0
// Rows of scanning spec 1.1 and 1.2 that apply to IPv4.
#include "base/limits.h"
#include "check.h"
#include "stage/targets.h"

static struct arena run;
static struct targets *targets;
static struct err_at at;

// "two" has a second address, "six" only one of the other family, "mixed" one of each.
static uint32_t resolve(void *ctx, struct span name, struct ip_addr *out, uint32_t max)
{
    (void)ctx;
    assert_true(max >= 2);
    out[0] = ip_v4(0xC0000209);
    out[1] = ip_v4(0xC0000207);
    if (span_eq(name, SPAN("one.example")))
        return 1;
    if (span_eq(name, SPAN("two")))
        return 2;
    if (span_eq(name, SPAN("mixed")) || span_eq(name, SPAN("six"))) {
        out[0].family = IP_V6;
        return name.len == 3 ? 1 : 2;
    }
    return 0;
}

static int setup(void **state)
{
    (void)state;
    arena_init(&run, "test");
    targets = targets_new(&run, resolve, NULL);
    memset(&at, 0, sizeof at);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_fini(&run);
    return 0;
}

static void add(const char *spec)
{
    if (targets_add(targets, span_str(spec), &at) != ERR_OK)
        fail_msg("%s is refused: %s", spec, at.what);
}

static void assert_next(uint32_t addr)
{
    struct target t;
    assert_true(targets_next(targets, &t));
    assert_int_equal(ip_v4_u32(&t.addr), addr);
}

static void assert_end(void)
{
    struct target t;
    assert_false(targets_next(targets, &t));
    assert_false(targets_next(targets, &t));
}

static uint32_t count(void)
{
    struct target t;
    uint32_t n = 0;
    while (targets_next(targets, &t))
        n++;
    return n;
}

static void assert_last_octets(const char *spec, const uint8_t *octets, size_t n)
{
    add(spec);
    for (size_t i = 0; i < n; i++)
        assert_next(0x0A4D0000 + octets[i]);
    assert_end();
}

static void one_address(void **state)
{
    (void)state;
    add("192.0.2.1");
    assert_next(0xC0000201);
    assert_end();
}

static void lists_and_ranges(void **state)
{
    (void)state;
    assert_last_octets("10.77.0.8-10,12", (const uint8_t[]){8, 9, 10, 12}, 4);
    assert_last_octets("10.77.0.30,10", (const uint8_t[]){10, 30}, 2);
    assert_last_octets("10.77.0.7,7,6-8", (const uint8_t[]){6, 7, 8}, 3);
    assert_last_octets("10.77.0.007", (const uint8_t[]){7}, 1);
}

static void open_ranges(void **state)
{
    (void)state;
    add("10.77.0-1.-2");
    for (uint32_t i = 0; i < 6; i++)
        assert_next(0x0A4D0000 + (i / 3 << 8) + i % 3);
    assert_end();
    add("10.77.0.254-");
    assert_next(0x0A4D00FE);
    assert_next(0x0A4D00FF);
    assert_end();
    add("10.77.0.-");
    assert_int_equal(count(), 256);
    add("10.77.0.*");
    assert_int_equal(count(), 256);
}

static void the_odometer_turns_the_last_octet_first(void **state)
{
    (void)state;
    add("1-2.3.4-5.6,8");
    static const uint32_t expected[] = {
        0x01030406, 0x01030408, 0x01030506, 0x01030508,
        0x02030406, 0x02030408, 0x02030506, 0x02030508,
    };
    for (size_t i = 0; i < COUNT_OF(expected); i++)
        assert_next(expected[i]);
    assert_end();
}

static void every_prefix_length_has_its_block(void **state)
{
    (void)state;
    for (uint32_t bits = 14; bits <= 32; bits++) {
        char text[32];
        struct buf b;
        buf_init(&b, text, sizeof text - 1);
        buf_str(&b, "10.77.171.205/");
        buf_dec(&b, bits);
        text[buf_len(&b)] = '\0';
        add(text);
        const uint32_t mask = UINT32_MAX << (32 - bits);
        const uint32_t first = 0x0A4DABCD & mask, size = ~mask + 1;
        struct target t = {0};
        assert_true(targets_next(targets, &t));
        assert_int_equal(ip_v4_u32(&t.addr), first);
        uint32_t n = 1;
        for (; targets_next(targets, &t); n++)
            assert_int_equal(ip_v4_u32(&t.addr), first + n);
        assert_int_equal(n, size);
    }
}

static void a_prefix_on_ranges_widens_each_octet(void **state)
{
    (void)state;
    add("10.77.0.*/30");
    assert_int_equal(count(), 256);
    assert_last_octets("10.77.0.1,9/30", (const uint8_t[]){0, 1, 2, 3, 8, 9, 10, 11}, 8);
    add("0.0.0.0/0");
    assert_next(0);
    assert_next(1);
}

static void the_whole_internet_costs_no_memory(void **state)
{
    (void)state;
    add("*.*.*.*");
    const size_t before = run.total;
    for (uint32_t i = 0; i < 1000000; i++)
        assert_next(i);
    assert_int_equal(run.total, before);
}

static void nothing_is_dropped_between_specifications(void **state)
{
    (void)state;
    add("10.0.0.2");
    add("10.0.0.1-2");
    assert_next(0x0A000002);
    assert_next(0x0A000001);
    assert_next(0x0A000002);
    assert_end();
    add("10.0.0.3"); // after the end
    assert_next(0x0A000003);
    assert_end();
}

static void the_first_address_of_a_name_is_scanned(void **state)
{
    (void)state;
    struct target t;
    add("two");
    assert_true(targets_next(targets, &t));
    assert_int_equal(ip_v4_u32(&t.addr), 0xC0000209);
    assert_text(t.name, "two");
    assert_int_equal(t.n_others, 1);
    assert_int_equal(ip_v4_u32(&t.others[0]), 0xC0000207);
    assert_end();
    add("mixed");
    assert_true(targets_next(targets, &t));
    assert_int_equal(ip_v4_u32(&t.addr), 0xC0000207);
    assert_int_equal(t.n_others, 1);
    assert_int_equal(t.others[0].family, IP_V6);
    assert_end();
}

static void only_the_resolved_address_of_a_block_has_the_name(void **state)
{
    (void)state;
    struct target t;
    add("one.example/30"); // .9: the block is .8 to .11
    for (uint32_t i = 8; i < 12; i++) {
        assert_true(targets_next(targets, &t));
        assert_int_equal(ip_v4_u32(&t.addr), 0xC0000200 + i);
        assert_int_equal(span_is_absent(t.name), i != 9);
    }
    assert_end();
}

static void a_name_is_taken_over_both_families(void **state)
{
    (void)state;
    struct target t;
    targets_set_six(targets, true, NULL);
    targets_take_both(targets);
    add("mixed");
    add("two"); // has no IPv6 address, and only the first of the other family is taken
    assert_true(targets_next(targets, &t));
    assert_int_equal(t.addr.family, IP_V6);
    assert_text(t.name, "mixed");
    assert_true(targets_next(targets, &t));
    assert_int_equal(ip_v4_u32(&t.addr), 0xC0000207);
    assert_text(t.name, "mixed");
    assert_next(0xC0000209);
    assert_end();
}

static void unknown_names_are_counted_and_skipped(void **state)
{
    (void)state;
    struct span name;
    add("nobody");
    add("10.0.0.1");
    assert_int_equal(targets_unresolved(targets, &name), 0);
    assert_next(0x0A000001);
    assert_int_equal(targets_unresolved(targets, &name), 1);
    assert_text(name, "nobody");
    assert_end();
    struct targets *deaf = targets_new(&run, NULL, NULL);
    assert_int_equal(targets_add(deaf, SPAN("host"), &at), ERR_OK);
    struct target t;
    assert_false(targets_next(deaf, &t));
    assert_int_equal(targets_unresolved(deaf, &name), 1);
}

static uint32_t zone(void *ctx, struct span name)
{
    (void)ctx;
    return span_eq(name, SPAN("eth0")) ? 3 : 0;
}

static void assert_next_six(const char *text, uint32_t zone_index)
{
    struct target t;
    char mem[IP_TEXT_MAX];
    assert_true(targets_next(targets, &t));
    assert_int_equal(t.addr.family, IP_V6);
    assert_string_equal(ip_text(&t.addr, mem), text);
    assert_int_equal(t.addr.zone, zone_index);
}

static void both_families_in_one_run(void **state)
{
    (void)state;
    targets_set_six(targets, false, zone);
    add("fd77::1");
    add("10.0.0.1");
    add("fe80::1%eth0");
    add("fe80::2%7");
    add("fd77::fffe/126");
    assert_int_equal(targets_left(targets), 8);
    assert_next_six("fd77::1", 0);
    assert_next(0x0A000001);
    assert_next_six("fe80::1", 3);
    assert_next_six("fe80::2", 7);
    assert_next_six("fd77::fffc", 0);
    assert_next_six("fd77::fffd", 0);
    assert_next_six("fd77::fffe", 0);
    assert_next_six("fd77::ffff", 0);
    assert_end();
}

static void large_blocks_carry_over(void **state)
{
    (void)state;
    add("fd77:0:0:1::/64");
    for (int i = 0; i < 65536; i++) {
        struct target t;
        assert_true(targets_next(targets, &t));
    }
    assert_next_six("fd77::1:0:0:1:0", 0);
}

static void names_prefer_a_family(void **state)
{
    (void)state;
    struct target t;
    add("mixed");
    add("six");
    assert_next(0xC0000207);
    assert_true(targets_next(targets, &t)); // it has no other
    assert_int_equal(t.addr.family, IP_V6);
    targets_set_six(targets, true, NULL);
    add("mixed");
    add("two");
    assert_true(targets_next(targets, &t));
    assert_int_equal(t.addr.family, IP_V6);
    assert_int_equal(t.n_others, 1);
    assert_end(); // "two" has no IPv6 address
}

static void broken_specifications_have_a_reason(void **state)
{
    (void)state;
    static const struct {
        const char *spec;
        enum err code;
    } cases[] = {
        {"", ERR_SYNTAX},
        {"/24", ERR_SYNTAX},
        {"10.77.0.300", ERR_SYNTAX},
        {"10.0.0", ERR_SYNTAX},
        {"10.0.0.", ERR_SYNTAX},
        {"10.0.0.1.2", ERR_SYNTAX},
        {"10..0.1", ERR_SYNTAX},
        {"10.0.0.1,", ERR_SYNTAX},
        {"10.0.0.,1", ERR_SYNTAX},
        {"10.0.0.5-4", ERR_SYNTAX},
        {"10.0.0.1-2-3", ERR_SYNTAX},
        {"10.0.0.1-256", ERR_SYNTAX},
        {"10.0.0.**", ERR_SYNTAX},
        {"10.0.0.1/33", ERR_RANGE},
        {"10.0.0.1/", ERR_RANGE},
        {"10.0.0.1/-1", ERR_RANGE},
        {"10.0.0.1/a", ERR_RANGE},
        {"10.0.0.1/8/8", ERR_RANGE},
        {"x/abc", ERR_RANGE},
        {"fd77::1/129", ERR_RANGE},
        {"fd77:::1", ERR_SYNTAX},
        {"fe80::1%none", ERR_RANGE},
        {"a b", ERR_SYNTAX},
        {"-host", ERR_SYNTAX},
        {".host", ERR_SYNTAX},
        {"\xE2\x80\x93sS", ERR_SYNTAX},
        {"host%1", ERR_SYNTAX},
        {"a*b", ERR_SYNTAX},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        at = (struct err_at){0};
        const enum err e = targets_add(targets, span_str(cases[i].spec), &at);
        if (e != cases[i].code || at.code != e || !at.what)
            fail_msg("%s gives %d", cases[i].spec, (int)e);
    }
    assert_end(); // nothing of them is left
}

static void lengths_are_limited(void **state)
{
    (void)state;
    char text[LIMIT_SPEC + 1];
    memset(text, 'a', sizeof text);
    assert_int_equal(targets_add(targets, span_of(text, sizeof text), &at), ERR_LIMIT);
    assert_int_equal(targets_add(targets, span_of(text, LIMIT_NAME), &at), ERR_OK);
    assert_int_equal(targets_add(targets, span_of(text, LIMIT_NAME + 1), &at), ERR_SYNTAX);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(one_address),
        CASE(lists_and_ranges),
        CASE(open_ranges),
        CASE(the_odometer_turns_the_last_octet_first),
        CASE(every_prefix_length_has_its_block),
        CASE(a_prefix_on_ranges_widens_each_octet),
        CASE(the_whole_internet_costs_no_memory),
        CASE(nothing_is_dropped_between_specifications),
        CASE(the_first_address_of_a_name_is_scanned),
        CASE(only_the_resolved_address_of_a_block_has_the_name),
        CASE(a_name_is_taken_over_both_families),
        CASE(unknown_names_are_counted_and_skipped),
        CASE(both_families_in_one_run),
        CASE(large_blocks_carry_over),
        CASE(names_prefer_a_family),
        CASE(broken_specifications_have_a_reason),
        CASE(lengths_are_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
