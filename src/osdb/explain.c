// SPDX-License-Identifier: Apache-2.0
// Rules: os-detection specification 6.1. The same sum as in the matcher, but every term is kept.
#include "osdb/explain.h"

#include "osdb/tree.h"

enum osdb_test osdb_attr_test(int attr)
{
    int test = 0;
    while (test + 1 < TEST_COUNT && attr >= osdb_tests[test + 1].first)
        test++;
    return (enum osdb_test)test;
}

static bool is_ttl(int attr)
{
    const struct span name = span_str(osdb_attr_names[attr]);
    return span_eq(name, SPAN("T")) || span_eq(name, SPAN("TG"));
}

// T and TG stand side by side in every test that has them.
static int other_half(int attr)
{
    return osdb_attr_names[attr][1] == 'G' ? attr - 1 : attr + 1;
}

static enum osdb_absence absence_of(const struct osdb_subject *s, int attr)
{
    const enum osdb_test test = osdb_attr_test(attr);
    const struct osdb_test_info *info = &osdb_tests[test];
    if (!span_is_absent(s->value[attr]))
        return OSDB_PRESENT;
    if (!s->has_line[test])
        return OSDB_NOT_ASKED;
    if (info->has_r && span_eq(s->value[info->first], SPAN("N")))
        return OSDB_NO_ANSWER;
    if (is_ttl(attr) && !span_is_absent(s->value[other_half(attr)]))
        return OSDB_OTHER_HALF;
    return OSDB_NOT_GIVEN;
}

static enum osdb_outcome outcome_of(const struct osdb *db, int attr, const struct osdb_row *row)
{
    const bool is_seen = !span_is_absent(row->seen);
    if (span_is_absent(row->expected))
        return is_seen ? OSDB_SILENT : OSDB_NOTHING;
    if (!is_seen)
        return OSDB_UNSEEN;
    const enum osdb_form form = osdb_attr_form(attr);
    return osdb_expr_match(row->seen, row->expected, form, osdb_quirks(db)) ? OSDB_WON : OSDB_LOST;
}

void osdb_explain(const struct osdb *db, const struct osdb_subject *subject, uint32_t ref,
                  struct osdb_explained *out)
{
    memset(out, 0, sizeof *out);
    out->ref = ref;
    for (int i = 0; i < ATTR_COUNT; i++) {
        struct osdb_row *row = &out->row[i];
        row->seen = subject->value[i];
        row->expected = osdb_expr_at(db, ref, i);
        row->points = osdb_points(db, i);
        row->absence = absence_of(subject, i);
        row->outcome = outcome_of(db, i, row);
        if (row->outcome == OSDB_WON)
            out->won += row->points;
        if (row->outcome == OSDB_WON || row->outcome == OSDB_LOST)
            out->possible += row->points;
        if (row->outcome == OSDB_UNSEEN && row->absence != OSDB_OTHER_HALF)
            out->unseen += row->points;
    }
}

double osdb_explained_accuracy(const struct osdb_explained *e)
{
    return e->possible ? (double)e->won / e->possible : 0;
}

// Whether the attribute tells apart; *is_seen: it does so now.
static bool tells(const struct osdb_row *a, const struct osdb_row *b, bool *is_seen)
{
    *is_seen = a->absence == OSDB_PRESENT;
    if (*is_seen)
        return a->outcome != b->outcome;
    if (a->absence == OSDB_OTHER_HALF)
        return false;
    return span_is_absent(a->expected) != span_is_absent(b->expected) ||
           !span_eq(a->expected, b->expected);
}

static bool rival_before(const struct osdb_rival *a, const struct osdb_rival *b)
{
    if (a->is_seen != b->is_seen)
        return a->is_seen;
    return a->points > b->points;
}

uint32_t osdb_rivals(const struct osdb_explained *a, const struct osdb_explained *b,
                     struct osdb_rival out[ATTR_COUNT])
{
    uint32_t n = 0;
    for (int i = 0; i < ATTR_COUNT; i++) {
        struct osdb_rival r = {.attr = i, .points = a->row[i].points};
        if (!tells(&a->row[i], &b->row[i], &r.is_seen))
            continue;
        uint32_t at = n++;
        for (; at > 0 && rival_before(&r, &out[at - 1]); at--)
            out[at] = out[at - 1];
        out[at] = r;
    }
    return n;
}

uint32_t osdb_nearest(const struct osdb *db, const struct osdb_subject *subject, uint32_t max,
                      uint32_t *out)
{
    double accuracy[LIMIT_OS_MATCHES];
    uint32_t n = 0;
    max = max < LIMIT_OS_MATCHES ? max : LIMIT_OS_MATCHES;
    for (uint32_t ref = 0; ref < osdb_count(db); ref++) {
        struct osdb_explained e;
        osdb_explain(db, subject, ref, &e);
        const double a = osdb_explained_accuracy(&e);
        uint32_t at = n;
        while (at > 0 && accuracy[at - 1] < a)
            at--;
        if (at >= max || e.possible == 0)
            continue;
        n += n < max;
        for (uint32_t i = n - 1; i > at; i--) {
            accuracy[i] = accuracy[i - 1];
            out[i] = out[i - 1];
        }
        accuracy[at] = a;
        out[at] = ref;
    }
    return n;
}
