// SPDX-License-Identifier: Apache-2.0
// From a subject to the list of the best references. No allocation, no failure. The list is
// sorted by accuracy, equal ones in database order; of equal names only the best stays.
// Reference: os-detection specification 6.1, 6.2; why few references need a close look and the
// list is the same as if all had had one: doc/osdb-block.md.
#include "osdb/scratch.h"

static const double REQUIRED = 0.85;
static const double STEP = 0.00001; // what a newcomer must be better than the last of a full list
static const double MARGIN = 0.000011; // STEP, and all rounding

// Of the points a subject has, a reference that is good enough loses at most 3 of 20: 1 - 0.85.
enum { LOSS_NUM = 3, LOSS_DEN = 20 };

// Candidates that probably fill the list, not all of them under names of their own.
enum { ENOUGH = LIMIT_OS_MATCHES + LIMIT_OS_MATCHES / 4 };

static void remove_at(struct osdb_result *r, uint32_t at)
{
    r->n--;
    memmove(&r->match[at], &r->match[at + 1], (r->n - at) * sizeof r->match[0]);
}

// Behind all entries that are as good; the one that has no room is dropped.
static void insert(struct osdb_result *r, struct osdb_match m)
{
    uint32_t at = r->n;
    while (at > 0 && r->match[at - 1].accuracy < m.accuracy)
        at--;
    if (at == LIMIT_OS_MATCHES)
        return;
    if (r->n == LIMIT_OS_MATCHES)
        r->n--;
    memmove(&r->match[at + 1], &r->match[at], (r->n - at) * sizeof r->match[0]);
    r->match[at] = m;
    r->n++;
}

// True if the newcomer may enter; a worse entry of the same name has left then.
static bool make_way(const struct osdb *db, struct osdb_result *r, const struct candidate *c)
{
    for (uint32_t i = 0; i < r->n; i++) {
        if (db->ref_keys[r->match[i].ref].name != c->name)
            continue;
        if (r->match[i].accuracy >= c->accuracy)
            return false;
        remove_at(r, i);
        return true;
    }
    return true;
}

// The rules as written, one candidate after the other.
static void rank_in_order(const struct osdb *db, const struct osdb_scratch *s, uint32_t n,
                          struct osdb_result *r)
{
    double required = REQUIRED;
    for (uint32_t i = 0; i < n; i++) {
        const struct candidate *c = &s->candidates[i];
        if (c->accuracy < required || !make_way(db, r, c))
            continue;
        if (c->accuracy == 1.0 && r->n_perfect == LIMIT_OS_MATCHES) {
            r->status = OSDB_TOO_MANY;
            return;
        }
        r->n_perfect += c->accuracy == 1.0;
        insert(r, (struct osdb_match){c->ref, c->accuracy});
        if (r->n < LIMIT_OS_MATCHES)
            continue;
        required = r->match[LIMIT_OS_MATCHES - 1].accuracy + STEP;
        required = required < 1.0 ? required : 1.0;
    }
    r->status = r->n ? OSDB_SUCCESS : OSDB_NO_MATCHES;
}

// Of equal names the best stays, of those the first.
static void drop_equal_names(struct osdb_scratch *s, uint32_t n)
{
    memset(s->slots, 0, sizeof s->slots);
    for (uint32_t i = 0; i < n; i++) {
        struct candidate *c = &s->candidates[i];
        if (c->accuracy < REQUIRED)
            continue;
        uint32_t at = c->name * 0x9E3779B9u >> 22; // NAME_SLOTS of them
        while (s->slots[at] && s->candidates[s->slots[at] - 1].name != c->name)
            at = (at + 1) % NAME_SLOTS;
        if (s->slots[at] && s->candidates[s->slots[at] - 1].accuracy >= c->accuracy) {
            c->name = BLOCK_NONE;
            continue;
        }
        if (s->slots[at])
            s->candidates[s->slots[at] - 1].name = BLOCK_NONE;
        s->slots[at] = (uint16_t)(i + 1);
    }
}

// Orders as accuracy, best first, and equal ones as the candidates: a double between 0.5 and 1 is
// a linear function of its bits.
static uint64_t sort_key(double accuracy, uint32_t i)
{
    const double one = 1.0;
    uint64_t bits, bits_of_one;
    memcpy(&bits, &accuracy, sizeof bits);
    memcpy(&bits_of_one, &one, sizeof bits_of_one);
    return (bits_of_one - bits) << 12 | i;
}

// The same list, sorted at once: right unless entries went by the way they came, see is_plain.
static void rank_sorted(struct osdb_scratch *s, uint32_t n, struct osdb_result *r)
{
    uint32_t kept = 0;
    drop_equal_names(s, n);
    for (uint32_t i = 0; i < n; i++) {
        const struct candidate *c = &s->candidates[i];
        s->keys[kept] = sort_key(c->accuracy, i);
        kept += c->accuracy >= REQUIRED && c->name != BLOCK_NONE;
    }
    for (uint32_t i = 0; i < VECTOR_WORDS; i++)
        s->keys[kept + i] = UINT64_MAX;
    sum_places(s->keys, kept, s->places);
    for (uint32_t i = 0; i < kept; i++) {
        const struct candidate *c = &s->candidates[s->keys[i] & 0xFFF];
        r->n_perfect += c->accuracy == 1.0;
        if (s->places[i] < LIMIT_OS_MATCHES)
            r->match[s->places[i]] = (struct osdb_match){c->ref, c->accuracy};
    }
    r->n = kept < LIMIT_OS_MATCHES ? kept : LIMIT_OS_MATCHES;
    r->status = r->n_perfect > LIMIT_OS_MATCHES ? OSDB_TOO_MANY
                : r->n > 0                      ? OSDB_SUCCESS
                                                : OSDB_NO_MATCHES;
    if (r->n_perfect > LIMIT_OS_MATCHES)
        r->n_perfect = LIMIT_OS_MATCHES;
}

