// SPDX-License-Identifier: Apache-2.0
#include "stage/ossix.h"

#include "base/buf.h"
#include "osdb/six.h"

enum { WHY_MAX = 320, NAME_SHOWN = 120 };

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

static void take_matches(const struct osdb_six_result *r, struct osdb_result *out)
{
    out->status = OSDB_SUCCESS;
    for (uint32_t i = 0; i < r->n && r->match[i].score >= 0.85; i++) {
        out->match[out->n++] = (struct osdb_match){r->match[i].ref, r->match[i].score};
        out->n_perfect += r->match[i].score >= 1.0;
    }
}

void ossix_match(struct arena *a, const struct osdb *db, const struct osdb_subject *subject,
                 struct osdb_scratch *scratch, struct osdb_result *out, struct os_projection *note)
{
    struct osdb_projection *p = arena_alloc(a, sizeof *p);
    struct osdb_six_result r;
    osdb_project(a, subject, p);
    osdb_six_match(db, p, scratch, &r);
    *out = (struct osdb_result){.status = OSDB_NO_MATCHES};
    if (r.state == OSDB_SIX_NAMED)
        take_matches(&r, out);
    *note = (struct os_projection){
        .compared = (r.n > 0 ? r.match[0].compared : r.observed) / 2,
        .total = r.total / 2,
        .n_tied = r.n_tied,
        .why = why(a, db, &r),
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
