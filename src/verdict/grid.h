// SPDX-License-Identifier: Apache-2.0
// Private to verdict: products and sums along rows. Each row is a combination of numbers, one of
// each column; columns are joined in pairs, so that what many rows have in common is computed once.
// Numbers and rows have 16 bits: VERDICT_REFS_MAX.
#pragma once

#include "base/pile.h"

// Different pairs of numbers of two parts: columns, or joins behind them.
struct join {
    uint32_t left;
    uint32_t right; // UINT32_MAX: the left one only
    uint32_t n;
    uint16_t *a; // number in the left part
    uint16_t *b;
    size_t at; // in the room
};

struct grid {
    uint32_t n_cols;
    uint32_t n; // rows
    uint32_t n_joins;
    struct join *joins; // the last one has the rows
    size_t room;        // floats that a run needs
};

// Of columns where most numbers say the same: which rows have each number.
struct lists {
    uint32_t n_cols;
    uint32_t n;       // rows
    uint32_t **first; // by column and number
    uint16_t **rows;
};

// A number that says something else than the others of its column.
struct hit {
    uint32_t number;
    float times; // as much as the others
};

// The rows of a hit: where they stand in the list of the column.
struct stretch {
    uint16_t first;
    uint16_t n;
    float times;
};

// n_numbers: of each column.
struct lists lists_make(struct arena *run, const uint16_t *cell, uint32_t n_cols, uint32_t n,
                        const uint32_t *n_numbers);

void lists_find(const struct lists *l, uint32_t col, const struct hit *hits, uint32_t n,
                struct stretch *out);
// Multiplies the rows that have the hits of a column.
void lists_apply(const struct lists *l, uint32_t col, const struct stretch *hits, uint32_t n,
                 float *rows);

// cell: numbers of all rows in the first column, then in the second, and so on.
struct grid grid_make(struct arena *run, const uint16_t *cell, uint32_t n_cols, uint32_t n);

// rows[r] = product of leaf[c][cell of r in c] over the columns c that have a leaf; or the sum.
void grid_multiply(const struct grid *g, const float *const *leaf, float *room, float *rows);
void grid_add(const struct grid *g, const float *const *leaf, float *room, float *rows);
