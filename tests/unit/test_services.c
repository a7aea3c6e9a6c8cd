// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h> // needs those above

#include "builtin/builtin.h"
#include "model/services.h"

static struct arena run;
static struct set ports;
static struct err_at at;

static int setup(void **state)
{
    (void)state;
    arena_init(&run, "test");
    memset(&ports, 0, sizeof ports);
    memset(&at, 0, sizeof at);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_fini(&run);
    return 0;
}

static const struct services *parsed(const char *text)
{
    struct services *s;
    assert_int_equal(services_parse(&run, span_str(text), &s, &at), ERR_OK);
    return s;
}

static enum err refused(struct span text)
{
    struct services *s;
    return services_parse(&run, text, &s, &at);
}

static void assert_name(const struct services *s, enum proto proto, uint16_t port,
                        const char *expected)
{
    const struct span name = services_name(s, proto, port);
    assert_int_equal(name.len, strlen(expected));
    assert_memory_equal(name.ptr, expected, name.len);
}

static void names_are_found_by_protocol_and_port(void **state)
{
    (void)state;
    const struct services *s = parsed("# head\n"
                                      "ssh\t22/tcp\t0.18\t# comment\n"
                                      "\n"
                                      "  domain   53/UDP 0.2\r\n"
                                      "edge 65535/tcp 0.1\n"
                                      "zero 0/sctp 0.1#x\n"
                                      "unknown 8000/tcp 0.1\n"
                                      "other 9/dccp 0.1");
    assert_int_equal(at.code, ERR_OK);
    assert_name(s, PROTO_TCP, 22, "ssh");
    assert_name(s, PROTO_UDP, 53, "domain");
    assert_name(s, PROTO_TCP, 65535, "edge");
    assert_name(s, PROTO_SCTP, 0, "zero");
    assert_true(span_is_absent(services_name(s, PROTO_UDP, 22)));
    assert_name(s, PROTO_TCP, 8000, "unknown");
    assert_true(span_is_absent(services_name(s, PROTO_TCP, 9)));
}

static void the_first_record_of_a_port_wins(void **state)
{
    (void)state;
    const struct services *s = parsed("a 1/tcp 0.1\nb 1/tcp 0.9\nc 2/tcp 0.5\n");
    assert_name(s, PROTO_TCP, 1, "a");
    assert_int_equal(services_top(s, PROTO_TCP, 1, NULL, &ports), 1);
    assert_true(set_has(&ports, 2));
    assert_false(set_has(&ports, 1));
}

static void the_most_frequent_ports_come_first(void **state)
{
    (void)state;
    const struct services *s = parsed("a 10/tcp 0.2\nb 11/tcp 1/2\nc 12/tcp 0.2\n"
                                      "d 13/tcp 0.000001\ne 14/tcp\nf 15/tcp 3/4\nu 16/udp 0.9\n");
    assert_true(services_has_frequencies(s));
    assert_int_equal(services_top(s, PROTO_TCP, 3, NULL, &ports), 3);
    assert_true(set_has(&ports, 15) && set_has(&ports, 11) && set_has(&ports, 10));
    assert_false(set_has(&ports, 12)); // same as 10, later in the file
    assert_int_equal(services_top(s, PROTO_TCP, 5, NULL, &ports), 5);
    assert_true(set_has(&ports, 13));
    assert_false(set_has(&ports, 14));
    assert_int_equal(services_top(s, PROTO_TCP, 1000, NULL, &ports), 6);
    assert_int_equal(services_top(s, PROTO_SCTP, 5, NULL, &ports), 0);
    assert_int_equal(services_top(s, PROTO_TCP, 0, NULL, &ports), 0);
    assert_false(set_has(&ports, 16));
}

