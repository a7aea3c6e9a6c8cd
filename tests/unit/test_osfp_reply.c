// SPDX-License-Identifier: Apache-2.0
// Attribution of replies and the gates of SEQ samples (2.7), marks of IE (3.11), the port check
// of U1 (3.12), and what a following try keeps.
#include "osfp_host.h"

static struct obs sent_obs(enum quirks quirks)
{
    struct obs o;
    obs_begin(&o, NULL, quirks);
    o.seq_base = 1000;
    o.ack_base = 2000;
    o.tcp_base = 40000;
    o.udp_base = 41000;
    o.u1_port = 30001;
    o.icmp_id = 500;
    for (unsigned p = 0; p < PROBE_COUNT4; p++)
        obs_sent(&o, (enum probe)p, p * HOST_MS);
    return o;
}

static struct frame syn_ack(unsigned p, uint16_t id, uint32_t seq)
{
    static const uint8_t ts[] = {8, 10, 0, 0, 0, 5, 0, 0, 0, 0, 1, 1};
    return (struct frame){.kind = FRAME_TCP,
                          .ip4 = {.id = id, .ttl = 64},
                          .tcp = {.dport = (uint16_t)(40000 + p),
                                  .flags = TCP_SYN | TCP_ACK,
                                  .seq = seq,
                                  .options = span_of(ts, sizeof ts)}};
}

static int receive(struct obs *o, const struct frame *f)
{
    bool is_first;
    return obs_receive(o, f, &is_first);
}

static void port_tells_the_probe(void **state)
{
    (void)state;
    struct obs o = sent_obs(QUIRKS_NONE);
    for (unsigned p = 0; p < PROBE_U1; p++) {
        bool is_first;
        const struct frame f = syn_ack(p, (uint16_t)(p + 1), p + 1);
        assert_int_equal(obs_receive(&o, &f, &is_first), p);
        assert_true(is_first);
        assert_int_equal(obs_receive(&o, &f, &is_first), p);
        assert_false(is_first);
    }
    const struct frame below = syn_ack(65535, 1, 1);
    const struct frame above = syn_ack(PROBE_U1, 1, 1);
    assert_int_equal(receive(&o, &below), -1);
    assert_int_equal(receive(&o, &above), -1);
}

static void nothing_answers_what_was_not_sent(void **state)
{
    (void)state;
    struct obs o;
    obs_begin(&o, NULL, QUIRKS_NONE);
    o.tcp_base = 40000;
    const struct frame f = syn_ack(3, 1, 1);
    assert_int_equal(receive(&o, &f), -1);
    obs_sent(&o, PROBE_SEQ + 3, 1);
    assert_int_equal(receive(&o, &f), 3);
}

static void malformed_options_make_it_unseen(void **state)
{
    (void)state;
    struct obs o = sent_obs(QUIRKS_NONE);
    struct frame f = syn_ack(PROBE_ECN, 1, 1);
    f.tcp.options = span_of("\x02\x03\x05\x01", 4);
    assert_int_equal(receive(&o, &f), -1);
}

static void first_packet_wins(void **state)
{
    (void)state;
    struct obs o = sent_obs(QUIRKS_NONE);
    struct frame f = syn_ack(PROBE_OPS, 1, 1);
    f.tcp.window = 11;
    receive(&o, &f);
    f.tcp.dport = 40000;
    f.tcp.window = 12;
    receive(&o, &f);
    assert_int_equal(obs_ops(&o, 0)->tcp.window, 11);
    assert_null(obs_ops(&o, 1));
    assert_int_equal(obs_t1(&o)->tcp.window, 12);
    f.tcp.dport = 40000 + PROBE_T1;
    f.tcp.window = 13;
    receive(&o, &f);
    assert_int_equal(obs_t1(&o)->tcp.window, 12);
}

static uint32_t count(const struct obs *o)
{
    uint32_t n = 0;
    for (int k = 0; k < OBS_SEQ; k++)
        n += o->sample[k].isn != 0;
    return n;
}

