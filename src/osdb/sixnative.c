// SPDX-License-Identifier: Apache-2.0
// What an IPv6 stack shows beyond its IPv4 half, against references measured over IPv6: how well
// each fits, and which of the projection's names that rules out. A family that nobody has measured
// over IPv6 is neither confirmed nor ruled out.
#include "osdb/explain.h"
#include "osdb/six.h"

#define FITS 0.9    // of the points
#define BEHIND 0.05 // as much less is ruled out by one that fits

enum { COMPARED_LEAST = 8 }; // attributes: fewer are no evidence

static struct osdb_native_fit fit_of(const struct osdb *db, const struct osdb_subject *subject,
                                     uint32_t ref)
{
    struct osdb_explained e;
    struct osdb_native_fit fit = {.ref = ref};
    const struct osdb_gen_info *g = &osdb_gens[OSDB_NATIVE];
    osdb_explain(db, subject, ref, &e);
    for (int i = g->attr; i < g->attr + g->n_attrs; i++) {
        fit.agreed += e.row[i].outcome == OSDB_WON;
        fit.compared += e.row[i].outcome == OSDB_WON || e.row[i].outcome == OSDB_LOST;
    }
    fit.share = fit.compared >= COMPARED_LEAST ? osdb_explained_accuracy(&e) : 0;
    return fit;
}

void osdb_native_match(struct arena *a, const struct osdb *db, const struct osdb_subject *subject,
                       struct osdb_native *out)
{
    *out = (struct osdb_native){.db = db, .n = db ? osdb_count(db) : 0};
    struct osdb_native_fit *fits = arena_array(a, out->n, sizeof *fits);
    for (uint32_t i = 0; i < out->n; i++) {
        fits[i] = fit_of(db, subject, i);
        if (fits[i].share > fits[out->best].share)
            out->best = i;
    }
    out->fit = fits;
    out->is_known = out->n > 0 && fits[out->best].share > 0;
}

static bool has_family(const struct osdb *db, uint32_t ref, const struct osdb_class *c)
{
    const struct osdb_ref r = osdb_ref_at(db, ref);
    for (uint32_t i = 0; i < r.n_classes; i++) {
        const struct osdb_class own = osdb_class_at(db, r.first_class + i);
        if (span_eq(own.vendor, c->vendor) && span_eq(own.family, c->family))
            return true;
    }
    return false;
}

// How well the families of a reference of another database fit; -1: none was measured.
static double share_of(const struct osdb_native *native, const struct osdb *db, uint32_t ref)
{
    const struct osdb_ref r = osdb_ref_at(db, ref);
    double share = -1;
    for (uint32_t k = 0; k < r.n_classes; k++) {
        const struct osdb_class c = osdb_class_at(db, r.first_class + k);
        for (uint32_t i = 0; i < native->n; i++)
            if (native->fit[i].share > share && has_family(native->db, i, &c))
                share = native->fit[i].share;
    }
    return share;
}

void osdb_six_decide(const struct osdb *db, const struct osdb_native *native,
                     struct osdb_six_result *r)
{
    double share[LIMIT_OS_MATCHES];
    double best = 0; // of those that are near the best
    uint32_t n = 0;
    for (uint32_t i = 0; i < r->n && native->is_known; i++) {
        share[i] = share_of(native, db, r->match[i].ref);
        if (share[i] > best && r->match[i].score > r->match[0].score - OSDB_SIX_NEAR)
            best = share[i];
    }
    if (best < FITS)
        return;
    for (uint32_t i = 0; i < r->n; i++)
        if (share[i] < 0 || share[i] >= best - BEHIND)
            r->match[n++] = r->match[i];
    r->n_ruled_out = r->n - n;
    r->n = n;
    osdb_six_judge(db, r);
}
