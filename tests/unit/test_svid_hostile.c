// SPDX-License-Identifier: Apache-2.0
// Servers that mean harm: each session ends, soon, with bounded memory.
#include "svid_many.h"

enum { MEMORY = 3 << 20 };

static char much[1 << 20];
static char junk[3000];

struct row {
    const char *what;
    struct peer peer;
    double most_s;
};

static void check(const struct row *r, bool is_serial, uint16_t port)
{
    struct load l;
    many_init(&l);
    l.cfg.is_serial = is_serial;
    l.target.port = port;
    const size_t before = l.arena.total;
    const struct service *s = load_run(&l, &r->peer);
    const double most_s = is_serial ? 170 : r->most_s;
    if (load_seconds(&l) > most_s || l.run.memory - before > MEMORY || l.run.n_opened > 130)
        fail_msg("%s, serial %d: %.1f s, %zu KiB, %u connections", r->what, is_serial,
                 load_seconds(&l), (l.run.memory - before) / 1024, l.run.n_opened);
    assert_true(s->n_replies <= 64);
    for (uint32_t i = 0; i < s->n_replies; i++)
        assert_true(s->replies[i].bytes.len <= 4096);
    assert_true(s->fingerprint.len < 20000);
    load_fini(&l);
}

#define TLS_RECORD                             \
    {                                          \
        "\x16\x03\x01\x00\x10\x02junkjunk", 14 \
    }

static const struct row rows[] = {
    {"endless", PEER({.say = {junk, sizeof junk}, .every_ms = 1}), 10},
    {"endless, slowly", PEER({.say = {junk, 1}, .every_ms = 1000}), 60},
    {"endless answers", PEER({ON("A"), .say = {junk, 100}, .every_ms = 10}), 60},
    {"a byte a second", PEER({ON("A"), .say = {junk, 1}, .every_ms = 1000}), 60},
    {"a byte to all, late", PEER({.say = {junk, 1}, .after_ms = 700, .every_ms = 1000}), 60},
    {"a megabyte", PEER({.say = {much, sizeof much}}), 20},
    {"a megabyte to each", PEER({ON("A"), .say = {much, sizeof much}}), 20},
    {"echo", {.echoes = true, .rtt_us = 200}, 10},
    {"always TLS", PEER({ON("A"), .say = TLS_RECORD}), 20},
    {"TLS, handshake stalls",
     {.speaks_tls = true, .stalls_tls = true, .alert = TLS_RECORD, .rtt_us = 200},
     30},
    {"TLS inside TLS",
     {.speaks_tls = true, .echoes = true, .alert = TLS_RECORD, .rtt_us = 200},
     30},
    {"closes each", {.closes_unknown = true, .rtt_us = 200}, 10},
    {"bears one", {.bears = 1, .rtt_us = 200}, 60},
    {"bears one, closes", {.bears = 1, .closes_unknown = true, .rtt_us = 200}, 60},
    {"refuses the second", {.refuses_from = 2, .rtt_us = 200}, 60},
    {"refuses the tenth", {.refuses_from = 10, .rtt_us = 200}, 60},
    {"reset by banner", PEER({.say = {junk, 50}, .resets = true}), 10},
    {"reset by answer", PEER({ON("A"), .say = {junk, 50}, .resets = true}), 10},
    {"reset by request", PEER({ON("A"), SAY(""), .resets = true}), 10},
    {"reset after a while", PEER({ON("A"), SAY(""), .resets = true, .after_ms = 2000}), 60},
    {"one at a time, silent", {.serves = 1, .rtt_us = 200}, 10},
    {"one at a time, closes late", {.serves = 1, .idle_ms = 3000, .rtt_us = 200}, 60},
    {"never accepts", {.is_silent_syn = true, .rtt_us = 200}, 15},
};

static void test_bounded(void **state)
{
    (void)state;
    memset(much, 'm', sizeof much);
    for (size_t i = 0; i < sizeof junk; i++)
        junk[i] = (char)(i * 37 + 5);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        check(&rows[i], false, 34567);
        check(&rows[i], false, 443);
        check(&rows[i], true, 34567);
    }
}

