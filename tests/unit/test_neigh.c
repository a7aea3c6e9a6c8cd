// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "check.h"
#include "engine/neigh.h"

enum { OWN = 0xC0000201, HOST = 0xC0000207 };

static struct arena run;
static struct timers timers;
static struct neigh_table table;
static const struct engine_config cfg = {.arp_tries = 3, .arp_timeout_ns = 100};
static struct path path;
static int n_asked;

struct waiter {
    struct resolve_wait wait; // first
    int n;
    bool has_mac;
    uint8_t last;
};

static void on_ask(void *ctx, uint32_t iface, const struct ip_addr *own, const struct ip_addr *addr)
{
    (void)ctx;
    assert_int_equal(iface, 2);
    assert_int_equal(ip_v4_u32(own), OWN);
    assert_true(ip_v4_u32(addr) >= HOST);
    n_asked++;
}

static void on_done(void *ctx, const struct mac_addr *mac)
{
    struct waiter *w = ctx;
    w->n++;
    w->has_mac = mac != NULL;
    w->last = mac ? mac->byte[5] : 0;
}

static void begin(struct waiter *w, uint64_t now_ns)
{
    *w = (struct waiter){.wait = {.done = on_done, .ctx = w}};
    neigh_wait(&table, &path, &w->wait, now_ns);
}

static struct arp_pkt reply(uint8_t last)
{
    return (struct arp_pkt){
        .op = ARP_REPLY, .sha = {{2, 0, 0, 0, 0, last}}, .spa = ip_v4(HOST), .tpa = ip_v4(OWN)};
}

static int setup(void **state)
{
    (void)state;
    arena_init(&run, "test");
    timers = (struct timers){0};
    neigh_init(&table, &run, &timers, &cfg);
    table.ask = on_ask;
    path = (struct path){.route = {.iface = 2, .src = ip_v4(OWN)}, .next_hop = ip_v4(HOST)};
    n_asked = 0;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    neigh_fini(&table);
    timers_fini(&timers);
    arena_fini(&run);
    return 0;
}

static void one_question_serves_all_waiters(void **state)
{
    (void)state;
    struct waiter a, b;
    const struct ip_addr host = ip_v4(HOST);
    begin(&a, 0);
    begin(&b, 10);
    assert_int_equal(n_asked, 1);
    const struct arp_pkt p = reply(7);
    neigh_reply(&table, &p, 50);
    assert_int_equal(a.n + b.n, 0); // not from within
    assert_int_equal(neigh_known(&table, &host)->byte[5], 7);
    timers_run(&timers, 50);
    assert_int_equal(a.n, 1);
    assert_int_equal(b.n, 1);
    assert_true(a.has_mac && b.has_mac);
    timers_run(&timers, 100000);
    assert_int_equal(n_asked, 1);
    assert_int_equal(a.n, 1);
}

static void the_answer_is_timed_from_when_the_question_left(void **state)
{
    (void)state;
    struct waiter a, late;
    begin(&a, 0);
    neigh_sent(&table, 3000);
    const struct arp_pkt p = reply(7);
    neigh_reply(&table, &p, 43000);
    timers_run(&timers, 9000000); // woken long after
    assert_int_equal(a.wait.rtt_us, 40);
    begin(&late, 9000000);
    timers_run(&timers, 9000000);
    assert_int_equal(late.wait.rtt_us, 40);
}

static void a_second_question_leaves_the_time_unknown(void **state)
{
    (void)state;
    struct waiter a;
    begin(&a, 0);
    neigh_sent(&table, 1);
    timers_run(&timers, 100);
    neigh_sent(&table, 101);
    const struct arp_pkt p = reply(7);
    neigh_reply(&table, &p, 150);
    timers_run(&timers, 150);
    assert_int_equal(a.wait.rtt_us, -1);
}

