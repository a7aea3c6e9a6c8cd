// SPDX-License-Identifier: Apache-2.0
// Text -> personality. Two kinds of lines: test lines, split by the reader of fingerprints, and
// "key = value". Everything lands in *p at once, so a text refines what was there before; T comes
// from T rather than TG where a line has both. Errors carry line and column.
#include "lab/hosts/hosts.h"

#include "base/text.h"
#include "osdb/osdb.h"

enum { DEFAULT_TTL = 64, DEFAULT_WINDOW = 16384, TS_MOST = 34 };

static struct pers_reply default_reply(uint8_t flags, enum pers_number seq, enum pers_number ack)
{
    return (struct pers_reply){
        .is_sent = true, .ttl = DEFAULT_TTL, .flags = flags, .seq = seq, .ack = ack};
}

void personality_init(struct personality *p)
{
    *p = (struct personality){0};
    struct pers_options mss;
    (void)options_parse(SPAN("M5B4"), &mss, NULL);
    for (int i = 0; i < PERS_SYNS; i++) {
        p->syn_options[i] = mss;
        p->syn_window[i] = DEFAULT_WINDOW;
    }
    p->plain_options = mss;
    p->tcp[PERS_SYN] = default_reply(TCP_SYN | TCP_ACK, PERS_OTHER, PERS_NEXT);
    p->tcp[PERS_ECN] = p->tcp[PERS_SYN];
    p->tcp[PERS_ECN].options = mss;
    p->tcp[PERS_ECN].window = DEFAULT_WINDOW;
    p->tcp[PERS_T4] = default_reply(TCP_RST, PERS_SAME, PERS_ZERO);
    p->tcp[PERS_T5] = default_reply(TCP_RST | TCP_ACK, PERS_ZERO, PERS_NEXT);
    p->tcp[PERS_T6] = p->tcp[PERS_T4];
    p->tcp[PERS_T7] = p->tcp[PERS_T5];
    p->id_open = p->id_closed = p->id_icmp = (struct pers_id){PERS_ID_STEP, 1};
    p->clock = (struct pers_clock){.kind = PERS_CLOCK_TICKS, .hz = 100};
    p->unreach = (struct pers_unreach){.is_sent = true,
                                       .ttl = DEFAULT_TTL,
                                       .total_len = 0x164,
                                       .quoted_len = -1,
                                       .quoted_id = -1,
                                       .quoted_cksum = 'G',
                                       .udp_cksum = -1};
    p->echo = (struct pers_echo){
        .is_sent = true, .ttl = DEFAULT_TTL, .df = 'N', .code = 'S', .has_timestamp = true};
    p->reject_code = ICMP4_PORT_UNREACH;
}

static struct pers_id id_of(struct span expr)
{
    struct value v;
    uint64_t number;
    const struct pers_id none = {PERS_ID_STEP, 11}; // steps of 11 are of no class (spec 3.3)
    if (span_is_absent(expr) || !value_first(expr, VALUE_LOW, &v) || v.len == 0)
        return none;
    const struct span s = value_span(&v);
    if (span_eq(s, SPAN("Z")))
        return (struct pers_id){PERS_ID_CONST, 0};
    if (span_eq(s, SPAN("I")))
        return (struct pers_id){PERS_ID_STEP, 1};
    if (span_eq(s, SPAN("BI")))
        return (struct pers_id){PERS_ID_STEP, 256};
    if (span_eq(s, SPAN("RI")))
        return (struct pers_id){PERS_ID_JUMPS, 0};
    if (span_eq(s, SPAN("RD")))
        return (struct pers_id){PERS_ID_RANDOM, 0};
    return text_hex(s, &number) ? (struct pers_id){PERS_ID_CONST, (uint16_t)number} : none;
}

static bool is_counter(struct pers_id id)
{
    return id.kind == PERS_ID_STEP || id.kind == PERS_ID_JUMPS;
}

