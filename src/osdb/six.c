// SPDX-License-Identifier: Apache-2.0
// Projection: the maximum segment size is 20 more over IPv4 (a smaller header), and windows that
// are whole segments, or as many of them as fit into 65535, change with it. The value as seen
// stays in the set, as some stacks do not adapt (os-ipv6 spec 2.1).
#include "osdb/six.h"

#include "base/buf.h"
#include "base/text.h"
#include "osdb/explain.h"
#include "osdb/tree.h"

enum {
    HEADER_GAIN = 20, // bytes by which an IPv6 header is larger
    TS_LEN = 12,      // of the timestamp option in each segment
    WINDOW_MAX = 65535,
    TEXT_MAX = 160,
    TS_LOG2_MAX = 20, // 2^20 per second: faster is no clock
};

static const char *const dropped[] = {"TI",   "CI",  "II",    "SS",  "DF", "IPL",
                                      "RIPL", "RID", "RIPCK", "DFI", "T"};

static bool is_dropped(int attr)
{
    for (size_t i = 0; i < sizeof dropped / sizeof dropped[0]; i++)
        if (strcmp(osdb_attr_names[attr], dropped[i]) == 0)
            return true;
    return false;
}

static bool is_named(int attr, char letter)
{
    const char *name = osdb_attr_names[attr];
    return name[0] == letter && (name[1] == '\0' || text_is_digit(name[1]));
}

static void add(struct osdb_projection *p, int attr, struct span value)
{
    for (uint32_t i = 0; i < p->n[attr]; i++)
        if (span_eq(p->value[attr][i], value))
            return;
    if (p->n[attr] < OSDB_SIX_VALUES)
        p->value[attr][p->n[attr]++] = value;
}

// The number behind the first letter M of an option string. False if there is none.
static bool find_mss(struct span options, size_t *at, size_t *len, uint32_t *mss)
{
    uint64_t v;
    const size_t m = span_find(options, 'M');
    size_t n = 0;
    if (m == options.len)
        return false;
    while (m + 1 + n < options.len && text_is_hex(options.ptr[m + 1 + n]))
        n++;
    *at = m + 1;
    *len = n;
    if (!text_hex(span_head(span_from(options, m + 1), n), &v) || v > WINDOW_MAX)
        return false;
    *mss = (uint32_t)v;
    return true;
}

// The largest segment that the probe behind an attribute offered, 0 = none.
static uint32_t offered_mss(int attr)
{
    static const uint16_t of_ops[] = {1460, 1400, 640, 0, 536, 265};
    const enum osdb_test test = osdb_attr_test(attr);
    if (test == TEST_OPS)
        return of_ops[attr - osdb_tests[TEST_OPS].first];
    return test == TEST_ECN ? 1460 : 265;
}

static struct span with_mss(struct arena *a, struct span options, size_t at, size_t len,
                            uint32_t mss)
{
    char mem[TEXT_MAX];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    buf_bytes(&b, span_head(options, at));
    buf_hex(&b, mss);
    buf_bytes(&b, span_from(options, at + len));
    return arena_copy(a, buf_span(&b));
}

static void project_options(struct arena *a, struct osdb_projection *p, int attr, struct span seen)
{
    size_t at, len;
    uint32_t mss;
    if (find_mss(seen, &at, &len, &mss) && mss != offered_mss(attr) &&
        mss + HEADER_GAIN <= WINDOW_MAX)
        add(p, attr, with_mss(a, seen, at, len, mss + HEADER_GAIN));
    add(p, attr, seen);
}

// The options that came with a window: O1 with W1, O with W of the same test.
static int options_attr(int attr)
{
    const enum osdb_test test = osdb_attr_test(attr);
    if (test == TEST_WIN)
        return osdb_tests[TEST_OPS].first + attr - osdb_tests[TEST_WIN].first;
    return osdb_attr(test, SPAN("O"));
}

static void add_number(struct arena *a, struct osdb_projection *p, int attr, uint32_t v)
{
    char mem[16];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    buf_hex(&b, v);
    add(p, attr, arena_copy(a, buf_span(&b)));
}

