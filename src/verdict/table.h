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
    ROWS_WIDE = 16, // of a reference: one of each table, and some room
    ROW_ABSENT = 0, // none of the attributes
};

// Nodes that may have members which are not in the database.
enum { NODES_CLASS, NODES_SYSTEM, NODES_STACK, NODE_KINDS };

// Rows of one table below a node: first those that occur once, then each with its count.
struct share {
    uint32_t first; // of numbers
    uint16_t n_once;
    uint16_t n_more;
};

// What is below each node, by hypothesis from first_class. Of few members the rows are read from
// the references; of more those that they share are read once, table after table.
enum { FEW_MEMBERS = 20 };

struct shares {
    uint32_t *first_member;
    uint32_t *same; // the first node that has the same members
    uint16_t *members;
    float *each; // 1 / references that have any of the attributes, by node * ROWS_WIDE + table; 0
    struct share *share; // by node * TABLE_COUNT + table; only of nodes with more than few members
    uint16_t *numbers;
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

// Groups whose rows go together: what many references have in common is added once.
enum { PART_OPTIONS, PART_TTL, PART_IDS, N_PARTS };

struct part {
    uint32_t n;
    int table[GROUP_COUNT];
    struct grid grid;       // over rows of these tables
    struct grid by_windows; // of PART_OPTIONS: the same, over rows of GROUP_WIN
};
