// SPDX-License-Identifier: Apache-2.0
// From a subject to the list of the best references. No allocation, no failure. The list is
// sorted by accuracy, equal ones in database order; of equal names only the best stays.
// Reference: os-detection specification 6.1, 6.2; why few references need a close look and the
// list is the same as if all had had one: doc/osdb-block.md.
#include "osdb/scratch.h"

static const double REQUIRED = 0.85;
static const double STEP = 0.00001; // what a newcomer must be better than the last of a full list

// Of the points a subject has, a reference that is good enough loses at most 3 of 20: 1 - 0.85.
enum { LOSS_NUM = 3, LOSS_DEN = 20 };

enum { ENOUGH = 2 * LIMIT_OS_MATCHES }; // candidates that probably fill the list

struct ranking {
    const struct osdb *db;
    struct osdb_scratch *scratch;
    struct osdb_result *out;
    uint32_t name[LIMIT_OS_MATCHES + 1]; // of the entries of the list
    double required;
    uint32_t n_seen;
};

static void remove_at(struct ranking *k, uint32_t at)
{
    struct osdb_result *r = k->out;
    r->n--;
    memmove(&r->match[at], &r->match[at + 1], (r->n - at) * sizeof r->match[0]);
    memmove(&k->name[at], &k->name[at + 1], (r->n - at) * sizeof k->name[0]);
}

// Behind all entries that are as good; the one that has no room is dropped.
static void insert(struct ranking *k, struct osdb_match m, uint32_t name)
{
    struct osdb_result *r = k->out;
    uint32_t at = r->n;
    while (at > 0 && r->match[at - 1].accuracy < m.accuracy)
        at--;
    if (at == LIMIT_OS_MATCHES)
        return;
    if (r->n == LIMIT_OS_MATCHES)
        r->n--;
    memmove(&r->match[at + 1], &r->match[at], (r->n - at) * sizeof r->match[0]);
    memmove(&k->name[at + 1], &k->name[at], (r->n - at) * sizeof k->name[0]);
    r->match[at] = m;
    k->name[at] = name;
    r->n++;
}

// True if the newcomer may enter; a worse entry of the same name has left then.
static bool make_way(struct ranking *k, double accuracy, uint32_t name)
{
    uint32_t at = 0;
    while (at < k->out->n && k->name[at] != name)
        at++;
    if (at == k->out->n)
        return true;
    if (k->out->match[at].accuracy >= accuracy)
        return false;
    remove_at(k, at);
    return true;
}

// False: more perfect matches than the list holds.
static bool offer(struct ranking *k, uint32_t ref, double accuracy)
{
    struct osdb_result *r = k->out;
    const uint32_t name = k->db->ref_names[ref];
    if (!make_way(k, accuracy, name))
        return true;
    if (accuracy == 1.0) {
        if (r->n_perfect == LIMIT_OS_MATCHES)
            return false;
        r->n_perfect++;
    }
    insert(k, (struct osdb_match){ref, accuracy}, name);
    if (r->n == LIMIT_OS_MATCHES) {
        const double need = r->match[LIMIT_OS_MATCHES - 1].accuracy + STEP;
        k->required = need < 1.0 ? need : 1.0;
    }
    return true;
}

// Points that both have: the subject's without those that the reference lacks.
static uint32_t common_points(const struct osdb *db, const struct osdb_scratch *s, uint32_t ref)
{
    const struct block_shape *shape = &db->shapes[db->ref_shapes[ref]];
    uint32_t points = s->points;
    for (int w = 0; w < 2; w++)
        for (uint64_t left = s->has[w] & ~shape->has[w]; left; left &= left - 1)
            points -= db->points[64 * w + __builtin_ctzll(left)];
    return points;
}

static uint32_t lost_points(const struct osdb *db, const struct osdb_scratch *s, uint32_t ref)
{
    const uint32_t n = s->plan.n_planes;
    const uint64_t *plane = s->planes + (size_t)(ref / 512) * n * VECTOR_WORDS + ref / 64 % 8;
    uint32_t lost = 0;
    (void)db;
    for (uint32_t p = 0; p < n; p++)
        lost |= (uint32_t)(plane[p * VECTOR_WORDS] >> ref % 64 & 1) << p;
    return lost;
}

