// SPDX-License-Identifier: Apache-2.0
// Who answers for a host, and how many there are behind its address; and whom nothing is said of.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check.h"
#include "model/host.h"
#include "verdict/path.h"

static struct arena arena;
static struct port ports[8];
static struct synack synacks[8];
static struct host host;
static struct finding found[PATH_FINDINGS_MAX];

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, "test");
    host = (struct host){.has_ports = true, .ports = ports, .synacks = synacks};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_fini(&arena);
    return 0;
}

static void add_port(uint16_t number, enum port_state state, uint8_t ttl)
{
    const enum reason reason = state == PORT_OPEN ? REASON_SYN_ACK : REASON_RESET;
    ports[host.n_ports++] =
        (struct port){number, PROTO_TCP, (uint8_t)state, (uint8_t)reason, ttl, 0};
    if (state == PORT_OPEN)
        synacks[host.n_synacks++] =
            (struct synack){.port = number, .window = 64240, .mss = 1460, .ttl = ttl, .df = true};
}

static uint32_t find(void)
{
    return path_findings(&arena, &host, found);
}

static void check_text(struct span s, const char *want)
{
    assert_int_equal(s.len, strlen(want));
    assert_memory_equal(s.ptr, want, s.len);
}

static void one_machine_is_nothing_special(void **state)
{
    (void)state;
    assert_int_equal(find(), 0);
    add_port(22, PORT_OPEN, 63);
    add_port(80, PORT_OPEN, 63);
    add_port(81, PORT_CLOSED, 254); // resets have another TTL: that is one stack's own
    add_port(82, PORT_CLOSED, 254);
    assert_int_equal(find(), 0);
    synacks[1].window = 8192; // an application may choose its window, or its MSS
    assert_int_equal(find(), 0);
    synacks[1].window = 64240;
    synacks[1].mss = 1200;
    assert_int_equal(find(), 0);
}

static void nearer_answers_are_of_the_path(void **state)
{
    (void)state;
    add_port(22, PORT_OPEN, 61);
    add_port(80, PORT_CLOSED, 61);
    add_port(81, PORT_CLOSED, 61);
    add_port(113, PORT_CLOSED, 63);
    assert_int_equal(find(), 1);
    assert_int_equal(found[0].kind, FINDING_PATH);
    check_text(found[0].ports, "113");
    check_text(found[0].text,
               "resets of 113/tcp came over 1 hop, those of other ports over 3 hops: "
               "forged by something on the path");
    ports[3].ttl = 59; // from farther away: some stacks copy the TTL of the probe
    assert_int_equal(find(), 0);
}

static void a_proxy_is_nearer(void **state)
{
    (void)state;
    add_port(22, PORT_OPEN, 125);
    add_port(25, PORT_OPEN, 125);
    add_port(80, PORT_OPEN, 63);
    assert_int_equal(find(), 2);
    assert_int_equal(found[0].kind, FINDING_STACKS);
    check_text(found[0].ports, "22,25 | 80");
    assert_int_equal(found[1].kind, FINDING_PATH);
    check_text(found[1].ports, "80");
}

static void forwarded_ports_are_farther(void **state)
{
    (void)state;
    host.has_mac = true;
    add_port(22, PORT_OPEN, 64);
    add_port(80, PORT_OPEN, 63);
    add_port(443, PORT_OPEN, 63);
    assert_int_equal(find(), 2);
    assert_int_equal(found[1].kind, FINDING_CONTAINER);
    check_text(found[1].ports, "80,443");
    check_text(found[1].text,
               "SYN-ACKs of 80,443/tcp came over 1 hop, those of other ports over 0 hops, all "
               "alike: a container or virtual machine behind its host");
    synacks[1].window = 8192; // another stack than the host's
    assert_int_equal(find(), 2);
    assert_int_equal(found[1].kind, FINDING_BEHIND);
}