static void the_choice_can_be_narrowed(void **state)
{
    (void)state;
    const struct services *s = parsed("a 10/tcp 0.2\nb 11/tcp 0.5\nc 12/tcp 0.1\nd 13/tcp\n");
    struct set within = {0};
    set_add(&within, 10);
    set_add(&within, 12);
    set_add(&within, 99);
    assert_int_equal(services_top(s, PROTO_TCP, 1, &within, &ports), 1);
    assert_true(set_has(&ports, 10));
    assert_false(set_has(&ports, 11));
    assert_int_equal(services_top(s, PROTO_TCP, 9, &within, &ports), 2);
    memset(&ports, 0, sizeof ports);
    assert_int_equal(services_frequent(s, PROTO_TCP, 0.2, NULL, &ports), 2);
    assert_true(set_has(&ports, 10) && set_has(&ports, 11));
    assert_int_equal(services_frequent(s, PROTO_TCP, 0.15, &within, &ports), 1);
    assert_int_equal(services_frequent(s, PROTO_TCP, 0, NULL, &ports), 4);
}

static void a_table_without_frequencies_says_so(void **state)
{
    (void)state;
    const struct services *s = parsed("smtp 25/tcp mail\nhttp 80/tcp www # web\nx 1/udp\n");
    assert_false(services_has_frequencies(s));
    assert_name(s, PROTO_TCP, 80, "http");
    assert_int_equal(services_listed(s, PROTO_TCP, 1, 65535, &ports), 2);
}

static void patterns_match_whole_names_without_case(void **state)
{
    (void)state;
    const struct services *s = parsed("http 80/tcp\nhttps 443/tcp\nhttp-alt 8080/tcp\nshttp 9/tcp\n"
                                      "unknown 10/tcp\nhttp 80/udp\nftp 21/tcp\n");
    assert_int_equal(services_match(s, PROTO_TCP, SPAN("http"), &ports), 1);
    assert_true(set_has(&ports, 80));
    assert_int_equal(services_match(s, PROTO_TCP, SPAN("HTTP*"), &ports), 3);
    assert_int_equal(services_match(s, PROTO_TCP, SPAN("*http*"), &ports), 4);
    assert_int_equal(services_match(s, PROTO_TCP, SPAN("?ttp"), &ports), 1);
    assert_int_equal(services_match(s, PROTO_TCP, SPAN("?ttp?"), &ports), 1);
    assert_int_equal(services_match(s, PROTO_TCP, SPAN("*t*t*p*-*"), &ports), 1);
    assert_int_equal(services_match(s, PROTO_TCP, SPAN("*"), &ports), 5);
    assert_int_equal(services_match(s, PROTO_TCP, SPAN(""), &ports), 0);
    assert_int_equal(services_match(s, PROTO_TCP, SPAN("unknown"), &ports), 0);
    assert_false(set_has(&ports, 10));
}

static void listed_ports_are_taken_from_a_range(void **state)
{
    (void)state;
    const struct services *s = parsed("a 1/tcp\nb 5/tcp\nunknown 9/tcp\nd 10/tcp\ne 5/udp\n");
    assert_int_equal(services_listed(s, PROTO_TCP, 5, 9, &ports), 2);
    assert_true(set_has(&ports, 5) && set_has(&ports, 9));
    assert_false(set_has(&ports, 1) || set_has(&ports, 10));
}

static void the_first_broken_line_is_told_and_the_rest_used(void **state)
{
    (void)state;
    const struct services *s = parsed("ok 1/tcp 0.1\nbad 70000/tcp\nworse x/tcp\nok2 2/tcp 0.1\n");
    assert_int_equal(at.code, ERR_RANGE);
    assert_int_equal(at.line, 2);
    assert_string_equal(at.token, "70000/tcp");
    assert_name(s, PROTO_TCP, 2, "ok2");
}

static void broken_lines_have_a_reason(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum err code;
    } cases[] = {
        {"name", ERR_SYNTAX},
        {"name 22", ERR_SYNTAX},
        {"name /tcp", ERR_SYNTAX},
        {"name -1/tcp", ERR_SYNTAX},
        {"name 65536/tcp", ERR_RANGE},
        {"name 99999999999999999999/tcp", ERR_SYNTAX},
        {"name 1/tcp 0.", ERR_SYNTAX},
        {"name 1/tcp 0.1x", ERR_SYNTAX},
        {"name 1/tcp 1.0", ERR_SYNTAX},
        {"name 1/tcp 2/1", ERR_SYNTAX},
        {"name 1/tcp 0/0", ERR_SYNTAX},
        {"name 1/tcp 1/2/3", ERR_SYNTAX},
        {"", ERR_SYNTAX},
        {"# only words", ERR_SYNTAX},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(refused(span_str(cases[i].line)), cases[i].code);
}

