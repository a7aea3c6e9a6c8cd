// SPDX-License-Identifier: Apache-2.0
// The chosen references one by one: what each compares and loses, and the quotient. Written so
// that hardly any branch depends on the data; WIDE (sum.c) for the instruction that counts bits.
#include "osdb/scratch.h"

#define INLINE static inline __attribute__((always_inline))

// The numbers of the bits that are set. Returns how many.
INLINE uint32_t list_bits(const uint64_t *row, size_t words, uint32_t *filled,
                          struct candidate *out)
{
    uint32_t n_filled = 0, n = 0;
    for (uint32_t i = 0; i < words; i++) {
        filled[n_filled] = i;
        n_filled += row[i] != 0;
    }
    for (uint32_t k = 0; k < n_filled; k++) {
        uint64_t left = row[filled[k]];
        do {
            out[n++].ref = filled[k] * 64 + (uint32_t)__builtin_ctzll(left);
            left &= left - 1;
        } while (left);
    }
    return n;
}

// Highest bit first: no shift by a variable.
INLINE uint32_t weigh(const struct osdb *db, uint64_t a, uint64_t b)
{
    uint32_t points = 0;
    for (uint32_t p = db->n_point_bits; p-- > 0;) {
        const int n = __builtin_popcountll(a & db->point_bits[p].has[0]) +
                      __builtin_popcountll(b & db->point_bits[p].has[1]);
        points = 2 * points + (uint32_t)n;
    }
    return points;
}

INLINE uint32_t lost_points(const struct sums *s, uint32_t n_planes, uint32_t ref)
{
    const uint64_t *plane = s->planes + n_planes * s->words + ref / 64;
    uint32_t lost = 0;
    for (uint32_t p = n_planes; p-- > 0;) {
        plane -= s->words;
        lost = 2 * lost + (uint32_t)(*plane >> ref % 64 & 1);
    }
    return lost;
}

WIDE uint32_t score_chosen(const struct osdb *db, struct osdb_scratch *s, uint32_t limit)
{
    const uint32_t n = list_bits(s->chosen, s->sums.words, s->filled, s->candidates);
    uint32_t n_planes = 0; // no sum has more bits
    while (n_planes < s->sums.n_planes && limit >> n_planes)
        n_planes++;
    for (uint32_t i = 0; i < n; i++) {
        struct candidate *c = &s->candidates[i];
        const struct block_key key = db->ref_keys[c->ref];
        const struct block_shape *shape = &db->shapes[key.shape];
        const uint32_t possible =
            s->points - weigh(db, s->has[0] & ~shape->has[0], s->has[1] & ~shape->has[1]);
        const uint32_t lost = lost_points(&s->sums, n_planes, c->ref);
        const uint32_t won = possible > lost ? possible - lost : 0;
        c->name = key.name;
        c->accuracy = (double)won / (double)(possible ? possible : 1);
    }
    return n;
}
