// SPDX-License-Identifier: Apache-2.0
// One machine or two? Each part of the evidence apart, against all of it together: if two
// hypotheses explain two parts much better than one explains both, two machines answered.
#include "verdict/weigh.h"

static bool has_any(const struct seen *seen)
{
    for (int a = 0; a < VERDICT_ATTRS; a++)
        if (!span_is_absent(seen->value[a]) && !span_eq(seen->value[a], SPAN("N")))
            return true;
    return false;
}

struct parts {
    const struct verdict_model *m;
    const struct osdb_subject *tries;
    uint32_t n;
    struct verdict_scratch *s;
};

// ln Z of some sides; false if none of them answered.
static bool weigh_sides(const struct parts *p, uint32_t sides, double *z)
{
    seen_read(p->tries, p->n, &p->s->seen);
    seen_keep(&p->s->seen, sides);
    if (!has_any(&p->s->seen))
        return false;
    p->s->is_compared = true;
    weigh_all(p->m, p->s);
    p->s->is_compared = false;
    *z = sum_posterior(p->m, p->s);
    return true;
}

void verdict_split(const struct verdict_model *m, const struct osdb_subject *tries, uint32_t n,
                   struct verdict_scratch *s, struct verdict_machines *out)
{
    const uint32_t all = (1u << SIDE_COUNT) - 1;
    const struct parts parts = {m, tries, n, s};
    double whole;
    *out = (struct verdict_machines){0};
    if (!weigh_sides(&parts, all, &whole))
        return;
    for (int side = 0; side < SIDE_COUNT; side++) {
        double part;
        double rest;
        if (!weigh_sides(&parts, 1u << side, &part) ||
            !weigh_sides(&parts, all & ~(1u << side), &rest))
            continue;
        const double k = part + rest - whole;
        if (!out->is_known || k > out->k)
            *out = (struct verdict_machines){k, (enum verdict_side)side, true};
    }
}

static double weigh_port(const struct verdict_model *m, const struct osdb_subject *subject,
                         struct verdict_scratch *s, float *score)
{
    const uint32_t n = model_hypotheses(m);
    seen_read(subject, 1, &s->seen);
    seen_keep_port(&s->seen);
    s->is_whole = true;
    weigh_all(m, s);
    s->is_whole = false;
    for (uint32_t h = 0; h < n; h++)
        score[h] = s->score[h] + (float)s->common;
    return sum_of_scores(m, score);
}

double verdict_ports(const struct verdict_model *m, const struct osdb_subject *a,
                     const struct osdb_subject *b, struct verdict_scratch *s)
{
    const uint32_t n = model_hypotheses(m);
    float *scores[2] = {s->kept, s->kept + n};
    const double z_a = weigh_port(m, a, s, scores[0]);
    const double z_b = weigh_port(m, b, s, scores[1]);
    for (uint32_t i = 0; i < n; i++)
        scores[0][i] += scores[1][i];
    return z_a + z_b - sum_of_scores(m, scores[0]);
}

static bool is_surface(int attr)
{
    switch (group_of(attr)) {
    case GROUP_OPT:
    case GROUP_WIN:
    case GROUP_TTL:
    case GROUP_TS:
        return true;
    default:
        return false;
    }
}

// The tries with one part of their values.
static void keep_part(const struct parts *p, bool is_surface_kept, struct osdb_subject *out)
{
    for (uint32_t i = 0; i < p->n; i++) {
        out[i] = p->tries[i];
        for (int a = 0; a < VERDICT_ATTRS; a++)
            if (is_surface(a) != is_surface_kept)
                out[i].value[a] = (struct span){NULL, 0};
    }
}

static double weigh_part(const struct parts *p, struct verdict_node *best)
{
    struct verdict v;
    p->s->is_compared = true;
    verdict_judge(p->m, p->tries, p->n, p->s, &v);
    p->s->is_compared = false;
    *best = v.path[VERDICT_SYSTEM];
    return p->s->evidence;
}

void verdict_unmask(const struct verdict_model *m, const struct osdb_subject *tries, uint32_t n,
                    struct verdict_scratch *s, struct verdict_disguise *out)
{
    struct osdb_subject kept[TRIES_MAX];
    const struct parts all = {m, tries, n < TRIES_MAX ? n : TRIES_MAX, s};
    const struct parts part = {m, kept, all.n, s};
    struct verdict_node whole;
    *out = (struct verdict_disguise){0};
    const double z = weigh_part(&all, &whole);
    keep_part(&all, true, kept);
    const double z_surface = weigh_part(&part, &out->surface);
    keep_part(&all, false, kept);
    const double z_depth = weigh_part(&part, &out->depth);
    out->k = z_surface + z_depth - z;
}