static void stacks_differ_in_more_than_one_thing(void **state)
{
    (void)state;
    add_port(22, PORT_OPEN, 64);
    add_port(80, PORT_OPEN, 64);
    synacks[1].window = 65535;
    synacks[1].mss = 1380;
    assert_int_equal(find(), 1);
    assert_int_equal(found[0].kind, FINDING_STACKS);
    synacks[1] = synacks[0];
    synacks[1].df = false;
    assert_int_equal(find(), 1);
}

static void no_window_is_a_proxy(void **state)
{
    (void)state;
    add_port(22, PORT_OPEN, 64);
    add_port(80, PORT_OPEN, 64);
    synacks[1].window = 0;
    assert_int_equal(find(), 1);
    assert_int_equal(found[0].kind, FINDING_PROXY);
    check_text(found[0].ports, "80");
    synacks[0].window = 0; // all alike: some stacks are like that
    assert_int_equal(find(), 0);
}

static void long_lists_are_cut(void **state)
{
    (void)state;
    static struct port many[1000];
    host.ports = many;
    host.n_ports = 1000;
    for (uint16_t i = 0; i < 1000; i++)
        many[i] = (struct port){i, PROTO_TCP, PORT_CLOSED, REASON_RESET, i < 600 ? 60 : 63, 0};
    assert_int_equal(find(), 1);
    assert_true(found[0].ports.len < 100);
    assert_memory_equal(found[0].ports.ptr + found[0].ports.len - 4, ",...", 4);
}

// What answers alike on every address, also where nobody is, is the path.
static void a_network_tells_what_its_path_does(void **state)
{
    (void)state;
    static struct path_tally t;
    uint32_t next = 0;
    memset(&t, 0, sizeof t);
    for (int i = 0; i < 10; i++) {
        host.n_ports = host.n_synacks = 0;
        if (i < 5)
            add_port(22, PORT_OPEN, 63);
        add_port(113, PORT_CLOSED, 64);
        ports[host.n_ports++] = (struct port){200, PROTO_TCP, PORT_FILTERED, 0, 0, 0};
        path_add(&t, &host);
    }
    check_text(path_say(&arena, &t, &next),
               "Path: port 113/tcp is answered by the path, not by the hosts: closed from 0 hops "
               "away on 10 of 10 addresses, 5 of which answer nothing else");
    assert_true(span_is_absent(path_say(&arena, &t, &next)));
}

// Ten alike servers with one port open each are ten servers... unless some have nothing else.
static void a_crowd_of_servers_is_no_path(void **state)
{
    (void)state;
    static struct path_tally t;
    uint32_t next = 0;
    memset(&t, 0, sizeof t);
    for (int i = 0; i < 10; i++) {
        host.n_ports = host.n_synacks = 0;
        add_port(80, PORT_OPEN, 63);
        for (uint16_t k = 0; k < 6; k++)
            add_port((uint16_t)(200 + k), PORT_CLOSED, 63);
        path_add(&t, &host);
    }
    assert_true(span_is_absent(path_say(&arena, &t, &next)));
}

// The same where all else is filtered: they may be kept alike.
static void a_crowd_behind_filters_is_no_path(void **state)
{
    (void)state;
    static struct path_tally t;
    uint32_t next = 0;
    memset(&t, 0, sizeof t);
    for (int i = 0; i < 10; i++) {
        host.n_ports = host.n_synacks = 0;
        add_port(443, PORT_OPEN, 53);
        ports[host.n_ports++] = (struct port){200, PROTO_TCP, PORT_FILTERED, 0, 0, 0};
        path_add(&t, &host);
    }
    assert_true(span_is_absent(path_say(&arena, &t, &next)));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(one_machine_is_nothing_special),
        CASE(nearer_answers_are_of_the_path),
        CASE(a_proxy_is_nearer),
        CASE(forwarded_ports_are_farther),
        CASE(stacks_differ_in_more_than_one_thing),
        CASE(no_window_is_a_proxy),
        CASE(long_lists_are_cut),
        CASE(a_network_tells_what_its_path_does),
        CASE(a_crowd_of_servers_is_no_path),
        CASE(a_crowd_behind_filters_is_no_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