static struct pers_clock clock_of(struct span expr, uint32_t uptime_s)
{
    struct value v;
    uint64_t number;
    struct pers_clock c = {PERS_CLOCK_CONST, 0, uptime_s};
    if (span_is_absent(expr) || !value_first(expr, VALUE_MIDDLE, &v))
        return c;
    if (v.len > 0 && v.text[0] == 'U')
        return c;
    if (!text_hex(value_span(&v), &number))
        return c;
    c.kind = number == 0        ? PERS_CLOCK_ZERO
             : number > TS_MOST ? PERS_CLOCK_RANDOM // its ticks between two probes wrap
                                : PERS_CLOCK_TICKS;
    if (c.kind == PERS_CLOCK_TICKS) // the usual rates of spec 3.5, else a power of two
        c.hz = number == 1     ? 2
               : number == 7   ? 100
               : number == 8   ? 200
               : number == 0xA ? 1000
                               : UINT64_C(1) << number;
    return c;
}

// One of `parts` of the way from the lower end.
static bool part_of(struct span expr, uint32_t parts, uint32_t *out)
{
    uint64_t lo, hi;
    if (span_is_absent(expr) || !value_range(expr, &lo, &hi) || hi > UINT32_MAX)
        return false;
    *out = (uint32_t)(lo + (hi - lo) / parts);
    return true;
}

static struct span attr_value(const struct osdb_subject *s, enum osdb_test test, const char *name)
{
    return s->value[osdb_attr(test, span_str(name))];
}

// What the TS attribute says of timestamps: 'U' there are none, '0', 'v' they count, '?' nothing.
static char ts_of(const struct osdb_subject *s)
{
    const struct span ts = attr_value(s, TEST_SEQ, "TS");
    if (ts.len == 0)
        return '?';
    return ts.ptr[0] == 'U' ? 'U' : ts.ptr[0] == '0' ? '0' : 'v';
}

static void apply_seq(struct personality *p, const struct osdb_subject *s)
{
    uint32_t sp, isr;
    uint64_t gcd, gcd_hi;
    const struct span ss = attr_value(s, TEST_SEQ, "SS");
    const struct span gcd_expr = attr_value(s, TEST_SEQ, "GCD");
    p->isn = (struct pers_isn){.kind = PERS_ISN_RANDOM};
    if (part_of(attr_value(s, TEST_SEQ, "SP"), 3, &sp) &&
        part_of(attr_value(s, TEST_SEQ, "ISR"), 2, &isr) && !span_is_absent(gcd_expr) &&
        value_range(gcd_expr, &gcd, &gcd_hi) && gcd <= UINT32_MAX)
        isn_plan(&p->isn, sp, (uint32_t)gcd, isr);
    p->id_open = id_of(attr_value(s, TEST_SEQ, "TI"));
    p->id_closed = id_of(attr_value(s, TEST_SEQ, "CI"));
    p->id_icmp = id_of(attr_value(s, TEST_SEQ, "II"));
    p->shares_icmp_id = ss.len > 0 && ss.ptr[0] == 'S';
    p->shares_closed_id = is_counter(p->id_open) && p->id_open.kind == p->id_closed.kind &&
                          p->id_open.value == p->id_closed.value;
    p->clock = clock_of(attr_value(s, TEST_SEQ, "TS"), p->clock.uptime_s);
    p->ts = ts_of(s);
    for (int i = 0; i < PERS_SYNS && (p->ts == 'v' || p->ts == '0'); i++) // if no OPS line follows
        (void)options_parse(p->ts == 'v' ? SPAN("M5B4NNT11") : SPAN("M5B4NNT00"),
                            &p->syn_options[i], NULL);
}

static enum err apply_ops(struct personality *p, const struct osdb_subject *s, char ts,
                          struct err_at *at)
{
    for (int i = 0; i < PERS_SYNS; i++) {
        const struct span expr = s->value[osdb_tests[TEST_OPS].first + i];
        struct pers_reply r = {0};
        const enum err err =
            span_is_absent(expr) ? ERR_OK : reply_attr(&r, SPAN("O"), attr_timed(expr, ts), at);
        if (err)
            return err;
        if (!span_is_absent(expr))
            p->syn_options[i] = r.options;
    }
    options_plain(&p->syn_options[0], &p->plain_options);
    return ERR_OK;
}

