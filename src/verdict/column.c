// SPDX-License-Identifier: Apache-2.0
// What is known of an attribute before any subject: its different expressions, the values that
// references show and how often. Words find the expressions that name them in a list; only
// expressions with ranges or brackets are asked one by one.
#include "verdict/model.h"

#include <math.h>

#include "base/buf.h"
#include "base/text.h"
#include "osdb/expr.h"

enum { DRAWS = 8, BEYOND = 16 };
static const double smooth = 0.3; // added to each count

static struct span canonical(struct span value)
{
    while (value.len > 1 && value.ptr[0] == '0')
        value = span_from(value, 1);
    return value;
}

static uint32_t count_alternatives(struct span expr, enum osdb_form form)
{
    uint32_t n = 0;
    for (; !span_is_absent(expr); n++)
        (void)osdb_alt_next(&expr, form);
    return n;
}

// The next alternative as text.
static struct span next_text(struct span *expr, enum osdb_form form)
{
    const struct span before = *expr;
    (void)osdb_alt_next(expr, form);
    return span_is_absent(*expr) ? before : span_head(before, (size_t)(expr->ptr - before.ptr) - 1);
}

struct tally {
    struct column *c;
    struct rng rng;
    struct pile mass;
    double total;
};

static void count_value(struct tally *t, struct span value, double weight)
{
    const struct span v = canonical(value);
    const uint32_t id = intern_add(&t->c->values, v.ptr, v.len);
    if ((id + 1) * sizeof(double) > t->mass.len)
        (void)pile_take(&t->mass, sizeof(double));
    ((double *)(void *)t->mass.bytes)[id] += weight;
    t->total += weight;
}

// Each alternative counts alike; of ranges a few values are drawn.
static void count_expr(struct tally *t, uint32_t number)
{
    char mem[LIMIT_DB_LINE + 1];
    struct span rest = t->c->expr[number];
    const double each = t->c->refs[number] / count_alternatives(rest, t->c->form);
    while (!span_is_absent(rest)) {
        struct span again = rest;
        const struct span text = next_text(&rest, t->c->form);
        if (osdb_alt_next(&again, t->c->form).kind == ALT_LITERAL) {
            count_value(t, text, each);
            continue;
        }
        for (int i = 0; i < DRAWS; i++) {
            struct buf b;
            buf_init(&b, mem, sizeof mem);
            draw_value(&t->rng, text, t->c->rule == RULE_GCD, &b);
            count_value(t, buf_span(&b), each / DRAWS);
        }
    }
}

static void make_mass(struct column *c, struct arena *run)
{
    struct tally t = {.c = c, .mass = {.arena = run}};
    rng_seed(&t.rng, (uint64_t)c->attr);
    c->values = intern_new(run, 1);
    for (uint32_t i = 1; i < c->n; i++)
        count_expr(&t, i);
    const double sum = t.total + smooth * (c->values.n + 1);
    c->mass = (double *)(void *)t.mass.bytes;
    for (uint32_t i = 0; i < c->values.n; i++)
        c->mass[i] = (c->mass[i] + smooth) / sum;
    c->unseen = smooth / sum;
}

static bool has_only_literals(const struct column *c, uint32_t number)
{
    struct span rest = c->expr[number];
    while (!span_is_absent(rest))
        if (osdb_alt_next(&rest, c->form).kind != ALT_LITERAL)
            return false;
    return true;
}

// Calls for every (literal, expression) where all is literal: counts them, or notes them.
static void post_all(struct column *c, uint32_t *at, bool is_noting)
{
    for (uint32_t i = 1; i < c->n; i++) {
        struct span rest = c->expr[i];
        if (!has_only_literals(c, i))
            continue;
        while (!span_is_absent(rest)) {
            const struct span low = osdb_alt_next(&rest, c->form).low;
            const uint32_t id = intern_find(&c->values, low.ptr, low.len);
            if (is_noting)
                c->posts[at[id]] = i;
            at[id]++;
        }
    }
}

