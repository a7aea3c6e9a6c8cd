// SPDX-License-Identifier: Apache-2.0
// Private to svdb: the state while a block is made. compile.c writes rules and probes down,
// join.c finds out which probes of the files are one and what is asked for them.
#pragma once

#include "base/pile.h"
#include "svdb/block.h"
#include "svdb/tree.h"

struct svdb_compile {
    const struct svdb_tree *tree;
    struct arena *arena; // everything here is scratch
    struct intern text;
    struct intern keys; // protocol and payload: one for each probe of the block
    uint32_t n_probes;
    uint32_t **id;               // [file][probe of the file]: probe of the block
    struct svblock_slice **list; // [file][probe of the block]: its rules
    struct svblock_head head;
    struct pile part[SVPART_COUNT];
};

struct svblock_text svdb_compile_text(struct svdb_compile *c, struct span s);
uint32_t svdb_compile_n(const struct svdb_compile *c, enum svblock_part part);

void svdb_join_probes(struct svdb_compile *c);
// Behind join_probes, and the lists must be known.
void svdb_join_lists(struct svdb_compile *c);

// Flags SVRULE_NAMES and SVRULE_BINARY of a rule.
uint32_t svdb_rule_names(const struct svdb_tree_rule *rule);
