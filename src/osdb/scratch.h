// SPDX-License-Identifier: Apache-2.0
// Private to osdb: what matching one subject works with, and its three steps. A row has one bit
// for each reference. lookup: for each value, the row of references that have the attribute and
// do not accept the value. sum: the points lost by each reference, 512 references at a time, as
// bits of numbers: plane p holds bit p of all sums. match: from sums to the list.
#pragma once

#include "osdb/view.h"

enum { VECTOR_WORDS = BLOCK_ROW / 8 };

// The rows that count 1 << p points stand at in[first[p]] .. in[first[p + 1] - 1].
struct sum_plan {
    uint32_t n_planes;
    uint32_t first[BLOCK_PLANES + 1];
    const char *in[BLOCK_PLANES * ATTR_COUNT];
};

struct osdb_scratch {
    const char *missing[ATTR_COUNT]; // NULL: none is missing, or the subject has no value
    uint64_t has[2];                 // attributes of the subject, as in block_shape
    uint32_t points;                 // of all of them
    char *rows;                      // room for one row for each attribute
    struct sum_plan plan;
    uint64_t *planes; // [row / BLOCK_ROW][n_planes][VECTOR_WORDS]
    uint64_t *valid;  // the row of all references
    uint64_t *chosen; // a row
    double *accuracy; // of those that were offered, in order
};

// Fills missing, has and points.
void lookup_subject(const struct osdb *db, const struct osdb_subject *subject,
                    struct osdb_scratch *s);

// Adds up all rows of the plan.
void sum_rows(const struct sum_plan *plan, size_t n_vectors, uint64_t *planes);

// Those of `valid` whose sum is at most `limit`; returns how many.
uint32_t sum_select(const uint64_t *planes, uint32_t n_planes, size_t n_vectors, uint32_t limit,
                    const uint64_t *valid, uint64_t *out);
