// SPDX-License-Identifier: Apache-2.0
// Each of the most probable systems in turn is taken to be there: what its best reference answers
// to the missing probes is put into the fingerprint, and the verdict asked again. The mean entropy
// of these verdicts, weighed by how probable the systems are, is what is left if the answer comes.
#include "verdict/decide.h"

#include <math.h>

#include "base/buf.h"
#include "verdict/weigh.h"

enum { MOST = 4, VALUE_MAX = 160, ROOM = 4096, SEED = 7, TRIES = TRIES_MAX };

static const double gain_least = 0.005;

// Systems that are still possible, each by its best reference.
struct possible {
    uint32_t n;
    uint32_t ref[MOST];
    double p[MOST];
};

struct question {
    const struct verdict_model *m;
    struct verdict_scratch *s;
    const struct osdb_subject *tries;
    uint32_t n;
    struct possible possible;
};

static bool are_one_system(const struct osdb *db, uint32_t a, uint32_t b)
{
    const struct osdb_class x = osdb_class_at(db, osdb_ref_at(db, a).first_class);
    const struct osdb_class y = osdb_class_at(db, osdb_ref_at(db, b).first_class);
    return span_eq(x.vendor, y.vendor) && span_eq(x.family, y.family);
}

// Whether the reference is of a system that is there with a better one.
static bool is_known(const struct question *q, uint32_t ref)
{
    for (uint32_t i = 0; i < q->possible.n; i++)
        if (are_one_system(q->m->base->db, q->possible.ref[i], ref))
            return true;
    return false;
}

static bool find_next(struct question *q)
{
    const struct verdict_scratch *s = q->s;
    uint32_t best = UINT32_MAX;
    for (uint32_t i = 0; i < s->n_alive; i++) {
        const uint32_t h = s->alive[i];
        if (h >= q->m->n || osdb_ref_at(q->m->base->db, h).n_classes == 0)
            continue;
        if ((best == UINT32_MAX || s->posterior[h] > s->posterior[best]) && !is_known(q, h))
            best = h;
    }
    if (best == UINT32_MAX)
        return false;
    q->possible.ref[q->possible.n] = best;
    q->possible.p[q->possible.n++] = verdict_probability(q->m, s, VERDICT_SYSTEM, best);
    return true;
}

// Of the systems and what is none of them.
static double entropy(const struct question *q, double unknown)
{
    double sum = unknown;
    double h = 0;
    for (uint32_t i = 0; i < q->possible.n; i++)
        sum += verdict_probability(q->m, q->s, VERDICT_SYSTEM, q->possible.ref[i]);
    for (uint32_t i = 0; i <= q->possible.n && sum > 0; i++) {
        const double p = (i == q->possible.n ? unknown
                                             : verdict_probability(q->m, q->s, VERDICT_SYSTEM,
                                                                   q->possible.ref[i])) /
                         sum;
        h -= p > 0 ? p * log(p) : 0;
    }
    return h;
}

// The first alternative; '|' inside brackets parts no alternatives.
static struct span first_of(struct span expr)
{
    uint32_t depth = 0;
    for (size_t i = 0; i < expr.len; i++) {
        depth += expr.ptr[i] == '[';
        depth -= expr.ptr[i] == ']' && depth > 0;
        if (expr.ptr[i] == '|' && depth == 0)
            return span_head(expr, i);
    }
    return expr;
}

// What the reference shows in a test goes into the subject, in values of b.
static void answer(const struct question *q, uint32_t ref, int test, struct buf *b,
                   struct osdb_subject *to)
{
    struct rng rng;
    rng_seed(&rng, SEED);
    const int first = osdb_tests[test].first;
    for (int a = first; a < first + osdb_tests[test].n; a++) {
        const struct span expr = osdb_expr_at(q->m->base->db, ref, a);
        const size_t from = buf_len(b);
        to->value[a] = (struct span){NULL, 0};
        if (span_is_absent(expr) || a == osdb_attr((enum osdb_test)test, SPAN("TG")))
            continue;
        draw_value(&rng, first_of(expr), a == osdb_attr(TEST_SEQ, SPAN("GCD")), b);
        to->value[a] = span_from(buf_span(b), from);
    }
}

