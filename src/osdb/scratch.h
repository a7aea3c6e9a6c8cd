// SPDX-License-Identifier: Apache-2.0
// Private to osdb: what matching one subject works with, and its steps. A row has one bit for
// each reference. lookup: for each value, the row of references that have the attribute and do
// not accept the value. sum: the points lost by each reference, many at a time, as bits of
// numbers: plane p holds bit p of all sums. match: from sums to the list.
#pragma once

#include "osdb/view.h"

enum {
    VECTOR_WORDS = 4,
    VECTOR_BYTES = 8 * VECTOR_WORDS,
    GROUP = BLOCK_ROW / VECTOR_BYTES, // vectors that are added side by side
    GROUP_WORDS = GROUP * VECTOR_WORDS,
    NAME_SLOTS = 1024,
    SORT_MAX = 512, // candidates that are sorted at once
    BITS_MAX = BLOCK_PLANES * ATTR_COUNT,
};

// The rows that count 1 << p points stand at in[first[p]] .. in[first[p + 1] - 1].
struct sum_plan {
    uint32_t n_planes;
    uint32_t first[BLOCK_PLANES + 1];
    const char *in[BITS_MAX + 1];
};

struct candidate {
    uint32_t ref;
    uint32_t name; // BLOCK_NONE: not the best of its name
    double accuracy;
};

struct osdb_scratch {
    const char *missing[ATTR_COUNT + 1]; // NULL: none is missing, or the subject has no value
    uint64_t has[2];                     // attributes of the subject, as in block_shape
    uint32_t points;                     // of all of them
    char *rows;                          // room for one row for each attribute
    uint32_t first_attr[BLOCK_PLANES + 1];
    uint8_t attr[BITS_MAX]; // those whose points have bit p: first_attr[p] .. first_attr[p + 1]
    struct sum_plan plan;
    uint64_t *planes;       // [row / BLOCK_ROW][n_planes][GROUP_WORDS]
    uint64_t *valid;        // the row of all references
    uint64_t *chosen;       // a row
    uint64_t shapes_of[2];  // the subject's attributes for which shape_points holds
    uint32_t *shape_points; // what the subject and a reference of this shape have; 0: not known
    struct candidate *candidates;
    uint16_t slots[NAME_SLOTS]; // hash table of names: 1 + index of a candidate
    uint64_t keys[SORT_MAX + VECTOR_WORDS];
    uint32_t places[SORT_MAX];
};

// Fills missing, has and points.
void lookup_subject(const struct osdb *db, const struct osdb_subject *subject,
                    struct osdb_scratch *s);

// Adds up all rows of the plan.
void sum_rows(const struct sum_plan *plan, size_t n_groups, uint64_t *planes);

// Those of `valid` whose sum is at most `limit`; returns how many.
uint32_t sum_select(const uint64_t *planes, uint32_t n_planes, size_t n_groups, uint32_t limit,
                    const uint64_t *valid, uint64_t *out);

// n[p]: how many of `valid` have a sum below 1 << p.
void sum_count(const uint64_t *planes, uint32_t n_planes, size_t n_groups, const uint64_t *valid,
               uint32_t *n);

// place[i] = how many of n different keys are less than key[i]. What lies in key behind them, to
// the next whole vector, must not be less than any.
void sum_places(const uint64_t *key, uint32_t n, uint32_t *place);
