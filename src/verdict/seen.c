// SPDX-License-Identifier: Apache-2.0
// From the tries of a host to what is read of it: the first answered line of each test; of SEQ,
// whose numbers are samples, all tries.
#include "verdict/seen.h"

#include "osdb/osdb.h"
#include "verdict/explain.h"

static int first_of(enum osdb_test t)
{
    return osdb_tests[t].first;
}

static bool has_any(const struct osdb_subject *s, enum osdb_test t)
{
    for (int a = first_of(t); a < first_of(t) + osdb_tests[t].n; a++)
        if (!span_is_absent(s->value[a]))
            return true;
    return false;
}

static bool is_unanswered(const struct osdb_subject *s, enum osdb_test t)
{
    return osdb_tests[t].has_r && span_eq(s->value[first_of(t)], SPAN("N"));
}

static const struct osdb_subject *try_of(const struct osdb_subject *tries, uint32_t n,
                                         enum osdb_test t)
{
    const struct osdb_subject *found = NULL;
    for (uint32_t i = 0; i < n; i++) {
        if (!has_any(&tries[i], t))
            continue;
        if (!is_unanswered(&tries[i], t))
            return &tries[i];
        found = found ? found : &tries[i];
    }
    return found;
}

static void read_samples(const struct osdb_subject *tries, uint32_t n, struct seen *out)
{
    for (int a = first_of(TEST_SEQ); a < first_of(TEST_SEQ) + osdb_tests[TEST_SEQ].n; a++)
        for (uint32_t i = 0; i < n && out->n[a] < TRIES_MAX; i++) {
            const struct span v = tries[i].value[a];
            if (span_is_absent(v))
                continue;
            if (out->n[a] == 0)
                out->value[a] = v;
            else
                out->more[a][out->n[a] - 1] = v;
            out->n[a]++;
        }
}

void seen_read(const struct osdb_subject *tries, uint32_t n, struct seen *out)
{
    memset(out->value, 0, sizeof out->value);
    memset(out->n, 0, sizeof out->n);
    read_samples(tries, n, out);
    for (int t = TEST_OPS; t < VERDICT_TESTS; t++) {
        const struct osdb_subject *s = try_of(tries, n, (enum osdb_test)t);
        const int first = first_of((enum osdb_test)t);
        for (int a = first; s && a < first + osdb_tests[t].n; a++) {
            out->value[a] = s->value[a];
            out->n[a] = !span_is_absent(s->value[a]);
        }
    }
}

static void drop(struct seen *seen, int attr)
{
    seen->value[attr] = (struct span){NULL, 0};
    seen->n[attr] = 0;
}

enum verdict_side verdict_side_of(int attr)
{
    if (attr < first_of(TEST_OPS) && attr == osdb_attr(TEST_SEQ, SPAN("CI")))
        return SIDE_RST;
    if (attr < first_of(TEST_OPS) && attr == osdb_attr(TEST_SEQ, SPAN("II")))
        return SIDE_ICMP;
    if (attr < first_of(TEST_T5))
        return SIDE_SYNACK;
    return attr < first_of(TEST_U1) ? SIDE_RST : SIDE_ICMP;
}

void seen_keep(struct seen *seen, uint32_t sides)
{
    for (int a = 0; a < VERDICT_ATTRS; a++)
        if (!(sides >> verdict_side_of(a) & 1))
            drop(seen, a);
    drop(seen, osdb_attr(TEST_SEQ, SPAN("SS")));
}

void seen_keep_port(struct seen *seen)
{
    seen_keep(seen, 1u << SIDE_SYNACK);
    for (int a = first_of(TEST_T2); a < first_of(TEST_T5); a++)
        drop(seen, a);
}
