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
        base->cell[attr][i] = (uint16_t)(id + 1);
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
    uint16_t *of_plain = arena_array(run, plain->n, sizeof *of_plain);
    for (uint32_t i = 1; i < plain->n; i++) {
        struct buf b;
        buf_init(&b, mem, sizeof mem);
        reading_blank(plain->expr[i], view, &b);
        const uint32_t id = intern_add(&exprs, mem, buf_len(&b));
        of_plain[i] = (uint16_t)(id + 1);
        refs[id] += (uint32_t)plain->refs[i];
    }
    struct column *c = &base->blank[view][option];
    *c = (struct column){.attr = plain->attr, .form = plain->form, .quirks = plain->quirks};
    column_make(c, run, params, &exprs, refs);
    base->of_plain[view][option] = of_plain;
}

// Of each value of an option: it without the numbers behind a letter.
static void know_blank(struct base *base, enum view view, int option, const struct lists *lists,
                       struct arena *run)
{
    char mem[LIMIT_DB_LINE + 1];
    struct column *c = &base->blank[view][option];
    const struct intern *values = &base->column[option_attr(option)].values;
    const struct word **of_value = arena_array(run, values->n, sizeof(struct word *));
    column_know(c, lists, (uint32_t)option, run);
    for (uint32_t v = 0; v < values->n; v++) {
        struct buf b;
        buf_init(&b, mem, sizeof mem);
        reading_blank(intern_span(values, v), view, &b);
        of_value[v] = column_known(c, buf_span(&b));
    }
    base->of_value[view][option] = of_value;
}

// All values of options and windows.
static void know_all(struct base *base, const struct verdict_model *m, struct arena *run)
{
    static const enum verdict_group groups[] = {GROUP_OPT, GROUP_WIN};
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        const struct table *t = &m->table[groups[i]];
        for (uint32_t c = 0; c < t->n_cols; c++)
            column_know(&base->column[t->col[c]], &t->lists, c, run);
    }
    for (int view = VIEW_SHIFT; view < VIEW_COUNT; view++)
        for (int option = 0; option < OPTIONS; option++)
            know_blank(base, (enum view)view, option, &m->blank[view], run);
}