// Whether the threshold of a full list can have kept nobody away who is better than its last
// entry: that takes two accuracies that differ by less than STEP, at the end of the list.
static bool is_plain(const struct osdb_scratch *s, uint32_t n, const struct osdb_result *r)
{
    bool is_near = false;
    if (r->n < LIMIT_OS_MATCHES)
        return true;
    const double last = r->match[LIMIT_OS_MATCHES - 1].accuracy;
    for (uint32_t i = 0; i < n; i++) {
        const double d = s->candidates[i].accuracy - last;
        is_near |= d != 0 && d > -MARGIN && d < MARGIN;
    }
    return !is_near;
}

// Those who lose more than this are all worse than the last entry of the list, by a margin.
static uint32_t limit_of(const struct osdb_scratch *s, uint32_t most, const struct osdb_result *r)
{
    if (r->n < LIMIT_OS_MATCHES)
        return most;
    const double last = r->match[LIMIT_OS_MATCHES - 1].accuracy;
    const uint32_t limit = (uint32_t)(s->points * (1.0 - last + MARGIN));
    return limit < most ? limit : most;
}

static uint32_t width(uint32_t n)
{
    uint32_t bits = 0;
    while (n >> bits)
        bits++;
    return bits;
}

static uint32_t select_up_to(const struct osdb *db, struct osdb_scratch *s, uint32_t limit)
{
    sum_select(&s->sums, limit, s->chosen);
    return score_chosen(db, s, limit);
}

// At least `few` candidates if so many are good enough, but not many more. Returns how many.
static uint32_t select_few(const struct osdb *db, struct osdb_scratch *s, uint32_t few,
                           uint32_t most, uint32_t *limit)
{
    *limit = sum_limit(&s->sums, width(most), few, 2 * few, s->chosen);
    if (*limit <= most)
        return score_chosen(db, s, *limit);
    *limit = most;
    return select_up_to(db, s, most);
}

static void make_plan(struct osdb_scratch *s)
{
    uint32_t n = 0;
    for (uint32_t p = 0; p < s->plan.n_planes; p++) {
        s->plan.first[p] = n;
        for (uint32_t i = s->first_attr[p]; i < s->first_attr[p + 1]; i++) {
            s->plan.in[n] = s->missing[s->attr[i]];
            n += s->missing[s->attr[i]] != NULL;
        }
    }
    s->plan.first[s->plan.n_planes] = n;
}

// False: too many candidates, or the way they came may have counted.
static bool rank_few(const struct osdb *db, struct osdb_scratch *s, uint32_t most,
                     struct osdb_result *out)
{
    uint32_t limit = 0;
    uint32_t n = select_few(db, s, ENOUGH, most, &limit);
    while (n <= SORT_MAX) {
        memset(out, 0, sizeof *out);
        rank_sorted(s, n, out);
        const uint32_t need = limit_of(s, most, out);
        if (need <= limit)
            return is_plain(s, n, out);
        if (out->n < LIMIT_OS_MATCHES) { // too many under the same names
            n = select_few(db, s, 2 * n, most, &limit);
        } else {
            limit = need;
            n = select_up_to(db, s, limit);
        }
    }
    return false;
}

void osdb_match(const struct osdb *db, const struct osdb_subject *subject,
                struct osdb_scratch *scratch, struct osdb_result *out)
{
    lookup_subject(db, subject, scratch);
    make_plan(scratch);
    sum_rows(&scratch->plan, db->row, scratch->sums.planes);
    const uint32_t most = (uint32_t)((uint64_t)scratch->points * LOSS_NUM / LOSS_DEN);
    if (rank_few(db, scratch, most, out))
        return;
    memset(out, 0, sizeof *out);
    rank_in_order(db, scratch, select_up_to(db, scratch, most), out);
}

static void *take_aligned(struct arena *run, size_t size)
{
    char *mem = arena_alloc(run, size + SEAL_ALIGN);
    return mem + (SEAL_ALIGN - (uintptr_t)mem % SEAL_ALIGN) % SEAL_ALIGN;
}

struct osdb_scratch *osdb_scratch_new(struct arena *run, const struct osdb *db)
{
    struct osdb_scratch *s = take_aligned(run, sizeof *s);
    uint32_t n = 0;
    s->plan.n_planes = db->n_planes;
    s->rows = take_aligned(run, (size_t)ATTR_COUNT * db->row);
    s->sums.n_planes = db->n_planes;
    s->sums.words = db->row / 8;
    s->sums.planes = take_aligned(run, (size_t)db->n_planes * db->row);
    s->sums.valid = take_aligned(run, db->row);
    s->sums.room = take_aligned(run, 2 * (size_t)db->row);
    s->filled = arena_array(run, db->row / 8 + 1, sizeof *s->filled);
    s->chosen = take_aligned(run, db->row);
    s->candidates = arena_array(run, db->n_refs, sizeof *s->candidates);
    s->six.rows = arena_array(run, (size_t)ATTR_COUNT * (db->row / 8), sizeof *s->six.rows);
    s->six.compared = arena_array(run, db->n_refs, sizeof *s->six.compared);
    s->six.lost = arena_array(run, db->n_refs, sizeof *s->six.lost);
    for (uint32_t i = 0; i < db->n_refs; i++)
        s->sums.valid[i / 64] |= UINT64_C(1) << i % 64;
    for (uint32_t p = 0; p < db->n_planes; p++) {
        for (int a = 0; a < ATTR_COUNT; a++)
            if (db->points[a] >> p & 1)
                s->attr[n++] = (uint8_t)a;
        s->first_attr[p + 1] = n;
    }
    return s;
}
