// SPDX-License-Identifier: Apache-2.0
// References against each other. Every pair is compared, attribute by attribute, beginning with
// those on which systems differ most; nearly all pairs are done after the first one.
#include "osdb/draft.h"
#include "osdb/lint.h"

struct pairs {
    struct arena *scratch;
    const struct osdb *db;
    const struct osdb_draft *refs;
    uint32_t n;
    osdb_lint_fn *found;
    void *ctx;
    int order[ATTR_COUNT]; // attributes, the most telling first
};

static void report(const struct pairs *p, uint32_t later, uint32_t earlier, enum osdb_fault fault,
                   const char *what)
{
    const struct osdb_draft *ref = &p->refs[later];
    const struct osdb_draft *other = &p->refs[earlier];
    struct osdb_finding f = {
        .fault = fault,
        .source = ref->source,
        .other = other->name,
        .other_source = other->source,
        .other_line = other->line,
    };
    err_set(&f.at, ERR_SYNTAX, what, ref->name);
    f.at.line = ref->line;
    f.at.col = 1;
    p->found(p->ctx, &f);
}

// OPS, WIN and T2-T7 first: their attributes have the most different values.
static void make_order(struct pairs *p)
{
    int n = 0;
    const int ops = osdb_tests[TEST_OPS].first;
    for (int i = ops; i < ATTR_COUNT; i++)
        p->order[n++] = i;
    for (int i = 0; i < ops; i++)
        p->order[n++] = i;
}

static bool is_same(const struct osdb_draft *a, const struct osdb_draft *b)
{
    for (int i = 0; i < ATTR_COUNT; i++)
        if (span_is_absent(a->expr[i]) != span_is_absent(b->expr[i]) ||
            !span_eq(a->expr[i], b->expr[i]))
            return false;
    return true;
}

// Whatever matches `narrow` exactly matches `wide` exactly.
static bool covers(const struct pairs *p, const struct osdb_draft *wide,
                   const struct osdb_draft *narrow)
{
    for (int k = 0; k < ATTR_COUNT; k++) {
        const int i = p->order[k];
        const struct span w = wide->expr[i];
        const struct span n = narrow->expr[i];
        if (span_is_absent(w))
            continue;
        if (span_is_absent(n) || (!span_eq(w, n) && !osdb_expr_covers(p->scratch, w, n, i)))
            return false;
    }
    return true;
}

// Some subject matches both exactly.
static bool meets(const struct pairs *p, const struct osdb_draft *a, const struct osdb_draft *b)
{
    for (int k = 0; k < ATTR_COUNT; k++) {
        const int i = p->order[k];
        if (span_is_absent(a->expr[i]) || span_is_absent(b->expr[i]) ||
            span_eq(a->expr[i], b->expr[i]))
            continue;
        if (!osdb_expr_meets(p->scratch, a->expr[i], b->expr[i], i))
            return false;
    }
    return true;
}

static bool has_family(const struct osdb_draft *d, const struct osdb_draft_class *c)
{
    for (uint32_t i = 0; i < d->n_classes; i++)
        if (span_eq(d->classes[i].vendor, c->vendor) && span_eq(d->classes[i].family, c->family))
            return true;
    return false;
}

static bool share_family(const struct osdb_draft *a, const struct osdb_draft *b)
{
    for (uint32_t i = 0; i < a->n_classes; i++)
        if (has_family(b, &a->classes[i]))
            return true;
    return a->n_classes == 0 || b->n_classes == 0;
}

// True if nothing more needs to be said of the later one.
static bool check_pair(const struct pairs *p, uint32_t later, uint32_t earlier)
{
    const struct osdb_draft *b = &p->refs[later];
    const struct osdb_draft *a = &p->refs[earlier];
    if (!meets(p, a, b))
        return false;
    if (is_same(a, b))
        report(p, later, earlier, OSDB_FAULT_WARNING,
               "the same expressions as an earlier reference");
    else if (covers(p, a, b))
        report(p, later, earlier, OSDB_FAULT_WARNING,
               "never matches alone: an earlier reference accepts all that it accepts");
    else if (share_family(a, b))
        return false;
    else
        report(p, later, earlier, OSDB_FAULT_NOTE,
               "overlaps an earlier reference of another family");
    return true;
}

// Of two references with one name only the better match is ever named.
static void check_name(const struct pairs *p, uint32_t later)
{
    for (uint32_t earlier = 0; earlier < later; earlier++)
        if (span_eq(p->refs[earlier].name, p->refs[later].name)) {
            report(p, later, earlier, OSDB_FAULT_WARNING, "this name is used before");
            return;
        }
}

// One without tests matches nothing; osdb_lint_text says so.
static bool has_tests(const struct osdb_draft *d)
{
    for (int i = 0; i < ATTR_COUNT; i++)
        if (!span_is_absent(d->expr[i]))
            return true;
    return false;
}

void osdb_lint_refs(struct arena *scratch, const struct osdb *db, osdb_lint_fn *found, void *ctx)
{
    const uint32_t n = osdb_count(db);
    struct osdb_draft *refs = arena_array(scratch, n, sizeof *refs);
    struct pairs p = {
        .scratch = scratch, .db = db, .refs = refs, .n = n, .found = found, .ctx = ctx};
    make_order(&p);
    for (uint32_t i = 0; i < n; i++)
        osdb_draft_of(scratch, db, i, &refs[i]);
    for (uint32_t later = 1; later < n; later++) {
        check_name(&p, later);
        bool is_done = !has_tests(&refs[later]);
        for (uint32_t earlier = 0; earlier < later && !is_done; earlier++)
            is_done = has_tests(&refs[earlier]) && check_pair(&p, later, earlier);
    }
}
