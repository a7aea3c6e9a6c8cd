// SPDX-License-Identifier: Apache-2.0
// Text of a printed IPv6 fingerprint -> replies -> subject. The items hold what was answered, not
// what was asked: ports and sequence numbers of the probes are taken from the replies. What they
// acknowledged stays unknown. Hidden addresses become "::".
#include "osfp/six.h"
#include "osfp/state.h"

#include "base/text.h"

enum { REPEAT_MAX = SIX_PACKET_MAX, TIME_DIGITS = 18, SECONDS_MAX = 100000 };

struct item {
    enum probe probe;
    struct span packet;
    uint64_t sent_ns;
    uint64_t rx_ns;
};

struct reader {
    struct arena *arena;
    struct item items[SIX_ITEMS];
    uint32_t n;
    struct osdb_subject native; // its line N6, if it has one
    struct osfp *fp;
};

static bool read_pair(struct span *s, uint8_t *out)
{
    uint64_t v = 0;
    const struct span pair = span_head(*s, 2);
    if (pair.len < 2 || (!span_eq(pair, SPAN("XX")) && !text_hex(pair, &v)))
        return false;
    *out = (uint8_t)v;
    *s = span_from(*s, 2);
    return true;
}

// "{n}" behind a pair.
static bool read_repeat(struct span *s, uint64_t *n)
{
    *n = 1;
    if (s->len == 0 || s->ptr[0] != '{')
        return true;
    const size_t close = span_find(*s, '}');
    const struct span digits = span_from(span_head(*s, close), 1);
    if (close == s->len || !text_dec(digits, REPEAT_MAX, n) || *n == 0)
        return false;
    *s = span_from(*s, close + 1);
    return true;
}

static bool read_packet(struct arena *a, struct span s, struct span *out)
{
    uint8_t mem[SIX_PACKET_MAX];
    size_t len = 0;
    while (s.len > 0) {
        uint8_t byte;
        uint64_t n;
        if (!read_pair(&s, &byte) || !read_repeat(&s, &n) || n > sizeof mem - len)
            return false;
        memset(mem + len, byte, n);
        len += n;
    }
    *out = arena_copy(a, span_of(mem, len));
    return len > IP6_HDR_LEN;
}

// Seconds, "1.25" or "9.8e-05".
static bool read_time(struct span s, uint64_t *ns)
{
    uint64_t whole, part = 0, exponent = 0;
    struct span fraction = s;
    const struct span number = span_cut(&fraction, 'e'); // leaves the exponent
    struct span exp = fraction;
    struct span rest = number;
    if (!text_dec(span_cut(&rest, '.'), SECONDS_MAX, &whole))
        return false;
    double v = 0;
    if (!span_is_absent(rest)) {
        if (rest.len > TIME_DIGITS || !text_dec(rest, UINT64_MAX, &part))
            return false;
        v = (double)part;
        for (size_t i = 0; i < rest.len; i++)
            v /= 10;
    }
    v += (double)whole;
    if (!span_is_absent(exp) &&
        (exp.len < 2 || exp.ptr[0] != '-' || !text_dec(span_from(exp, 1), 30, &exponent)))
        return false;
    for (; exponent > 0; exponent--)
        v /= 10;
    *ns = (uint64_t)(v * 1e9 + 0.5);
    return true;
}

static bool find_item(struct span name, enum probe *out)
{
    for (size_t i = 0; i < SIX_ITEMS; i++) {
        if (!span_eq(span_str(six_items[i].name), name))
            continue;
        *out = six_items[i].probe;
        return true;
    }
    return false;
}

static bool read_value(struct arena *a, struct span part, struct item *to)
{
    const struct span name = span_cut(&part, '=');
    if (span_is_absent(part))
        return false;
    if (span_eq(name, SPAN("P")))
        return read_packet(a, part, &to->packet);
    if (span_eq(name, SPAN("ST")))
        return read_time(part, &to->sent_ns);
    return span_eq(name, SPAN("RT")) && read_time(part, &to->rx_ns);
}

static bool read_native(struct reader *r, struct span line)
{
    struct err_at at;
    return osdb_subject_parse(arena_copy(r->arena, line), &r->native, &at) == ERR_OK;
}

static bool read_item(struct reader *r, struct span line, struct span name, struct span body)
{
    struct item item = {0};
    if (span_eq(name, SPAN("EXTRA")))
        return true;
    if (span_eq(name, SPAN("N6")))
        return read_native(r, line);
    if (r->n == SIX_ITEMS || !find_item(name, &item.probe))
        return false;
    while (!span_is_absent(body))
        if (!read_value(r->arena, span_cut(&body, '%'), &item))
            return false;
    if (item.packet.len == 0)
        return false;
    r->items[r->n++] = item;
    return true;
}

