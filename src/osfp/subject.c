// SPDX-License-Identifier: Apache-2.0
// The response tests: every value of every line as text. Comes in: an observation and the facts
// of the host. Goes out: an osdb_subject whose strings live in the given arena. A value that
// cannot be computed stays absent, which is not the same as empty.
// Reference: os-detection spec 3.1 and 3.6 - 3.12; SEQ arithmetic is seq.c, samples sequence.c.
#include "osfp/subject.h"

#include <math.h>

#include "base/buf.h"
#include "osfp/line.h"
#include "osfp/options.h"
#include "wire/ip4.h"

enum { VALUE_MAX = 160, U1_TOTAL_LEN = 328, TTL_MAX = 255 };

static void put_options(struct line *l, const char *attr, const struct obs_reply *r)
{
    char mem[VALUE_MAX];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    options_print(&b, span_of(r->tcp.options, r->tcp.n_options), l->quirks);
    line_put_buf(l, attr, &b);
}

// Spec 3.8.
static void put_ttl(struct line *l, uint8_t ttl)
{
    if (l->env->has_distance && !l->env->is_six) {
        line_put_hex(l, "T", (uint32_t)(ttl + l->env->distance - 1));
        return;
    }
    line_put_hex(l, "TG", ttl <= 32 ? 32 : ttl <= 64 ? 64 : ttl <= 128 ? 128 : TTL_MAX);
}

// R, DF and T or TG, with which the line of any answered probe begins.
static void put_head(struct line *l, const struct obs_reply *r)
{
    line_put(l, "R", SPAN("Y"));
    if (!l->env->is_six)
        line_put(l, "DF", r->df ? SPAN("Y") : SPAN("N"));
    put_ttl(l, r->ttl);
}

static struct span seq_relation(const struct obs_reply *r)
{
    if (r->tcp.seq == 0)
        return SPAN("Z");
    if (r->tcp.seq == r->tcp.ack_base)
        return SPAN("A");
    return r->tcp.seq == r->tcp.ack_base + 1 ? SPAN("A+") : SPAN("O");
}

static struct span ack_relation(const struct obs_reply *r)
{
    if (r->tcp.ack == 0)
        return SPAN("Z");
    if (r->tcp.ack == r->tcp.seq_base)
        return SPAN("S");
    return r->tcp.ack == r->tcp.seq_base + 1 ? SPAN("S+") : SPAN("O");
}

static void put_quirks(struct line *l, const struct obs_reply *r)
{
    const bool has_urgent = r->tcp.has_urgent && !(r->tcp.flags & TCP_URG);
    const bool has_reserved = r->tcp.reserved != 0;
    if (has_reserved)
        line_put(l, "Q", has_urgent ? SPAN("RU") : SPAN("R"));
    else
        line_put(l, "Q", has_urgent ? SPAN("U") : SPAN(""));
}

static void put_data(struct line *l, const struct obs_reply *r)
{
    if (r->tcp.has_data)
        line_put_hex_pad(l, "RD", r->tcp.data_crc, l->quirks == QUIRKS_793 ? 8 : 0);
    else
        line_put(l, "RD", SPAN("0"));
}

// T1 .. T7; T1 has neither W nor O, so these two go nowhere there.
static void build_tcp(const struct line *base, enum osdb_test test, const struct obs_reply *r,
                      bool can_answer)
{
    if (!r && !can_answer)
        return;
    struct line l = line_begin(base, test);
    if (!r) {
        line_put(&l, "R", SPAN("N"));
        return;
    }
    put_head(&l, r);
    line_put_hex(&l, "W", r->tcp.window);
    if (!base->env->lacks_acks || !(r->tcp.flags & TCP_RST) || r->tcp.seq == 0)
        line_put(&l, "S", seq_relation(r));
    line_put(&l, "A", ack_relation(r));
    line_put_flags(&l, "F", r->tcp.flags, 'E'); // spec 3.9
    put_options(&l, "O", r);
    put_data(&l, r);
    put_quirks(&l, r);
}

static void build_ecn(const struct line *base, const struct obs *o)
{
    static const char congestion[] = "NOYS"; // by CWR (1) and ECE (2), spec 3.10
    const struct obs_reply *r = line_reply(o, PROBE_ECN);
    if (!r && !base->env->has_open)
        return;
    struct line l = line_begin(base, TEST_ECN);
    if (!r) {
        line_put(&l, "R", SPAN("N"));
        return;
    }
    put_head(&l, r);
    line_put_hex(&l, "W", r->tcp.window);
    put_options(&l, "O", r);
    line_put_char(&l, "CC",
                  congestion[(r->tcp.flags & TCP_CWR ? 1 : 0) + (r->tcp.flags & TCP_ECE ? 2 : 0)]);
    put_quirks(&l, r);
}