static void samples_pass_gates(void **state)
{
    (void)state;
    struct obs o = sent_obs(QUIRKS_NONE);
    struct frame f = syn_ack(0, 7, 100);
    receive(&o, &f);
    assert_int_equal(count(&o), 1);
    f = syn_ack(1, 7, 200); // the same non-zero IP ID
    receive(&o, &f);
    assert_int_equal(count(&o), 1);
    assert_true(o.probe[1].reply.is_seen); // but OPS and WIN take it
    f = syn_ack(1, 8, 200);
    f.tcp.flags |= TCP_RST;
    receive(&o, &f);
    f = syn_ack(1, 9, 200);
    f.tcp.flags = TCP_SYN;
    receive(&o, &f);
    assert_int_equal(count(&o), 1);
    f = syn_ack(1, 10, 200);
    receive(&o, &f);
    f = syn_ack(1, 11, 300); // the slot is taken
    receive(&o, &f);
    assert_int_equal(count(&o), 2);
    assert_int_equal(o.sample[1].isn, 200);
    assert_int_equal(o.sample[1].ts, 5);
}

static void zero_ids_are_no_duplicates(void **state)
{
    (void)state;
    struct obs o = sent_obs(QUIRKS_NONE);
    for (unsigned k = 0; k < OBS_SEQ; k++) {
        const struct frame f = syn_ack(k, 0, k + 1);
        receive(&o, &f);
    }
    assert_int_equal(count(&o), 6);
}

static void zero_isn_sets_only_the_clock_class(void **state)
{
    (void)state;
    struct obs o = sent_obs(QUIRKS_NONE);
    struct frame f = syn_ack(0, 1, 0);
    f.tcp.options = span_of("", 0);
    receive(&o, &f);
    assert_int_equal(count(&o), 0);
    assert_int_equal(o.ts, OBS_TS_UNSUPPORTED);
    f = syn_ack(1, 2, 9);
    f.tcp.options = span_of("\x08\x0A\0\0\0\0\0\0\0\1\1\1", 12);
    receive(&o, &f);
    assert_int_equal(o.ts, OBS_TS_ZERO); // the last such event
    f = syn_ack(2, 3, 9);
    receive(&o, &f);
    assert_int_equal(o.ts, OBS_TS_ZERO);
}

static struct frame echo(uint16_t id)
{
    return (struct frame){.kind = FRAME_ICMP4,
                          .ip4 = {.id = 77},
                          .icmp4 = {.type = ICMP4_ECHO_REPLY, .code = 9, .id = id, .seq = 1}};
}

static void echo_ids_count_modulo_65536(void **state)
{
    (void)state;
    struct obs o = sent_obs(QUIRKS_NONE);
    const struct frame first = echo(500);
    const struct frame second = echo(501);
    const struct frame third = echo(502);
    assert_int_equal(receive(&o, &first), PROBE_IE1);
    assert_int_equal(receive(&o, &second), PROBE_IE2);
    assert_int_equal(receive(&o, &third), -1);
    const struct frame zero = echo(0);
    o.icmp_id = 65535;
    assert_int_equal(receive(&o, &zero), PROBE_IE2);
    o.quirks = QUIRKS_7991;
    assert_int_equal(receive(&o, &zero), -1);
}

static void stale_ie_marks_are_a_quirk_of_one_version(void **state)
{
    (void)state;
    static const enum quirks all[] = {QUIRKS_NONE, QUIRKS_793, QUIRKS_7991};
    for (int i = 0; i < 3; i++) {
        struct obs a = sent_obs(all[i]);
        struct obs b;
        bool is_first;
        const struct frame f = echo(500);
        receive(&a, &f);
        obs_begin(&b, &a, all[i]);
        b.icmp_id = 500;
        obs_sent(&b, PROBE_IE1, 1);
        const int p = obs_receive(&b, &f, &is_first);
        assert_int_equal(p, all[i] == QUIRKS_7991 ? -1 : PROBE_IE1);
        assert_int_equal(b.is_ie_carried[0], all[i] == QUIRKS_7991);
        assert_true(b.probe[PROBE_IE1].reply.is_seen);
        assert_false(b.is_ie_carried[1]);
    }
}

