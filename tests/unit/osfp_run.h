// SPDX-License-Identifier: Apache-2.0
// Runs the live state machine against the target of osfp_host.h, one event after the other, and
// looks things up in what was sent.
#pragma once

#include "osfp_answer.h"

static void host_log(struct host *h, const struct osfp_packet *out, int p)
{
    struct frame f = {0};
    assert_int_equal(frame_decode(LINK_RAW, out->packet, &f), ERR_OK);
    assert_true(h->n_sent < HOST_LOG);
    assert_int_equal(out->is_timed, p < PROBE_OPS);
    struct host_sent *s = &h->sent[h->n_sent++];
    *s = (struct host_sent){h->now_ns, osfp_tries(h->fp), p, f.ip4.ttl, f.ip4.id, 0, 0, 0};
    s->sport = f.kind == FRAME_TCP ? f.tcp.sport : f.kind == FRAME_UDP ? f.udp.sport : 0;
    s->dport = f.kind == FRAME_TCP ? f.tcp.dport : f.kind == FRAME_UDP ? f.udp.dport : 0;
    s->seq = f.kind == FRAME_TCP ? f.tcp.seq : 0;
}

static inline void host_send_due(struct host *h)
{
    struct osfp_packet out;
    while (osfp_next(h->fp, h->now_ns, &out)) {
        const int p = (int)(out.probe % PROBE_COUNT);
        host_log(h, &out, p);
        osfp_sent(h->fp, out.probe, h->now_ns);
        host_answer(h, &out, p);
    }
}

static uint64_t host_next_mail(const struct host *h)
{
    uint64_t at = UINT64_MAX;
    for (int i = 0; i < HOST_MAIL; i++)
        if (h->mail[i].is_full && h->mail[i].at_ns < at)
            at = h->mail[i].at_ns;
    return at;
}

static inline void host_deliver(struct host *h, uint64_t at_ns)
{
    for (int i = 0; i < HOST_MAIL; i++) {
        struct host_mail *m = &h->mail[i];
        if (!m->is_full || m->at_ns > at_ns)
            continue;
        struct frame f = {.time_ns = m->at_ns};
        m->is_full = false;
        assert_int_equal(frame_decode(LINK_RAW, span_of(m->bytes, m->len), &f), ERR_OK);
        osfp_receive(h->fp, &f);
    }
}

// Runs until the try is over; returns its duration.
static inline uint64_t host_run_try(struct host *h)
{
    const uint64_t start_ns = h->now_ns;
    for (int i = 0; i < 5000; i++) {
        host_send_due(h);
        if (osfp_tick(h->fp, h->now_ns) != OSFP_BUSY)
            return h->now_ns - start_ns;
        const uint64_t mail = host_next_mail(h);
        const uint64_t when = osfp_when(h->fp);
        if (mail <= when) {
            h->now_ns = mail > h->now_ns ? mail : h->now_ns;
            host_deliver(h, h->now_ns);
        } else {
            h->now_ns = when > h->now_ns ? when : h->now_ns;
            h->now_ns += h->lateness ? h->lateness(h->n_wakeups++) : 0;
        }
    }
    fail_msg("the try does not end");
    return 0;
}

// All tries without a perfect match; returns how many.
static inline uint32_t host_run(struct host *h)
{
    for (;;) {
        host_run_try(h);
        osfp_continue(h->fp, false, h->now_ns);
        if (osfp_tick(h->fp, h->now_ns) != OSFP_BUSY)
            return osfp_tries(h->fp);
    }
}

// The i-th transmission of a probe in a try, NULL if there is none.
static inline const struct host_sent *host_find(const struct host *h, uint32_t try_no, int p,
                                                unsigned i)
{
    for (uint32_t k = 0; k < h->n_sent; k++)
        if (h->sent[k].try_no == try_no && h->sent[k].probe == p && i-- == 0)
            return &h->sent[k];
    return NULL;
}

static inline uint32_t host_count(const struct host *h, uint32_t try_no, int p)
{
    uint32_t n = 0;
    while (host_find(h, try_no, p, n))
        n++;
    return n;
}

// One line of a try as text.
static inline const char *host_line(struct host *h, uint32_t try_index, enum osdb_test test)
{
    char *mem = arena_alloc(&h->arena, 512);
    struct buf b;
    buf_init(&b, mem, 511);
    osdb_print_line(&b, osfp_subject(h->fp, try_index), test);
    return mem;
}