static void limits_are_errors(void **state)
{
    (void)state;
    static char line[4096];
    memset(line, 'n', sizeof line);
    memcpy(line + 127, " 1/tcp", 6);
    assert_int_equal(refused(span_of(line, 133)), ERR_OK);
    memset(line, 'n', sizeof line);
    memcpy(line + 128, " 1/tcp", 6);
    assert_int_equal(refused(span_of(line, 134)), ERR_LIMIT);
    memset(line, ' ', sizeof line);
    memcpy(line, "a 1/tcp", 7);
    assert_int_equal(refused(span_of(line, 2047)), ERR_OK);
    assert_int_equal(refused(span_of(line, 2048)), ERR_LIMIT);
}

static void nul_bytes_are_part_of_a_name(void **state)
{
    (void)state;
    struct services *s;
    assert_int_equal(services_parse(&run, SPAN("a\0b 1/tcp\n"), &s, NULL), ERR_OK);
    assert_int_equal(services_name(s, PROTO_TCP, 1).len, 3);
}

// Every ranking of a few hundred pseudo random records is falling and keeps file order in ties.
static void rankings_are_stable(void **state)
{
    (void)state;
    static char text[400 * 32];
    size_t len = 0;
    uint32_t x = 1;
    unsigned level[400];
    for (unsigned i = 0; i < 400; i++) {
        x = x * 1664525u + 1013904223u;
        level[i] = x >> 29;
        len += (size_t)snprintf(text + len, sizeof text - len, "p %u/tcp 0.%u\n", i, level[i]);
    }
    const struct services *s = parsed(text);
    uint32_t n = 0;
    for (unsigned want = 8; want-- > 0;) {
        for (unsigned i = 0; i < 400; i++) {
            if (level[i] != want)
                continue;
            memset(&ports, 0, sizeof ports);
            (void)services_top(s, PROTO_TCP, n, NULL, &ports);
            assert_false(set_has(&ports, (uint16_t)i));
            (void)services_top(s, PROTO_TCP, ++n, NULL, &ports);
            assert_true(set_has(&ports, (uint16_t)i));
        }
    }
    assert_int_equal(n, 400);
}

static void the_builtin_table_is_complete(void **state)
{
    (void)state;
    struct services *s;
    assert_int_equal(services_parse(&run, builtin_services, &s, &at), ERR_OK);
    assert_int_equal(at.code, ERR_OK);
    assert_int_equal(services_top(s, PROTO_TCP, 1000, NULL, &ports), 1000);
    assert_int_equal(services_top(s, PROTO_UDP, 150, NULL, &ports), 150);
    memset(&ports, 0, sizeof ports);
    assert_int_equal(services_top(s, PROTO_TCP, 6, NULL, &ports), 6);
    assert_true(set_has(&ports, 80) && set_has(&ports, 443) && set_has(&ports, 22) &&
                set_has(&ports, 21) && set_has(&ports, 23) && set_has(&ports, 25));
    assert_name(s, PROTO_TCP, 22, "ssh");
    assert_name(s, PROTO_UDP, 161, "snmp");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(names_are_found_by_protocol_and_port),
        CASE(the_first_record_of_a_port_wins),
        CASE(the_most_frequent_ports_come_first),
        CASE(the_choice_can_be_narrowed),
        CASE(a_table_without_frequencies_says_so),
        CASE(patterns_match_whole_names_without_case),
        CASE(listed_ports_are_taken_from_a_range),
        CASE(the_first_broken_line_is_told_and_the_rest_used),
        CASE(broken_lines_have_a_reason),
        CASE(limits_are_errors),
        CASE(nul_bytes_are_part_of_a_name),
        CASE(rankings_are_stable),
        CASE(the_builtin_table_is_complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
