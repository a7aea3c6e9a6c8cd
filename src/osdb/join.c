// SPDX-License-Identifier: Apache-2.0
// Two references of one system become one that accepts what either does.
#include "base/buf.h"
#include "base/text.h"
#include "osdb/draft.h"
#include "osdb/explain.h"

enum { NUMBER_TEXT = 40 };

static bool is_range(struct span s, uint64_t *low, uint64_t *high)
{
    const size_t dash = span_find(s, '-');
    return text_hex(span_head(s, dash), low) &&
           (dash < s.len ? text_hex(span_from(s, dash + 1), high) : text_hex(s, high));
}

// SP, ISR, GCD, gcd and SI are samples of one quantity: what lies between two samples belongs to
// it.
static bool is_sample(int attr)
{
    const struct span name = span_str(osdb_attr_names[attr]);
    return span_eq(name, SPAN("SP")) || span_eq(name, SPAN("ISR")) || span_eq(name, SPAN("SI")) ||
           span_eq_nocase(name, SPAN("GCD"));
}

static struct span join(struct arena *a, struct span x, struct span y, int attr)
{
    uint64_t x_low, x_high, y_low, y_high;
    const size_t room = x.len + y.len + NUMBER_TEXT;
    struct buf b;
    buf_init(&b, arena_alloc(a, room), room);
    if (is_sample(attr) && is_range(x, &x_low, &x_high) && is_range(y, &y_low, &y_high)) {
        buf_hex(&b, x_low < y_low ? x_low : y_low);
        buf_char(&b, '-');
        buf_hex(&b, x_high > y_high ? x_high : y_high);
        return buf_span(&b);
    }
    buf_bytes(&b, x);
    buf_char(&b, '|');
    buf_bytes(&b, y);
    return buf_span(&b);
}

// What changes from scan to scan was left out on purpose (osdb_widen).
static bool stays_out(const struct osdb_draft *d, int attr)
{
    const struct osdb_test_info *test = &osdb_tests[osdb_attr_test(attr)];
    const struct span name = span_str(osdb_attr_names[attr]);
    uint32_t n = 0;
    for (int i = test->first; i < test->first + test->n; i++)
        n += !span_is_absent(d->expr[i]);
    return n > 1 && (span_eq_nocase(name, SPAN("GCD")) || span_eq(name, SPAN("UN")));
}

void osdb_draft_join(struct arena *a, struct osdb_draft *to, const struct osdb_draft *more)
{
    const struct osdb_draft before = *to;
    for (int i = 0; i < ATTR_COUNT; i++) {
        const struct span x = before.expr[i];
        const struct span y = more->expr[i];
        if (span_is_absent(y) || (span_is_absent(x) && stays_out(&before, i)))
            continue;
        if (span_is_absent(x) || osdb_expr_covers(a, y, x, i))
            to->expr[i] = y;
        else if (!osdb_expr_covers(a, x, y, i))
            to->expr[i] = join(a, x, y, i);
    }
}
