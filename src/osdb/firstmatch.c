// SPDX-License-Identifier: Apache-2.0
// Matching in the first generation, whose percentages count each attribute alike and forgive what
// was not seen. So: how much of the best reference could be compared at all, and an order among
// references of the same percentage. Rows are those of the matcher (lookup.c).
//
// information of an attribute = log2(references that have it / those of them that accept the value)
#include "osdb/first.h"
#include "osdb/scratch.h"

enum { BIT = 16 }; // information is counted in sixteenths of a bit

struct tally {
    const struct osdb *db;
    const struct osdb_scratch *scratch;
    uint32_t information[ATTR_COUNT];
};

static uint32_t count_bits(const struct osdb *db, const char *row)
{
    const uint64_t *words = (const void *)row;
    uint32_t n = 0;
    for (size_t i = 0; row && i < db->row / 8; i++)
        n += (uint32_t)__builtin_popcountll(words[i]);
    return n;
}

static bool has_bit(const char *row, uint32_t ref)
{
    const uint64_t *words = (const void *)row;
    return row && (words[ref / 64] >> ref % 64 & 1);
}

static const char *present_row(const struct osdb *db, int attr)
{
    return view_row(db, db->head->attr[attr].present);
}

// In sixteenths, for a >= b > 0.
static uint32_t log2_of(uint32_t a, uint32_t b)
{
    const uint64_t ratio = ((uint64_t)a << BIT) / b;
    const uint32_t whole = 63 - (uint32_t)__builtin_clzll(ratio);
    const uint32_t part = (uint32_t)(ratio >> (whole - 4)) % BIT;
    return (whole - BIT) * BIT + part;
}

static void weigh(struct tally *t, const struct osdb_subject *subject)
{
    const struct osdb_gen_info *g = t->db->gen;
    for (int i = g->attr; i < g->attr + g->n_attrs; i++) {
        const uint32_t n = count_bits(t->db, present_row(t->db, i));
        const uint32_t lost = count_bits(t->db, t->scratch->missing[i]);
        if (!span_is_absent(subject->value[i]) && n > lost)
            t->information[i] = log2_of(n, n - lost);
    }
}

static uint32_t information_of(const struct tally *t, const struct osdb_subject *s, uint32_t ref)
{
    const struct osdb_gen_info *g = t->db->gen;
    uint32_t sum = 0;
    for (int i = g->attr; i < g->attr + g->n_attrs; i++)
        if (!span_is_absent(s->value[i]) && has_bit(present_row(t->db, i), ref) &&
            !has_bit(t->scratch->missing[i], ref))
            sum += t->information[i];
    return sum;
}

static void order_ties(const struct tally *t, const struct osdb_subject *s, struct osdb_result *r)
{
    uint32_t sum[LIMIT_OS_MATCHES];
    for (uint32_t i = 0; i < r->n; i++) {
        const struct osdb_match m = r->match[i];
        const uint32_t own = information_of(t, s, m.ref);
        uint32_t at = i;
        for (; at > 0 && r->match[at - 1].accuracy <= m.accuracy && sum[at - 1] < own; at--) {
            r->match[at] = r->match[at - 1];
            sum[at] = sum[at - 1];
        }
        r->match[at] = m;
        sum[at] = own;
    }
}

static struct osdb_coverage cover(const struct osdb *db, const struct osdb_subject *s, uint32_t ref)
{
    struct osdb_coverage c = {0};
    for (int i = db->gen->attr; i < db->gen->attr + db->gen->n_attrs; i++) {
        const bool is_expected = has_bit(present_row(db, i), ref);
        c.total += is_expected;
        c.compared += is_expected && !span_is_absent(s->value[i]);
    }
    return c;
}

void osdb_first_match(const struct osdb *db, const struct osdb_subject *subject,
                      struct osdb_scratch *scratch, struct osdb_result *out,
                      struct osdb_coverage *coverage)
{
    struct tally t = {.db = db, .scratch = scratch};
    *coverage = (struct osdb_coverage){0};
    osdb_match(db, subject, scratch, out);
    if (out->n == 0)
        return;
    weigh(&t, subject);
    order_ties(&t, subject, out);
    *coverage = cover(db, subject, out->match[0].ref);
}
