// SPDX-License-Identifier: Apache-2.0
// Subject -> factors of each group -> likelihood of each hypothesis -> posterior. A group's
// mixture bounds what it can do: whatever disagrees costs at most q times the background, once.
#include "verdict/weigh.h"

#include <math.h>

enum { SILENT_LEAST = 3 };

struct verdict_scratch *verdict_scratch_new(struct arena *run, const struct verdict_model *m)
{
    struct verdict_scratch *s = arena_alloc(run, sizeof *s);
    const uint32_t h = model_hypotheses(m);
    uint32_t most = 0;
    for (int a = 0; a < ATTR_COUNT; a++)
        most = m->base->column[a].n > most ? m->base->column[a].n : most;
    s->p = arena_array(run, most, sizeof *s->p);
    s->view = arena_array(run, most, sizeof *s->view);
    for (int g = 0; g < GROUP_COUNT; g++) {
        const uint32_t joined = g == GROUP_WIN ? m->table[TABLE_WIN_BY_OPT].n : 0;
        const uint32_t n = m->table[g].n > joined ? m->table[g].n : joined;
        s->said[g].row = arena_array(run, n, sizeof *s->said[g].row);
        s->said[g].factor = arena_array(run, n, sizeof *s->said[g].factor);
        s->said[g].by_class = arena_array(run, m->base->level[VERDICT_CLASS].n, sizeof(float));
        s->said[g].by_system = arena_array(run, m->base->level[VERDICT_SYSTEM].n, sizeof(float));
        most = n > most ? n : most;
    }
    s->rows = arena_array(run, 2 * (size_t)most, sizeof *s->rows);
    s->cause = arena_array(run, m->table[GROUP_OPT].n, sizeof *s->cause);
    s->clamp = arena_array(run, m->table[GROUP_OPT].n, sizeof *s->clamp);
    s->silence = arena_array(run, h, sizeof *s->silence);
    s->score = arena_array(run, h, sizeof *s->score);
    s->kept = arena_array(run, h, sizeof *s->kept);
    s->posterior = arena_array(run, h, sizeof *s->posterior);
    for (int v = 0; v < VERDICT_LEVELS; v++)
        s->p_node[v] = arena_array(run, m->base->level[v].n, sizeof *s->p_node[v]);
    return s;
}

// Several tries are samples of one quantity: the mean of the logarithms.
static void weigh_samples(const struct column *c, struct verdict_scratch *s)
{
    const uint32_t n = s->seen.n[c->attr];
    for (uint32_t i = 1; i < n; i++) {
        column_weigh(c, s->seen.more[c->attr][i - 1], s->view);
        for (uint32_t e = 0; e < c->n; e++)
            s->p[e] *= s->view[e];
    }
    for (uint32_t e = 0; e < c->n; e++)
        s->p[e] = exp(log(s->p[e]) / n);
}

double weigh_column(const struct verdict_model *m, struct verdict_scratch *s, int attr,
                    double *rows)
{
    const struct table *t = &m->table[group_of(attr)];
    const struct column *c = &m->base->column[attr];
    const struct span value = s->seen.value[attr];
    if (span_is_absent(value))
        return 1;
    column_weigh(c, value, s->p);
    if (s->seen.n[attr] > 1)
        weigh_samples(c, s);
    const uint32_t *cell = t->cell;
    while (t->col[(cell - t->cell) / t->n] != attr)
        cell += t->n;
    for (uint32_t r = 0; r < t->n; r++)
        rows[r] *= s->p[cell[r]];
    return column_mass(c, value);
}

static double weigh_plain(const struct verdict_model *m, struct verdict_scratch *s,
                          enum verdict_group g)
{
    const struct table *t = &m->table[g];
    double mass = 1;
    s->said[g].table = g;
    for (uint32_t r = 0; r < t->n; r++)
        s->said[g].row[r] = 1;
    for (uint32_t c = 0; c < t->n_cols; c++)
        mass *= weigh_column(m, s, t->col[c], s->said[g].row);
    return mass;
}

static void look(const struct verdict_model *m, struct verdict_scratch *s, enum verdict_group g)
{
    const struct table *t = &m->table[g];
    struct said *said = &s->said[g];
    said->is_seen = false;
    said->is_silent = m->params->phi[g] > 0;
    for (uint32_t c = 0; c < t->n_cols; c++) {
        const struct span v = s->seen.value[t->col[c]];
        if (span_is_absent(v))
            continue;
        said->is_seen = true;
        said->is_silent = said->is_silent && osdb_attr_names[t->col[c]][0] == 'R' &&
                          osdb_attr_names[t->col[c]][1] == '\0' && span_eq(v, SPAN("N"));
    }
    said->is_silent = said->is_silent && said->is_seen;
}

static void find_background(const struct verdict_params *p, const struct table *t,
                            struct said *said, double mass)
{
    double sum = 0;
    double n = 0;
    for (uint32_t r = 0; r < t->n; r++) {
        if (!t->has[r])
            continue;
        sum += t->count[r] * said->row[r];
        n += t->count[r];
    }
    said->somebody = n > 0 ? sum / n : 0;
    said->novelty = sqrt(mass);
    said->background = (1 - p->nu) * said->somebody + p->nu * said->novelty;
    said->unknown =
        (float)log((1 - p->nu_unknown) * said->somebody + p->nu_unknown * said->novelty);
}

