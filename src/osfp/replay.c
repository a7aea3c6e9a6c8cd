// SPDX-License-Identifier: Apache-2.0
// Offline: the observations of a recorded scan. Comes in: its packets in time order, both
// directions. Probes are known by their form (build.h), ports and numbers are learned from them
// as they pass. A pause of 0.9 s between probes begins another try, and in own mode, where tries
// follow without one, any new port base, ICMP id or SEQ train. The first generation keeps its
// ports: there a new sequence number of T1-T7 begins another try. Reference: os-detection spec 10.
#include "osfp/six.h"
#include "osfp/state.h"

enum { PAUSE_MS = 900, MS = 1000 * 1000 };

static bool is_six(const struct osfp *fp)
{
    return fp->cfg.dst.family == IP_V6;
}

static uint16_t base_of(const struct osfp *fp, const struct frame *f, int p)
{
    const int offset = is_six(fp) ? six_offset(p) : obs_port_of(fp->cfg.gen, (enum probe)p);
    return (uint16_t)(f->tcp.sport - offset);
}

static bool is_new_first(const struct osfp *fp, const struct frame *f)
{
    const struct obs *o = &fp->obs;
    const int at = obs_probe_at(OSDB_FIRST, (uint16_t)(f->tcp.sport - o->tcp_base));
    return at < 0 || (at >= PROBE_T1 && f->tcp.seq != o->seq_base);
}

// X1, X2 and NS.
static bool has_fixed_id(int p)
{
    return p >= PROBE_X1 && p <= PROBE_NS;
}

// Source port and number that stand for the whole try have changed.
static bool has_new_values(const struct osfp *fp, const struct frame *f, int p)
{
    const struct obs *o = &fp->obs;
    if (fp->cfg.gen == OSDB_FIRST)
        return p < PROBE_U1 && fp->replay.has_tcp_base && is_new_first(fp, f);
    if (p == PROBE_U1)
        return fp->replay.has_udp_base && f->udp.sport != o->udp_base;
    if (has_fixed_id(p))
        return false;
    if (p >= PROBE_IE1 && is_six(fp))
        return fp->replay.has_icmp_id && f->icmp6.id != o->icmp_id;
    if (p >= PROBE_IE1)
        return fp->replay.has_icmp_id && (uint16_t)(f->icmp4.id - (p - PROBE_IE1)) != o->icmp_id;
    if (!fp->replay.has_tcp_base)
        return false;
    return (uint16_t)(f->tcp.sport - o->tcp_base) >= (is_six(fp) ? (int)SIX_PORTS : PROBE_U1) ||
           (p == PROBE_SEQ && f->tcp.sport == o->tcp_base && f->tcp.seq != o->seq_base);
}

static bool begins_try(const struct osfp *fp, const struct frame *f, int p)
{
    const uint64_t pause = (uint64_t)PAUSE_MS * MS + (uint64_t)fp->cfg.timing.scan_delay_us * 1000;
    if (fp->n_begun == 0)
        return true;
    if (fp->n_begun >= LIMIT_OS_TRIES)
        return false;
    if (fp->cfg.quirks == QUIRKS_NONE || is_six(fp) || fp->cfg.gen == OSDB_FIRST)
        return has_new_values(fp, f, p);
    return f->time_ns > fp->replay.last_ns + pause;
}

static void begin_try(struct osfp *fp)
{
    if (fp->n_begun > 0)
        try_finish(fp);
    try_prepare(fp);
    fp->replay.has_tcp_base = false;
    fp->replay.has_udp_base = false;
    fp->replay.has_icmp_id = false;
}

// The probe itself, or the resend that its source port tells; -1 if neither fits.
static int resolve_tcp(const struct osfp *fp, const struct frame *f, int p)
{
    const uint16_t offset = (uint16_t)(f->tcp.sport - fp->obs.tcp_base);
    if (is_six(fp))
        return offset == six_offset(p) ? p : -1;
    if (fp->cfg.gen == OSDB_FIRST)
        return obs_probe_at(OSDB_FIRST, offset);
    if (offset == p)
        return p;
    if (p < PROBE_OPS && (offset == p + PROBE_OPS || (p == PROBE_SEQ && offset == PROBE_T1)))
        return offset;
    return -1;
}

