// SPDX-License-Identifier: Apache-2.0
// Private to verdict: a database made ready. What depends on all references (columns, levels) is
// shared by models that leave some of them out. A table has one row for each different
// combination of expressions of a group, so what is computed of a group is computed once a row.
#pragma once

#include "verdict/column.h"
#include "verdict/grid.h"

enum {
    OPTIONS = 7, // attributes of GROUP_OPT
    TABLE_WIDEST = 24,
    TABLE_WIN_BY_OPT = GROUP_COUNT, // rows of GROUP_WIN for each row of GROUP_OPT
    TABLE_COUNT,
    ROW_ABSENT = 0, // none of the attributes
};

#define NO_NODE UINT32_MAX

// The nodes of one level; each reference lies below some of them.
struct level {
    uint32_t n;
    struct verdict_node *nodes; // p unused
    uint32_t *parent;           // in the next level; CLASS and SYSTEM only
    uint32_t *first;            // by reference
    uint32_t *ids;
};

struct base {
    const struct osdb *db;
    enum verdict_group group[VERDICT_ATTRS];
    int option[OPTIONS]; // the attributes of GROUP_OPT
    struct column column[VERDICT_ATTRS];
    struct column blank[VIEW_COUNT][OPTIONS]; // not VIEW_PLAIN
    uint32_t *of_plain[VIEW_COUNT][OPTIONS];  // the blanked expression of each plain one
    uint32_t *cell[VERDICT_ATTRS];            // expression of each reference
    struct level level[VERDICT_LEVELS];
};

struct pair {
    uint32_t row;
    float count;
};

// How often the rows occur below each class or system.
struct share {
    uint32_t *first;
    struct pair *pairs;
    float *count; // references below each node that have any of the attributes
};

struct table {
    uint32_t n_cols;
    int col[TABLE_WIDEST]; // attributes
    uint32_t n;            // rows
    uint32_t *cell;        // expressions: n of each column
    bool *has;             // any of the attributes
    double *count;         // references, where there are any
    double n_has;          // references in all of these
    uint32_t *row_of;      // by reference of the model
    struct grid grid;      // of the columns
    struct lists lists;    // of GROUP_OPT and GROUP_WIN instead
    struct share by_class;
    struct share by_system;
};

// The options with a number blanked: far fewer rows.
struct blank {
    struct lists lists;
    uint32_t *row_of; // by row of GROUP_OPT
};

// Groups whose rows go together: what many references have in common is multiplied once. The last
// ones are those that are one observation if all are silent.
enum { PART_OPTIONS, PART_TTL, PART_IDS, PART_SILENT, N_PARTS };

struct part {
    uint32_t n;
    int table[GROUP_COUNT];
    struct grid grid; // over rows of these tables
    uint32_t *row_of; // by reference of the model
};

struct type_share {
    uint32_t type;
    float share;
};

struct verdict_model {
    const struct base *base;
    const struct verdict_params *params;
    uint32_t n;       // references
    uint32_t *db_ref; // their numbers in the database
    struct table table[TABLE_COUNT];
    struct blank blank[VIEW_COUNT]; // not VIEW_PLAIN
    struct part part[N_PARTS];      // GROUP_ISN stands alone
    uint16_t
        *has_class; // groups of which the node has members with any of their attributes, by bit
    uint32_t *size[VERDICT_LEVELS]; // references below each node
    // Hypotheses: references, classes, systems, the unknown stack.
    uint32_t first_class;
    uint32_t first_system;
    uint32_t unknown;
    float *prior;       // logarithm
    double *prior_root; // prior to the power 1 / beta
    // Types of devices below classes and systems, by hypothesis from first_class.
    uint32_t *first_type;
    struct type_share *types;
    uint8_t *kin; // enum kin of each system
};

static inline uint32_t model_hypotheses(const struct verdict_model *m)
{
    return m->unknown + 1;
}

// The group of an attribute and, of GROUP_OPT, which of the seven it is.
enum verdict_group group_of(int attr);
int option_attr(int option);

void level_make_all(struct base *base, struct arena *run);

// Fills table[] from the references that are left; node sizes are known.
void table_make_all(struct verdict_model *m, struct arena *run);

// Is the generation of a class the newest of a family that goes on? Sets is_open_ended.
void living_mark(struct level *classes);

// Copies s but for the number behind each `letter`, or the brackets there.
void reading_blank(struct span s, char letter, struct buf *b);