static enum err apply_win(struct personality *p, const struct osdb_subject *s, struct err_at *at)
{
    for (int i = 0; i < PERS_SYNS; i++) {
        const struct span expr = s->value[osdb_tests[TEST_WIN].first + i];
        struct pers_reply r = {.window = p->syn_window[i]};
        const enum err err = span_is_absent(expr) ? ERR_OK : reply_attr(&r, SPAN("W"), expr, at);
        if (err)
            return err;
        p->syn_window[i] = r.window;
    }
    return ERR_OK;
}

static enum err apply_attr(struct personality *p, enum osdb_test test, struct span name,
                           struct span expr, struct err_at *at)
{
    if (test == TEST_U1)
        return unreach_attr(&p->unreach, name, expr, at);
    if (test == TEST_IE)
        return echo_attr(&p->echo, name, expr, at);
    if (test == TEST_ECN)
        return reply_attr(&p->tcp[PERS_ECN], name, expr, at);
    const int which = test == TEST_T1 ? PERS_SYN : PERS_T2 + (int)test - TEST_T2;
    return reply_attr(&p->tcp[which], name, expr, at);
}

static void set_sent(struct personality *p, enum osdb_test test, bool is_sent)
{
    (void)apply_attr(p, test, SPAN("R"), is_sent ? SPAN("Y") : SPAN("N"), NULL);
}

// Tests with an R attribute. No R but other attributes means R=Y, nothing at all R=N (spec 5.3).
static enum err apply_plain(struct personality *p, enum osdb_test test,
                            const struct osdb_subject *s, struct err_at *at)
{
    const struct osdb_test_info *info = &osdb_tests[test];
    bool is_empty = true;
    for (int i = info->first; i < info->first + info->n; i++)
        is_empty = is_empty && span_is_absent(s->value[i]);
    set_sent(p, test, !is_empty);
    for (int i = info->first + info->n - 1; i >= info->first; i--) { // TG before T
        if (span_is_absent(s->value[i]))
            continue;
        const struct span name = span_str(osdb_attr_names[i]);
        const struct span expr = test == TEST_T1 ? attr_proper(name, s->value[i]) : s->value[i];
        const enum err err = apply_attr(p, test, name, expr, at);
        if (err)
            return err;
        const uint8_t hops = span_eq(name, SPAN("T")) ? attr_hops(expr) : 0;
        if (hops > p->unreach.quoted_hops)
            p->unreach.quoted_hops = hops;
    }
    return ERR_OK;
}

static enum err apply_line(struct personality *p, struct span line, struct err_at *at)
{
    struct osdb_subject s;
    enum err err = osdb_subject_parse(line, &s, at);
    if (err)
        return err;
    for (int t = 0; t < TEST_COUNT; t++) {
        if (!s.has_line[t])
            continue;
        if (t == TEST_SEQ)
            apply_seq(p, &s);
        else if (t == TEST_OPS)
            err = apply_ops(p, &s, p->ts, at);
        else if (t == TEST_WIN)
            err = apply_win(p, &s, at);
        else
            err = apply_plain(p, (enum osdb_test)t, &s, at);
    }
    return err;
}

enum err personality_parse(struct span text, struct personality *p, struct err_at *at)
{
    uint32_t line_no = 0;
    while (!span_is_absent(text)) {
        const struct span raw = span_cut(&text, '\n');
        const struct span line = span_trim(span_head(raw, span_find(raw, '#')));
        line_no++;
        if (at)
            *at = (struct err_at){0};
        if (line.len == 0)
            continue;
        const bool is_test = span_find(line, '(') < line.len;
        const enum err err = is_test ? apply_line(p, line, at) : personality_key(p, line, at);
        if (!err)
            continue;
        if (at) {
            at->line = line_no;
            at->col += at->col > 0 ? (uint32_t)(line.ptr - raw.ptr) : 0;
        }
        return err;
    }
    return ERR_OK;
}