static void count_sizes(struct verdict_model *m, struct arena *run)
{
    for (int v = 0; v < VERDICT_LEVELS; v++) {
        const struct level *level = &m->base->level[v];
        m->size[v] = arena_array(run, level->n, sizeof *m->size[v]);
        for (uint32_t i = 0; i < m->n; i++)
            for (uint32_t k = level->first[i]; model_has(m, i) && k < level->first[i + 1]; k++)
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

void model_set_priors(struct verdict_model *m)
{
    const struct verdict_params *p = m->params;
    const double each[NODE_KINDS] = {p->p_class, p->p_system, p->p_stack};
    const double powers[NODE_KINDS] = {p->k, p->k, p->k_stack};
    const double rest = 1 - p->p_class - p->p_system - p->p_stack - p->p_unknown;
    const float ref = (float)log(rest / m->n_left);
    for (uint32_t i = 0; i < m->n; i++)
        m->prior[i] = model_has(m, i) ? ref : -INFINITY;
    for (int kind = 0; kind < NODE_KINDS; kind++)
        share_prior(kind == NODES_STACK ? m->n_systems : m->size[model_level(kind)],
                    m->base->level[model_level(kind)].n, each[kind], powers[kind],
                    m->prior + model_first(m, kind));
    m->prior[m->unknown] = (float)log(p->p_unknown);
    for (uint32_t i = 0; i < model_hypotheses(m); i++)
        m->prior_score[i] = (float)((double)m->prior[i] / p->beta);
    m->ref_score = m->n_left > 0 ? (float)((double)ref / p->beta) : -INFINITY;
}

// A stack that many use is one that others use, too: the systems of each.
static void count_systems(struct verdict_model *m, struct arena *run)
{
    const struct level *systems = &m->base->level[VERDICT_SYSTEM];
    const struct level *stacks = &m->base->level[VERDICT_STACK];
    struct intern pairs = intern_new(run, sizeof(uint32_t));
    m->n_systems = arena_array(run, stacks->n, sizeof *m->n_systems);
    for (uint32_t i = 0; i < m->n; i++)
        for (uint32_t k = systems->first[i]; model_has(m, i) && k < systems->first[i + 1]; k++) {
            const uint32_t key[2] = {stacks->ids[i], systems->ids[k]};
            const uint32_t before = pairs.n;
            (void)intern_add(&pairs, key, sizeof key);
            m->n_systems[key[0]] += pairs.n - before;
        }
}

static void make_priors(struct verdict_model *m, struct arena *run)
{
    m->prior = arena_array(run, model_hypotheses(m), sizeof *m->prior);
    m->prior_score = arena_array(run, model_hypotheses(m), sizeof *m->prior_score);
    count_systems(m, run);
    model_set_priors(m);
}

static void number_hypotheses(struct verdict_model *m)
{
    m->first_class = m->n;
    m->first_system = m->first_class + m->base->level[VERDICT_CLASS].n;
    m->first_stack = m->first_system + m->base->level[VERDICT_SYSTEM].n;
    m->unknown = m->first_stack + m->base->level[VERDICT_STACK].n;
}

static void count_types(const struct verdict_model *m, int kind, float *count)
{
    const struct level *nodes = &m->base->level[model_level(kind)];
    const struct level *types = &m->base->level[VERDICT_TYPE];
    const uint32_t first = model_first(m, kind) - m->first_class;
    for (uint32_t i = 0; i < m->n; i++)
        for (uint32_t k = nodes->first[i]; model_has(m, i) && k < nodes->first[i + 1]; k++)
            for (uint32_t t = types->first[i]; t < types->first[i + 1]; t++)
                count[(size_t)(first + nodes->ids[k]) * types->n + types->ids[t]]++;
}

static uint32_t size_of(const struct verdict_model *m, uint32_t h)
{
    const int kind = model_kind(m, h);
    return m->size[model_level(kind)][h - model_first(m, kind)];
}

static void make_types(struct verdict_model *m, struct arena *run)
{
    const uint32_t n = m->unknown - m->first_class;
    const uint32_t n_types = m->base->level[VERDICT_TYPE].n;
    struct pile shares = {.arena = run};
    float *count = arena_array(run, (size_t)n * n_types, sizeof *count);
    for (int kind = 0; kind < NODE_KINDS; kind++)
        count_types(m, kind, count);
    m->first_type = arena_array(run, n + 1, sizeof *m->first_type);
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t size = size_of(m, m->first_class + i);
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
    const struct level *stacks = &m->base->level[VERDICT_STACK];
    m->kin = arena_array(run, systems->n + stacks->n, sizeof *m->kin);
    for (uint32_t i = 0; i < systems->n; i++)
        m->kin[i] = (uint8_t)kin_of_system(systems->nodes[i].vendor, systems->nodes[i].family);
    for (uint32_t i = 0; i < stacks->n; i++)
        m->kin[systems->n + i] = (uint8_t)kin_of_system(SPAN(""), stacks->nodes[i].family);
}

struct verdict_model *verdict_model_new(struct arena *run, const struct osdb *db,
                                        const struct verdict_params *params)
{
    struct base *base = arena_alloc(run, sizeof *base);
    struct verdict_model *m = arena_alloc(run, sizeof *m);
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
    *m = (struct verdict_model){.base = base, .params = params, .whole = m, .n = osdb_count(db)};
    m->n_left = m->n;
    number_hypotheses(m);
    count_sizes(m, run);
    table_make_all(m, run);
    know_all(base, m, run);
    share_make(m, run);
    make_priors(m, run);
    make_types(m, run);
    make_kin(m, run);
    return m;
}

const struct verdict_model *
verdict_model_without(struct arena *run, const struct verdict_model *model, const bool *is_left_out)
{
    struct verdict_model *m = arena_alloc(run, sizeof *m);
    *m = *model->whole;
    m->is_left_out = is_left_out;
    m->n_left = 0;
    for (uint32_t i = 0; i < m->n; i++)
        m->n_left += !is_left_out[i];
    count_sizes(m, run);
    table_recount(m, run);
    share_make(m, run);
    make_priors(m, run);
    make_types(m, run);
    return m;
}
