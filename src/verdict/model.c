// SPDX-License-Identifier: Apache-2.0
// Database -> model: columns of attributes, levels of nodes, tables of groups, priors.
#include "verdict/model.h"

#include <math.h>

#include "base/buf.h"
#include "base/text.h"
#include "verdict/fuse.h"

static void make_column(struct base *base, int attr, const struct verdict_params *params,
                        struct arena *run)
{
    const uint32_t n = osdb_count(base->db);
    struct intern exprs = intern_new(run, 1);
    struct column *c = &base->column[attr];
    uint32_t *refs = arena_array(run, n, sizeof *refs);
    base->cell[attr] = arena_array(run, n, sizeof *base->cell[attr]);
    for (uint32_t i = 0; i < n; i++) {
        const struct span e = osdb_expr_at(base->db, i, attr);
        if (span_is_absent(e))
            continue;
        const uint32_t id = intern_add(&exprs, e.ptr, e.len);
        base->cell[attr][i] = id + 1;
        refs[id]++;
    }
    *c = (struct column){
        .attr = attr, .form = osdb_attr_form(attr), .quirks = osdb_quirks(base->db)};
    column_make(c, run, params, &exprs, refs);
}

// The options once more, without the numbers behind a letter.
static void make_blank(struct base *base, enum view view, int option,
                       const struct verdict_params *params, struct arena *run)
{
    char mem[LIMIT_DB_LINE + 1];
    const struct column *plain = &base->column[option_attr(option)];
    struct intern exprs = intern_new(run, 1);
    uint32_t *refs = arena_array(run, plain->n, sizeof *refs);
    uint32_t *of_plain = arena_array(run, plain->n, sizeof *of_plain);
    for (uint32_t i = 1; i < plain->n; i++) {
        struct buf b;
        buf_init(&b, mem, sizeof mem);
        reading_blank(plain->expr[i], view == VIEW_SHIFT ? 'W' : 'M', &b);
        const uint32_t id = intern_add(&exprs, mem, buf_len(&b));
        of_plain[i] = id + 1;
        refs[id] += (uint32_t)plain->refs[i];
    }
    struct column *c = &base->blank[view][option];
    *c = (struct column){.attr = plain->attr, .form = plain->form, .quirks = plain->quirks};
    column_make(c, run, params, &exprs, refs);
    base->of_plain[view][option] = of_plain;
}

static void count_sizes(struct verdict_model *m, struct arena *run)
{
    for (int v = 0; v < VERDICT_LEVELS; v++) {
        const struct level *level = &m->base->level[v];
        m->size[v] = arena_array(run, level->n, sizeof *m->size[v]);
        for (uint32_t i = 0; i < m->n; i++)
            for (uint32_t k = level->first[m->db_ref[i]]; k < level->first[m->db_ref[i] + 1]; k++)
                m->size[v][level->ids[k]]++;
    }
}

// Shares p among nodes by their size to the power k; -inf where there is nobody.
static void share_prior(const uint32_t *size, uint32_t n, double p, double k, float *out)
{
    double sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += size[i] ? exp(k * log(size[i])) : 0;
    for (uint32_t i = 0; i < n; i++)
        out[i] = size[i] ? (float)(log(p / sum) + k * log(size[i])) : -INFINITY;
}

static void make_priors(struct verdict_model *m, struct arena *run)
{
    const struct verdict_params *p = m->params;
    const uint32_t n_classes = m->base->level[VERDICT_CLASS].n;
    const uint32_t n_systems = m->base->level[VERDICT_SYSTEM].n;
    const double rest = 1 - p->p_class - p->p_system - p->p_unknown;
    m->first_class = m->n;
    m->first_system = m->first_class + n_classes;
    m->unknown = m->first_system + n_systems;
    m->prior = arena_array(run, model_hypotheses(m), sizeof *m->prior);
    for (uint32_t i = 0; i < m->n; i++)
        m->prior[i] = (float)log(rest / m->n);
    share_prior(m->size[VERDICT_CLASS], n_classes, p->p_class, p->k, m->prior + m->first_class);
    share_prior(m->size[VERDICT_SYSTEM], n_systems, p->p_system, p->k, m->prior + m->first_system);
    m->prior[m->unknown] = (float)log(p->p_unknown);
    m->prior_root = arena_array(run, model_hypotheses(m), sizeof *m->prior_root);
    for (uint32_t i = 0; i < model_hypotheses(m); i++)
        m->prior_root[i] = exp((double)m->prior[i] / p->beta);
}

