// SPDX-License-Identifier: Apache-2.0
#include "naive/verdict_naive.h"

#include <math.h>

#include "base/buf.h"

struct naive {
    struct arena *a;
    const struct verdict_model *m;
    const struct seen *seen;
    double *p[VERDICT_ATTRS];
    double *clamp; // of each reference
    double *l;     // of each reference, of the group at hand
    bool *has;     // any of its attributes
    double *loud;  // logarithm, of each hypothesis
    double *quiet; // of the groups that are one observation
    double mass;
};

static bool is_in(const struct naive *v, enum verdict_group g, int attr)
{
    return v->m->base->group[attr] == g;
}

static bool is_seen(const struct naive *v, int attr)
{
    return !span_is_absent(v->seen->value[attr]);
}

static bool group_is_seen(const struct naive *v, enum verdict_group g)
{
    for (int a = 0; a < VERDICT_ATTRS; a++)
        if (is_in(v, g, a) && is_seen(v, a))
            return true;
    return false;
}

static bool group_is_silent(const struct naive *v, enum verdict_group g)
{
    for (int a = 0; a < VERDICT_ATTRS; a++)
        if (is_in(v, g, a) && is_seen(v, a) &&
            (v->m->base->column[a].rule != RULE_ANSWER || !span_eq(v->seen->value[a], SPAN("N"))))
            return false;
    return v->m->params->phi[g] > 0 && group_is_seen(v, g);
}

static void weigh_values(struct naive *v)
{
    for (int a = 0; a < VERDICT_ATTRS; a++) {
        const struct column *c = &v->m->base->column[a];
        double *more = arena_array(v->a, c->n, sizeof *more);
        v->p[a] = arena_array(v->a, c->n, sizeof *v->p[a]);
        if (!is_seen(v, a))
            continue;
        column_weigh(c, v->seen->value[a], v->p[a]);
        for (uint32_t e = 0; e < c->n; e++)
            v->p[a][e] = log(v->p[a][e]);
        for (uint32_t i = 1; i < v->seen->n[a]; i++) {
            column_weigh(c, v->seen->more[a][i - 1], more);
            for (uint32_t e = 0; e < c->n; e++)
                v->p[a][e] += log(more[e]);
        }
        for (uint32_t e = 0; e < c->n; e++)
            v->p[a][e] = exp(v->p[a][e] / v->seen->n[a]);
    }
}

static uint32_t cell(const struct naive *v, int attr, uint32_t i)
{
    return v->m->base->cell[attr][i];
}

// Options of reference i compared with a number blanked.
static double blanked(const struct naive *v, enum view view, uint32_t i)
{
    double l = 1;
    for (int o = 0; o < OPTIONS; o++) {
        const int attr = v->m->base->option[o];
        const struct column *c = &v->m->base->blank[view][o];
        double *p = v->p[attr] ? arena_array(v->a, c->n, sizeof *p) : NULL;
        char mem[READING_ROOM];
        struct buf b;
        if (!is_seen(v, attr))
            continue;
        buf_init(&b, mem, sizeof mem);
        reading_blank(v->seen->value[attr], view, &b);
        column_weigh(c, buf_span(&b), p);
        l *= p[v->m->base->of_plain[view][o][cell(v, attr, i)]];
    }
    return l;
}

static double clamped_option(const struct naive *v, int o, uint32_t mss, uint32_t to, uint32_t i)
{
    char mem[READING_ROOM];
    const int attr = v->m->base->option[o];
    const struct column *c = &v->m->base->column[attr];
    double *p = arena_array(v->a, c->n, sizeof *p);
    column_weigh(c, reading_with_mss(v->seen->value[attr], mss, to, mem), p);
    return p[cell(v, attr, i)];
}

static double clamped(const struct naive *v, uint32_t mss, uint32_t i)
{
    double l = 1;
    for (int o = 0; o < OPTIONS; o++) {
        if (!is_seen(v, v->m->base->option[o]))
            continue;
        const double p = clamped_option(v, o, mss, 1460, i);
        l *= o == 1 && mss < 1400 ? (p + clamped_option(v, o, mss, 1400, i)) / 2 : p;
    }
    return l;
}

static double window_read(const struct naive *v, uint32_t mss, uint32_t i)
{
    double l = 1;
    for (int a = 0; a < VERDICT_ATTRS; a++) {
        char mem[READING_ROOM];
        const struct column *c = &v->m->base->column[a];
        if (!is_in(v, GROUP_WIN, a) || !is_seen(v, a))
            continue;
        double *p = arena_array(v->a, c->n, sizeof *p);
        column_weigh(c, reading_window(v->seen->value[a], mss, mem), p);
        l *= p[cell(v, a, i)];
    }
    return l;
}

// What a group says under reference i, hidden causes included.
static double likelihood(struct naive *v, enum verdict_group g, uint32_t i, uint32_t mss)
{
    const struct verdict_params *p = v->m->params;
    const struct arena_mark mark = arena_mark(v->a);
    double l = 1;
    for (int a = 0; a < VERDICT_ATTRS; a++)
        if (is_in(v, g, a) && is_seen(v, a))
            l *= v->p[a][cell(v, a, i)];
    if (g == GROUP_OPT) {
        const double with = mss ? p->p_clamp * clamped(v, mss, i) : 0;
        l = (1 - p->p_shift - p->p_mss - (mss ? p->p_clamp : 0)) * l +
            p->p_shift * blanked(v, VIEW_SHIFT, i) + p->p_mss * blanked(v, VIEW_MSS, i) + with;
        v->clamp[i] = v->has[i] ? with / l : 0;
    }
    if (g == GROUP_WIN && mss)
        l = (1 - v->clamp[i] / 2) * l + v->clamp[i] / 2 * window_read(v, mss, i);
    if (group_is_silent(v, g))
        l = p->phi[g] + (1 - p->phi[g]) * l;
    arena_rewind(v->a, mark);
    return l;
}

