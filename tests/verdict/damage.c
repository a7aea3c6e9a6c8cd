// SPDX-License-Identifier: Apache-2.0
// What happens to a fingerprint between the stack and us.
#include <math.h>

#include "base/buf.h"
#include "base/text.h"
#include "verdict/generate.h"

const char *const condition_names[COND_COUNT] = {
    "undamaged",
    "owner's settings changed",
    "15 % of lines lost",
    "no closed port",
    "UDP/ICMP filtered",
    "only SYN-ACKs",
    "MSS clamped",
    "TTL/DF rewritten",
    "jitter",
    "two or three of these",
    "entry left out",
    "its name left out",
    "its classes left out",
    "its vendor+family left out",
};

static struct span *value_of(struct host *h, enum osdb_test t, const char *name)
{
    return &h->subject.value[osdb_attr(t, span_str(name))];
}

static void clear(struct span *s)
{
    *s = (struct span){NULL, 0};
}

static void clear_line(struct host *h, enum osdb_test t)
{
    for (int a = osdb_tests[t].first; a < osdb_tests[t].first + osdb_tests[t].n; a++)
        clear(&h->subject.value[a]);
}

static void silence_line(struct host *h, enum osdb_test t)
{
    const int r = osdb_tests[t].first;
    if (span_is_absent(h->subject.value[r]))
        return;
    clear_line(h, t);
    h->subject.value[r] = SPAN("N");
}

static bool is_option(int attr)
{
    return attr == osdb_attr(TEST_ECN, SPAN("O")) ||
           (attr >= osdb_tests[TEST_OPS].first && attr < osdb_tests[TEST_WIN].first);
}

static bool is_window(int attr)
{
    return attr == osdb_attr(TEST_ECN, SPAN("W")) ||
           (attr >= osdb_tests[TEST_WIN].first && attr < osdb_tests[TEST_ECN].first);
}

static bool is_one_of(int attr, const char *a, const char *b)
{
    return strcmp(osdb_attr_names[attr], a) == 0 || strcmp(osdb_attr_names[attr], b) == 0;
}

static struct span replaced(struct host *h, struct span s, const char *from, const char *to)
{
    char mem[512];
    struct buf b;
    const struct span what = span_str(from);
    buf_init(&b, mem, sizeof mem);
    while (s.len > 0) {
        if (span_starts(s, what)) {
            buf_str(&b, to);
            s = span_from(s, what.len);
        } else {
            buf_char(&b, s.ptr[0]);
            s = span_from(s, 1);
        }
    }
    return host_value(h, mem, buf_len(&b));
}

// The number behind a letter of an option string.
static struct span with_number(struct host *h, struct span s, char letter, uint64_t number)
{
    char mem[512];
    struct buf b;
    const size_t at = span_find(s, letter);
    if (at == s.len)
        return s;
    struct span rest = span_from(s, at + 1);
    while (rest.len > 0 && text_is_hex(rest.ptr[0]))
        rest = span_from(rest, 1);
    buf_init(&b, mem, sizeof mem);
    buf_bytes(&b, span_head(s, at + 1));
    buf_hex(&b, number);
    buf_bytes(&b, rest);
    return host_value(h, mem, buf_len(&b));
}

static struct span without_scale(struct host *h, struct span s)
{
    char from[] = "NW0";
    for (const char *k = "0123456789ABCDE"; *k; k++) {
        from[2] = *k;
        s = replaced(h, s, from, "");
    }
    return s;
}

static struct span changed_options(struct host *h, uint32_t kind, uint32_t shift, struct span s)
{
    switch (kind) {
    case 0: // timestamps off
        return replaced(h, replaced(h, replaced(h, s, "ST11", "NNS"), "NNT11", ""), "NNT10", "");
    case 1: // SACK off
        return replaced(h, replaced(h, s, "ST1", "NNT1"), "NNS", "");
    case 2:
        return without_scale(h, s);
    default:
        return with_number(h, s, 'W', shift);
    }
}

static void change_settings(struct host *h)
{
    static const uint16_t windows[] = {0x1000, 0x2000, 0x4000, 0x8000, 0xFAF0, 0xFFFF, 0x3908};
    const uint32_t kind = rng_below(&h->rng, 5);
    const uint32_t shift = rng_below(&h->rng, 12);
    char mem[16];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    buf_hex(&b, windows[rng_below(&h->rng, sizeof windows / sizeof *windows)]);
    for (int a = 0; a < VERDICT_ATTRS; a++) {
        struct span *v = &h->subject.value[a];
        if (span_is_absent(*v))
            continue;
        if (kind < 4 && is_option(a))
            *v = changed_options(h, kind, shift, *v);
        if (kind == 4 && is_window(a))
            *v = host_value(h, mem, buf_len(&b));
    }
    struct span *ts = value_of(h, TEST_SEQ, "TS");
    if (kind == 0 && !span_is_absent(*ts))
        *ts = SPAN("U");
}

static void lose_lines(struct host *h)
{
    for (int t = 0; t < VERDICT_TESTS; t++)
        if (rng_below(&h->rng, 100) < 15)
            clear_line(h, (enum osdb_test)t);
}

static void close_nothing(struct host *h)
{
    const bool is_silent = rng_below(&h->rng, 2);
    for (int t = TEST_T5; t <= TEST_T7; t++)
        if (is_silent)
            silence_line(h, (enum osdb_test)t);
        else
            clear_line(h, (enum osdb_test)t);
    clear(value_of(h, TEST_SEQ, "CI"));
}

