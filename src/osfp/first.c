// SPDX-License-Identifier: Apache-2.0
// The tests of the first generation as text: TSeq, T1-T7, PU. Which probe was answered by what,
// the arithmetic of the sequence numbers and the classes of IDs and clocks are shared with the
// second generation (reply.c, seq.c, ipid.c). Source: first-generation specification 4.
#include "base/cur.h"
#include "osfp/line.h"
#include "wire/tcp.h"

enum { OPS_MAX = 2 * OBS_OPTIONS, OUR_MSS = 265 };

static void put_class(struct line *l, const struct obs *o, const struct seq_result *r)
{
    static const char *const names[] = {
        [ISN_NONE] = "",   [ISN_CONSTANT] = "C",  [ISN_64K] = "64K",   [ISN_800] = "i800",
        [ISN_TIME] = "TD", [ISN_POSITIVE] = "RI", [ISN_RANDOM] = "TR",
    };
    line_put(l, "Class", span_str(names[r->isn_class]));
    if (r->isn_class == ISN_CONSTANT)
        line_put_hex(l, "Val", o->sample[r->slot[0]].isn);
    if (r->isn_class != ISN_TIME && r->isn_class != ISN_POSITIVE)
        return;
    line_put_hex(l, "gcd", r->gcd);
    line_put_hex(l, "SI", r->index);
}

static void put_ids(struct line *l, enum ipid_class cls)
{
    static const char *const names[] = {
        [IPID_NONE] = NULL, [IPID_ZERO] = "Z", [IPID_CONSTANT] = "C", [IPID_INC] = "I",
        [IPID_INC2] = "I",  [IPID_BI] = "BI",  [IPID_RI] = "RPI",     [IPID_RD] = "RD",
    };
    if (names[cls])
        line_put(l, "IPID", span_str(names[cls]));
}

static void put_clock(struct line *l, enum ts_class cls)
{
    static const char *const names[] = {
        [TS_UNKNOWN] = NULL,  [TS_UNSUPPORTED] = "U", [TS_ZERO] = "0",   [TS_2HZ] = "2HZ",
        [TS_100HZ] = "100HZ", [TS_1000HZ] = "1000HZ", [TS_OTHER] = NULL, [TS_RANDOM] = NULL,
    };
    if (names[cls])
        line_put(l, "TS", span_str(names[cls]));
}

static void build_tseq(const struct line *base, const struct obs *o)
{
    struct seq_result r;
    seq_evaluate(o, &base->env->seq, &r);
    if (!r.has_rates)
        return;
    struct line l = line_begin(base, TEST_TSEQ);
    put_class(&l, o, &r);
    put_ids(&l, r.ti.cls);
    put_clock(&l, r.ts_class);
}

static struct span ack_relation(const struct obs_reply *r)
{
    if (r->tcp.ack == r->tcp.seq_base + 1)
        return SPAN("S++");
    return r->tcp.ack == r->tcp.seq_base ? SPAN("S") : SPAN("O");
}

// One letter for each option. Of an option that it does not know only the first byte is taken:
// the published references were made so.
static void put_options(struct line *l, const struct obs_reply *r)
{
    char mem[OPS_MAX];
    struct buf b;
    struct cur c = cur_of(r->tcp.options, r->tcp.n_options);
    buf_init(&b, mem, sizeof mem);
    while (cur_left(&c) > 0) {
        const uint8_t kind = cur_u8(&c);
        if (kind == TCP_OPT_EOL) {
            buf_char(&b, 'L');
            break;
        }
        if (kind == TCP_OPT_NOP) {
            buf_char(&b, 'N');
        } else if (kind == TCP_OPT_MSS) {
            cur_skip(&c, 1);
            buf_str(&b, cur_be16(&c) == OUR_MSS ? "ME" : "M");
        } else if (kind == TCP_OPT_WS) {
            cur_skip(&c, 2);
            buf_char(&b, 'W');
        } else if (kind == TCP_OPT_TS) {
            cur_skip(&c, 9);
            buf_char(&b, 'T');
        }
    }
    line_put_buf(l, "Ops", &b);
}

static void put_df(struct line *l, const struct obs_reply *r)
{
    line_put(l, "Resp", SPAN("Y"));
    line_put(l, "DF", r->df ? SPAN("Y") : SPAN("N"));
}

static void build_tcp(const struct line *base, const struct obs *o, enum probe p)
{
    const struct obs_reply *r = line_reply(o, p);
    const bool is_asked = p >= PROBE_T5 ? base->env->has_closed : base->env->has_open;
    if (!r && !is_asked)
        return;
    struct line l = line_begin(base, (enum osdb_test)(TEST_F1 + (p - PROBE_T1)));
    if (!r) {
        line_put(&l, "Resp", SPAN("N"));
        return;
    }
    put_df(&l, r);
    line_put_hex(&l, "W", r->tcp.window);
    line_put(&l, "ACK", ack_relation(r));
    line_put_flags(&l, "Flags", r->tcp.flags, 'B');
    put_options(&l, r);
}

static void put_equal(struct line *l, const char *attr, bool is_zero, bool is_equal)
{
    line_put(l, attr, is_zero ? SPAN("0") : is_equal ? SPAN("E") : SPAN("F"));
}

static void build_pu(const struct line *base, const struct obs *o)
{
    const struct obs_reply *r = line_reply(o, PROBE_U1);
    struct line l = line_begin(base, TEST_PU);
    if (!r) {
        line_put(&l, "Resp", SPAN("N"));
        return;
    }
    put_df(&l, r);
    line_put_hex(&l, "TOS", r->tos);
    line_put_hex(&l, "IPLEN", r->unreach.total_len);
    line_put_hex(&l, "RIPTL", r->unreach.quoted_len);
    put_equal(&l, "RID", r->unreach.quoted_id == 0, r->unreach.quoted_id == o->u1_id);
    put_equal(&l, "RIPCK", r->unreach.ip_cksum == 'Z', r->unreach.ip_cksum == 'G');
    put_equal(&l, "UCK", r->unreach.udp_cksum == 0, r->unreach.is_udp_cksum_good);
    line_put_hex(&l, "ULEN", r->unreach.udp_len);
    put_equal(&l, "DAT", false, r->unreach.is_data_good);
}

void first_build(const struct line *base, const struct obs *o)
{
    build_tseq(base, o);
    for (int p = PROBE_T1; p <= PROBE_T7; p++)
        build_tcp(base, o, (enum probe)p);
    build_pu(base, o);
}