// Both lines or none.
static void build_ops_win(const struct line *base, const struct obs *o)
{
    static const char *const o_names[] = {"O1", "O2", "O3", "O4", "O5", "O6"};
    static const char *const w_names[] = {"W1", "W2", "W3", "W4", "W5", "W6"};
    for (unsigned k = 0; k < OBS_SEQ; k++)
        if (!obs_ops(o, k))
            return;
    struct line ops = line_begin(base, TEST_OPS);
    struct line win = line_begin(base, TEST_WIN);
    for (unsigned k = 0; k < OBS_SEQ; k++) {
        put_options(&ops, o_names[k], obs_ops(o, k));
        line_put_hex(&win, w_names[k], obs_ops(o, k)->tcp.window);
    }
}

static void put_ids(struct line *l, const char *attr, struct seq_ids ids)
{
    static const char *const text[] = {
        [IPID_ZERO] = "Z", [IPID_INC] = "I", [IPID_INC2] = "I",
        [IPID_BI] = "BI",  [IPID_RI] = "RI", [IPID_RD] = "RD",
    };
    if (ids.cls == IPID_CONSTANT)
        line_put_hex(l, attr, ids.value);
    else if (ids.cls != IPID_NONE)
        line_put(l, attr, span_str(text[ids.cls]));
}

// Spec 3.5; a clock that is no clock keeps its number, as references were made with it.
static void put_clock(struct line *l, const struct seq_result *r)
{
    if (r->ts_class == TS_UNSUPPORTED)
        line_put(l, "TS", SPAN("U"));
    else if (r->ts_class == TS_ZERO)
        line_put(l, "TS", SPAN("0"));
    else if (r->ts_hz <= 0)
        return;
    else if (r->ts_hz <= 5.66)
        line_put(l, "TS", SPAN("1"));
    else if (r->ts_hz > 70 && r->ts_hz <= 150)
        line_put(l, "TS", SPAN("7"));
    else if (r->ts_hz > 150 && r->ts_hz <= 350)
        line_put(l, "TS", SPAN("8"));
    else
        line_put_hex(l, "TS", (uint32_t)floor(0.5 + log2(r->ts_hz)));
}

static bool has_attributes(const struct osdb_subject *subject, enum osdb_test test)
{
    const struct osdb_test_info *t = &osdb_tests[test];
    for (int a = t->first; a < t->first + t->n; a++)
        if (!span_is_absent(subject->value[a]))
            return true;
    return false;
}

static void put_all_ids(struct line *l, const struct seq_result *r)
{
    put_ids(l, "TI", r->ti);
    put_ids(l, "CI", r->ci);
    put_ids(l, "II", r->ii);
    if (r->ss)
        line_put_char(l, "SS", r->ss);
}

static void build_seq(const struct line *base, const struct obs *o)
{
    struct seq_result r;
    struct line l = line_begin(base, TEST_SEQ);
    seq_evaluate(o, &l.env->seq, &r);
    if (r.has_rates) {
        if (!r.is_sp_noise)
            line_put_hex(&l, "SP", r.sp);
        line_put_hex(&l, "GCD", r.gcd);
        line_put_hex(&l, "ISR", r.isr);
    }
    if (!l.env->is_six)
        put_all_ids(&l, &r);
    put_clock(&l, &r);
    if (l.quirks == QUIRKS_793) // 7.93 prints no empty line, 7.991 does
        l.subject->has_line[TEST_SEQ] = has_attributes(l.subject, TEST_SEQ);
}

static void put_cksum(struct line *l, const struct obs_reply *r)
{
    if (r->unreach.is_udp_cksum_good)
        line_put(l, "RUCK", SPAN("G"));
    else
        line_put_hex(l, "RUCK", r->unreach.udp_cksum);
    line_put(l, "RUD", r->unreach.is_data_good ? SPAN("G") : SPAN("I"));
}