static enum err read_items(struct reader *r, struct span text, struct err_at *at)
{
    while (text.len > 0) {
        if (text.ptr[0] == '\n') {
            text = span_from(text, 1);
            continue;
        }
        const size_t open = span_find(text, '(');
        const size_t close = span_find(text, ')');
        const struct span name = span_head(text, open);
        if (close == text.len || open > close ||
            !read_item(r, span_head(text, close + 1), name,
                       span_from(span_head(text, close), open + 1)))
            return err_set(at, ERR_SYNTAX, "not an item of an IPv6 fingerprint", name);
        text = span_from(text, close + 1);
    }
    return r->n > 0 || r->native.has_line[TEST_N6]
               ? ERR_OK
               : err_set(at, ERR_SYNTAX, "no reply in this fingerprint", text);
}

static bool decode(const struct item *item, struct frame *f)
{
    *f = (struct frame){.time_ns = item->rx_ns};
    return frame_decode(LINK_RAW, item->packet, f) == ERR_OK;
}

static void learn_udp(struct obs *o, const struct frame *f)
{
    struct ip6_hdr ip;
    struct cur c = cur_of(f->icmp6.body.ptr, f->icmp6.body.len);
    if (ip6_decode(&c, true, &ip) != ERR_OK || ip.proto != IP6_UDP)
        return;
    o->udp_base = cur_be16(&c);
    o->u1_port = cur_be16(&c);
    cur_skip(&c, 2);
    o->u1_cksum = cur_be16(&c);
    o->u1_ttl = ip.hop_limit;
}

// A SYN, and a FIN where it is answered, count as one; the first item decides. Without a SCAN item
// the ports are known from the replies alone.
static void learn_tcp(struct obs *o, struct osfp_config *cfg, const struct frame *f, enum probe p,
                      bool *has_seq)
{
    const uint32_t offset = (uint32_t)six_offset((int)p);
    int32_t *port = p >= PROBE_T5 ? &cfg->closed_tcp : &cfg->open_tcp;
    if (*port < 0)
        *port = f->tcp.sport;
    o->tcp_base = (uint16_t)(f->tcp.dport - offset);
    const bool counts = p != PROBE_T2 && p != PROBE_T4 && p != PROBE_T6;
    if ((f->tcp.flags & TCP_ACK) && !*has_seq && counts) {
        o->seq_base = f->tcp.ack - 1 - offset;
        *has_seq = true;
    }
}

static void learn(struct reader *r)
{
    struct obs *o = &r->fp->obs;
    bool has_seq = false;
    for (uint32_t i = 0; i < r->n; i++) {
        struct frame f;
        const struct item *item = &r->items[i];
        if (!decode(item, &f))
            continue;
        if (f.kind == FRAME_TCP && six_offset((int)item->probe) >= 0)
            learn_tcp(o, &r->fp->cfg, &f, item->probe, &has_seq);
        else if (f.kind == FRAME_ICMP6 && item->probe == PROBE_U1)
            learn_udp(o, &f);
    }
}

static void replay(struct reader *r)
{
    for (uint32_t i = 0; i < r->n; i++) {
        struct frame f;
        bool is_first;
        const struct item *item = &r->items[i];
        obs_sent(&r->fp->obs, item->probe, item->sent_ns);
        if (!decode(item, &f))
            continue;
        const int p = obs_receive(&r->fp->obs, &f, &is_first);
        if (p >= 0)
            try_note_reply(r->fp, p, is_first, &f);
    }
}

// The line tells what the items do not: probes that the reference has not.
static void take_native(struct reader *r)
{
    const struct osdb_test_info *t = &osdb_tests[TEST_N6];
    struct osdb_subject *s = &r->fp->subjects[r->fp->n_over - 1];
    r->fp->lacks_native = !r->native.has_line[TEST_N6];
    if (!r->fp->lacks_native)
        memcpy(&s->value[t->first], &r->native.value[t->first], t->n * sizeof s->value[0]);
}

enum err osfp_read_six(struct arena *arena, const struct osfp_config *cfg, struct span text,
                       struct osfp **out, struct err_at *at)
{
    struct reader *r = arena_alloc(arena, sizeof *r);
    struct osfp_config six = *cfg;
    r->arena = arena;
    six.src = six.dst = (struct ip_addr){.family = IP_V6};
    const enum err e = read_items(r, text, at);
    if (e != ERR_OK)
        return e;
    r->fp = osfp_replay_new(arena, &six);
    r->fp->lacks_acks = true;
    try_prepare(r->fp);
    learn(r);
    replay(r);
    osfp_replay_end(r->fp);
    take_native(r);
    *out = r->fp;
    return ERR_OK;
}
