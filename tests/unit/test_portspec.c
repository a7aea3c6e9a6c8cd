// SPDX-License-Identifier: Apache-2.0
// Rows of scanning spec 3.1 for TCP and UDP.
#include "base/arena.h"
#include "check.h"
#include "model/services.h"
#include "stage/portspec.h"

static struct arena run;
static struct services *services;
static struct portspec spec;
static struct err_at at;

static int setup(void **state)
{
    (void)state;
    arena_init(&run, "test");
    memset(&at, 0, sizeof at);
    return services_parse(&run,
                          SPAN("ftp-data 20/tcp\nftp 21/tcp\nssh 22/tcp\ntelnet 23/tcp\n"
                               "domain 53/udp\ndomain 53/tcp\nhttp 80/tcp\nhttp 80/udp\n"
                               "ftps 990/tcp\n3com 1106/tcp\nhttp-alt 8080/tcp\n"),
                          &services, NULL) != ERR_OK;
}

static int teardown(void **state)
{
    (void)state;
    arena_fini(&run);
    return 0;
}

// The set as text: "1-3,7".
static const char *shown(const struct set *s)
{
    static char text[256];
    struct buf b;
    buf_init(&b, text, sizeof text - 1);
    for (unsigned v = 0; v < 65536; v++) {
        if (!set_has(s, (uint16_t)v))
            continue;
        const unsigned first = v;
        while (v < 65535 && set_has(s, (uint16_t)(v + 1)))
            v++;
        if (buf_len(&b) > 0)
            buf_char(&b, ',');
        buf_dec(&b, first);
        if (v > first) {
            buf_char(&b, '-');
            buf_dec(&b, v);
        }
    }
    text[buf_len(&b)] = '\0';
    return text;
}

static void assert_ports(const char *text, const char *tcp, const char *udp)
{
    if (portspec_parse(services, span_str(text), PORTSPEC_TCP, &spec, &at) != ERR_OK)
        fail_msg("%s is refused: %s", text, at.what);
    assert_string_equal(shown(&spec.of[PROTO_TCP]), tcp);
    assert_string_equal(shown(&spec.of[PROTO_UDP]), udp);
    assert_int_equal(spec.n[PROTO_TCP], set_count(&spec.of[PROTO_TCP]));
    assert_int_equal(spec.n[PROTO_UDP], set_count(&spec.of[PROTO_UDP]));
}

static void numbers_and_ranges(void **state)
{
    (void)state;
    assert_ports("22", "22", "");
    assert_int_equal(spec.n[PROTO_TCP], 1);
    assert_ports("22,80,443", "22,80,443", "");
    assert_ports("80-90", "80-90", "");
    assert_ports("7-7", "7", "");
    assert_ports("00022", "22", "");
    assert_ports("65535", "65535", "");
}

static void open_ranges(void **state)
{
    (void)state;
    assert_ports("-", "1-65535", "");
    assert_int_equal(spec.n[PROTO_TCP], 65535);
    assert_ports("-10", "1-10", "");
    assert_ports("65530-", "65530-65535", "");
    assert_ports("0", "0", "");
    assert_ports("0-3", "0-3", "");
    assert_ports("0-", "0-65535", "");
    assert_int_equal(spec.n[PROTO_TCP], 65536);
}

static void names_and_patterns(void **state)
{
    (void)state;
    assert_ports("ssh,http,ftp*", "20-22,80,990", "");
    assert_ports("?ttp", "80", "");
    assert_ports("?com", "1106", "");
    assert_ports("hTTp", "80", "");
    assert_ports("22,ssh", "22", "");
    assert_ports("*", "20-23,53,80,990,1106,8080", "");
}

static void brackets_keep_what_is_listed(void **state)
{
    (void)state;
    assert_ports("[1-25]", "20-23", "");
    assert_ports("[1-25", "20-23", "");
    assert_ports("[1-21,80],81", "20-21,80-81", "");
    assert_ports("[ 1-22 ],5", "5,20-22", "");
    assert_ports("[ssh]", "22", "");
    assert_ports("[-]", "20-23,53,80,990,1106,8080", "");
}

static void prefixes_stay_until_the_next(void **state)
{
    (void)state;
    assert_ports("T:80,U:53,54,T:81", "80-81", "53-54");
    assert_ports("U:53", "", "53");
    assert_ports("22,U:http", "22", "80");
    assert_ports("U:[1-100]", "", "53,80");
    assert_ports("T: 80", "80", "");
}

