// SPDX-License-Identifier: Apache-2.0
// A subject for a reference: one alternative of each attribute, where attributes with equally
// many alternatives move together; ranges uniform, but the common divisor and the distance. What
// the entry does not tell is left out, or taken from a relative: sparse entries shall not gain.
#include "verdict/generate.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/text.h"
#include "osdb/expr.h"

struct span host_value(struct host *h, const char *bytes, size_t len)
{
    if (len > sizeof h->text - h->used)
        abort();
    char *at = h->text + h->used;
    memcpy(at, bytes, len);
    h->used += len;
    return span_of(at, len);
}

static struct span alternative(const struct host *h, struct span expr, enum osdb_form form)
{
    uint32_t n = 0;
    for (struct span rest = expr; !span_is_absent(rest); n++)
        (void)osdb_alt_next(&rest, form);
    uint32_t k = n < ALTERNATIVES ? h->choice[n] : 0;
    for (; k > 0; k--)
        (void)osdb_alt_next(&expr, form);
    struct span rest = expr;
    (void)osdb_alt_next(&rest, form);
    return span_is_absent(rest) ? expr : span_head(expr, (size_t)(rest.ptr - expr.ptr) - 1);
}

static bool is_named(int attr, const char *name)
{
    return strcmp(osdb_attr_names[attr], name) == 0;
}

static void put_value(struct host *h, uint32_t ref, int attr)
{
    char mem[LIMIT_DB_LINE + 1];
    struct buf b;
    uint64_t low;
    uint64_t high;
    const enum osdb_form form = osdb_attr_form(attr);
    const struct span expr = osdb_expr_at(h->model->base->db, ref, attr);
    if (span_is_absent(expr))
        return;
    const struct span one = alternative(h, expr, form);
    struct span upper = one;
    const struct span lower = span_cut(&upper, '-');
    buf_init(&b, mem, sizeof mem);
    if (is_named(attr, "T") && !span_is_absent(upper) && text_hex(lower, &low) &&
        text_hex(upper, &high) && high >= low)
        buf_hex(&b, low + (uint64_t)(h->hops * (double)(high - low + 1)));
    else
        draw_value(&h->rng, one, is_named(attr, "GCD"), &b);
    h->subject.value[attr] = host_value(h, mem, buf_len(&b));
}

static bool has_line(const struct host *h, uint32_t ref, const struct osdb_test_info *t)
{
    for (int a = t->first; a < t->first + t->n; a++)
        if (h->model->base->cell[a][ref])
            return true;
    return false;
}

// Another entry of one of the systems that has the line; the same if none was found.
static uint32_t relative(struct host *h, const struct osdb_test_info *t)
{
    const struct level *systems = &h->model->base->level[VERDICT_SYSTEM];
    const uint32_t first = systems->first[h->ref];
    if (systems->first[h->ref + 1] == first)
        return h->ref;
    uint32_t at = rng_below(&h->rng, osdb_count(h->model->base->db));
    for (uint32_t i = 0; i < osdb_count(h->model->base->db); i++) {
        at = at + 1 < osdb_count(h->model->base->db) ? at + 1 : 0;
        if (systems->first[at + 1] > systems->first[at] &&
            systems->ids[systems->first[at]] == systems->ids[first] && has_line(h, at, t))
            return at;
    }
    return h->ref;
}

static void put_line(struct host *h, enum osdb_test test)
{
    const struct osdb_test_info *t = &osdb_tests[test];
    uint32_t ref = h->ref;
    if (!has_line(h, ref, t)) {
        if (rng_below(&h->rng, 2))
            return;
        ref = relative(h, t);
    }
    for (int a = t->first; a < t->first + t->n; a++)
        put_value(h, ref, a);
    const bool is_silent = t->has_r && span_eq(h->subject.value[t->first], SPAN("N"));
    for (int a = t->first + 1; is_silent && a < t->first + t->n; a++)
        h->subject.value[a] = (struct span){NULL, 0};
}

void host_draw(struct host *h, uint32_t ref)
{
    h->ref = ref;
    h->used = 0;
    memset(&h->subject, 0, sizeof h->subject);
    for (uint32_t n = 1; n < ALTERNATIVES; n++)
        h->choice[n] = rng_below(&h->rng, n);
    h->hops = rng_unit(&h->rng);
    for (int t = 0; t < VERDICT_TESTS; t++)
        put_line(h, (enum osdb_test)t);
}