static void make_posts(struct column *c, struct arena *run)
{
    uint32_t *at = arena_array(run, c->values.n + 1, sizeof *at);
    c->first_post = arena_array(run, c->values.n + 1, sizeof *c->first_post);
    post_all(c, at, false);
    for (uint32_t v = 0; v < c->values.n; v++) {
        c->first_post[v + 1] = c->first_post[v] + at[v];
        at[v] = c->first_post[v];
    }
    c->posts = arena_array(run, c->first_post[c->values.n], sizeof *c->posts);
    post_all(c, at, true);
    c->open = arena_array(run, c->n, sizeof *c->open);
    for (uint32_t i = 1; i < c->n; i++)
        if (!has_only_literals(c, i))
            c->open[c->n_open++] = i;
}

static bool accepts(const struct column *c, uint32_t number, struct span value)
{
    return osdb_expr_match(value, c->expr[number], c->form, c->quirks);
}

double column_power(double v, double exponent)
{
    return exponent >= 1 ? v : exponent <= -1 ? 1 / v : exp(exponent * log(v));
}

static void make_expr_mass(struct column *c, struct arena *run)
{
    c->expr_mass = arena_array(run, c->n, sizeof *c->expr_mass);
    for (uint32_t v = 0; v < c->values.n; v++) {
        uint32_t last = 0; // the same literal twice
        for (uint32_t k = c->first_post[v]; k < c->first_post[v + 1]; k++) {
            if (c->posts[k] != last)
                c->expr_mass[c->posts[k]] += c->mass[v];
            last = c->posts[k];
        }
        for (uint32_t k = 0; k < c->n_open; k++)
            if (accepts(c, c->open[k], intern_span(&c->values, v)))
                c->expr_mass[c->open[k]] += c->mass[v];
    }
    c->narrow = arena_array(run, c->n, sizeof *c->narrow);
    for (uint32_t i = 1; i < c->n; i++)
        c->narrow[i] = c->expr_mass[i] > 0 ? column_power(c->expr_mass[i], -c->wide) : 1;
    c->post_times = arena_array(run, c->first_post[c->values.n], sizeof *c->post_times);
    for (uint32_t v = 0; v < c->values.n; v++)
        for (uint32_t k = c->first_post[v]; k < c->first_post[v + 1]; k++)
            c->post_times[k] =
                (float)(column_power(c->mass[v], c->wide) / c->mass[v] * c->narrow[c->posts[k]]);
}

static bool range_of(struct osdb_alt alt, struct range *out)
{
    uint64_t low = 0;
    uint64_t high = 0;
    const bool is_bad = (alt.kind != ALT_BELOW && !text_hex(alt.low, &low)) ||
                        (alt.kind != ALT_ABOVE && !text_hex(alt.high, &high));
    if (is_bad || alt.kind == ALT_BRACKET || (alt.kind == ALT_BELOW && high == 0))
        return false;
    out->low = (double)low;
    out->high = (double)high;
    if (alt.kind == ALT_ABOVE)
        *out = (struct range){(double)low + 1, (double)low + BEYOND};
    if (alt.kind == ALT_BELOW)
        *out = (struct range){0, (double)high - 1};
    return out->high >= out->low;
}

static void make_ranges(struct column *c, struct arena *run)
{
    struct pile ranges = {.arena = run};
    c->first_range = arena_array(run, c->n + 1, sizeof *c->first_range);
    for (uint32_t i = 1; i < c->n; i++) {
        struct span rest = c->expr[i];
        struct range r;
        c->first_range[i] = (uint32_t)(ranges.len / sizeof r);
        while (!span_is_absent(rest))
            if (range_of(osdb_alt_next(&rest, OSDB_FORM_PLAIN), &r))
                pile_add(&ranges, &r, sizeof r);
    }
    c->first_range[c->n] = (uint32_t)(ranges.len / sizeof *c->ranges);
    c->ranges = (struct range *)(void *)ranges.bytes;
}