static void count_types(const struct verdict_model *m, enum verdict_level which, uint32_t first,
                        float *count)
{
    const struct level *nodes = &m->base->level[which];
    const struct level *types = &m->base->level[VERDICT_TYPE];
    for (uint32_t i = 0; i < m->n; i++) {
        const uint32_t ref = m->db_ref[i];
        for (uint32_t k = nodes->first[ref]; k < nodes->first[ref + 1]; k++)
            for (uint32_t t = types->first[ref]; t < types->first[ref + 1]; t++)
                count[(size_t)(first + nodes->ids[k]) * types->n + types->ids[t]]++;
    }
}

static void make_types(struct verdict_model *m, struct arena *run)
{
    const uint32_t n_classes = m->base->level[VERDICT_CLASS].n;
    const uint32_t n = n_classes + m->base->level[VERDICT_SYSTEM].n;
    const uint32_t n_types = m->base->level[VERDICT_TYPE].n;
    struct pile shares = {.arena = run};
    float *count = arena_array(run, (size_t)n * n_types, sizeof *count);
    count_types(m, VERDICT_CLASS, 0, count);
    count_types(m, VERDICT_SYSTEM, n_classes, count);
    m->first_type = arena_array(run, n + 1, sizeof *m->first_type);
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t size =
            i < n_classes ? m->size[VERDICT_CLASS][i] : m->size[VERDICT_SYSTEM][i - n_classes];
        m->first_type[i] = (uint32_t)(shares.len / sizeof(struct type_share));
        for (uint32_t t = 0; t < n_types; t++) {
            const struct type_share s = {t, count[(size_t)i * n_types + t] / (float)size};
            if (size > 0 && s.share > 0)
                pile_add(&shares, &s, sizeof s);
        }
    }
    m->first_type[n] = (uint32_t)(shares.len / sizeof(struct type_share));
    m->types = (struct type_share *)(void *)shares.bytes;
}

static void make_kin(struct verdict_model *m, struct arena *run)
{
    const struct level *systems = &m->base->level[VERDICT_SYSTEM];
    m->kin = arena_array(run, systems->n, sizeof *m->kin);
    for (uint32_t i = 0; i < systems->n; i++)
        m->kin[i] = (uint8_t)kin_of_system(systems->nodes[i].vendor, systems->nodes[i].family);
}

static const struct verdict_model *make(struct arena *run, const struct base *base,
                                        const struct verdict_params *params,
                                        const bool *is_left_out)
{
    struct verdict_model *m = arena_alloc(run, sizeof *m);
    const uint32_t n = osdb_count(base->db);
    m->base = base;
    m->params = params;
    m->db_ref = arena_array(run, n, sizeof *m->db_ref);
    for (uint32_t i = 0; i < n; i++)
        if (!is_left_out || !is_left_out[i])
            m->db_ref[m->n++] = i;
    count_sizes(m, run);
    table_make_all(m, run);
    make_priors(m, run);
    make_types(m, run);
    make_kin(m, run);
    return m;
}

const struct verdict_model *verdict_model_new(struct arena *run, const struct osdb *db,
                                              const struct verdict_params *params)
{
    struct base *base = arena_alloc(run, sizeof *base);
    base->db = db;
    for (int a = 0; a < VERDICT_ATTRS; a++)
        base->group[a] = group_of(a);
    for (int i = 0; i < OPTIONS; i++)
        base->option[i] = option_attr(i);
    for (int a = 0; a < VERDICT_ATTRS; a++)
        make_column(base, a, params, run);
    for (int option = 0; option < OPTIONS; option++) {
        make_blank(base, VIEW_SHIFT, option, params, run);
        make_blank(base, VIEW_MSS, option, params, run);
    }
    level_make_all(base, run);
    return make(run, base, params, NULL);
}

const struct verdict_model *
verdict_model_without(struct arena *run, const struct verdict_model *model, const bool *is_left_out)
{
    return make(run, model->base, model->params, is_left_out);
}