static void project_window(struct arena *a, struct osdb_projection *p, int attr, struct span seen,
                           struct span options)
{
    size_t at, len;
    uint32_t mss;
    uint64_t w;
    if (find_mss(options, &at, &len, &mss) && text_hex(seen, &w) && w <= WINDOW_MAX) {
        const uint32_t head = span_find(options, 'T') < options.len ? TS_LEN : 0;
        const uint32_t six = mss > head ? mss - head : 0;
        const uint32_t four = six + HEADER_GAIN;
        if (six > 0 && w == WINDOW_MAX / six * six)
            add_number(a, p, attr, WINDOW_MAX / four * four);
        else if (six > 0 && w > 0 && w % six == 0)
            add_number(a, p, attr, (uint32_t)w / six * four);
    }
    add(p, attr, seen);
}

// A rate that no clock has comes from an offset per connection.
static bool is_clock(struct span ts)
{
    uint64_t v;
    return !text_hex(ts, &v) || v < TS_LOG2_MAX;
}

static bool is_silent(const struct osdb_subject *s, enum osdb_test test)
{
    return span_eq(s->value[osdb_tests[test].first], SPAN("N"));
}

static bool is_compared(const struct osdb_subject *s, int attr)
{
    const enum osdb_test test = osdb_attr_test(attr);
    if (span_is_absent(s->value[attr]) || is_dropped(attr))
        return false;
    if ((test == TEST_U1 || test == TEST_IE) && is_silent(s, test))
        return false; // filters and limits silence more hosts than stacks do
    return strcmp(osdb_attr_names[attr], "TS") != 0 || is_clock(s->value[attr]);
}

void osdb_project(struct arena *a, const struct osdb_subject *s, struct osdb_projection *out)
{
    *out = (struct osdb_projection){0};
    for (int i = 0; i < ATTR_COUNT; i++) {
        if (!is_compared(s, i))
            continue;
        const int options = is_named(i, 'W') ? options_attr(i) : -1;
        if (is_named(i, 'O'))
            project_options(a, out, i, s->value[i]);
        else if (options >= 0 && !span_is_absent(s->value[options]))
            project_window(a, out, i, s->value[i], s->value[options]);
        else
            add(out, i, s->value[i]);
    }
}

uint32_t osdb_six_weight(const struct osdb *db, int attr)
{
    const enum osdb_test test = osdb_attr_test(attr);
    const bool is_soft =
        test == TEST_U1 || test == TEST_IE || strcmp(osdb_attr_names[attr], "TG") == 0;
    if (is_dropped(attr))
        return 0;
    return osdb_points(db, attr) * (is_soft ? 1 : 2);
}

uint32_t osdb_six_total(const struct osdb *db)
{
    uint32_t total = 0;
    for (int i = 0; i < ATTR_COUNT; i++)
        total += osdb_six_weight(db, i);
    return total;
}

void osdb_six_pick(const struct osdb *db, const struct osdb_projection *p, uint32_t ref,
                   struct osdb_subject *out)
{
    for (int i = 0; i < ATTR_COUNT; i++) {
        const struct span expr = osdb_expr_at(db, ref, i);
        out->value[i] = p->n[i] > 0 ? p->value[i][0] : (struct span){NULL, 0};
        for (uint32_t k = p->n[i]; k-- > 0 && !span_is_absent(expr);)
            if (osdb_expr_match(p->value[i][k], expr, osdb_attr_form(i), osdb_quirks(db)))
                out->value[i] = p->value[i][k];
    }
}

static bool is_of_stack(int attr)
{
    const enum osdb_test test = osdb_attr_test(attr);
    const bool is_noise = test == TEST_SEQ || test == TEST_U1 || test == TEST_IE;
    return !is_noise && strcmp(osdb_attr_names[attr], "TG") != 0;
}

void osdb_six_compare(struct arena *a, const struct osdb_subject *six,
                      const struct osdb_subject *four, uint32_t *agreed, uint32_t *compared)
{
    struct osdb_projection *p = arena_alloc(a, sizeof *p);
    osdb_project(a, six, p);
    *agreed = *compared = 0;
    for (int i = 0; i < ATTR_COUNT; i++) {
        bool is_equal = false;
        if (p->n[i] == 0 || span_is_absent(four->value[i]) || !is_of_stack(i))
            continue;
        for (uint32_t k = 0; k < p->n[i]; k++)
            is_equal |= span_eq(p->value[i][k], four->value[i]);
        *agreed += is_equal;
        ++*compared;
    }
}
