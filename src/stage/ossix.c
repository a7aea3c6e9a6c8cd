// SPDX-License-Identifier: Apache-2.0
#include "stage/ossix.h"

#include "base/buf.h"
#include "base/text.h"
#include "osdb/six.h"

enum { NATIVE_NAMES = 2, WHY_MAX = 320, NAME_SHOWN = 120, GENERATION_SHOWN = 32, COMMON_MAX = 320 };

static void say_weak(struct buf *b, const struct osdb_six_result *r)
{
    buf_str(b, "too little was seen to name a system: ");
    buf_dec(b, r->observed / 2);
    buf_str(b, " of ");
    buf_dec(b, r->total / 2);
    buf_str(b, " points");
}

static void say_far(struct buf *b, const struct osdb *db, const struct osdb_six_result *r)
{
    buf_str(b, "no reference is near enough");
    if (r->n == 0)
        return;
    buf_str(b, "; the nearest is ");
    buf_bytes(b, span_head(osdb_ref_at(db, r->match[0].ref).name, NAME_SHOWN));
    buf_str(b, " (");
    buf_fixed(b, r->match[0].score * 100, 1);
    buf_str(b, "%)");
}

static struct span why(struct arena *a, const struct osdb *db, const struct osdb_six_result *r)
{
    struct buf b;
    if (r->state == OSDB_SIX_NAMED)
        return (struct span){NULL, 0};
    buf_init(&b, arena_alloc(a, WHY_MAX), WHY_MAX);
    if (r->state == OSDB_SIX_WEAK)
        say_weak(&b, r);
    else
        say_far(&b, db, r);
    return buf_span(&b);
}

// The generations of one family: "5.X", "7.X". The number in front decides.
struct range {
    struct span low;
    struct span high;
};

static uint64_t number_of(struct span generation)
{
    uint64_t v = 0;
    const size_t n = span_find(generation, '.');
    return text_dec(span_head(generation, n), UINT32_MAX, &v) ? v : 0;
}

// Whether the reference is of this family, too; the range grows by its generations.
static bool is_of(const struct osdb *db, uint32_t ref, const struct osdb_class *family,
                  struct range *range)
{
    const struct osdb_ref r = osdb_ref_at(db, ref);
    bool is_found = false;
    for (uint32_t i = 0; i < r.n_classes; i++) {
        const struct osdb_class c = osdb_class_at(db, r.first_class + i);
        if (!span_eq(c.vendor, family->vendor) || !span_eq(c.family, family->family))
            continue;
        is_found = true;
        if (c.generation.len == 0)
            continue;
        if (range->low.len == 0 || number_of(c.generation) < number_of(range->low))
            range->low = c.generation;
        if (range->high.len == 0 || number_of(c.generation) > number_of(range->high))
            range->high = c.generation;
    }
    return is_found;
}

static struct span family_text(struct arena *a, const struct osdb_class *c, const struct range *g)
{
    struct buf b;
    buf_init(&b, arena_alloc(a, COMMON_MAX), COMMON_MAX);
    if (!span_eq(c->vendor, c->family)) {
        buf_bytes(&b, span_head(c->vendor, NAME_SHOWN));
        buf_char(&b, ' ');
    }
    buf_bytes(&b, span_head(c->family, NAME_SHOWN));
    if (g->low.len > 0) {
        buf_char(&b, ' ');
        buf_bytes(&b, span_head(g->low, GENERATION_SHOWN));
    }
    if (!span_eq(g->low, g->high)) {
        buf_str(&b, " - ");
        buf_bytes(&b, span_head(g->high, GENERATION_SHOWN));
    }
    return buf_span(&b);
}

// The family that all references are of which are as good as the best.
static struct span common(struct arena *a, const struct osdb *db, const struct osdb_six_result *r)
{
    const uint32_t n = r->state == OSDB_SIX_NAMED ? r->n_tied : 0;
    const struct osdb_ref best = osdb_ref_at(db, n > 1 ? r->match[0].ref : 0);
    for (uint32_t k = 0; n > 1 && k < best.n_classes; k++) {
        const struct osdb_class family = osdb_class_at(db, best.first_class + k);
        struct range range = {0};
        uint32_t i = 0;
        while (i < n && is_of(db, r->match[i].ref, &family, &range))
            i++;
        if (i == n)
            return family_text(a, &family, &range);
    }
    return (struct span){NULL, 0};
}

static void take_matches(const struct osdb_six_result *r, struct osdb_result *out)
{
    out->status = OSDB_SUCCESS;
    for (uint32_t i = 0; i < r->n && r->match[i].score >= 0.85; i++) {
        out->match[out->n++] = (struct osdb_match){r->match[i].ref, r->match[i].score};
        out->n_perfect += r->match[i].score >= 1.0;
    }
}

// "Linux 6.18", or two of them that fit as well.
static struct span native_names(struct arena *a, const struct osdb_native *native)
{
    struct buf b;
    uint32_t n = 0;
    const double best = native->fit[native->best].share;
    buf_init(&b, arena_alloc(a, WHY_MAX), WHY_MAX);
    for (uint32_t i = 0; i < native->n; i++) {
        if (native->fit[i].share < best || n++ >= NATIVE_NAMES)
            continue;
        buf_str(&b, n > 1 ? ", " : "");
        buf_bytes(&b, span_head(osdb_ref_at(native->db, i).name, NAME_SHOWN));
    }
    if (n > NATIVE_NAMES)
        buf_str(&b, ", ...");
    return buf_span(&b);
}

static struct os_native native_of(struct arena *a, const struct osdb_native *native,
                                  const struct osdb_six_result *r)
{
    if (!native->is_known)
        return (struct os_native){.names = {NULL, 0}};
    const struct osdb_native_fit *best = &native->fit[native->best];
    return (struct os_native){
        .names = native_names(a, native),
        .agreed = best->agreed,
        .compared = best->compared,
        .n_ruled_out = r->n_ruled_out,
    };
}

void ossix_match(struct arena *a, const struct ossix *six, const struct osdb_subject *subject,
                 struct osdb_result *out, struct os_projection *note)
{
    const struct osdb *db = six->db;
    struct osdb_native native;
    struct osdb_projection *p = arena_alloc(a, sizeof *p);
    struct osdb_six_result r;
    osdb_project(a, subject, p);
    osdb_six_match(db, p, six->scratch, &r);
    osdb_native_match(a, six->native, subject, &native);
    osdb_six_decide(db, &native, &r);
    *out = (struct osdb_result){.status = OSDB_NO_MATCHES};
    if (r.state == OSDB_SIX_NAMED)
        take_matches(&r, out);
    *note = (struct os_projection){
        .compared = (r.n > 0 ? r.match[0].compared : r.observed) / 2,
        .total = r.total / 2,
        .n_tied = r.n_tied,
        .common = common(a, db, &r),
        .why = why(a, db, &r),
        .native = native_of(a, &native, &r),
    };
}

void ossix_subject(struct arena *a, const struct osdb *db, const struct osdb_subject *subject,
                   const struct osdb_result *best, struct osdb_subject *out)
{
    struct osdb_projection *p = arena_alloc(a, sizeof *p);
    osdb_project(a, subject, p);
    *out = *subject;
    osdb_six_pick(db, p, best->n > 0 ? best->match[0].ref : 0, out);
}
