// SPDX-License-Identifier: Apache-2.0
// Replies: which probe a packet answers, whether it counts, and what the tests will want to know
// of it. Comes in: decoded frames from the target. Goes out: obs_reply and obs_sample entries.
// The first packet wins everywhere but among SEQ samples, which have gates of their own.
// A try that follows another one starts from its copy; the copied replies are "old", that is
// replaced by new ones. Reference: os-detection spec 2.7, 3.11, 3.12.
#include "osfp/build.h"

#include "base/cur.h"
#include "base/hash.h"
#include "osfp/options.h"
#include "osfp/six.h"
#include "wire/cksum.h"

// Spec 3.11: a mark of 7.991 that is never cleared.
static void carry_ie_marks(struct obs *o, const struct obs *previous)
{
    for (int i = 0; i < 2; i++) {
        const struct obs_reply *old = &previous->probe[PROBE_IE1 + i].reply;
        o->is_ie_carried[i] = previous->is_ie_carried[i] || old->is_seen;
        if (o->is_ie_carried[i])
            o->probe[PROBE_IE1 + i].reply = *old;
    }
}

void obs_begin(struct obs *o, const struct obs *previous, enum quirks quirks)
{
    *o = (struct obs){.try_no = 1, .quirks = quirks, .u1_id = OBS_U1_ID, .u1_fill = OBS_U1_FILL};
    if (!previous)
        return;
    if (quirks == QUIRKS_NONE) {
        *o = *previous;
        for (int p = 0; p < PROBE_COUNT; p++)
            o->probe[p].reply.is_old = o->probe[p].reply.is_seen;
    }
    o->gen = previous->gen;
    o->src = previous->src;
    o->dst = previous->dst;
    o->tcp_base = previous->tcp_base; // the next ones are counted from them
    o->udp_base = previous->udp_base;
    o->u1_id = previous->u1_id; // an old reply quotes it
    o->u1_fill = previous->u1_fill;
    o->try_no = previous->try_no + 1;
    o->n_out = previous->n_out;
    o->n_replies = previous->n_replies;
    if (quirks == QUIRKS_7991)
        carry_ie_marks(o, previous);
}

enum { FIRST_SYN = 1, FIRST_T1 = 7 }; // first-generation specification, section 3

int obs_port_of(enum osdb_gen gen, enum probe p)
{
    if (gen == OSDB_SECOND)
        return (int)p;
    return p < PROBE_OPS ? FIRST_SYN + (int)p : FIRST_T1 + (int)(p - PROBE_T1);
}

int obs_probe_at(enum osdb_gen gen, uint16_t offset)
{
    if (gen == OSDB_SECOND)
        return offset < PROBE_U1 ? offset : -1;
    if (offset >= FIRST_T1)
        return offset - FIRST_T1 <= PROBE_T7 - PROBE_T1 ? offset - FIRST_T1 + PROBE_T1 : -1;
    return offset >= FIRST_SYN ? offset - FIRST_SYN : -1;
}

void obs_sent(struct obs *o, enum probe p, uint64_t sent_ns)
{
    struct obs_probe *probe = &o->probe[p];
    if (probe->try_no != o->try_no) {
        probe->try_no = o->try_no;
        probe->n_sent = 0;
    }
    if (p == PROBE_SEQ) { // a new train: samples of an old one do not mix with it
        memset(o->sample, 0, sizeof o->sample);
        o->last_id = 0;
        o->ts = OBS_TS_OK;
    }
    if (probe->n_sent < UINT8_MAX)
        probe->n_sent++;
    probe->sent_ns = sent_ns;
    probe->n_out = o->n_out++;
}

static void add_tcp(const struct obs *o, const struct frame *f, struct obs_reply *to)
{
    const struct tcp_hdr *tcp = &f->tcp;
    struct obs_reply r = *to;
    r.tcp.seq = tcp->seq;
    r.tcp.ack = tcp->ack;
    r.tcp.seq_base = o->seq_base;
    r.tcp.ack_base = o->ack_base;
    r.tcp.flags = tcp->flags;
    r.tcp.reserved = tcp->reserved;
    r.tcp.window = tcp->window;
    r.tcp.has_urgent = tcp->urg != 0;
    r.tcp.has_data = (tcp->flags & TCP_RST) && tcp->payload.len > 0;
    if (r.tcp.has_data)
        r.tcp.data_crc = hash_crc32(tcp->payload);
    const struct span options = span_head(tcp->options, OBS_OPTIONS);
    r.tcp.n_options = (uint8_t)options.len;
    if (options.len > 0)
        memcpy(r.tcp.options, options.ptr, options.len);
    *to = r;
}

struct obs_reply obs_reply_of(const struct obs *o, const struct frame *f)
{
    struct obs_reply r = {
        .is_seen = true,
        .order = o->n_replies,
        .rx_ns = f->time_ns,
        .ttl = f->ttl,
    };
    if (f->src.family == IP_V4) {
        r.ip_id = f->ip4.id;
        r.tos = f->ip4.tos;
        r.df = f->ip4.df;
    } else {
        r.tos = f->ip6.tclass;
        r.flow = f->ip6.flow;
        r.frag_id = f->ip6.frag_id;
        r.is_fragment = f->ip6.is_fragment;
    }
    if (f->kind == FRAME_TCP)
        add_tcp(o, f, &r);
    return r;
}

// First generation: the number that is acknowledged tells the probe; if it tells none, the first
// free place is taken.
static unsigned first_place(const struct obs *o, const struct frame *f)
{
    uint32_t k = f->tcp.ack - 2 - o->seq_base;
    if (k < OBS_SEQ)
        return k;
    for (k = 0; k + 1 < OBS_SEQ && o->sample[k].isn != 0; k++)
        ;
    return k;
}

