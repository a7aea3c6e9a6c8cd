// SPDX-License-Identifier: Apache-2.0
// The live face of the state machine: the caller asks what to send and when to come back, and
// hands in what arrives. Everything is decided elsewhere: sched.c (when), build.c (what),
// reply.c (what a packet answers), tries.c (another try?). Time only ever comes in.
#include "osfp/osfp.h"

#include "osfp/six.h"
#include "osfp/state.h"

enum {
    TTL_LEAST = 37,
    TTL_RANGE = 23,
    SENT_MAX = 4,     // transmissions of a probe, spec 2.5
    SIX_SENT_MAX = 2, // os-ipv6 spec 2.6
    GAP_ROOM = 3,     // other packets between two SEQ probes
    SIX_GAP_ROOM = 5, // there are no IP IDs that they could shift
    SIX_LIMIT_S = 8,  // of all tries, likewise
};

// Spec 2.4: the reference rests before its first probe.
enum { QUIRKS_START_NS = 100 * 1000 * 1000 };

static void init(struct osfp *fp, struct arena *arena, const struct osfp_config *cfg)
{
    fp->arena = arena;
    fp->cfg = *cfg;
    fp->closed_udp = cfg->closed_udp;
    rng_seed(&fp->rng, cfg->seed);
    fp->rto.est = (struct rtt){cfg->srtt_us, cfg->rttvar_us, cfg->srtt_us > 0};
    fp->sched.timing = &fp->cfg.timing;
    fp->sched.rto = &fp->rto;
    const bool is_six = cfg->dst.family == IP_V6;
    fp->sched.kind = cfg->gen == OSDB_FIRST                 ? SCHED_FIRST
                     : cfg->quirks == QUIRKS_NONE || is_six ? SCHED_OWN
                                                            : SCHED_REFERENCE;
    fp->sched.sent_max = is_six ? SIX_SENT_MAX : SENT_MAX;
    fp->deadline_ns = UINT64_MAX;
    fp->sched.gap_room = is_six ? SIX_GAP_ROOM : GAP_ROOM;
    if (is_six)
        fp->fragments = arena_alloc(arena, SIX_FRAGMENTS_MAX);
    if (is_six)
        fp->packets = arena_array(arena, PROBE_COUNT, sizeof *fp->packets);
    if (cfg->gen == OSDB_FIRST && cfg->ttl < 0) // its windows too: equal scans send equal probes
        fp->cfg.ttl = (int32_t)(TTL_LEAST + rng_below(&fp->rng, TTL_RANGE));
}

struct osfp *osfp_new(struct arena *host, const struct osfp_config *cfg, uint64_t now_ns)
{
    struct osfp *fp = arena_alloc(host, sizeof *fp);
    init(fp, host, cfg);
    fp->unix_ns = cfg->unix_ns - (int64_t)now_ns;
    fp->sched.now_ns = now_ns;
    const bool rests = fp->sched.kind == SCHED_REFERENCE;
    fp->start_ns = now_ns;
    if (cfg->dst.family == IP_V6)
        fp->deadline_ns = now_ns + SIX_LIMIT_S * UINT64_C(1000000000);
    try_begin(fp, try_all_probes(fp), rests ? now_ns + QUIRKS_START_NS : now_ns);
    return fp;
}

static struct build_ip draw_ip(struct osfp *fp)
{
    return (struct build_ip){
        .ttl = fp->cfg.ttl >= 0 ? (uint8_t)fp->cfg.ttl
                                : (uint8_t)(TTL_LEAST + rng_below(&fp->rng, TTL_RANGE)),
        .id = (uint16_t)rng_u32(&fp->rng),
        .open = fp->open,
        .closed = fp->closed,
    };
}

bool osfp_next(struct osfp *fp, uint64_t now_ns, struct osfp_packet *out)
{
    if (fp->state != OSFP_BUSY)
        return false;
    sched_advance(&fp->sched, now_ns);
    const int p = sched_due(&fp->sched);
    if (p < 0)
        return false;
    const struct build_ip ip = draw_ip(fp);
    sched_sent(&fp->sched, p);
    obs_sent(&fp->obs, (enum probe)p, fp->sched.now_ns);
    struct span packet[2] = {SPAN(""), {NULL, 0}};
    if (p >= PROBE_F1)
        six_fragments(&fp->obs, (enum probe)p, &ip, fp->fragments, packet);
    else
        packet[0] = build_probe(&fp->obs, (enum probe)p, &ip, fp->packet);
    *out = (struct osfp_packet){
        .packet = packet[0],
        .more = packet[1],
        .probe = fp->n_begun * PROBE_COUNT + (uint32_t)p,
        .is_timed = p < PROBE_OPS,
    };
    return true;
}

void osfp_sent(struct osfp *fp, uint32_t probe, uint64_t sent_ns)
{
    const int p = (int)(probe % PROBE_COUNT);
    if (fp->state != OSFP_BUSY || probe / PROBE_COUNT != fp->n_begun ||
        fp->sched.slot[p].n_sent == 0)
        return;
    sched_sent_at(&fp->sched, p, sent_ns);
    fp->obs.probe[p].sent_ns = sent_ns;
}

static bool is_kind(enum frame_kind kind)
{
    return kind == FRAME_TCP || kind == FRAME_ICMP4 || kind == FRAME_ICMP6 ||
           kind == FRAME_FRAGMENT;
}

bool osfp_receive(struct osfp *fp, const struct frame *f)
{
    const bool is_reply = is_kind(f->kind) && ip_eq(&f->dst, &fp->cfg.src) &&
                          (ip_eq(&f->src, &fp->cfg.dst) || f->kind == FRAME_ICMP6);
    bool is_first;
    if (fp->state != OSFP_BUSY || !is_reply)
        return false;
    const int p = obs_receive(&fp->obs, f, &is_first);
    if (p < 0)
        return false;
    sched_answered(&fp->sched, p, f->time_ns);
    try_note_reply(fp, p, is_first, f);
    return true;
}

enum osfp_state osfp_tick(struct osfp *fp, uint64_t now_ns)
{
    if (fp->state != OSFP_BUSY)
        return fp->state;
    sched_advance(&fp->sched, now_ns);
    if (sched_is_over(&fp->sched) || now_ns >= fp->deadline_ns) {
        try_finish(fp);
        fp->state = OSFP_TRY_OVER;
    }
    return fp->state;
}

uint64_t osfp_when(const struct osfp *fp)
{
    if (fp->state != OSFP_BUSY)
        return UINT64_MAX;
    const uint64_t when = sched_when(&fp->sched);
    return when < fp->deadline_ns ? when : fp->deadline_ns;
}

void osfp_stop(struct osfp *fp)
{
    if (fp->state == OSFP_BUSY)
        try_finish(fp);
    fp->state = OSFP_DONE;
}

struct osfp *osfp_replay_new(struct arena *arena, const struct osfp_config *cfg)
{
    struct osfp *fp = arena_alloc(arena, sizeof *fp);
    init(fp, arena, cfg);
    fp->unix_ns = cfg->unix_ns;
    return fp;
}

uint32_t osfp_tries(const struct osfp *fp)
{
    return fp->n_begun;
}

const struct osdb_subject *osfp_subject(const struct osfp *fp, uint32_t try_index)
{
    return try_index < fp->n_over ? &fp->subjects[try_index] : NULL;
}

void osfp_sequence(const struct osfp *fp, uint32_t try_index, struct os_sequence *out)
{
    *out = try_index < fp->n_over ? fp->sequences[try_index] : (struct os_sequence){0};
}