static int learn_tcp(struct osfp *fp, const struct frame *f, int p)
{
    struct obs *o = &fp->obs;
    if (!fp->replay.has_tcp_base) {
        fp->replay.has_tcp_base = true;
        o->tcp_base = base_of(fp, f, p);
    }
    p = resolve_tcp(fp, f, p);
    if (p < 0)
        return p;
    const uint32_t is_first = fp->cfg.gen == OSDB_FIRST;
    if (is_six(fp))
        o->seq_base = f->tcp.seq - (uint32_t)six_offset(p);
    else
        o->seq_base = f->tcp.seq - (p < PROBE_OPS ? (uint32_t)p + is_first : 0);
    o->probe[p].ack = f->tcp.ack;
    if (p != PROBE_ECN)
        o->ack_base = f->tcp.ack;
    return p;
}

static void learn_udp(struct osfp *fp, const struct frame *f)
{
    struct obs *o = &fp->obs;
    fp->replay.has_udp_base = true;
    o->udp_base = f->udp.sport;
    o->u1_port = f->udp.dport;
    o->u1_cksum = f->udp.cksum;
    o->u1_ttl = f->ttl;
    o->u1_id = f->ip4.id;
    o->u1_fill = (uint8_t)f->udp.payload.ptr[0];
}

static void learn_echo(struct osfp *fp, const struct frame *f, int p)
{
    if (has_fixed_id(p))
        return;
    fp->replay.has_icmp_id = true;
    fp->obs.icmp_id = is_six(fp) ? f->icmp6.id : (uint16_t)(f->icmp4.id - (p - PROBE_IE1));
}

static void note_probe(struct osfp *fp, const struct frame *f, int p)
{
    if (begins_try(fp, f, p))
        begin_try(fp);
    if (p == PROBE_U1) {
        learn_udp(fp, f);
    } else if (p >= PROBE_IE1) {
        learn_echo(fp, f, p);
    } else {
        p = learn_tcp(fp, f, p);
    }
    if (p < 0)
        return;
    fp->replay.last_ns = f->time_ns;
    obs_sent(&fp->obs, (enum probe)p, f->time_ns);
}

static bool goes_from_to(const struct frame *f, const struct ip_addr *src,
                         const struct ip_addr *dst)
{
    return ip_eq(&f->src, src) && ip_eq(&f->dst, dst);
}

static bool may_answer(const struct osfp *fp, const struct frame *f)
{
    const bool is_error = f->kind == FRAME_ICMP6 && icmp6_is_error(f->icmp6.type);
    return is_error ? ip_eq(&f->dst, &fp->cfg.src) : goes_from_to(f, &fp->cfg.dst, &fp->cfg.src);
}

void osfp_replay_frame(struct osfp *fp, const struct frame *f)
{
    bool is_first;
    if (fp->state == OSFP_DONE || f->kind == FRAME_OTHER || f->kind == FRAME_ARP)
        return;
    enum osdb_gen gen;
    const int p = build_recognize(f, &gen);
    if (p >= 0 && gen == fp->cfg.gen && goes_from_to(f, &fp->cfg.src, &fp->cfg.dst)) {
        note_probe(fp, f, p);
        return;
    }
    if (fp->n_begun == 0 || !may_answer(fp, f))
        return;
    const int answered = obs_receive(&fp->obs, f, &is_first);
    if (answered >= 0)
        try_note_reply(fp, answered, is_first, f);
}

void osfp_replay_end(struct osfp *fp)
{
    if (fp->state != OSFP_DONE && fp->n_begun > 0)
        try_finish(fp);
    fp->state = OSFP_DONE;
}

void osfp_replay_ports(struct osfp *fp, int32_t open_tcp, int32_t closed_tcp)
{
    fp->cfg.open_tcp = open_tcp;
    fp->cfg.closed_tcp = closed_tcp;
}

enum osfp_role osfp_role(const struct frame *f, enum osdb_gen *gen)
{
    const int p = build_recognize(f, gen);
    if (p < 0)
        return OSFP_NO_PROBE;
    if (*gen == OSDB_FIRST && (p == PROBE_T4 || p == PROBE_T5))
        return OSFP_TO_ANY;
    if (p >= PROBE_U1)
        return OSFP_TO_HOST;
    return p >= PROBE_T5 ? OSFP_TO_CLOSED : OSFP_TO_OPEN;
}