static struct frame unreach(uint8_t code, uint16_t sport, uint16_t dport, uint8_t body[28])
{
    struct buf b;
    const struct ip4_hdr ip = {.total_len = 328, .id = 0x1042, .ttl = 50, .proto = IP4_UDP};
    buf_init(&b, body, 28);
    ip4_encode(&b, &ip);
    buf_be16(&b, sport);
    buf_be16(&b, dport);
    buf_be16(&b, 308);
    buf_be16(&b, 0xAAAA);
    return (struct frame){
        .kind = FRAME_ICMP4,
        .ip4 = {.total_len = 56},
        .icmp4 = {.type = ICMP4_UNREACH, .code = code, .body = span_of(body, 28)}};
}

static void u1_checks_the_quoted_ports(void **state)
{
    (void)state;
    uint8_t body[28];
    struct obs o = sent_obs(QUIRKS_NONE);
    struct frame f = unreach(3, 41000, 30002, body);
    assert_int_equal(receive(&o, &f), -1);
    f = unreach(3, 41001, 30001, body);
    assert_int_equal(receive(&o, &f), -1);
    f = unreach(1, 41000, 30001, body);
    assert_int_equal(receive(&o, &f), -1);
    f = unreach(3, 41000, 30001, body);
    f.icmp4.body.len = 27;
    assert_int_equal(receive(&o, &f), -1);
    f.icmp4.body.len = 28;
    assert_int_equal(receive(&o, &f), PROBE_U1);
    const struct obs_reply *r = &o.probe[PROBE_U1].reply;
    assert_int_equal(r->unreach.quoted_ttl, 50);
    assert_int_equal(r->unreach.ip_cksum, 'G');
    assert_false(r->unreach.is_udp_cksum_good);
    assert_true(r->unreach.is_data_good);
}

static void next_try_keeps_what_it_does_not_ask_again(void **state)
{
    (void)state;
    struct obs a = sent_obs(QUIRKS_NONE);
    struct obs b;
    struct frame f = syn_ack(0, 7, 100);
    receive(&a, &f);
    f = syn_ack(PROBE_T4, 8, 0);
    f.tcp.window = 1;
    receive(&a, &f);
    obs_begin(&b, &a, QUIRKS_NONE);
    assert_true(b.probe[PROBE_T4].reply.is_old);
    assert_int_equal(receive(&b, &f), -1); // not sent again
    obs_sent(&b, PROBE_T4, 5);
    assert_int_equal(b.probe[PROBE_T4].n_sent, 1);
    assert_int_equal(b.sample[0].isn, 100);
    f.tcp.window = 2;
    receive(&b, &f);
    assert_int_equal(b.probe[PROBE_T4].reply.tcp.window, 2);
    obs_sent(&b, PROBE_SEQ, 6);
    assert_int_equal(b.sample[0].isn, 0); // a new train
    assert_true(obs_ops(&b, 0)->is_old);
    obs_begin(&b, &a, QUIRKS_793);
    assert_false(b.probe[PROBE_T4].reply.is_seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(port_tells_the_probe),
        cmocka_unit_test(nothing_answers_what_was_not_sent),
        cmocka_unit_test(malformed_options_make_it_unseen),
        cmocka_unit_test(first_packet_wins),
        cmocka_unit_test(samples_pass_gates),
        cmocka_unit_test(zero_ids_are_no_duplicates),
        cmocka_unit_test(zero_isn_sets_only_the_clock_class),
        cmocka_unit_test(echo_ids_count_modulo_65536),
        cmocka_unit_test(stale_ie_marks_are_a_quirk_of_one_version),
        cmocka_unit_test(u1_checks_the_quoted_ports),
        cmocka_unit_test(next_try_keeps_what_it_does_not_ask_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