static bool judge(struct ranking *k, uint32_t ref)
{
    const uint32_t possible = common_points(k->db, k->scratch, ref);
    const uint32_t lost = lost_points(k->db, k->scratch, ref);
    if (possible == 0 || lost > possible)
        return true;
    const double accuracy = (double)(possible - lost) / possible;
    k->scratch->accuracy[k->n_seen++] = accuracy;
    return accuracy < k->required || offer(k, ref, accuracy);
}

// Offers those who lose at most `limit` points to the list, in database order.
static void rank(struct ranking *k, uint32_t limit)
{
    const struct osdb *db = k->db;
    struct osdb_scratch *s = k->scratch;
    memset(k->out, 0, sizeof *k->out);
    k->required = REQUIRED;
    k->n_seen = 0;
    sum_select(s->planes, s->plan.n_planes, db->row / BLOCK_ROW, limit, s->valid, s->chosen);
    for (uint32_t i = 0; i < db->row / 8; i++) {
        for (uint64_t left = s->chosen[i]; left; left &= left - 1) {
            if (judge(k, i * 64 + (uint32_t)__builtin_ctzll(left)))
                continue;
            k->out->status = OSDB_TOO_MANY;
            return;
        }
    }
    k->out->status = k->out->n ? OSDB_SUCCESS : OSDB_NO_MATCHES;
}

// Whether nobody who loses more than `limit` points could have changed the list.
static bool is_final(const struct ranking *k, uint32_t limit)
{
    const struct osdb_result *r = k->out;
    if (r->status == OSDB_TOO_MANY)
        return true;
    if (r->n < LIMIT_OS_MATCHES)
        return false;
    const double last = r->match[LIMIT_OS_MATCHES - 1].accuracy;
    const double below = last - 1.1 * STEP;
    if (1.0 - (double)(limit + 1) / k->scratch->points >= below)
        return false;
    for (uint32_t i = 0; i < k->n_seen; i++)
        if (k->scratch->accuracy[i] >= below && k->scratch->accuracy[i] < last)
            return false;
    return true;
}

// The least limit, of a few, that lets enough candidates through.
static uint32_t first_limit(const struct osdb *db, struct osdb_scratch *s, uint32_t most)
{
    uint32_t low = 0;
    uint32_t high = most;
    for (int i = 0; i < 4 && low < high; i++) {
        const uint32_t mid = low + (high - low) / 2;
        const uint32_t n =
            sum_select(s->planes, s->plan.n_planes, db->row / BLOCK_ROW, mid, s->valid, s->chosen);
        if (n < ENOUGH)
            low = mid + 1;
        else
            high = mid;
    }
    return high;
}

static void make_plan(const struct osdb *db, struct osdb_scratch *s)
{
    uint32_t n = 0;
    for (uint32_t p = 0; p < db->n_planes; p++) {
        s->plan.first[p] = n;
        for (int i = 0; i < ATTR_COUNT; i++) {
            s->plan.in[n] = s->missing[i];
            n += s->missing[i] && (db->points[i] >> p & 1);
        }
    }
    s->plan.first[db->n_planes] = n;
}

void osdb_match(const struct osdb *db, const struct osdb_subject *subject,
                struct osdb_scratch *scratch, struct osdb_result *out)
{
    struct ranking k = {.db = db, .scratch = scratch, .out = out};
    lookup_subject(db, subject, scratch);
    make_plan(db, scratch);
    sum_rows(&scratch->plan, db->row / BLOCK_ROW, scratch->planes);
    const uint32_t most = (uint32_t)((uint64_t)scratch->points * LOSS_NUM / LOSS_DEN);
    const uint32_t limit = first_limit(db, scratch, most);
    rank(&k, limit);
    if (limit < most && !is_final(&k, limit))
        rank(&k, most);
}

struct osdb_scratch *osdb_scratch_new(struct arena *run, const struct osdb *db)
{
    struct osdb_scratch *s = arena_alloc(run, sizeof *s);
    s->plan.n_planes = db->n_planes;
    s->rows = arena_array(run, ATTR_COUNT, db->row);
    s->planes = arena_array(run, (size_t)db->n_planes, db->row);
    s->valid = arena_alloc(run, db->row);
    s->chosen = arena_alloc(run, db->row);
    s->accuracy = arena_array(run, db->n_refs, sizeof *s->accuracy);
    for (uint32_t i = 0; i < db->n_refs; i++)
        s->valid[i / 64] |= UINT64_C(1) << i % 64;
    return s;
}
