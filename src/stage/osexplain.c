// SPDX-License-Identifier: Apache-2.0
#include "stage/osexplain.h"

#include "osdb/explain.h"
#include "osdb/six.h"
#include "stage/ossix.h"

static const char *why_of(enum osdb_absence absence)
{
    switch (absence) {
    case OSDB_PRESENT:
    case OSDB_OTHER_HALF:
        break;
    case OSDB_NOT_ASKED:
        return "not asked";
    case OSDB_NO_ANSWER:
        return "no answer";
    case OSDB_NOT_GIVEN:
        return "not to be told";
    }
    return NULL;
}

static enum os_outcome outcome_of(enum osdb_outcome outcome)
{
    return outcome == OSDB_WON      ? OS_WON
           : outcome == OSDB_LOST   ? OS_LOST
           : outcome == OSDB_UNSEEN ? OS_UNSEEN
                                    : OS_SILENT;
}

static struct span origin_of(const struct osdb_subject *origin, int attr, struct span seen)
{
    const bool has_one = origin && !span_is_absent(seen) && !span_eq(origin->value[attr], seen);
    return has_one ? origin->value[attr] : (struct span){NULL, 0};
}

static void put_rows(struct arena *a, const struct osdb_explained *from,
                     const struct osdb_subject *origin, struct os_explained *to)
{
    struct os_row *rows = arena_array(a, ATTR_COUNT, sizeof *rows);
    for (int i = 0; i < ATTR_COUNT; i++) {
        const struct osdb_row *row = &from->row[i];
        if (row->outcome == OSDB_NOTHING || row->absence == OSDB_OTHER_HALF)
            continue; // a distance is known or not: T or TG, never both
        rows[to->n_rows++] = (struct os_row){
            .test = osdb_tests[osdb_attr_test(i)].name,
            .attr = osdb_attr_names[i],
            .outcome = outcome_of(row->outcome),
            .seen = row->seen,
            .origin = origin_of(origin, i, row->seen),
            .why = why_of(row->absence),
            .expected = row->expected,
            .points = row->points,
        };
    }
    to->rows = rows;
}

static void put_ref(struct arena *a, const struct osdb *db, const struct osdb_explained *from,
                    const struct osdb_subject *origin, struct os_explained *to)
{
    const struct osdb_ref ref = osdb_ref_at(db, from->ref);
    *to = (struct os_explained){
        .name = ref.name,
        .line = ref.line,
        .accuracy = osdb_explained_accuracy(from),
        .won = from->won,
        .possible = from->possible,
        .unseen = from->unseen,
    };
    put_rows(a, from, origin, to);
}

static void put_rivals(struct arena *a, const struct osdb_explained *first,
                       const struct osdb_explained *other, struct os_rivals *to)
{
    struct osdb_rival found[ATTR_COUNT];
    to->n_rows = osdb_rivals(first, other, found);
    struct os_rival_row *rows = arena_array(a, to->n_rows, sizeof *rows);
    for (uint32_t i = 0; i < to->n_rows; i++) {
        const int attr = found[i].attr;
        const struct osdb_row *r = &first->row[attr];
        const struct osdb_row *s = &other->row[attr];
        rows[i] = (struct os_rival_row){
            .test = osdb_tests[osdb_attr_test(attr)].name,
            .attr = osdb_attr_names[attr],
            .seen = r->seen,
            .points = found[i].points,
            .expected = {r->expected, s->expected},
            .outcome = {outcome_of(r->outcome), outcome_of(s->outcome)},
        };
    }
    to->rows = rows;
}

static uint32_t choose(const struct osdb *db, const struct osdb_subject *subject,
                       const struct osdb_result *result, uint32_t *refs)
{
    uint32_t n = result->n < OSEXPLAIN_REFS ? result->n : OSEXPLAIN_REFS;
    if (n == 0)
        return osdb_nearest(db, subject, OSEXPLAIN_REFS, refs);
    for (uint32_t i = 0; i < n; i++)
        refs[i] = result->match[i].ref;
    return n;
}

static struct os_explanation *explain(struct arena *host, const struct osdb *db,
                                      const struct osdb_subject *subject,
                                      const struct osdb_subject *origin,
                                      const struct osdb_result *result)
{
    struct os_explanation *out = arena_alloc(host, sizeof *out);
    struct os_explained *refs = arena_array(host, OSEXPLAIN_REFS, sizeof *refs);
    struct os_rivals *rivals = arena_array(host, OSEXPLAIN_REFS, sizeof *rivals);
    uint32_t index[OSEXPLAIN_REFS];
    struct osdb_explained e[OSEXPLAIN_REFS];
    out->is_near = result->n == 0;
    out->n_refs = choose(db, subject, result, index);
    for (uint32_t i = 0; i < out->n_refs; i++) {
        osdb_explain(db, subject, index[i], &e[i]);
        put_ref(host, db, &e[i], origin, &refs[i]);
    }
    for (uint32_t i = 1; i < out->n_refs; i++) {
        rivals[out->n_rivals].other = i;
        put_rivals(host, &e[0], &e[i], &rivals[out->n_rivals++]);
    }
    out->refs = refs;
    out->rivals = rivals;
    return out;
}

static const struct os_explained *explain_native(struct arena *host, const struct osdb *db,
                                                 const struct osdb_subject *subject)
{
    struct osdb_native native;
    struct osdb_explained e;
    struct os_explained *out = arena_alloc(host, sizeof *out);
    osdb_native_match(host, db, subject, &native);
    if (!native.is_known)
        return NULL;
    osdb_explain(db, subject, native.fit[native.best].ref, &e);
    put_ref(host, db, &e, NULL, out);
    return out;
}

const struct os_explanation *osexplain_six(struct arena *host, const struct ossix *six,
                                           const struct osdb_subject *subject,
                                           const struct osdb_result *result)
{
    struct osdb_subject *projected = arena_alloc(host, sizeof *projected);
    ossix_subject(host, six->db, subject, result, projected);
    struct os_explanation *out = explain(host, six->db, projected, subject, result);
    out->native = explain_native(host, six->native, subject);
    return out;
}

const struct os_explanation *osexplain(struct arena *host, const struct osdb *db,
                                       const struct osdb_subject *subject,
                                       const struct osdb_result *result)
{
    return explain(host, db, subject, NULL, result);
}
