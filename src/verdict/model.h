// SPDX-License-Identifier: Apache-2.0
// Private to verdict: a database made ready. What depends on all references (columns, levels) is
// shared by models that leave some of them out.
#pragma once

#include "verdict/column.h"
#include "verdict/table.h"

enum { OPTIONS = 7 }; // attributes of GROUP_OPT

#define NO_NODE UINT32_MAX

// The nodes of one level; each reference lies below some of them.
struct level {
    uint32_t n;
    uint32_t place;             // of its first node
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
    struct column blank[VIEW_COUNT][OPTIONS];          // not VIEW_PLAIN
    uint16_t *of_plain[VIEW_COUNT][OPTIONS];           // the blanked expression of each plain one
    const struct word **of_value[VIEW_COUNT][OPTIONS]; // the blanked value of each, or NULL
    uint16_t *cell[VERDICT_ATTRS];                     // expression of each reference
    struct level level[VERDICT_LEVELS];
    // All nodes, level by level: those with hypotheses of their own first, as these are numbered.
    uint32_t n_places;
    uint8_t *level_of;    // by place
    uint32_t *name_place; // by reference
    // References of one lineage lie below the same nodes, but for their name.
    uint32_t n_lineages;
    uint16_t *lineage;     // by reference
    uint32_t *first_place; // by lineage
    uint32_t *places;      // that it lies below
};

struct type_share {
    uint32_t type;
    float share;
};

struct verdict_model {
    const struct base *base;
    const struct verdict_params *params;
    const struct verdict_model *whole; // nothing left out
    const bool *is_left_out;           // by reference; NULL: none
    uint32_t n;                        // references
    uint32_t n_left;                   // of them
    struct table table[TABLE_COUNT];
    struct lists blank[VIEW_COUNT]; // the rows of GROUP_OPT by blanked options; not VIEW_PLAIN
    struct part part[N_PARTS];      // GROUP_ISN stands alone
    uint16_t *part_rows;            // of each reference, by part, and that of GROUP_ISN
    uint16_t *rows;                 // of each reference: ROWS_WIDE of them, by table
    struct shares shares;
    uint32_t *size[VERDICT_LEVELS]; // references below each node
    // Hypotheses: references, new members of classes, systems and stacks, the unknown stack.
    uint32_t first_class;
    uint32_t first_system;
    uint32_t first_stack;
    uint32_t unknown;
    uint32_t *n_systems; // of each stack
    float *prior;        // logarithm
    float *prior_score;  // the same as nats of likelihood: divided by beta
    float ref_score;     // of any reference
    // Types of devices below these nodes, by hypothesis from first_class.
    uint32_t *first_type;
    struct type_share *types;
    uint8_t *kin; // enum kin of each system, then of each stack
};

// The level of a kind of nodes.
static inline enum verdict_level model_level(int kind)
{
    static const enum verdict_level levels[NODE_KINDS] = {VERDICT_CLASS, VERDICT_SYSTEM,
                                                          VERDICT_STACK};
    return levels[kind];
}

// The kind of the node that a hypothesis from first_class on, but not the last, adds to.
static inline int model_kind(const struct verdict_model *m, uint32_t h)
{
    return h < m->first_system ? NODES_CLASS : h < m->first_stack ? NODES_SYSTEM : NODES_STACK;
}

static inline uint32_t model_first(const struct verdict_model *m, int kind)
{
    return kind == NODES_CLASS    ? m->first_class
           : kind == NODES_SYSTEM ? m->first_system
                                  : m->first_stack;
}

static inline bool model_has(const struct verdict_model *m, uint32_t ref)
{
    return !m->is_left_out || !m->is_left_out[ref];
}

static inline uint32_t model_hypotheses(const struct verdict_model *m)
{
    return m->unknown + 1;
}

// The group of an attribute and, of GROUP_OPT, which of the seven it is.
enum verdict_group group_of(int attr);
int option_attr(int option);

void level_make_all(struct base *base, struct arena *run);

// Fills level[VERDICT_STACK] (stack.c); other levels are known.
void stack_make(struct base *base, struct arena *run);

// Fills table[]; node sizes are known.
void table_make_all(struct verdict_model *m, struct arena *run);
void share_make(struct verdict_model *m, struct arena *run); // shares; table[] is known
// The same rows, but counted without what is left out.
void table_recount(struct verdict_model *m, struct arena *run);
// Priors, from params and the sizes of nodes.
void model_set_priors(struct verdict_model *m);

// Is the generation of a class the newest of a family that goes on? Sets is_open_ended.
void living_mark(struct level *classes);

// Copies s but for what a view blanks: the number behind each of its letters, or the brackets
// there.
void reading_blank(struct span s, enum view view, struct buf *b);
