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
    const uint32_t n_classes = m->base->level[VERDICT_CLASS].n;
    const uint32_t n_systems = m->base->level[VERDICT_SYSTEM].n;
    uint32_t most = 0;
    for (int a = 0; a < VERDICT_ATTRS; a++)
        most = m->base->column[a].n > most ? m->base->column[a].n : most;
    s->p = arena_array(run, most, sizeof *s->p);
    s->view = arena_array(run, most, sizeof *s->view);
    for (int g = 0; g < GROUP_COUNT; g++) {
        const uint32_t joined = g == GROUP_WIN ? m->table[TABLE_WIN_BY_OPT].n : 0;
        const uint32_t n = m->table[g].n > joined ? m->table[g].n : joined;
        s->said[g].row = arena_array(run, n, sizeof *s->said[g].row);
        s->said[g].factor = arena_array(run, n, sizeof *s->said[g].factor);
        s->said[g].by_class = arena_array(run, n_classes, sizeof(double));
        s->said[g].by_system = arena_array(run, n_systems, sizeof(double));
        most = n > most ? n : most;
    }
    s->rows = arena_array(run, 2 * (size_t)most, sizeof *s->rows);
    s->cause = arena_array(run, m->table[GROUP_OPT].n, sizeof *s->cause);
    s->clamp = arena_array(run, m->table[GROUP_OPT].n, sizeof *s->clamp);
    s->silence = arena_array(run, h, sizeof *s->silence);
    s->product = arena_array(run, h, sizeof *s->product);
    s->sums = arena_array(run, n_classes + n_systems, sizeof *s->sums);
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
    const struct table *t = &m->table[m->base->group[attr]];
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
        ((1 - p->nu_unknown) * said->somebody + p->nu_unknown * said->novelty) / said->background;
}

// Adds up what the members of each node say.
static void add_pairs(const struct share *share, uint32_t n, const double *row, double *sums)
{
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = share->first[i]; k < share->first[i + 1]; k++)
            sums[i] += (double)share->pairs[k].count * row[share->pairs[k].row];
}

// Sums -> mixtures of means. Who has no member with the attributes: the background.
static void factors_of_nodes(const struct share *share, uint32_t n, double q, double background,
                             const double *sums, double *out)
{
    const double scale = (1 - q) / background;
    for (uint32_t i = 0; i < n; i++)
        out[i] = share->count[i] > 0 ? scale * fmax(sums[i], 0) / (double)share->count[i] + q : 1;
}

static void find_node_factors(const struct verdict_model *m, struct verdict_scratch *s,
                              struct said *said)
{
    const struct table *t = &m->table[said->table];
    const struct level *classes = &m->base->level[VERDICT_CLASS];
    const uint32_t n_systems = m->base->level[VERDICT_SYSTEM].n;
    double *of_class = s->sums;
    double *of_system = s->sums + classes->n;
    memset(s->sums, 0, (classes->n + n_systems) * sizeof *s->sums);
    add_pairs(&t->by_class, classes->n, said->row, of_class);
    for (uint32_t c = 0; c < classes->n; c++)
        of_system[classes->parent[c]] += of_class[c];
    add_pairs(&t->by_system, n_systems, said->row, of_system);
    factors_of_nodes(&t->by_class, classes->n, m->params->q_class, said->background, of_class,
                     said->by_class);
    factors_of_nodes(&t->by_system, n_systems, m->params->q_system, said->background, of_system,
                     said->by_system);
}

static void find_factors(const struct table *t, double q, struct said *said)
{
    const double scale = (1 - q) / said->background;
    for (uint32_t r = 0; r < t->n; r++)
        said->factor[r] = t->has[r] ? scale * said->row[r] + q : 1;
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
    find_factors(t, m->params->q[g], said);
    find_node_factors(m, s, said);
}

WIDE static void times_factors(const double *factor, const uint32_t *row_of, uint32_t n,
                               double *product)
{
    for (uint32_t i = 0; i < n; i++)
        product[i] *= factor[row_of[i]];
}