static void filter_udp(struct host *h, uint32_t kind)
{
    if (kind != 1)
        silence_line(h, TEST_U1);
    if (kind == 0)
        return;
    silence_line(h, TEST_IE);
    clear(value_of(h, TEST_SEQ, "II"));
    clear(value_of(h, TEST_SEQ, "SS"));
}

static void filter_all(struct host *h)
{
    filter_udp(h, 2);
    for (int t = TEST_T2; t <= TEST_T7; t++)
        silence_line(h, (enum osdb_test)t);
    clear(value_of(h, TEST_SEQ, "CI"));
}

static uint64_t mss_of(struct span s)
{
    uint64_t mss = 0;
    const struct span rest = span_from(s, span_find(s, 'M') + 1);
    size_t n = 0;
    while (n < rest.len && text_is_hex(rest.ptr[n]))
        n++;
    return text_hex(span_head(rest, n), &mss) ? mss : 0;
}

static void clamp_window(struct host *h, struct span *v, uint64_t mss)
{
    char mem[16];
    struct buf b;
    uint64_t w;
    if (!text_hex(*v, &w) || w == 0 || (w % 1448 != 0 && w % 1460 != 0))
        return;
    buf_init(&b, mem, sizeof mem);
    buf_hex(&b, w % 1448 == 0 ? w / 1448 * (mss - 12) : w / 1460 * mss);
    *v = host_value(h, mem, buf_len(&b));
}

static void clamp(struct host *h)
{
    const uint64_t mss = 1460 - 8 - rng_below(&h->rng, 53);
    for (int a = 0; a < VERDICT_ATTRS; a++) {
        struct span *v = &h->subject.value[a];
        if (span_is_absent(*v))
            continue;
        if (is_option(a) && mss_of(*v) > mss)
            *v = with_number(h, *v, 'M', mss);
        if (is_window(a))
            clamp_window(h, v, mss);
    }
}

static void rewrite(struct host *h)
{
    static const char *const guesses[] = {"20", "40", "80", "FF"};
    const uint32_t kind = rng_below(&h->rng, 3); // TTL, DF, both
    const char *ttl = guesses[rng_below(&h->rng, 4)];
    const char *df = rng_below(&h->rng, 2) ? "Y" : "N";
    for (int a = 0; a < VERDICT_ATTRS; a++) {
        struct span *v = &h->subject.value[a];
        if (span_is_absent(*v))
            continue;
        if (kind != 1 && is_one_of(a, "T", "TG"))
            *v = span_str(ttl);
        if (kind != 0 && is_one_of(a, "DF", "DFI"))
            *v = span_str(df);
    }
}

static double normal(struct rng *rng)
{
    double sum = -6;
    for (int i = 0; i < 12; i++)
        sum += rng_unit(rng);
    return sum;
}

static void blur(struct host *h, const char *name, double deviation)
{
    char mem[16];
    struct buf b;
    uint64_t v;
    struct span *s = value_of(h, TEST_SEQ, name);
    if (!text_hex(*s, &v) || v == 0)
        return;
    const double to = round((double)v + deviation * normal(&h->rng));
    buf_init(&b, mem, sizeof mem);
    buf_hex(&b, to > 1 ? (uint64_t)to : 1);
    *s = host_value(h, mem, buf_len(&b));
}

static void jitter(struct host *h)
{
    static const char classes[] = "789AB";
    struct span *ts = value_of(h, TEST_SEQ, "TS");
    blur(h, "SP", 12);
    blur(h, "ISR", 3);
    const char *at = ts->len == 1 ? memchr(classes, ts->ptr[0], sizeof classes - 1) : NULL;
    if (!at || rng_below(&h->rng, 5))
        return;
    const bool up = at == classes || (at < classes + 4 && rng_below(&h->rng, 2));
    *ts = span_of(up ? at + 1 : at - 1, 1);
}

static void apply(struct host *h, enum condition c)
{
    switch (c) {
    case COND_SETTINGS:
        change_settings(h);
        return;
    case COND_LOSS:
        lose_lines(h);
        return;
    case COND_NO_CLOSED:
        close_nothing(h);
        return;
    case COND_NO_UDP:
        filter_udp(h, rng_below(&h->rng, 3));
        return;
    case COND_SYNACKS:
        filter_all(h);
        return;
    case COND_CLAMP:
        clamp(h);
        return;
    case COND_REWRITTEN:
        rewrite(h);
        return;
    case COND_JITTER:
        jitter(h);
        return;
    default:
        return;
    }
}

// The distance is known from the answer to the UDP probe, else it is a guess.
static void choose_ttl(struct host *h)
{
    const bool is_known = span_eq(*value_of(h, TEST_U1, "R"), SPAN("Y"));
    for (int t = TEST_ECN; t < VERDICT_TESTS; t++) {
        struct span *ttl = value_of(h, (enum osdb_test)t, "T");
        struct span *guess = value_of(h, (enum osdb_test)t, "TG");
        if (is_known && !span_is_absent(*ttl))
            clear(guess);
        else if (!span_is_absent(*guess))
            clear(ttl);
    }
}

void host_damage(struct host *h, enum condition c)
{
    const uint32_t n = c == COND_SEVERAL ? 2 + rng_below(&h->rng, 2) : 0;
    uint32_t done = 0;
    for (uint32_t i = 0; i < n;) {
        const uint32_t one = COND_SETTINGS + rng_below(&h->rng, COND_SEVERAL - COND_SETTINGS);
        if (done >> one & 1)
            continue;
        done |= 1u << one;
        apply(h, (enum condition)one);
        i++;
    }
    apply(h, c);
    choose_ttl(h);
}
