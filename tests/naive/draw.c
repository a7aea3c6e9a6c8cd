// SPDX-License-Identifier: Apache-2.0
#include "naive/draw.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/text.h"

static struct span strip_zeros(struct span s)
{
    while (s.len > 1 && s.ptr[0] == '0')
        s = span_from(s, 1);
    return s;
}

static uint64_t number(struct span s)
{
    uint64_t v = 0;
    (void)text_hex(s, &v);
    return v;
}

// One value that a plain alternative accepts, where there is one.
static void draw_plain(struct buf *b, struct rng *rng, struct span alt)
{
    const size_t dash = span_find(alt, '-');
    if (alt.len > 1 && alt.ptr[0] == '>') {
        buf_hex(b, number(span_from(alt, 1)) + 1 + rng_below(rng, 9));
    } else if (alt.len > 1 && alt.ptr[0] == '<') {
        const uint64_t v = number(span_from(alt, 1));
        buf_hex(b, v > 0 ? rng_u64(rng) % v : 0);
    } else if (dash > 0 && dash < alt.len && text_is_hex(alt.ptr[0])) {
        const uint64_t low = number(span_head(alt, dash));
        const uint64_t high = number(span_from(alt, dash + 1));
        buf_hex(b, high > low ? low + rng_u64(rng) % (high - low + 1) : low);
    } else if (alt.len > 0 && text_is_hex(alt.ptr[0])) {
        buf_bytes(b, strip_zeros(alt));
    } else {
        buf_bytes(b, alt);
    }
}

// The alternatives of an expression are cut by the first '|' outside.
static struct span cut(struct span *rest, enum osdb_form form)
{
    bool is_inside = false;
    for (size_t i = 0; i < rest->len; i++) {
        is_inside =
            form == OSDB_FORM_NESTED && (rest->ptr[i] == '[' || (is_inside && rest->ptr[i] != ']'));
        if (rest->ptr[i] != '|' || is_inside)
            continue;
        const struct span head = span_head(*rest, i);
        *rest = span_from(*rest, i + 1);
        return head;
    }
    const struct span all = *rest;
    *rest = (struct span){NULL, 0};
    return all;
}

static struct span pick_alt(struct rng *rng, struct span expr, enum osdb_form form)
{
    struct span chosen = {NULL, 0};
    for (uint32_t n = 1; !span_is_absent(expr); n++) {
        const struct span alt = cut(&expr, form);
        if (rng_below(rng, n) == 0)
            chosen = alt;
    }
    return chosen;
}

static struct span draw_value(struct buf *b, struct rng *rng, struct span expr, enum osdb_form form)
{
    const uint8_t *start = b->p;
    struct span alt = pick_alt(rng, expr, form);
    size_t open = form == OSDB_FORM_NESTED ? span_find(alt, '[') : alt.len;
    while (open < alt.len) {
        const struct span inside = span_from(alt, open + 1);
        const size_t close = span_find(inside, ']');
        buf_bytes(b, span_head(alt, open));
        draw_plain(b, rng, pick_alt(rng, span_head(inside, close), false));
        alt = span_from(inside, close + 1);
        open = span_find(alt, '[');
    }
    draw_plain(b, rng, alt);
    return span_of(start, (size_t)(b->p - start));
}

static struct buf text_left(struct draw *d)
{
    struct buf b;
    char *end = d->text;
    for (int i = 0; i < ATTR_COUNT; i++) {
        const struct span v = d->subject.value[i];
        if (v.ptr >= d->text && v.ptr < d->text + sizeof d->text && v.ptr + v.len > end)
            end = d->text + (v.ptr - d->text) + v.len;
    }
    buf_init(&b, end, (size_t)(d->text + sizeof d->text - end));
    return b;
}

void draw_subject(struct draw *d, const struct osdb_tree *tree, uint32_t ref)
{
    const struct osdb_entry *e = tree->entries[ref];
    struct buf b;
    memset(&d->subject, 0, sizeof d->subject);
    buf_init(&b, d->text, sizeof d->text);
    for (uint32_t i = 0; i < e->n_items; i++) {
        const struct osdb_item *item = &e->items[i];
        const enum osdb_form form = osdb_attr_form(item->attr);
        d->subject.value[item->attr] = draw_value(&b, &d->rng, span_of(item->ptr, item->len), form);
    }
}

static struct span other_expr(struct draw *d, const struct osdb_tree *tree, int attr)
{
    const struct osdb_entry *e = tree->entries[rng_below(&d->rng, tree->n)];
    for (uint32_t i = 0; i < e->n_items; i++)
        if (e->items[i].attr == attr)
            return span_of(e->items[i].ptr, e->items[i].len);
    return (struct span){NULL, 0};
}

static void damage_line(struct draw *d, const struct osdb_gen_info *g, bool is_answered)
{
    const struct osdb_test_info *t = &osdb_tests[g->test + rng_below(&d->rng, g->n_tests)];
    struct span *value = &d->subject.value[t->first];
    memset(value, 0, t->n * sizeof *value);
    if (!is_answered && t->has_r)
        value[0] = SPAN("N");
}

static struct span altered(struct draw *d, struct span v)
{
    static const char some[] = "0123456789ABCDEFGOSZaf-<>|[]+ MW";
    struct buf b = text_left(d);
    const uint32_t at = rng_below(&d->rng, (uint32_t)v.len + 1);
    const uint32_t kind = rng_below(&d->rng, 3); // insert, replace, delete
    const uint8_t *start = b.p;
    buf_bytes(&b, span_head(v, at));
    if (kind < 2)
        buf_char(&b, some[rng_below(&d->rng, sizeof some - 1)]);
    buf_bytes(&b, span_from(v, kind == 0 ? at : at + 1));
    return span_of(start, (size_t)(b.p - start));
}

static void damage_value(struct draw *d, const struct osdb_tree *tree)
{
    const struct osdb_gen_info *g = &osdb_gens[tree->gen];
    const int attr = g->attr + (int)rng_below(&d->rng, g->n_attrs);
    struct span *v = &d->subject.value[attr];
    const struct span other = other_expr(d, tree, attr);
    struct buf b = text_left(d);
    switch (rng_below(&d->rng, 6)) {
    case 0:
        *v = (struct span){NULL, 0};
        break;
    case 1:
        *v = SPAN("");
        break;
    case 2:
        *v = other;
        break;
    case 3:
        if (!span_is_absent(other))
            *v = draw_value(&b, &d->rng, other, osdb_attr_form(attr));
        break;
    default:
        if (!span_is_absent(*v))
            *v = altered(d, *v);
    }
}

void draw_damage(struct draw *d, const struct osdb_tree *tree)
{
    for (uint32_t n = 1 + rng_below(&d->rng, 4); n > 0; n--) {
        const uint32_t kind = rng_below(&d->rng, 10);
        if (kind < 2)
            damage_line(d, &osdb_gens[tree->gen], kind == 0);
        else
            damage_value(d, tree);
    }
}
