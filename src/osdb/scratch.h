// SPDX-License-Identifier: Apache-2.0
// Private to osdb: what matching one subject works with, and its steps. A row has one bit for
// each reference. lookup: for each value, the row of references that have the attribute and do
// not accept the value. sum: the points lost by each reference, many at a time, as bits of
// numbers. select, score: which references count, and how much. match: from those to the list.
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

// What is known of all references at once. Plane p: bit p of all sums, one row.
struct sums {
    uint64_t *planes; // [n_planes][words]
    uint64_t *valid;  // the row of all references
    uint64_t *room;   // two rows
    uint32_t n_planes;
    size_t words; // of a row
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
    struct sums sums;
    uint64_t *chosen; // a row
    uint32_t *filled; // its words that are not 0
    struct candidate *candidates;
    uint16_t slots[NAME_SLOTS]; // hash table of names: 1 + index of a candidate
    uint64_t keys[SORT_MAX + VECTOR_WORDS];
    uint32_t places[SORT_MAX];
    struct {
        uint64_t *rows;     // of each attribute: references that accept none of its values
        uint32_t *compared; // by reference
        uint32_t *lost;
    } six; // osdb/six.h
};

// Fills missing, has and points.
void lookup_subject(const struct osdb *db, const struct osdb_subject *subject,
                    struct osdb_scratch *s);

// Adds up all rows of the plan. The same with the instructions that most machines have, and with
// those that few have; false: this one has not.
void sum_rows(const struct sum_plan *plan, size_t row, uint64_t *planes);
void sum_rows_common(const struct sum_plan *plan, size_t row, uint64_t *planes);
bool sum_rows_widest(const struct sum_plan *plan, size_t row, uint64_t *planes);

// Those whose sum is at most `limit`; returns how many.
uint32_t sum_select(const struct sums *s, uint32_t limit, uint64_t *out);

// Of those whose sum is below 1 << top, the ones up to a limit, which is returned: `few` to `many`
// of them if there is such a limit of few bits, else at least `few`. UINT32_MAX: all of them.
uint32_t sum_limit(const struct sums *s, uint32_t top, uint32_t few, uint32_t many,
                   uint64_t *chosen);

// place[i] = how many of n different keys are less than key[i]. What lies in key behind them, to
// the next whole vector, must not be less than any.
void sum_places(const uint64_t *key, uint32_t n, uint32_t *place);

// Candidates, in database order, of the chosen references; no sum of theirs is above `limit`.
// Returns how many.
uint32_t score_chosen(const struct osdb *db, struct osdb_scratch *s, uint32_t limit);