// More connections end at the same time than may be opened before their ends are fetched.
static void test_slots(void **state)
{
    static char text[65536];
    const struct peer peer = PEER({SAY("S"), .after_ms = 700, .every_ms = 1000});
    struct load l;
    struct buf b;
    (void)state;
    buf_init(&b, text, sizeof text);
    buf_str(&b, "Probe TCP NULL q||\ntotalwaitms 6000\nmatch never m|^never|\n");
    for (uint32_t i = 1; i <= 90; i++)
        many_add(&b, "TCP", i);
    assert_false(b.full);
    load_init(&l, buf_span(&b));
    for (l.cfg.max_conns = 1; l.cfg.max_conns <= SVID_CONNS; l.cfg.max_conns++) {
        const struct service *s = load_run(&l, &peer);
        assert_int_equal(s->state, SERVICE_NOMATCH);
        assert_true(l.run.most_open <= l.cfg.max_conns + 1);
    }
    load_fini(&l);
}

// Events that were not asked for are ignored.
static void test_stray(void **state)
{
    (void)state;
    struct load l;
    struct svid_learnt learnt = {0};
    struct svid_step step;
    struct service out;
    bool is_answered;
    many_init(&l);
    struct svid *s = svid_new(&l.arena, &l.cfg, &learnt, &l.target, 5);
    for (uint32_t i = 0; i < SVID_CONNS + 2; i++) {
        svid_data(s, i, SPAN("x"), 5);
        svid_closed(s, i, false, 5);
        svid_failed(s, i, SVID_TIMEOUT, NULL, 5);
        svid_opened(s, i, NULL, 5);
    }
    assert_false(svid_is_done(s));
    assert_true(svid_next(s, 5, &step));
    assert_int_equal(step.what, SVID_OPEN);
    svid_stop(s, 6);
    assert_true(svid_is_done(s));
    svid_opened(s, step.conn, NULL, 7);
    svid_stop(s, 8);
    svid_result(s, &out, &is_answered);
    assert_false(is_answered);
    assert_true(svid_next(s, 9, &step));
    assert_int_equal(step.what, SVID_CLOSE);
    assert_false(svid_next(s, 9, &step));
    load_fini(&l);
}

// A port that takes connections and says nothing; returns when that was given up.
static uint64_t run_mute(struct load *l, struct svid_learnt *learnt, struct service *out)
{
    struct svid *s = svid_new(&l->arena, &l->cfg, learnt, &l->target, 0);
    struct svid_step step;
    uint64_t now = 0;
    bool is_answered;
    while (!svid_is_done(s)) {
        while (svid_next(s, now, &step))
            if (step.what == SVID_OPEN && step.tunnel == TUNNEL_NONE)
                svid_opened(s, step.conn, NULL, now);
            else if (step.what == SVID_OPEN)
                svid_failed(s, step.conn, SVID_HANDSHAKE, NULL, now);
        if (!svid_is_done(s))
            now = svid_wake(s);
    }
    svid_result(s, out, &is_answered);
    return now;
}

// A host where everything is open and nothing speaks is asked with less patience.
static void test_learnt(void **state)
{
    (void)state;
    struct load l;
    struct service out;
    many_init(&l);
    struct svid_learnt learnt = {.n_silent = 1000};
    assert_true(run_mute(&l, &learnt, &out) < 6000 * (uint64_t)PEER_MS);
    assert_int_equal(learnt.n_mute, 1);
    assert_true(out.connections > MANY_PROBES);
    load_fini(&l);
}

// After many such ports the others are asked little; not where
// anything was heard, nor where everything is wanted.
static void test_mute_host(void **state)
{
    static const struct {
        uint32_t n_mute, n_answers, intensity;
        bool is_less;
    } mute[] = {{999, 0, 7, false}, {1000, 0, 7, true}, {1000, 1, 7, false}, {5000, 0, 9, false}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(mute); i++) {
        struct load l;
        struct service out;
        many_init(&l);
        l.cfg.intensity = mute[i].intensity;
        struct svid_learnt learnt = {.n_mute = mute[i].n_mute, .n_answers = mute[i].n_answers};
        run_mute(&l, &learnt, &out);
        assert_int_equal(out.state, SERVICE_NOMATCH);
        assert_int_equal(out.connections < 5, mute[i].is_less);
        assert_int_equal(!span_is_absent(out.note), mute[i].is_less);
        assert_int_equal(learnt.n_mute, mute[i].n_mute + 1);
        load_fini(&l);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bounded),   cmocka_unit_test(test_slots),
        cmocka_unit_test(test_stray),     cmocka_unit_test(test_learnt),
        cmocka_unit_test(test_mute_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
