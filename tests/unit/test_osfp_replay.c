// SPDX-License-Identifier: Apache-2.0
// A recording of a live run, replayed, gives the same subjects, whatever was lost, and however
// many tries there were.
#include "osfp_run.h"

enum { RECORD_MAX = 400 };

struct record {
    uint64_t at_ns;
    size_t len;
    uint8_t bytes[HOST_PACKET];
};

static struct record records[RECORD_MAX];
static uint32_t n_records;

static void keep(uint64_t at_ns, struct span packet)
{
    assert_true(n_records < RECORD_MAX);
    struct record *r = &records[n_records++];
    r->at_ns = at_ns;
    r->len = packet.len;
    memcpy(r->bytes, packet.ptr, packet.len);
}

static void record_mail(const struct host *h)
{
    for (int i = 0; i < HOST_MAIL; i++)
        if (h->mail[i].is_full && h->mail[i].at_ns <= h->now_ns)
            keep(h->mail[i].at_ns, span_of(h->mail[i].bytes, h->mail[i].len));
}

// All tries, in steps of one millisecond.
static void run_recorded(struct host *h)
{
    struct osfp_packet out;
    n_records = 0;
    while (osfp_tick(h->fp, h->now_ns) != OSFP_DONE) {
        while (osfp_next(h->fp, h->now_ns, &out)) {
            keep(h->now_ns, out.packet);
            host_answer(h, &out, (int)(out.probe % PROBE_COUNT));
        }
        if (osfp_tick(h->fp, h->now_ns) == OSFP_TRY_OVER)
            osfp_continue(h->fp, false, h->now_ns);
        h->now_ns += HOST_MS;
        record_mail(h);
        host_deliver(h, h->now_ns);
    }
}

static struct osfp *replayed(struct host *h, const struct osfp_config *cfg)
{
    struct osfp *fp = osfp_replay_new(&h->arena, cfg);
    for (uint32_t i = 0; i < n_records; i++) {
        struct frame f = {.time_ns = records[i].at_ns};
        const struct span bytes = span_of(records[i].bytes, records[i].len);
        assert_int_equal(frame_decode(LINK_RAW, bytes, &f), ERR_OK);
        osfp_replay_frame(fp, &f);
    }
    osfp_replay_end(fp);
    return fp;
}

static void assert_same(struct host *h, struct osfp *fp)
{
    struct osfp *live = h->fp;
    assert_int_equal(osfp_tries(fp), osfp_tries(live));
    for (uint32_t i = 0; i < osfp_tries(live); i++) {
        for (enum osdb_test t = TEST_SEQ; t < TEST_COUNT; t++) {
            h->fp = live;
            const char *want = host_line(h, i, t);
            h->fp = fp;
            assert_string_equal(host_line(h, i, t), want);
        }
    }
    h->fp = live;
    assert_int_equal(osfp_closed_udp(fp), osfp_closed_udp(live));
}

static void replay_equals_the_live_run(void **state)
{
    static const enum quirks all[] = {QUIRKS_NONE, QUIRKS_793, QUIRKS_7991};
    (void)state;
    for (int q = 0; q < 3; q++) {
        for (int p = 0; p < PROBE_COUNT4; p++) {
            struct host h;
            struct osfp_config cfg = host_config();
            cfg.quirks = all[q];
            cfg.max_tries = 3;
            host_begin(&h, &cfg);
            h.lose[p] = 4;
            run_recorded(&h);
            assert_same(&h, replayed(&h, &cfg));
            host_end(&h);
        }
    }
}

static void half_a_recording_gives_what_it_holds(void **state)
{
    (void)state;
    struct host h;
    const struct osfp_config cfg = host_config();
    host_begin(&h, &cfg);
    run_recorded(&h);
    const uint32_t all = n_records;
    for (n_records = 0; n_records < all; n_records++) {
        struct osfp *fp = replayed(&h, &cfg);
        assert_int_equal(osfp_tick(fp, 0), OSFP_DONE);
        assert_int_equal(osfp_tries(fp), n_records > 0);
        assert_true(n_records == 0 || osfp_subject(fp, 0)->has_line[TEST_SEQ]);
        assert_null(osfp_subject(fp, 1));
    }
    host_end(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replay_equals_the_live_run),
        cmocka_unit_test(half_a_recording_gives_what_it_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