static void factors_of_nodes(const struct share *share, uint32_t n, double q,
                             const struct said *said, float *out)
{
    for (uint32_t i = 0; i < n; i++) {
        double sum = 0;
        for (uint32_t k = share->first[i]; k < share->first[i + 1]; k++)
            sum += share->pairs[k].count * said->row[share->pairs[k].row];
        const double mean = share->count[i] > 0 ? sum / share->count[i] : said->background;
        out[i] = (float)log((1 - q) * mean + q * said->background);
    }
}

static void find_factors(const struct verdict_model *m, struct said *said, enum verdict_group g)
{
    const struct table *t = &m->table[said->table];
    const double q = m->params->q[g];
    for (uint32_t r = 0; r < t->n; r++) {
        const double own = t->has[r] ? said->row[r] : said->background;
        said->factor[r] = (float)log((1 - q) * own + q * said->background);
    }
    factors_of_nodes(&t->by_class, m->base->level[VERDICT_CLASS].n, m->params->q_class, said,
                     said->by_class);
    factors_of_nodes(&t->by_system, m->base->level[VERDICT_SYSTEM].n, m->params->q_system, said,
                     said->by_system);
}

static void weigh_group(const struct verdict_model *m, struct verdict_scratch *s,
                        enum verdict_group g)
{
    struct said *said = &s->said[g];
    look(m, s, g);
    if (g == GROUP_OPT)
        s->mss = 0;
    if (!said->is_seen)
        return;
    said->table = g;
    const double mass = g == GROUP_OPT   ? reading_options(m, s)
                        : g == GROUP_WIN ? reading_windows(m, s)
                                         : weigh_plain(m, s, g);
    const struct table *t = &m->table[said->table];
    const double phi = m->params->phi[g];
    for (uint32_t r = 0; said->is_silent && r < t->n; r++)
        said->row[r] = phi + (1 - phi) * said->row[r];
    find_background(m->params, t, said, mass);
    find_factors(m, said, g);
}

static void add_factors(const struct verdict_model *m, const struct said *said, float *score)
{
    const uint32_t *row_of = m->table[said->table].row_of;
    for (uint32_t i = 0; i < m->n; i++)
        score[i] += said->factor[row_of[i]];
    for (uint32_t i = m->first_class; i < m->first_system; i++)
        score[i] += said->by_class[i - m->first_class];
    for (uint32_t i = m->first_system; i < m->unknown; i++)
        score[i] += said->by_system[i - m->first_system];
    score[m->unknown] += said->unknown;
}

// If all of several kinds of probes went unanswered, that is one observation.
static uint32_t count_silent(const struct verdict_model *m, const struct verdict_scratch *s)
{
    uint32_t n = 0;
    for (int g = 0; g < GROUP_COUNT; g++) {
        if (m->params->phi[g] <= 0 || !s->said[g].is_seen)
            continue;
        if (!s->said[g].is_silent)
            return 0;
        n++;
    }
    return n >= SILENT_LEAST ? n : 0;
}

void weigh_all(const struct verdict_model *m, struct verdict_scratch *s)
{
    const uint32_t n = model_hypotheses(m);
    for (int g = 0; g < GROUP_COUNT; g++)
        weigh_group(m, s, (enum verdict_group)g);
    memset(s->score, 0, n * sizeof *s->score);
    memset(s->silence, 0, n * sizeof *s->silence);
    s->n_silent = count_silent(m, s);
    for (int g = 0; g < GROUP_COUNT; g++) {
        const bool is_one_of_many = s->n_silent > 0 && m->params->phi[g] > 0;
        if (s->said[g].is_seen)
            add_factors(m, &s->said[g], is_one_of_many ? s->silence : s->score);
    }
    const double w = m->params->w_silent;
    for (uint32_t i = 0; s->n_silent > 0 && i < n; i++) {
        s->silence[i] = (float)log(w + (1 - w) * exp((double)s->silence[i]));
        s->score[i] += s->silence[i];
    }
}

double weigh_sum(const struct verdict_model *m, struct verdict_scratch *s, const float *score)
{
    enum { NEGLIGIBLE = 40 }; // nats below the best
    const uint32_t n = model_hypotheses(m);
    const float beta = (float)m->params->beta;
    float best = -INFINITY;
    double sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        const float v = m->prior[i] + beta * score[i];
        best = v > best ? v : best;
    }
    for (uint32_t i = 0; i < n; i++) {
        const float v = m->prior[i] + beta * score[i] - best;
        s->posterior[i] = v > -NEGLIGIBLE ? exp((double)v) : 0;
        sum += s->posterior[i];
    }
    for (uint32_t i = 0; i < n; i++)
        s->posterior[i] /= sum;
    return (double)best + log(sum);
}

float weigh_factor(const struct verdict_model *m, const struct verdict_scratch *s,
                   enum verdict_group g, uint32_t h)
{
    const struct said *said = &s->said[g];
    if (!said->is_seen)
        return 0;
    if (h < m->first_class)
        return said->factor[m->table[said->table].row_of[h]];
    if (h < m->first_system)
        return said->by_class[h - m->first_class];
    return h < m->unknown ? said->by_system[h - m->first_system] : said->unknown;
}
