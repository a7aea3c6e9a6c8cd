// SPDX-License-Identifier: Apache-2.0
// How probable one value is under each expression of its attribute, by the kind of attribute.
#include <math.h>

#include "base/text.h"
#include "verdict/column.h"
#include "verdict/grid.h"

static struct span canonical(struct span value)
{
    while (value.len > 1 && value.ptr[0] == '0')
        value = span_from(value, 1);
    return value;
}

static bool accepts(const struct column *c, uint32_t number, struct span value)
{
    return osdb_expr_match(value, c->expr[number], c->form, c->quirks);
}

// Words count by how rare they are: what accepts half of all values says little.
static void weigh_words(const struct column *c, struct span value, double *p)
{
    const struct span v = canonical(value);
    const uint32_t id = intern_find(&c->values, v.ptr, v.len);
    const double mass = id == UINT32_MAX ? c->unseen : c->mass[id];
    const double hit = (1 - c->params->eps) * column_power(mass, c->wide);
    for (uint32_t i = 1; i < c->n; i++)
        p[i] = c->params->eps * mass;
    for (uint32_t k = 0; id != UINT32_MAX && k < c->first_post[id + 1] - c->first_post[id]; k++) {
        const uint32_t i = c->posts[c->first_post[id] + k];
        p[i] = hit * c->narrow[i];
    }
    for (uint32_t k = 0; k < c->n_open; k++) {
        const uint32_t i = c->open[k];
        if (accepts(c, i, value)) // values that nobody showed are not in expr_mass
            p[i] = c->expr_mass[i] > mass ? hit * c->narrow[i] : 1 - c->params->eps;
    }
}

uint32_t column_hits(const struct column *c, struct span value, const struct word *word,
                     struct hit *hits)
{
    const double eps = c->params->eps;
    const float of_words = (float)((1 - eps) / eps);
    const uint32_t first = word->id < UINT32_MAX ? c->first_post[word->id] : 0;
    const uint32_t end = word->id < UINT32_MAX ? c->first_post[word->id + 1] : 0;
    uint32_t last = 0; // the same literal twice
    uint32_t n = 0;
    hits[n++] = (struct hit){0, (float)(c->params->absent / (eps * word->mass))};
    for (uint32_t k = first; k < end; k++) {
        if (c->posts[k] != last)
            hits[n++] = (struct hit){c->posts[k], of_words * c->post_times[k]};
        last = c->posts[k];
    }
    for (uint32_t k = 0; k < c->n_open; k++) {
        const uint32_t i = c->open[k];
        const double shown = column_power(word->mass, c->wide) * c->narrow[i];
        if (accepts(c, i, value)) // values that nobody showed are not in expr_mass
            hits[n++] = (struct hit){i, (float)((1 - eps) / (eps * word->mass) *
                                                (c->expr_mass[i] > word->mass ? shown : 1))};
    }
    return n;
}

static void weigh_answer(const struct column *c, struct span value, double *p)
{
    const bool is_yes = span_eq(value, SPAN("Y"));
    for (uint32_t i = 1; i < c->n; i++) {
        const bool yes = accepts(c, i, SPAN("Y"));
        const bool no = accepts(c, i, SPAN("N"));
        if (yes == no)
            p[i] = 0.5;
        else if (yes)
            p[i] = is_yes ? 1 - c->params->phi0 : c->params->phi0;
        else
            p[i] = is_yes ? c->params->psi : 1 - c->params->psi;
    }
}

static double distance(struct range r, double v)
{
    return v < r.low ? r.low - v : v > r.high ? v - r.high : 0;
}

static double decay(const struct column *c, double far)
{
    return far < DECAY ? c->decay[(int)far] : 0;
}

// Small common divisors come by chance, with probability 0.6 / v^2.
static double gcd_in(struct range r, double v)
{
    if (r.low == 1 && v >= 1)
        return 0.6 / (v * v);
    if (r.low == 1)
        return 1e-4;
    return distance(r, v) == 0 ? 0.9 / (r.high - r.low + 1) : 1e-4;
}