static double mean_of_members(const struct naive *v, enum verdict_level which, uint32_t node,
                              double *n)
{
    const struct level *level = &v->m->base->level[which];
    double sum = 0;
    *n = 0;
    for (uint32_t i = 0; i < v->m->n; i++)
        for (uint32_t k = level->first[i]; k < level->first[i + 1]; k++)
            if (level->ids[k] == node && v->has[i]) {
                sum += v->l[i];
                *n += 1;
            }
    return *n > 0 ? sum / *n : 0;
}

static void add_nodes(const struct naive *v, enum verdict_level which, uint32_t first, double q,
                      double background, double *to)
{
    for (uint32_t k = 0; k < v->m->base->level[which].n; k++) {
        double n;
        const double mean = mean_of_members(v, which, k, &n);
        if (n > 0)
            to[first + k] += log((1 - q) * mean / background + q);
    }
}

static void add_group(struct naive *v, enum verdict_group g, uint32_t mss, double *to,
                      double *background)
{
    const struct verdict_model *m = v->m;
    const struct verdict_params *p = m->params;
    double mass = 1;
    double sum = 0;
    double n = 0;
    for (int a = 0; a < VERDICT_ATTRS; a++)
        if (is_in(v, g, a) && is_seen(v, a))
            mass *= column_mass(&m->base->column[a], v->seen->value[a]);
    for (uint32_t i = 0; i < m->n; i++) {
        v->has[i] = false;
        for (int a = 0; a < VERDICT_ATTRS; a++)
            v->has[i] = v->has[i] || (is_in(v, g, a) && cell(v, a, i) > 0 && model_has(m, i));
        v->l[i] = likelihood(v, g, i, mss);
        sum += v->has[i] ? v->l[i] : 0;
        n += v->has[i];
    }
    const double somebody = n > 0 ? sum / n : 0;
    *background = (1 - p->nu) * somebody + p->nu * sqrt(mass);
    for (uint32_t i = 0; i < m->n; i++)
        if (v->has[i])
            to[i] += log((1 - p->q[g]) * v->l[i] / *background + p->q[g]);
    add_nodes(v, VERDICT_CLASS, m->first_class, p->q_class, *background, to);
    add_nodes(v, VERDICT_SYSTEM, m->first_system, p->q_system, *background, to);
    add_nodes(v, VERDICT_STACK, m->first_stack, p->q_stack, *background, to);
    to[m->unknown] +=
        log(((1 - p->nu_unknown) * somebody + p->nu_unknown * sqrt(mass)) / *background);
}

static uint32_t n_silent(const struct naive *v)
{
    uint32_t n = 0;
    for (int g = 0; g < GROUP_COUNT; g++) {
        if (v->m->params->phi[g] <= 0 || !group_is_seen(v, (enum verdict_group)g))
            continue;
        if (!group_is_silent(v, (enum verdict_group)g))
            return 0;
        n++;
    }
    return n >= 3 ? n : 0;
}

static void normalize(const struct naive *v, double *posterior)
{
    const double beta = n_silent(v) > 0 ? v->m->params->beta_quiet : v->m->params->beta;
    const uint32_t n = model_hypotheses(v->m);
    double best = -HUGE_VAL;
    double sum = 0;
    for (uint32_t h = 0; h < n; h++) {
        posterior[h] = (double)v->m->prior[h] + beta * v->loud[h];
        best = fmax(best, posterior[h]);
    }
    for (uint32_t h = 0; h < n; h++)
        sum += posterior[h] = exp(posterior[h] - best);
    for (uint32_t h = 0; h < n; h++)
        posterior[h] /= sum;
}

void naive_posterior(struct arena *a, const struct verdict_model *m, const struct seen *seen,
                     double *posterior)
{
    const uint32_t n = model_hypotheses(m);
    struct naive v = {.a = a, .m = m, .seen = seen};
    double together = 1;
    double background;
    v.clamp = arena_array(a, m->n, sizeof *v.clamp);
    v.l = arena_array(a, m->n, sizeof *v.l);
    v.has = arena_array(a, m->n, sizeof *v.has);
    v.loud = arena_array(a, n, sizeof *v.loud);
    v.quiet = arena_array(a, n, sizeof *v.quiet);
    weigh_values(&v);
    const bool is_quiet = n_silent(&v) > 0;
    const uint32_t mss = reading_clamped_mss(m, seen);
    for (int g = 0; g < GROUP_COUNT; g++) {
        if (!group_is_seen(&v, (enum verdict_group)g))
            continue;
        const bool is_one = is_quiet && m->params->phi[g] > 0;
        add_group(&v, (enum verdict_group)g, mss, is_one ? v.quiet : v.loud, &background);
        together *= is_one ? background : 1;
    }
    const double w = m->params->w_silent;
    for (uint32_t h = 0; is_quiet && h < n; h++)
        v.loud[h] += log(w + (1 - w) * exp(v.quiet[h]) * together);
    normalize(&v, posterior);
}
