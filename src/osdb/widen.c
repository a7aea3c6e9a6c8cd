// SPDX-License-Identifier: Apache-2.0
// From what was seen to what is expected. Every value seen is accepted. Widened are values that
// are samples of something continuous (SP, ISR, GCD, TS) and what belongs to the path, not to
// the stack (T, and the numbers of option strings where nothing else differs). Left out is what
// grows with a stack's age (a GCD that keeps changing) or is never set (UN).
#include "osdb/draft.h"

#include "base/buf.h"
#include "base/text.h"

enum {
    SP_MARGIN = 5,
    ISR_MARGIN = 4,
    T_MARGIN = 5, // hops by which routes there and back may differ
    GCD_SMALL = 6,
    GCD_MAX = 32, // above: no common divisor of random numbers, but a step
    GCD_KINDS = 3,
    SI_FACTOR = 3,
    T_KINDS = 2, // more initial values of T are one range
    // Sequence numbers drawn from all 2^32: differences of up to 2^31 in 0.1 s, so ISR is near
    // 8 * log2(2^34.3) and SP near that of its spread. The bounds leave out less than one scan
    // in ten thousand.
    RANDOM_ISR = 0xF0,
    RANDOM_ISR_MAX = 0x116,
    RANDOM_SP = 0xE8,
    RANDOM_SP_MAX = 0x112,
    RANDOM_SP_LEAST = 0xD8,
    // Timestamps that begin anywhere for each connection: the "rate" is the mean of differences
    // of 32-bit numbers over 0.1 s; these bounds leave out less than one scan in a million.
    RANDOM_TS_MIN = 0x10,
    NUMBER_TEXT = 40,
};

static const char random_ts[] = "1C-23";

// The values of one attribute, each once, in order of their coming.
struct seen {
    struct arena *a;
    int attr;
    uint32_t n;
    const struct span *v;
    uint64_t low; // of those that are numbers
    uint64_t high;
};

static bool attr_is(int attr, const char *name)
{
    return strcmp(osdb_attr_names[attr], name) == 0;
}

static bool has(const struct seen *s, struct span v)
{
    for (uint32_t i = 0; i < s->n; i++)
        if (span_eq(s->v[i], v))
            return true;
    return false;
}

static struct seen collect(struct arena *a, const struct osdb_subject *subjects, uint32_t n,
                           int attr)
{
    struct span *v = arena_array(a, n, sizeof *v);
    struct seen s = {.a = a, .attr = attr, .v = v, .low = UINT64_MAX};
    for (uint32_t i = 0; i < n; i++) {
        const struct span value = subjects[i].value[attr];
        uint64_t number;
        if (span_is_absent(value) || has(&s, value))
            continue;
        v[s.n++] = value;
        if (!text_hex(value, &number))
            continue;
        s.low = number < s.low ? number : s.low;
        s.high = number > s.high ? number : s.high;
    }
    return s;
}

static struct span range(struct arena *a, uint64_t low, uint64_t high)
{
    struct buf b;
    buf_init(&b, arena_alloc(a, NUMBER_TEXT), NUMBER_TEXT);
    buf_hex(&b, low);
    buf_char(&b, '-');
    buf_hex(&b, high);
    return buf_span(&b);
}

static struct span range_around(struct arena *a, uint64_t low, uint64_t high, uint64_t margin)
{
    return range(a, low > margin ? low - margin : 0, high + margin);
}

static struct span join(struct arena *a, struct span x, struct span y)
{
    struct buf b;
    if (span_is_absent(x))
        return y;
    buf_init(&b, arena_alloc(a, x.len + y.len + 1), x.len + y.len + 1);
    buf_bytes(&b, x);
    buf_char(&b, '|');
    buf_bytes(&b, y);
    return buf_span(&b);
}

static struct span join_all(const struct seen *s)
{
    struct span out = {NULL, 0};
    for (uint32_t i = 0; i < s->n; i++)
        out = join(s->a, out, s->v[i]);
    return out;
}