static double in_ranges(const struct column *c, uint32_t i, double v)
{
    const uint32_t first = c->first_range[i];
    const uint32_t end = c->first_range[i + 1];
    double sum = 0;
    double nearest = HUGE_VAL;
    for (uint32_t k = first; k < end; k++) {
        if (c->rule == RULE_TTL)
            nearest = fmin(nearest, distance(c->ranges[k], v));
        else
            sum += gcd_in(c->ranges[k], v);
    }
    if (c->rule == RULE_TTL)
        return fmax(decay(c, nearest), 0.02);
    return end > first ? sum / (end - first) : c->params->eps / 256;
}

// How far ranges are from a value, DECAY at most.
WIDE static void find_far(const double *low, const double *high, uint32_t n, double v, int32_t *far)
{
    for (uint32_t k = 0; k < n; k++) {
        const double below = low[k] - v;
        const double above = v - high[k];
        const double most = below > above ? below : above;
        far[k] = (int32_t)(most < 0 ? 0 : most > DECAY ? DECAY : most);
    }
}

// Samples of a random quantity.
static void weigh_samples(const struct column *c, double v, double *p)
{
    enum { BLOCK = 64 };
    const struct samples *s = &c->samples;
    int32_t far[BLOCK];
    const double bare = c->params->eps / 256;
    for (uint32_t i = 1; i < c->n; i++)
        p[i] = bare + s->has_any[i] * (sample_elsewhere - bare);
    for (uint32_t k = 0; v <= 0 && k < s->n; k++)
        p[s->of[k]] += s->at_zero[k];
    for (uint32_t i = 0; v > 0 && i < s->n; i += BLOCK) {
        const uint32_t n = s->n - i < BLOCK ? s->n - i : BLOCK;
        find_far(s->low + i, s->high + i, n, v, far);
        for (uint32_t k = 0; k < n; k++)
            p[s->of[i + k]] += s->times[i + k] * c->decay[far[k]];
    }
}

static void weigh_numbers(const struct column *c, struct span value, double *p)
{
    uint64_t v;
    if (!text_hex(value, &v)) {
        for (uint32_t i = 1; i < c->n; i++)
            p[i] = c->params->eps * c->unseen;
        return;
    }
    if (c->rule == RULE_SPREAD) {
        weigh_samples(c, (double)v, p);
        return;
    }
    for (uint32_t i = 1; i < c->n; i++)
        p[i] = in_ranges(c, i, (double)v);
}

static void weigh_guess(const struct column *c, struct span value, double *p)
{
    for (uint32_t i = 1; i < c->n; i++)
        p[i] = accepts(c, i, value) ? 1 : 0.02;
}

// Clocks that tick: jitter reads the next class. One clock per connection reads as anything.
static void weigh_clock(const struct column *c, struct span value, double *p)
{
    static const char classes[] = "789AB";
    uint64_t v;
    const char *at = value.len == 1 ? memchr(classes, value.ptr[0], sizeof classes - 1) : NULL;
    const bool is_wild = text_hex(value, &v) && v >= 0x10;
    weigh_words(c, value, p);
    for (uint32_t i = 1; i < c->n && (at || is_wild); i++) {
        bool is_real = accepts(c, i, SPAN("1"));
        for (const char *k = classes; k < classes + sizeof classes - 1; k++) {
            const bool has = accepts(c, i, span_of(k, 1));
            is_real = is_real || has;
            if (at && has && (k == at - 1 || k == at + 1))
                p[i] = fmax(p[i], 0.025);
        }
        if (is_wild && is_real)
            p[i] = fmax(p[i], 0.02);
    }
}

void column_weigh(const struct column *c, struct span value, double *p)
{
    static void (*const weigh[])(const struct column *, struct span, double *) = {
        [RULE_WORD] = weigh_words,  [RULE_ANSWER] = weigh_answer, [RULE_SPREAD] = weigh_numbers,
        [RULE_GCD] = weigh_numbers, [RULE_TTL] = weigh_numbers,   [RULE_GUESS] = weigh_guess,
        [RULE_CLOCK] = weigh_clock,
    };
    p[0] = c->params->absent;
    weigh[c->rule](c, value, p);
}