void obs_sample(struct obs *o, unsigned k, const struct frame *f)
{
    struct obs_sample *s = &o->sample[k];
    const uint8_t flags = f->tcp.flags;
    if ((flags & TCP_RST) || !(flags & TCP_SYN) || !(flags & TCP_ACK) || s->isn != 0)
        return;
    *s = (struct obs_sample){.isn = f->tcp.seq, .order = o->n_replies};
    if (f->src.family == IP_V4)
        s->ip_id = f->ip4.id;
    if (!options_timestamp(f->tcp.options, &s->ts)) {
        s->ts = 0;
        o->ts = OBS_TS_UNSUPPORTED;
    } else if (s->ts == 0) {
        o->ts = OBS_TS_ZERO;
    }
}

// The gates of spec 2.7 in their order.
static void count_sample(struct obs *o, unsigned k, const struct frame *f)
{
    if (o->last_id != 0 && f->ip4.id == o->last_id)
        return;
    o->last_id = f->ip4.id;
    obs_sample(o, k, f);
}

bool obs_keep(struct obs *o, int p, const struct obs_reply *r)
{
    struct obs_reply *kept = &o->probe[p].reply;
    if (kept->is_seen && !kept->is_old)
        return false;
    *kept = *r;
    return true;
}

static int receive_tcp(struct obs *o, const struct frame *f, bool *is_first)
{
    const bool is_first_gen = o->gen == OSDB_FIRST; // reads options of any kind
    const int p = obs_probe_at(o->gen, (uint16_t)(f->tcp.dport - o->tcp_base));
    if (p < 0 || o->probe[p].try_no != o->try_no ||
        (!is_first_gen && !options_are_sound(f->tcp.options)))
        return -1;
    o->n_replies++;
    if (p < PROBE_OPS)
        count_sample(o, is_first_gen ? first_place(o, f) : (unsigned)p, f);
    const struct obs_reply r = obs_reply_of(o, f);
    *is_first = obs_keep(o, p, &r);
    return p;
}

static int receive_echo(struct obs *o, const struct frame *f, bool *is_first)
{
    int i = f->icmp4.id - o->icmp_id;
    if (o->quirks == QUIRKS_NONE)
        i = (uint16_t)i; // ids count modulo 2^16 (spec 2.7)
    if (i < 0 || i > 1 || o->is_ie_carried[i] || o->probe[PROBE_IE1 + i].try_no != o->try_no)
        return -1;
    o->n_replies++;
    struct obs_reply r = obs_reply_of(o, f);
    r.echo.code = f->icmp4.code;
    *is_first = obs_keep(o, PROBE_IE1 + i, &r);
    return PROBE_IE1 + i;
}

static bool all_are(struct span s, char byte)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] != byte)
            return false;
    return true;
}

static char ip_cksum_class(const struct icmp4_quote *q)
{
    if (q->ip.cksum == 0)
        return 'Z';
    return cksum_of(span_head(q->ip_bytes, IP4_HDR_LEN)) == 0 ? 'G' : 'I';
}

static int receive_unreach(struct obs *o, const struct frame *f, bool *is_first)
{
    struct icmp4_quote q;
    if (o->probe[PROBE_U1].try_no != o->try_no || f->icmp4.code != ICMP4_PORT_UNREACH ||
        !icmp4_quote(&f->icmp4, &q) || q.sport != o->udp_base || q.dport != o->u1_port)
        return -1;
    o->n_replies++;
    struct obs_reply r = obs_reply_of(o, f);
    r.unreach.total_len = f->ip4.total_len;
    r.unreach.unused = f->icmp4.unused;
    r.unreach.quoted_len = q.ip.total_len;
    r.unreach.quoted_id = q.ip.id;
    r.unreach.quoted_ttl = q.ip.ttl;
    r.unreach.udp_len = q.udp_len;
    r.unreach.udp_cksum = q.udp_cksum;
    r.unreach.is_udp_cksum_good = q.udp_cksum == o->u1_cksum;
    r.unreach.ip_cksum = ip_cksum_class(&q);
    r.unreach.is_data_good = all_are(q.rest, (char)o->u1_fill);
    *is_first = obs_keep(o, PROBE_U1, &r);
    return PROBE_U1;
}

int obs_receive(struct obs *o, const struct frame *f, bool *is_first)
{
    *is_first = false;
    if (o->dst.family == IP_V6)
        return six_receive(o, f, is_first);
    if (f->kind == FRAME_TCP)
        return receive_tcp(o, f, is_first);
    if (f->kind != FRAME_ICMP4)
        return -1;
    if (f->icmp4.type == ICMP4_ECHO_REPLY)
        return receive_echo(o, f, is_first);
    return f->icmp4.type == ICMP4_UNREACH ? receive_unreach(o, f, is_first) : -1;
}

// The earlier one; a new one goes before an old one.
static const struct obs_reply *earlier(const struct obs_reply *a, const struct obs_reply *b)
{
    if (!a->is_seen || !b->is_seen)
        return a->is_seen ? a : b->is_seen ? b : NULL;
    if (a->is_old != b->is_old)
        return a->is_old ? b : a;
    return a->order < b->order ? a : b;
}

const struct obs_reply *obs_ops(const struct obs *o, unsigned k)
{
    return earlier(&o->probe[PROBE_SEQ + k].reply, &o->probe[PROBE_OPS + k].reply);
}

const struct obs_reply *obs_t1(const struct obs *o)
{
    return earlier(&o->probe[PROBE_SEQ].reply, &o->probe[PROBE_T1].reply);
}