static void patience_doubles_until_the_tries_are_used(void **state)
{
    (void)state;
    static const uint64_t asks[] = {0, 100, 300}; // then 700: nobody answered
    struct waiter a;
    const struct ip_addr host = ip_v4(HOST);
    begin(&a, 0);
    for (uint64_t now = 0; now < 700; now++) {
        timers_run(&timers, now);
        assert_int_equal(n_asked, 1 + (now >= asks[1]) + (now >= asks[2]));
        assert_int_equal(a.n, 0);
    }
    timers_run(&timers, 700);
    assert_int_equal(a.n, 1);
    assert_false(a.has_mac);
    assert_null(neigh_known(&table, &host));
}

static void after_a_failure_it_is_asked_anew_and_late_replies_count(void **state)
{
    (void)state;
    struct waiter a, b;
    const struct ip_addr host = ip_v4(HOST);
    begin(&a, 0);
    for (uint64_t now = 100; now <= 700; now += 100)
        timers_run(&timers, now);
    assert_int_equal(a.n, 1);
    begin(&b, 1000);
    assert_int_equal(n_asked, 4);
    for (uint64_t now = 1100; now <= 1700; now += 100)
        timers_run(&timers, now);
    assert_int_equal(b.n, 1);
    const struct arp_pkt p = reply(9);
    neigh_reply(&table, &p, 2000);
    assert_int_equal(neigh_known(&table, &host)->byte[5], 9);
    begin(&a, 3000);
    assert_int_equal(a.n, 0);
    timers_run(&timers, 3000);
    assert_int_equal(a.n, 1);
    assert_int_equal(a.last, 9);
    assert_int_equal(n_asked, 6);
}

static void only_answers_to_questions_are_believed(void **state)
{
    (void)state;
    struct waiter a;
    const struct ip_addr host = ip_v4(HOST);
    struct arp_pkt p = reply(6);
    neigh_reply(&table, &p, 0);
    assert_null(neigh_known(&table, &host)); // not asked
    begin(&a, 0);
    p.op = ARP_REQUEST;
    neigh_reply(&table, &p, 1);
    p = reply(6);
    p.tpa = ip_v4(OWN + 1); // to somebody else
    neigh_reply(&table, &p, 1);
    p = reply(6);
    p.spa = ip_v4(HOST + 1);
    neigh_reply(&table, &p, 1);
    assert_null(neigh_known(&table, &host));
    p = reply(7);
    neigh_reply(&table, &p, 2);
    p = reply(8); // the first answer stands
    neigh_reply(&table, &p, 3);
    timers_run(&timers, 3);
    assert_int_equal(a.last, 7);
}

static void who_left_is_not_told(void **state)
{
    (void)state;
    struct waiter a, b, c;
    begin(&a, 0);
    begin(&b, 0);
    begin(&c, 0);
    neigh_unwait(&table, &path, &b.wait);
    neigh_unwait(&table, &path, &b.wait); // twice is harmless
    const struct arp_pkt p = reply(7);
    neigh_reply(&table, &p, 1);
    timers_run(&timers, 1);
    assert_int_equal(a.n, 1);
    assert_int_equal(b.n, 0);
    assert_int_equal(c.n, 1);
    struct path other = path;
    other.next_hop = ip_v4(HOST + 1);
    neigh_unwait(&table, &other, &a.wait);
}

// A large link, whoever is there: what is remembered has a limit, and who is forgotten is asked
// anew.
static void of_a_large_link_the_last_are_remembered(void **state)
{
    (void)state;
    enum { MANY = 3 * LIMIT_NEIGHBORS };
    struct waiter w;
    uint64_t now = 0;
    for (uint32_t i = 0; i < MANY; i++) {
        path.next_hop = ip_v4(HOST + i);
        begin(&w, now);
        neigh_sent(&table, now);
        struct arp_pkt p = reply(7);
        p.spa = path.next_hop;
        if (i % 2 == 0)
            neigh_reply(&table, &p, now);
        for (; w.n == 0; now += 100)
            timers_run(&timers, now);
        assert_int_equal(w.has_mac, i % 2 == 0);
    }
    assert_int_equal(table.by_addr.n, LIMIT_NEIGHBORS + LIMIT_SILENT);
    const struct ip_addr first = ip_v4(HOST), last = ip_v4(HOST + MANY - 2);
    assert_null(neigh_known(&table, &first));
    assert_non_null(neigh_known(&table, &last));
    const int before = n_asked;
    path.next_hop = first;
    begin(&w, now);
    assert_int_equal(n_asked, before + 1);
    const struct arp_pkt p = reply(9);
    neigh_reply(&table, &p, now);
    timers_run(&timers, now);
    assert_int_equal(w.last, 9);
    assert_int_equal(table.by_addr.n, LIMIT_NEIGHBORS + LIMIT_SILENT);
}

