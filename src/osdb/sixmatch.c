// SPDX-License-Identifier: Apache-2.0
// From a projection to the best references. The rows of lost references are those of the matcher
// (lookup.c), one lookup for each set of values; a reference loses an attribute only if it accepts
// none of its values.
//
//   score = won / (compared + share * (observed - compared))
//
// observed: the points of all that was seen; compared: of what the reference speaks of, too.
// Without the second term terse references win (os-ipv6 spec 2.4).
#include "osdb/scratch.h"
#include "osdb/six.h"

#define SILENT_SHARE 0.2
#define NAME_SCORE 0.85
#define GUESS_SCORE 0.8
#define TIE 0.005
#define SURE_SCORE 0.9 // below it, others that are nearly as good must be of the same family

enum { NAME_POINTS = 2 * 1400, NAME_TOTAL = 2 * 2630 }; // observed, of so many

struct tally {
    const struct osdb *db;
    const struct osdb_projection *p;
    struct osdb_scratch *scratch;
    uint32_t *compared; // by reference
    uint32_t *lost;
};

static void count_row(const uint64_t *row, size_t words, uint32_t weight, uint32_t *by_ref)
{
    for (size_t i = 0; i < words; i++)
        for (uint64_t left = row[i]; left; left &= left - 1)
            by_ref[i * 64 + (size_t)__builtin_ctzll(left)] += weight;
}

// The n-th values; the first one where there are not so many, which changes nothing.
static void take_values(const struct tally *t, uint32_t n, struct osdb_subject *out)
{
    *out = (struct osdb_subject){0};
    for (int i = 0; i < ATTR_COUNT; i++)
        if (t->p->n[i] > n)
            out->value[i] = t->p->value[i][n];
}

static void join_rows(const struct tally *t, uint32_t n, uint64_t *rows)
{
    const size_t words = t->db->row / 8;
    struct osdb_subject subject;
    take_values(t, n, &subject);
    lookup_subject(t->db, &subject, t->scratch);
    for (int i = 0; i < ATTR_COUNT; i++) {
        uint64_t *to = rows + (size_t)i * words;
        if (t->p->n[i] <= n || t->db->points[i] == 0)
            continue;
        const uint64_t *from = (const void *)t->scratch->missing[i];
        if (!from)
            memset(to, 0, t->db->row);
        else if (n == 0)
            memcpy(to, from, t->db->row);
        else
            for (size_t w = 0; w < words; w++)
                to[w] &= from[w];
    }
}

static void tally_all(const struct tally *t)
{
    const size_t words = t->db->row / 8;
    uint64_t *rows = t->scratch->six.rows;
    memset(t->compared, 0, t->db->n_refs * sizeof *t->compared);
    memset(t->lost, 0, t->db->n_refs * sizeof *t->lost);
    for (uint32_t n = 0; n < OSDB_SIX_VALUES; n++)
        join_rows(t, n, rows);
    for (int i = 0; i < ATTR_COUNT; i++) {
        const uint32_t weight = osdb_six_weight(t->db, i);
        const uint32_t present = t->db->head->attr[i].present;
        if (t->p->n[i] == 0 || weight == 0)
            continue;
        count_row((const void *)view_row(t->db, present), words, weight, t->compared);
        count_row(rows + (size_t)i * words, words, weight, t->lost);
    }
}

static bool is_better_known(const struct osdb *db, struct osdb_six_result *r,
                            const struct osdb_six_match *m)
{
    for (uint32_t i = 0; i < r->n; i++) {
        if (db->ref_keys[r->match[i].ref].name != db->ref_keys[m->ref].name)
            continue;
        if (r->match[i].score >= m->score)
            return true;
        r->n--;
        memmove(&r->match[i], &r->match[i + 1], (r->n - i) * sizeof r->match[0]);
        return false;
    }
    return false;
}

static void insert(const struct osdb *db, struct osdb_six_result *r, struct osdb_six_match m)
{
    const bool is_full = r->n == LIMIT_OS_MATCHES;
    if (is_full && r->match[LIMIT_OS_MATCHES - 1].score >= m.score)
        return;
    if (is_better_known(db, r, &m))
        return;
    if (r->n == LIMIT_OS_MATCHES)
        r->n--;
    uint32_t at = r->n;
    while (at > 0 && r->match[at - 1].score < m.score)
        at--;
    memmove(&r->match[at + 1], &r->match[at], (r->n - at) * sizeof r->match[0]);
    r->match[at] = m;
    r->n++;
}

static double score_of(uint32_t observed, uint32_t compared, uint32_t lost)
{
    const double base = compared + SILENT_SHARE * (observed - compared);
    return base > 0 ? (compared - lost) / base : 0;
}

static bool has_family(const struct osdb *db, uint32_t ref, struct span family)
{
    const struct osdb_ref r = osdb_ref_at(db, ref);
    for (uint32_t i = 0; i < r.n_classes; i++)
        if (span_eq(osdb_class_at(db, r.first_class + i).family, family))
            return true;
    return false;
}

// Whether one family is found in all matches that are near the best.
static bool is_one_family(const struct osdb *db, const struct osdb_six_result *r)
{
    const struct osdb_ref best = osdb_ref_at(db, r->match[0].ref);
    for (uint32_t k = 0; k < best.n_classes; k++) {
        const struct span family = osdb_class_at(db, best.first_class + k).family;
        uint32_t i = 1;
        while (i < r->n && has_family(db, r->match[i].ref, family))
            i++;
        if (i == r->n || r->match[i].score < r->match[0].score - OSDB_SIX_NEAR)
            return true;
    }
    return false;
}

static bool is_near(const struct osdb *db, const struct osdb_six_result *r)
{
    if (r->n == 0 || r->match[0].score < NAME_SCORE)
        return false;
    return r->match[0].score >= SURE_SCORE || is_one_family(db, r);
}

void osdb_six_judge(const struct osdb *db, struct osdb_six_result *r)
{
    r->n_tied = 0;
    // The floor is a share: other databases have other points.
    const bool is_weak = (uint64_t)r->observed * NAME_TOTAL < (uint64_t)r->total * NAME_POINTS;
    while (r->n_tied < r->n && r->match[r->n_tied].score > r->match[0].score - TIE)
        r->n_tied++;
    r->state = is_weak ? OSDB_SIX_WEAK : is_near(db, r) ? OSDB_SIX_NAMED : OSDB_SIX_FAR;
}

void osdb_six_match(const struct osdb *db, const struct osdb_projection *p,
                    struct osdb_scratch *scratch, struct osdb_six_result *out)
{
    const struct tally t = {db, p, scratch, scratch->six.compared, scratch->six.lost};
    memset(out, 0, sizeof *out);
    out->total = osdb_six_total(db);
    for (int i = 0; i < ATTR_COUNT; i++)
        out->observed += p->n[i] > 0 ? osdb_six_weight(db, i) : 0;
    tally_all(&t);
    for (uint32_t ref = 0; ref < db->n_refs; ref++) {
        const double score = score_of(out->observed, t.compared[ref], t.lost[ref]);
        if (score >= GUESS_SCORE)
            insert(db, out, (struct osdb_six_match){ref, t.compared[ref], score});
    }
    osdb_six_judge(db, out);
}
