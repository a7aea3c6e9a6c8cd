// SPDX-License-Identifier: Apache-2.0
// Subjects as text, and the subjects of several tries merged: os-detection specification 4.1
// and 4.2. Printing a subject that was parsed gives the same lines.
#include "osdb/osdb.h"

#include "base/buf.h"

void osdb_print_line(struct buf *b, const struct osdb_subject *subject, enum osdb_test test)
{
    const struct osdb_test_info *info = &osdb_tests[test];
    const char *sep = "";
    if (!subject->has_line[test])
        return;
    buf_str(b, info->name);
    buf_char(b, '(');
    for (int i = info->first; i < info->first + info->n; i++) {
        if (span_is_absent(subject->value[i]))
            continue;
        buf_str(b, sep);
        buf_str(b, osdb_attr_names[i]);
        buf_char(b, '=');
        buf_bytes(b, subject->value[i]);
        sep = "%";
    }
    buf_char(b, ')');
}

// Absent before present, then byte by byte.
static int value_cmp(struct span a, struct span b)
{
    if (span_is_absent(a) || span_is_absent(b))
        return span_is_absent(b) - span_is_absent(a);
    return span_cmp(a, b);
}

static int line_cmp(const struct osdb_subject *a, const struct osdb_subject *b, enum osdb_test test)
{
    const struct osdb_test_info *info = &osdb_tests[test];
    int order = 0;
    for (int i = info->first; i < info->first + info->n && order == 0; i++)
        order = value_cmp(a->value[i], b->value[i]);
    return order;
}

// The least line that comes after `last`; NULL if there is none. With so few tries, asking for
// one after the other is as good as sorting, and drops equal lines by itself.
static const struct osdb_subject *line_after(const struct osdb_subject *tries, uint32_t n,
                                             enum osdb_test test, const struct osdb_subject *last)
{
    const struct osdb_subject *best = NULL;
    for (uint32_t i = 0; i < n; i++) {
        const struct osdb_subject *s = &tries[i];
        if (!s->has_line[test] || (last && line_cmp(s, last, test) <= 0))
            continue;
        if (!best || line_cmp(s, best, test) < 0)
            best = s;
    }
    return best;
}

void osdb_print_merged(struct buf *b, const struct osdb_subject *tries, uint32_t n)
{
    for (int i = 0; i < TEST_COUNT; i++) {
        const enum osdb_test test = (enum osdb_test)i;
        const struct osdb_subject *s = line_after(tries, n, test, NULL);
        while (s) {
            osdb_print_line(b, s, test);
            buf_char(b, '\n');
            s = line_after(tries, n, test, s);
        }
    }
}