static void build_u1(const struct line *base, const struct obs *o)
{
    const struct obs_reply *r = line_reply(o, PROBE_U1);
    struct line l = line_begin(base, TEST_U1);
    if (!r) {
        line_put(&l, "R", SPAN("N"));
        return;
    }
    put_head(&l, r);
    line_put_hex(&l, "IPL", r->unreach.total_len);
    line_put_hex(&l, "UN", r->unreach.unused);
    if (r->unreach.quoted_len == U1_TOTAL_LEN)
        line_put(&l, "RIPL", SPAN("G"));
    else
        line_put_hex(&l, "RIPL", r->unreach.quoted_len);
    if (r->unreach.quoted_id == o->u1_id)
        line_put(&l, "RID", SPAN("G"));
    else
        line_put_hex(&l, "RID", r->unreach.quoted_id);
    line_put_char(&l, "RIPCK", r->unreach.ip_cksum);
    put_cksum(&l, r);
}

// IPv6: no line without an answer, as filters and limits silence more hosts than stacks do.
static void build_u1_six(const struct line *base, const struct obs *o)
{
    const struct obs_reply *r = line_reply(o, PROBE_U1);
    if (!r)
        return;
    struct line l = line_begin(base, TEST_U1);
    put_head(&l, r);
    line_put_hex(&l, "UN", r->unreach.unused);
    put_cksum(&l, r);
}

static char echo_df(const struct obs_reply *first, const struct obs_reply *second)
{
    if (first->df)
        return second->df ? 'Y' : 'S';
    return second->df ? 'O' : 'N';
}

static void put_code(struct line *l, uint8_t first, uint8_t second)
{
    if (first == second && first == 0)
        line_put(l, "CD", SPAN("Z"));
    else if (first == second)
        line_put_hex(l, "CD", first);
    else
        line_put(l, "CD", first == 9 && second == 0 ? SPAN("S") : SPAN("O"));
}

// Spec 3.11.
static void build_ie(const struct line *base, const struct obs *o)
{
    const struct obs_reply *a = line_reply(o, PROBE_IE1);
    const struct obs_reply *b = line_reply(o, PROBE_IE2);
    struct line l = line_begin(base, TEST_IE);
    if (!a || !b || (o->is_ie_carried[0] && o->is_ie_carried[1])) {
        line_put(&l, "R", SPAN("N"));
        return;
    }
    const bool first_is_a = a->order < b->order;
    const bool use_first = l.quirks == QUIRKS_793;
    line_put(&l, "R", SPAN("Y"));
    line_put_char(&l, "DFI", echo_df(a, b));
    put_ttl(&l, first_is_a == use_first ? a->ttl : b->ttl);
    put_code(&l, a->echo.code, b->echo.code);
}

// The first request (code 9) may have had extension headers; the second one (code 0), if it was
// not answered, would have had its code copied like that of the first.
static void build_ie_six(const struct line *base, const struct obs *o)
{
    const struct obs_reply *a = line_reply(o, PROBE_IE1);
    const struct obs_reply *b = line_reply(o, PROBE_IE2);
    if (!a)
        a = line_reply(o, PROBE_X1);
    if (!a)
        return;
    struct line l = line_begin(base, TEST_IE);
    line_put(&l, "R", SPAN("Y"));
    put_ttl(&l, a->ttl);
    put_code(&l, a->echo.code, b ? b->echo.code : 0);
}

void subject_build(struct arena *a, const struct obs *o, const struct subject_env *env,
                   struct osdb_subject *out)
{
    const struct line base = {
        .arena = a, .subject = out, .test = TEST_SEQ, .env = env, .quirks = env->seq.quirks};
    *out = (struct osdb_subject){0};
    if (env->seq.gen == OSDB_FIRST) {
        first_build(&base, o);
        return;
    }
    build_seq(&base, o);
    build_ops_win(&base, o);
    build_ecn(&base, o);
    build_tcp(&base, TEST_T1, obs_t1(o), env->has_open);
    build_tcp(&base, TEST_T2, line_reply(o, PROBE_T2), env->has_open);
    build_tcp(&base, TEST_T3, line_reply(o, PROBE_T3), env->has_open);
    build_tcp(&base, TEST_T4, line_reply(o, PROBE_T4), env->has_open);
    build_tcp(&base, TEST_T5, line_reply(o, PROBE_T5), env->has_closed);
    build_tcp(&base, TEST_T6, line_reply(o, PROBE_T6), env->has_closed);
    build_tcp(&base, TEST_T7, line_reply(o, PROBE_T7), env->has_closed);
    if (env->is_six) {
        build_u1_six(&base, o);
        build_ie_six(&base, o);
        native_build(&base, o);
    } else {
        build_u1(&base, o);
        build_ie(&base, o);
    }
}
