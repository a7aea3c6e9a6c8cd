// SPDX-License-Identifier: Apache-2.0
// Which differences tell of the host, and which only of the measuring.
#include "check.h"
#include "sample_host.h"
#include "saved/compare.h"

static struct arena arena;
static struct host before;
static struct host after;
static uint32_t n_changes, n_noise;
static struct difference last;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, "test");
    sample_host(&arena, &before);
    sample_host(&arena, &after);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_fini(&arena);
    return 0;
}

static void on_difference(void *ctx, const struct difference *d)
{
    (void)ctx;
    *(d->noise ? &n_noise : &n_changes) += 1;
    last = *d;
}

static void compare(uint32_t changes, uint32_t noise)
{
    n_changes = n_noise = 0;
    compare_hosts(&arena, &before, &after, on_difference, NULL);
    assert_int_equal(n_changes, changes);
    assert_int_equal(n_noise, noise);
}

static struct service *service_at(struct host *h, uint32_t i)
{
    return (struct service *)&h->services[i]; // of the sample, which is ours
}

static void equal_hosts_have_none(void **state)
{
    (void)state;
    compare(0, 0);
    after.rtt.srtt_us = 99999;
    after.ports[30].ttl = 3;
    compare(0, 0);
}

static void ports_open_and_close(void **state)
{
    (void)state;
    after.ports[21].state = PORT_CLOSED;
    compare(1, 0);
    assert_int_equal(last.kind, DIFFERENCE_PORT);
    assert_int_equal(last.port->number, 22);
    assert_text(last.before, "open");
    assert_text(last.after, "closed");
    after.ports[21].state = PORT_FILTERED;
    compare(1, 0);
    after.ports[21].state = PORT_OPEN;
    after.ports[0].state = PORT_FILTERED; // was closed
    compare(0, 1);
    after.ports[0].state = PORT_UNKNOWN; // not asked
    compare(0, 0);
    after.n_ports = 50;
    compare(0, 0);
}

static void services_change_or_are_not_recognized(void **state)
{
    (void)state;
    service_at(&after, 0)->version = SPAN("9.6p1");
    compare(1, 0);
    assert_int_equal(last.kind, DIFFERENCE_SERVICE);
    service_at(&after, 0)->version = (struct span){NULL, 0};
    compare(0, 1);
    service_at(&after, 0)->product = SPAN("Dropbear");
    compare(1, 0);
    service_at(&after, 0)->state = SERVICE_TCPWRAPPED;
    compare(0, 1);
    service_at(&after, 0)->state = SERVICE_NOT_ASKED;
    compare(0, 0);
}

static void certificates_change(void **state)
{
    (void)state;
    struct tls_facts other = *after.services[1].tls;
    other.sha256[0] ^= 1;
    service_at(&after, 1)->tls = &other;
    compare(1, 0);
    assert_int_equal(last.kind, DIFFERENCE_CERTIFICATE);
}

static void other_guesses_are_noise_and_another_system_is_not(void **state)
{
    (void)state;
    struct os_result os = *after.os;
    struct os_match m[3];
    memcpy(m, os.matches, sizeof m);
    const struct os_match first = m[0];
    m[0] = m[1];
    m[1] = first;
    os.matches = m;
    after.os = &os;
    compare(0, 1); // the order
    m[0] = first;
    m[0].accuracy = 0.91;
    compare(0, 1); // the accuracy
    struct os_class windows = {SPAN("Microsoft"), SPAN("Windows"), SPAN("11"), SPAN("pc"), NULL, 0};
    m[0].name = SPAN("Windows 11");
    m[0].classes = &windows;
    m[0].n_classes = os.n_matches = 1;
    compare(1, 0);
    assert_int_equal(last.kind, DIFFERENCE_OS);
    os.n_matches = 0;
    compare(0, 1); // no verdict this time
    os = *before.os;
    os.distance = 4;
    os.seq.lastboot += 5;
    compare(0, 1);
    assert_int_equal(last.kind, DIFFERENCE_DISTANCE);
    os.distance = 1;
    os.seq.lastboot += 5000;
    compare(0, 1);
    assert_int_equal(last.kind, DIFFERENCE_RESTART);
}

static void hosts_change_names_and_cards(void **state)
{
    (void)state;
    after.ptr_name = (struct span){NULL, 0};
    compare(0, 1);
    after.ptr_name = SPAN("other.example");
    compare(1, 0);
    after.mac.byte[5]++;
    compare(2, 0);
    after.state = HOST_DOWN;
    compare(3, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(equal_hosts_have_none, setup, teardown),
        cmocka_unit_test_setup_teardown(ports_open_and_close, setup, teardown),
        cmocka_unit_test_setup_teardown(services_change_or_are_not_recognized, setup, teardown),
        cmocka_unit_test_setup_teardown(certificates_change, setup, teardown),
        cmocka_unit_test_setup_teardown(other_guesses_are_noise_and_another_system_is_not, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(hosts_change_names_and_cards, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
