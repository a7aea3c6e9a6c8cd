// SPDX-License-Identifier: Apache-2.0
// Sequence numbers by time or by connection, told apart over an unsteady path.
#include "osfp_host.h"

#include "osfp/isntime.h"
#include "wire/tcp.h"

enum { RATE = 1000 }; // numbers a millisecond

// Round trips of 30 ms and more; ECN goes 40 ms before the train.
static const uint32_t to_ms[] = {3, 18, 9, 20, 1, 14, 11};
static const uint32_t back_ms[] = {12, 2, 19, 7, 0, 16, 5};

static void put(struct obs *o, int p, uint64_t sent_ms, uint32_t i, uint32_t isn)
{
    struct obs_probe *probe = &o->probe[p];
    probe->n_sent = 1;
    probe->sent_ns = sent_ms * HOST_MS;
    probe->reply.is_seen = true;
    probe->reply.rx_ns = (sent_ms + 30 + to_ms[i] + back_ms[i]) * HOST_MS;
    probe->reply.tcp.flags = TCP_SYN | TCP_ACK;
    probe->reply.tcp.seq = isn;
}

static struct obs by_time(uint32_t first, uint32_t rate)
{
    struct obs o = {0};
    put(&o, PROBE_ECN, 1000, 6, first + rate * (1000 + to_ms[6]));
    for (uint32_t k = 0; k < OBS_SEQ; k++)
        put(&o, (int)k, 1040 + 100 * k, k, first + rate * (1040 + 100 * k + to_ms[k]));
    return o;
}

static void what_follows_the_time_lies_on_a_line(void **state)
{
    (void)state;
    const struct obs o = by_time(77, RATE);
    assert_true(isn_may_follow_time(&o, 1, RATE * 1000.0));
    const struct obs round = by_time(UINT32_MAX - 300 * RATE, RATE);
    assert_true(isn_may_follow_time(&round, 1, RATE * 1000.0));
    const struct obs fast = by_time(5, 10 * 1000 * 1000); // goes round in the middle
    assert_true(isn_may_follow_time(&fast, 1, 1e10));
}

static void what_steps_by_connection_does_not(void **state)
{
    (void)state;
    static const uint32_t step[] = {98, 104, 101, 96, 103, 99};
    struct obs o = by_time(77, RATE);
    uint32_t isn = 500;
    o.probe[PROBE_ECN].reply.tcp.seq = isn;
    for (uint32_t k = 0; k < OBS_SEQ; k++)
        o.probe[k].reply.tcp.seq = isn += step[k] * RATE;
    assert_false(isn_may_follow_time(&o, 1, RATE * 1000.0));
    o.probe[PROBE_ECN].reply.is_seen = false; // without it nobody can say
    assert_true(isn_may_follow_time(&o, 1, RATE * 1000.0));
}

static void steps_too_unlike_for_the_path_are_the_hosts_own(void **state)
{
    (void)state;
    struct obs o = by_time(77, RATE);
    o.probe[PROBE_ECN].reply.is_seen = false;
    o.probe[3].reply.tcp.seq += 80 * RATE;
    assert_false(isn_may_follow_time(&o, 1, RATE * 1000.0));
    o.probe[3].reply.tcp.seq -= 400 * RATE; // backward
    assert_false(isn_may_follow_time(&o, 1, RATE * 1000.0));
}

static void rounding_down_is_allowed_for(void **state)
{
    (void)state;
    struct obs o = by_time(0, RATE);
    for (int p = 0; p < PROBE_COUNT; p++)
        o.probe[p].reply.tcp.seq = o.probe[p].reply.tcp.seq / 64000 * 64000;
    assert_true(isn_may_follow_time(&o, 64000, RATE * 1000.0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_follows_the_time_lies_on_a_line),
        cmocka_unit_test(what_steps_by_connection_does_not),
        cmocka_unit_test(steps_too_unlike_for_the_path_are_the_hosts_own),
        cmocka_unit_test(rounding_down_is_allowed_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