static void parts_without_prefix_go_to_all_protocols(void **state)
{
    (void)state;
    enum { BOTH = PORTSPEC_TCP | PORTSPEC_UDP };
    assert_int_equal(portspec_parse(services, SPAN("1-2,U:53,T:80"), BOTH, &spec, &at), ERR_OK);
    assert_string_equal(shown(&spec.of[PROTO_TCP]), "1-2,80");
    assert_string_equal(shown(&spec.of[PROTO_UDP]), "1-2,53");
    assert_int_equal(portspec_parse(services, SPAN("[http,1-60]"), BOTH, &spec, &at), ERR_OK);
    assert_string_equal(shown(&spec.of[PROTO_TCP]), "20-23,53,80");
    assert_string_equal(shown(&spec.of[PROTO_UDP]), "53,80");
    assert_int_equal(portspec_parse(services, SPAN("T:9"), PORTSPEC_UDP, &spec, &at), ERR_OK);
    assert_string_equal(shown(&spec.of[PROTO_TCP]), "9");
    assert_int_equal(spec.n[PROTO_UDP], 0);
}

static void a_prefix_inside_brackets_ends_with_them(void **state)
{
    (void)state;
    assert_ports("[U:1-100],443", "443", "53,80");
    assert_ports("[T:1-22,U:53],7", "7,20-22", "53");
    assert_ports("U:[T:1-22],7", "20-22", "7");
}

static void blanks_and_one_trailing_comma(void **state)
{
    (void)state;
    assert_ports("22 , 80", "22,80", "");
    assert_ports(" 22", "22", "");
    assert_ports("22,", "22", "");
}

static void duplicates_are_noticed(void **state)
{
    (void)state;
    assert_ports("22,80", "22,80", "");
    assert_false(spec.has_duplicates);
    assert_ports("22,20-23", "20-23", "");
    assert_true(spec.has_duplicates);
    assert_ports("22,U:22", "22", "22");
    assert_false(spec.has_duplicates);
}

static void broken_lists_tell_the_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum err code;
        uint32_t col;
    } cases[] = {
        {"80-22", ERR_RANGE, 1},   {"70000", ERR_RANGE, 1},
        {"1,65536", ERR_RANGE, 3}, {"22x", ERR_RANGE, 1},
        {"22-x", ERR_RANGE, 1},    {"X:22", ERR_SYNTAX, 1},
        {"5,X:22", ERR_SYNTAX, 3}, {",22", ERR_SYNTAX, 1},
        {",", ERR_SYNTAX, 1},      {"22,,80", ERR_SYNTAX, 4},
        {"22,,", ERR_SYNTAX, 4},   {"1-3]", ERR_SYNTAX, 1},
        {"[[1]]", ERR_RANGE, 2},   {"[1,[2]]", ERR_SYNTAX, 4},
        {"nobody", ERR_RANGE, 1},  {"SSH", ERR_RANGE, 1},
        {"3com", ERR_RANGE, 1},    {"1-2-3", ERR_RANGE, 1},
        {"--", ERR_RANGE, 1},      {"", ERR_SYNTAX, 1},
        {" ", ERR_SYNTAX, 2},      {"T:", ERR_SYNTAX, 3},
        {"[", ERR_SYNTAX, 2},      {"[]", ERR_SYNTAX, 2},
        {"[1-3]", ERR_RANGE, 1},   {"s:22", ERR_SYNTAX, 1},
        {"P:256", ERR_RANGE, 3},   {"t:22", ERR_SYNTAX, 1},
        {"[X:1]", ERR_SYNTAX, 2},  {"99999999999999999999", ERR_RANGE, 1},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        at = (struct err_at){0};
        const enum err e =
            portspec_parse(services, span_str(cases[i].text), PORTSPEC_TCP, &spec, &at);
        if (e != cases[i].code || at.code != e || at.col != cases[i].col || !at.what)
            fail_msg("%s gives %d at %u", cases[i].text, (int)e, (unsigned)at.col);
    }
    assert_int_not_equal(portspec_parse(services, SPAN("x"), PORTSPEC_TCP, &spec, NULL), ERR_OK);
    assert_int_equal(portspec_parse(services, span_str(NULL), PORTSPEC_TCP, &spec, &at), ERR_RANGE);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(numbers_and_ranges),
        CASE(open_ranges),
        CASE(names_and_patterns),
        CASE(brackets_keep_what_is_listed),
        CASE(prefixes_stay_until_the_next),
        CASE(parts_without_prefix_go_to_all_protocols),
        CASE(a_prefix_inside_brackets_ends_with_them),
        CASE(blanks_and_one_trailing_comma),
        CASE(duplicates_are_noticed),
        CASE(broken_lists_tell_the_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