WIDE static void times(const double *factor, uint32_t n, double *product)
{
    for (uint32_t i = 0; i < n; i++)
        product[i] *= factor[i];
}

static void add_group(const struct verdict_model *m, const struct said *said, double *product)
{
    times_factors(said->factor, m->table[said->table].row_of, m->n, product);
    times(said->by_class, m->first_system - m->first_class, product + m->first_class);
    times(said->by_system, m->unknown - m->first_system, product + m->first_system);
    product[m->unknown] *= said->unknown;
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

// Natural logarithms to 1e-9, of many normal positive numbers side by side: m * 2^e, and the
// logarithm of m by the series of the area tangent.
WIDE static void logarithms(const double *x, uint32_t n, double shift, float *out)
{
    const uint64_t one = UINT64_C(0x3FF0000000000000);
    const uint64_t mantissa = UINT64_C(0x000FFFFFFFFFFFFF);
    const uint64_t two52 = UINT64_C(0x4330000000000000);
    const uint64_t root = UINT64_C(0x0009F3B64DF00000); // makes m lie around 1
    for (uint32_t i = 0; i < n; i++) {
        uint64_t bits;
        double m;
        double e;
        memcpy(&bits, &x[i], sizeof bits);
        bits += root;
        const uint64_t high = bits >> 52 | two52;
        bits = (bits & mantissa) + one - root;
        memcpy(&m, &bits, sizeof m);
        memcpy(&e, &high, sizeof e);
        const double t = (m - 1) / (m + 1);
        const double u = t * t;
        const double series = t * (2 + u * (2.0 / 3 + u * (2.0 / 5 + u * (2.0 / 7 + u * 2 / 9))));
        out[i] = (float)(series + (e - 4503599627370496.0 - 1023) * 0.69314718055994531 + shift);
    }
}

// Filtered together: p(silence) = w + (1 - w) * product, absolute.
static void silence_all(const struct verdict_model *m, struct verdict_scratch *s, double background)
{
    const double w = m->params->w_silent;
    for (uint32_t i = 0; i < model_hypotheses(m); i++) {
        s->silence[i] = w + (1 - w) * s->silence[i] * background;
        s->product[i] *= s->silence[i];
    }
}

void weigh_all(const struct verdict_model *m, struct verdict_scratch *s)
{
    const uint32_t n = model_hypotheses(m);
    double common = 0;
    double background = 1;
    for (int g = 0; g < GROUP_COUNT; g++)
        weigh_group(m, s, (enum verdict_group)g);
    for (uint32_t i = 0; i < n; i++)
        s->product[i] = s->silence[i] = 1;
    s->n_silent = count_silent(m, s);
    for (int g = 0; g < GROUP_COUNT; g++) {
        const bool is_one_of_many = s->n_silent > 0 && m->params->phi[g] > 0;
        if (!s->said[g].is_seen)
            continue;
        add_group(m, &s->said[g], is_one_of_many ? s->silence : s->product);
        if (is_one_of_many)
            background *= s->said[g].background;
        else
            common += log(s->said[g].background);
    }
    if (s->n_silent > 0)
        silence_all(m, s, background);
    logarithms(s->product, n, common, s->score);
}

double weigh_sum(const struct verdict_model *m, struct verdict_scratch *s, const float *score)
{
    enum { NEGLIGIBLE = 30 }; // nats below the best
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

static double factor_of(const struct verdict_model *m, const struct said *said, uint32_t h)
{
    if (h < m->first_class)
        return said->factor[m->table[said->table].row_of[h]];
    if (h < m->first_system)
        return said->by_class[h - m->first_class];
    return h < m->unknown ? said->by_system[h - m->first_system] : said->unknown;
}

double weigh_factor(const struct verdict_model *m, const struct verdict_scratch *s,
                    enum verdict_group g, uint32_t h)
{
    return s->said[g].is_seen ? log(factor_of(m, &s->said[g], h)) : 0;
}