// A sample is in the range or a bit outside; zero is in no other range than one of zero.
static void make_samples(struct column *c, struct arena *run)
{
    struct samples *s = &c->samples;
    s->n = c->first_range[c->n];
    s->low = arena_array(run, s->n, sizeof *s->low);
    s->high = arena_array(run, s->n, sizeof *s->high);
    s->times = arena_array(run, s->n, sizeof *s->times);
    s->at_zero = arena_array(run, s->n, sizeof *s->at_zero);
    s->of = arena_array(run, s->n, sizeof *s->of);
    s->has_any = arena_array(run, c->n, sizeof *s->has_any);
    for (uint32_t i = 1; i < c->n; i++) {
        const double n = c->first_range[i + 1] - c->first_range[i];
        s->has_any[i] = n > 0;
        for (uint32_t k = c->first_range[i]; k < c->first_range[i + 1]; k++) {
            const struct range r = c->ranges[k];
            const double inside = 0.98 / (r.high - r.low + 1 + c->width) / n;
            s->low[k] = r.low;
            s->high[k] = r.high;
            s->of[k] = (uint16_t)i;
            s->times[k] = r.high > 0 ? inside : 0;
            s->at_zero[k] = (r.high > 0 ? inside : 0.98 / n) - sample_elsewhere / n;
            s->at_zero[k] *= r.low > 0 ? 0 : 1;
        }
    }
}

static enum rule rule_of(int attr)
{
    static const struct {
        const char *name;
        enum rule rule;
    } rules[] = {
        {"R", RULE_ANSWER}, {"SP", RULE_SPREAD}, {"ISR", RULE_SPREAD}, {"GCD", RULE_GCD},
        {"T", RULE_TTL},    {"TG", RULE_GUESS},  {"TS", RULE_CLOCK},
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (span_eq(span_str(osdb_attr_names[attr]), span_str(rules[i].name)))
            return rules[i].rule;
    return RULE_WORD;
}

// How fast a sample becomes improbable outside of the range.
static void find_decay(struct column *c)
{
    const double scale = c->rule == RULE_TTL ? 2 : osdb_attr_names[c->attr][0] == 'S' ? 5 : 1.5;
    c->width = 2 * scale;
    for (int d = 0; d < DECAY; d++)
        c->decay[d] = exp(-d / scale);
}

void column_make(struct column *c, struct arena *run, const struct verdict_params *params,
                 const struct intern *exprs, const uint32_t *refs)
{
    c->params = params;
    c->rule = rule_of(c->attr);
    c->wide = params->wide[group_of(c->attr)];
    c->n = exprs->n + 1;
    c->expr = arena_array(run, c->n, sizeof *c->expr);
    c->refs = arena_array(run, c->n, sizeof *c->refs);
    for (uint32_t i = 1; i < c->n; i++) {
        c->expr[i] = arena_copy(run, intern_span(exprs, i - 1));
        c->refs[i] = refs[i - 1];
    }
    find_decay(c);
    make_mass(c, run);
    make_posts(c, run);
    const bool has_numbers = c->rule == RULE_SPREAD || c->rule == RULE_GCD || c->rule == RULE_TTL;
    if (has_numbers)
        make_ranges(c, run);
    else
        make_expr_mass(c, run);
    if (c->rule == RULE_SPREAD)
        make_samples(c, run);
}

// With the root of the mass, what a group says is told as multiples of the novelty; the bound keeps
// products of TABLE_WIDEST values in the range of floats.
struct word column_find(const struct column *c, struct span value)
{
    static const double most = 30;
    const struct span v = canonical(value);
    const uint32_t id = intern_find(&c->values, v.ptr, v.len);
    const double mass = id == UINT32_MAX ? c->unseen : c->mass[id];
    return (struct word){id, mass, fmin(1 / sqrt(mass), most), 0, NULL};
}

double column_mass(const struct column *c, struct span value)
{
    return column_find(c, value).mass;
}

void column_know(struct column *c, const struct lists *lists, uint32_t col, struct arena *run)
{
    struct hit *room = arena_array(run, (size_t)c->n * 2 + 1, sizeof *room);
    c->known = arena_array(run, c->values.n, sizeof *c->known);
    for (uint32_t v = 0; v < c->values.n; v++) {
        const struct span value = intern_span(&c->values, v);
        struct word *w = &c->known[v];
        *w = column_find(c, value);
        w->n = column_hits(c, value, w, room);
        struct stretch *hits = arena_array(run, w->n, sizeof *hits);
        lists_find(lists, col, room, w->n, hits);
        w->hits = hits;
    }
}

const struct word *column_known(const struct column *c, struct span value)
{
    const uint32_t id = intern_find(&c->values, value.ptr, value.len);
    return id < UINT32_MAX ? &c->known[id] : NULL;
}