static void silent_ones_drive_nobody_out(void **state)
{
    (void)state;
    struct waiter w;
    const struct ip_addr real = ip_v4(HOST);
    const struct arp_pkt p = reply(7);
    uint64_t now = 0;
    for (uint32_t i = 0; i < 3 * LIMIT_NEIGHBORS; i++) {
        path.next_hop = ip_v4(HOST + i);
        begin(&w, now);
        neigh_sent(&table, now);
        if (i == 0)
            neigh_reply(&table, &p, now);
        for (; w.n == 0; now += 100)
            timers_run(&timers, now);
    }
    assert_int_equal(table.by_addr.n, 1 + LIMIT_SILENT);
    assert_non_null(neigh_known(&table, &real));
    const int before = n_asked;
    path.next_hop = real;
    begin(&w, now);
    timers_run(&timers, now);
    assert_true(w.has_mac);
    assert_int_equal(n_asked, before);
}

// It is remembered like others from then on.
static void a_silent_one_may_answer_late(void **state)
{
    (void)state;
    struct waiter w;
    const struct ip_addr late = ip_v4(HOST);
    const struct arp_pkt p = reply(7);
    uint64_t now = 0;
    for (uint32_t i = 0; i < 2 * LIMIT_SILENT; i++) {
        path.next_hop = ip_v4(HOST + i);
        begin(&w, now);
        neigh_sent(&table, now);
        for (; w.n == 0; now += 100)
            timers_run(&timers, now);
        if (i == LIMIT_SILENT - 1) {
            neigh_reply(&table, &p, now);
            timers_run(&timers, now);
        }
    }
    assert_int_equal(table.by_addr.n, 1 + LIMIT_SILENT);
    assert_non_null(neigh_known(&table, &late));
}

static uint64_t turn_ns;

static uint64_t on_ready(void *ctx)
{
    (void)ctx;
    return turn_ns;
}

static void requests_wait_for_their_turn(void **state)
{
    (void)state;
    struct waiter a, b, c;
    table.ready = on_ready;
    turn_ns = 1000;
    begin(&a, 0);
    path.next_hop = ip_v4(HOST + 1);
    begin(&b, 0);
    path.next_hop = ip_v4(HOST + 2);
    begin(&c, 0);
    neigh_unwait(&table, &path, &c.wait); // nobody wants to know any more
    timers_run(&timers, 900);
    assert_int_equal(n_asked, 0);
    assert_int_equal(table.n_in_line, 3);
    turn_ns = 0;
    timers_run(&timers, 1000);
    assert_int_equal(n_asked, 2);
    assert_int_equal(table.n_in_line, 0);
    timers_run(&timers, 1099);
    assert_int_equal(n_asked, 2); // patience begins when it is asked
    timers_run(&timers, 1100);
    assert_int_equal(n_asked, 4);
    for (uint64_t now = 1200; now <= 1700; now += 100)
        timers_run(&timers, now);
    assert_int_equal(a.n + b.n, 2);
    assert_int_equal(c.n, 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(one_question_serves_all_waiters),
        CASE(the_answer_is_timed_from_when_the_question_left),
        CASE(a_second_question_leaves_the_time_unknown),
        CASE(patience_doubles_until_the_tries_are_used),
        CASE(after_a_failure_it_is_asked_anew_and_late_replies_count),
        CASE(only_answers_to_questions_are_believed),
        CASE(who_left_is_not_told),
        CASE(requests_wait_for_their_turn),
        CASE(of_a_large_link_the_last_are_remembered),
        CASE(silent_ones_drive_nobody_out),
        CASE(a_silent_one_may_answer_late),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