// The entropy that is left if the host is that system and answers so.
static double left_if(struct question *q, uint32_t ref, uint32_t tests)
{
    struct osdb_subject tries[TRIES];
    struct verdict v;
    char mem[ROOM];
    struct buf b;
    const uint32_t n = q->n < TRIES ? q->n : TRIES;
    buf_init(&b, mem, sizeof mem);
    for (uint32_t i = 0; i < n; i++)
        tries[i] = q->tries[i];
    for (int t = 0; t < VERDICT_TESTS; t++)
        if (tests >> t & 1)
            answer(q, ref, t, &b, &tries[0]);
    verdict_judge(q->m, tries, n, q->s, &v);
    return entropy(q, v.unknown);
}

uint32_t verdict_wish_tests(enum verdict_group group)
{
    static const uint32_t tests[GROUP_COUNT] = {
        [GROUP_OPT] = 1u << TEST_SEQ | 1u << TEST_OPS | 1u << TEST_WIN | 1u << TEST_ECN |
                      1u << TEST_T1 | 1u << TEST_T2 | 1u << TEST_T3 | 1u << TEST_T4,
        [GROUP_ODD] = 1u << TEST_T2 | 1u << TEST_T3,
        [GROUP_ACK] = 1u << TEST_T4,
        [GROUP_CLOSED] = 1u << TEST_T5 | 1u << TEST_T6 | 1u << TEST_T7,
        [GROUP_U1] = 1u << TEST_U1,
        [GROUP_IE] = 1u << TEST_IE,
    };
    return tests[group];
}

// Groups that can be asked for and are missing.
static void find_missing(const struct verdict_scratch *s, struct verdict_wishes *out)
{
    const bool has_open = s->said[GROUP_OPT].is_seen && !s->said[GROUP_OPT].is_silent;
    out->n = 0;
    for (int g = 0; g < GROUP_COUNT; g++) {
        const struct said *said = &s->said[g];
        const bool is_missing = !said->is_seen || said->is_silent;
        const bool is_of_open = g == GROUP_ODD || g == GROUP_ACK;
        if (!is_missing || verdict_wish_tests((enum verdict_group)g) == 0 ||
            (is_of_open && !has_open))
            continue;
        out->wish[out->n++] =
            (struct verdict_wish){(enum verdict_group)g, said->is_seen && said->is_silent, 0};
    }
}

static void put(struct verdict_wishes *out, struct verdict_wish w)
{
    uint32_t at = out->n++;
    for (; at > 0 && out->wish[at - 1].gain < w.gain; at--)
        out->wish[at] = out->wish[at - 1];
    out->wish[at] = w;
}

void verdict_decide(const struct verdict_model *m, const struct osdb_subject *tries, uint32_t n,
                    struct verdict_scratch *s, struct verdict_wishes *out)
{
    struct question q = {.m = m, .s = s, .tries = tries, .n = n};
    struct verdict_wishes missing;
    struct verdict v;
    double sum = 0;
    *out = (struct verdict_wishes){0};
    verdict_judge(m, tries, n, s, &v);
    find_missing(s, &missing);
    while (q.possible.n < MOST && find_next(&q))
        sum += q.possible.p[q.possible.n - 1];
    const double now = entropy(&q, v.unknown);
    for (uint32_t i = 0; i < missing.n && sum > 0; i++) {
        struct verdict_wish w = missing.wish[i];
        double left = 0;
        for (uint32_t k = 0; k < q.possible.n; k++)
            left +=
                q.possible.p[k] / sum * left_if(&q, q.possible.ref[k], verdict_wish_tests(w.group));
        w.gain = now - left;
        if (w.gain >= gain_least)
            put(out, w);
    }
}
