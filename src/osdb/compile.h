// SPDX-License-Identifier: Apache-2.0
// Private to osdb: the state while a block is made. compile.c writes down what the references
// are, index.c how the values of one attribute are looked up.
#pragma once

#include "base/pile.h"
#include "osdb/tree.h"
#include "osdb/view.h"

struct compile {
    const struct osdb_tree *tree;
    const struct osdb_gen_info *gen; // only its attributes exist
    struct arena *arena;             // everything here is scratch
    uint32_t row;                    // bytes
    struct intern text;
    struct intern line;  // PART_LINE_EXPR
    struct intern shape; // PART_SHAPE
    struct intern class; // PART_CLASS
    struct intern cpes;  // PART_CPE: whole lists
    struct intern rows;  // PART_ROW
    struct pile part[PART_COUNT];
    uint32_t *cell[ATTR_COUNT]; // the expression of each reference, or BLOCK_NONE
    struct block_attr attr[ATTR_COUNT];
};

struct block_text compile_text(struct compile *c, struct span s);

// Fills c->attr[attr] from c->cell[attr]; expressions first .. first + n - 1 are in PART_EXPR.
void compile_index(struct compile *c, int attr);
