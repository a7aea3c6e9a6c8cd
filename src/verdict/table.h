// SPDX-License-Identifier: Apache-2.0
// Private to verdict: the rows of each group. A table has one row for each different combination
// of expressions of a group, so what is computed of a group is computed once a row.
#pragma once

#include "verdict/grid.h"
#include "verdict/verdict.h"

enum {
    TABLE_WIDEST = 24,
    TABLE_WIN_BY_OPT = GROUP_COUNT, // rows of GROUP_WIN for each row of GROUP_OPT
    TABLE_COUNT,
    ROW_ABSENT = 0, // none of the attributes
};

// Nodes that may have members which are not in the database.
enum { NODES_CLASS, NODES_SYSTEM, NODES_STACK, NODE_KINDS };

struct pair {
    float count;
    uint16_t row;
    uint16_t table;
};

struct share {
    uint32_t first; // of pairs; the next share begins where this one ends
    float count;    // references below that have any of the attributes
};

// How often the rows of each table occur below each node: one node after the other (by hypothesis
// from first_class), its tables one after the other, since a node is read as a whole.
struct shares {
    struct share *share; // by node * TABLE_COUNT + table, and one more
    struct pair *pairs;
};

struct table {
    uint32_t n_cols;
    int col[TABLE_WIDEST]; // attributes
    uint32_t n;            // rows
    uint16_t *cell;        // expressions: n of each column
    bool *has;             // any of the attributes
    uint32_t *bare;        // rows that have none
    uint32_t n_bare;
    float *count;       // references, where there are any
    double n_has;       // references in all of these
    uint16_t *row_of;   // by reference of the model
    struct grid grid;   // of the columns
    struct lists lists; // of GROUP_OPT and GROUP_WIN instead
};

// The options with a number blanked: far fewer rows.
struct blank {
    struct lists lists;
    uint16_t *row_of; // by row of GROUP_OPT
};

// Groups whose rows go together: what many references have in common is multiplied once. The last
// ones are those that are one observation if all are silent.
enum { PART_OPTIONS, PART_TTL, PART_IDS, PART_SILENT, N_PARTS };

struct part {
    uint32_t n;
    int table[GROUP_COUNT];
    struct grid grid; // over rows of these tables
    uint16_t *row_of; // by reference of the model
};