static struct span widen_sp(const struct seen *s)
{
    const bool is_random = s->low >= RANDOM_SP_LEAST;
    if (s->high == 0 || !is_random)
        return s->high == 0 ? SPAN("0") : range_around(s->a, s->low, s->high, SP_MARGIN);
    return range(s->a, s->low < RANDOM_SP ? s->low : RANDOM_SP,
                 s->high > RANDOM_SP_MAX ? s->high : RANDOM_SP_MAX);
}

static struct span widen_isr(const struct seen *s)
{
    if (s->high == 0 || s->low < RANDOM_ISR)
        return s->high == 0 ? SPAN("0") : range_around(s->a, s->low, s->high, ISR_MARGIN);
    return range(s->a, RANDOM_ISR, s->high > RANDOM_ISR_MAX ? s->high : RANDOM_ISR_MAX);
}

static struct span widen_gcd(const struct seen *s)
{
    if (s->n > GCD_KINDS && s->high > GCD_MAX)
        return (struct span){NULL, 0};
    if (s->low < 1 || s->high > GCD_MAX)
        return join_all(s);
    return range(s->a, 1, s->high > GCD_SMALL ? s->high : GCD_SMALL);
}

// The spread of six random numbers is a rough measure: threefold to either side.
static struct span widen_si(const struct seen *s)
{
    return s->high == 0 ? SPAN("0") : range(s->a, s->low / SI_FACTOR, s->high * SI_FACTOR);
}

static struct span widen_ts(const struct seen *s)
{
    struct span out = {NULL, 0};
    bool is_random = false;
    for (uint32_t i = 0; i < s->n; i++) {
        uint64_t rate;
        if (text_hex(s->v[i], &rate) && rate >= RANDOM_TS_MIN)
            is_random = true;
        else
            out = join(s->a, out, s->v[i]);
    }
    return is_random ? join(s->a, out, span_str(random_ts)) : out;
}

static struct span widen_t(const struct seen *s)
{
    struct span out = {NULL, 0};
    if (s->n > T_KINDS)
        return range_around(s->a, s->low, s->high, T_MARGIN);
    for (uint32_t i = 0; i < s->n; i++) {
        uint64_t v;
        if (text_hex(s->v[i], &v))
            out = join(s->a, out, range_around(s->a, v, v, T_MARGIN));
        else
            out = join(s->a, out, s->v[i]);
    }
    return out;
}

// An option string taken apart at its MSS and window scale.
struct shape {
    struct span text; // with both numbers cut out
    bool has[2];      // M, W
    uint64_t low[2];
    uint64_t high[2];
};

static size_t hex_run(struct span s)
{
    size_t n = 0;
    while (n < s.len && text_is_hex(s.ptr[n]))
        n++;
    return n;
}

// Only the first M and the first W are numbers that may vary.
static struct shape shape_of(struct arena *a, struct span v)
{
    struct shape shape = {0};
    struct buf b;
    buf_init(&b, arena_alloc(a, v.len), v.len);
    for (size_t i = 0; i < v.len; i++) {
        const int k = v.ptr[i] == 'M' ? 0 : v.ptr[i] == 'W' ? 1 : -1;
        buf_char(&b, v.ptr[i]);
        if (k < 0 || shape.has[k])
            continue;
        const struct span rest = span_from(v, i + 1);
        const size_t digits = hex_run(rest);
        shape.has[k] = text_hex(span_head(rest, digits), &shape.low[k]);
        shape.high[k] = shape.low[k];
        i += shape.has[k] ? digits : 0;
    }
    shape.text = buf_span(&b);
    return shape;
}

static bool shape_merge(struct shape *to, const struct shape *more)
{
    if (!span_eq(to->text, more->text) || to->has[0] != more->has[0] || to->has[1] != more->has[1])
        return false;
    for (int k = 0; k < 2; k++) {
        to->low[k] = more->low[k] < to->low[k] ? more->low[k] : to->low[k];
        to->high[k] = more->high[k] > to->high[k] ? more->high[k] : to->high[k];
    }
    return true;
}

