// SPDX-License-Identifier: Apache-2.0
// A target for tests of the live state machine: answers probes like a simple stack after a round
// trip, on a clock that only moves when the test lets it. Losses, delays and silence per probe.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "osfp/obs.h"
#include "osfp/osfp.h"

enum { HOST_LOG = 512, HOST_MAIL = 64, HOST_PACKET = 400 };

#define HOST_MS UINT64_C(1000000)
#define HOST_SRC 0x0A000001u
#define HOST_DST 0x0A000002u

struct host_sent {
    uint64_t at_ns;
    uint32_t try_no;
    int probe;
    uint8_t ttl;
    uint16_t ip_id;
    uint16_t sport;
    uint16_t dport;
    uint32_t seq;
};

struct host_mail {
    bool is_full;
    uint64_t at_ns;
    size_t len;
    uint8_t bytes[HOST_PACKET];
};

struct host {
    // what it does
    uint64_t rtt_ns;
    uint32_t silent;       // bits of probes that are never answered
    int lose[PROBE_COUNT]; // so many transmissions of a probe are lost, counted down
    uint64_t delay_ns[PROBE_COUNT];
    bool is_doubling; // every reply comes twice
    uint16_t id_step; // of one IP ID counter for all replies
    uint32_t isn_step;
    uint8_t ttl;
    uint64_t (*lateness)(unsigned i); // how much too late wake-up i comes
    // what happened
    struct arena arena;
    struct osfp *fp;
    uint64_t now_ns;
    uint16_t ip_id;
    uint32_t isn;
    unsigned n_wakeups;
    uint32_t n_sent;
    struct host_sent sent[HOST_LOG];
    struct host_mail mail[HOST_MAIL];
};

static inline struct osfp_config host_config(void)
{
    return (struct osfp_config){
        .src = ip_v4(HOST_SRC),
        .dst = ip_v4(HOST_DST),
        .open_tcp = 22,
        .closed_tcp = 23,
        .closed_udp = -1,
        .other_tcp = -1,
        .other_udp = -1,
        .did_udp_scan = true,
        .timing = {.initial_us = 1000000, .min_us = 100000, .max_us = 10000000, .level = 3},
        .srtt_us = 500,
        .rttvar_us = 5000,
        .ttl = -1,
        .max_tries = 5,
        .quirks = QUIRKS_NONE,
        .unix_ns = INT64_C(1700000000000000000),
        .seed = 7,
    };
}

static inline void host_begin(struct host *h, const struct osfp_config *cfg)
{
    memset(h, 0, sizeof *h);
    arena_init(&h->arena, "test");
    h->rtt_ns = HOST_MS;
    h->silent = 1u << PROBE_T2 | 1u << PROBE_T3;
    h->id_step = 1;
    h->isn_step = 64000;
    h->ttl = 64;
    h->ip_id = 1000;
    h->isn = 1;
    h->now_ns = 5000 * HOST_MS;
    h->fp = osfp_new(&h->arena, cfg, h->now_ns);
}

static inline void host_end(struct host *h)
{
    arena_fini(&h->arena);
}

static inline void host_post(struct host *h, uint64_t at_ns, struct span packet)
{
    for (int i = 0; i < HOST_MAIL; i++) {
        struct host_mail *m = &h->mail[i];
        if (m->is_full)
            continue;
        m->is_full = true;
        m->at_ns = at_ns;
        m->len = packet.len;
        memcpy(m->bytes, packet.ptr, packet.len);
        return;
    }
    fail_msg("mail box full");
}

static inline struct ip4_hdr host_ip(struct host *h, uint8_t proto, size_t payload)
{
    h->ip_id = (uint16_t)(h->ip_id + h->id_step);
    return (struct ip4_hdr){.total_len = (uint16_t)(IP4_HDR_LEN + payload),
                            .id = h->ip_id,
                            .ttl = h->ttl,
                            .proto = proto,
                            .src = HOST_DST,
                            .dst = HOST_SRC};
}