static struct span shape_text(struct arena *a, struct shape shape)
{
    const size_t room = shape.text.len + 2 * NUMBER_TEXT;
    struct buf b;
    buf_init(&b, arena_alloc(a, room), room);
    for (size_t i = 0; i < shape.text.len; i++) {
        const char c = shape.text.ptr[i];
        const int k = c == 'M' ? 0 : c == 'W' ? 1 : -1;
        buf_char(&b, c);
        if (k < 0 || !shape.has[k])
            continue;
        shape.has[k] = false;
        const bool is_range = shape.low[k] < shape.high[k];
        if (!is_range)
            buf_hex(&b, shape.low[k]);
        if (!is_range)
            continue;
        buf_char(&b, '[');
        buf_bytes(&b, range(a, shape.low[k], shape.high[k]));
        buf_char(&b, ']');
    }
    return buf_span(&b);
}

static struct span widen_options(const struct seen *s)
{
    struct shape *shapes = arena_array(s->a, s->n, sizeof *shapes);
    struct span out = {NULL, 0};
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        const struct shape shape = shape_of(s->a, s->v[i]);
        uint32_t k = 0;
        while (k < n && !shape_merge(&shapes[k], &shape))
            k++;
        if (k == n)
            shapes[n++] = shape;
    }
    for (uint32_t i = 0; i < n; i++)
        out = join(s->a, out, shape_text(s->a, shapes[i]));
    return out;
}

static struct span widen_r(const struct seen *s)
{
    return !has(s, SPAN("N")) ? SPAN("Y") : has(s, SPAN("Y")) ? SPAN("Y|N") : SPAN("N");
}

// Of three random numbers each may exceed the one before.
static struct span widen_ci(const struct seen *s)
{
    const struct span all = join_all(s);
    return has(s, SPAN("RD")) && !has(s, SPAN("RI")) ? join(s->a, all, SPAN("RI")) : all;
}

// Of flow labels that are neither 0 nor ours a single answer shows no more than that.
static struct span widen_flow(const struct seen *s)
{
    const bool is_other = has(s, SPAN("C")) || has(s, SPAN("I")) || has(s, SPAN("R"));
    return is_other && !has(s, SPAN("O")) ? join(s->a, join_all(s), SPAN("O")) : join_all(s);
}

static struct span widen(const struct seen *s)
{
    static const struct {
        const char *name;
        struct span (*rule)(const struct seen *);
    } rules[] = {
        {"R", widen_r},     {"SP", widen_sp}, {"ISR", widen_isr}, {"GCD", widen_gcd},
        {"TS", widen_ts},   {"T", widen_t},   {"CI", widen_ci},   {"Resp", widen_r},
        {"gcd", widen_gcd}, {"SI", widen_si}, {"FL", widen_flow}, {"FR", widen_flow},
        {"FE", widen_flow},
    };
    if (s->n == 0 || (s->n > 1 && attr_is(s->attr, "UN")))
        return (struct span){NULL, 0};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (attr_is(s->attr, rules[i].name))
            return rules[i].rule(s);
    return osdb_attr_form(s->attr) == OSDB_FORM_NESTED ? widen_options(s) : join_all(s);
}

// What stands for T where the distance is not known.
static struct span ttl_guess(struct span t)
{
    uint64_t v;
    if (!text_hex(t, &v))
        return (struct span){NULL, 0};
    return v <= 0x20 ? SPAN("20") : v <= 0x40 ? SPAN("40") : v <= 0x80 ? SPAN("80") : SPAN("FF");
}

static void add_guesses(struct seen *s, const struct seen *t)
{
    struct span *v = arena_array(s->a, s->n + t->n, sizeof *v);
    if (s->n > 0)
        memcpy(v, s->v, s->n * sizeof *v);
    s->v = v;
    for (uint32_t i = 0; i < t->n; i++) {
        const struct span guess = ttl_guess(t->v[i]);
        if (!span_is_absent(guess) && !has(s, guess))
            v[s->n++] = guess;
    }
}

void osdb_widen(struct arena *a, const struct osdb_subject *subjects, uint32_t n,
                struct osdb_draft *out)
{
    for (int i = 0; i < ATTR_COUNT; i++) {
        struct seen s = collect(a, subjects, n, i);
        if (attr_is(i, "TG")) {
            const struct seen t = collect(a, subjects, n, i - 1);
            add_guesses(&s, &t);
        }
        out->expr[i] = widen(&s);
    }
}
