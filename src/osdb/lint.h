// SPDX-License-Identifier: Apache-2.0
// Faults of database files beyond their grammar: what can never match, what contradicts itself,
// what stands in the way of something else.
#pragma once

#include "osdb/osdb.h"

enum osdb_fault {
    OSDB_FAULT_ERROR,   // a line or expression cannot do what it says
    OSDB_FAULT_WARNING, // legal, but hardly meant
    OSDB_FAULT_NOTE,    // may be meant; lets an entry be less useful
};

struct osdb_finding {
    enum osdb_fault fault;
    struct err_at at;
    const char *file;  // of lint_text; NULL in findings of osdb_lint_refs
    uint32_t source;   // of osdb_lint_refs: the file, in the order of osdb_tree_add
    struct span other; // the name of another entry it is about; absent if none
    uint32_t other_source;
    uint32_t other_line;
};

typedef void osdb_lint_fn(void *ctx, const struct osdb_finding *f);

// One file by itself, line by line. What the parser reports is not repeated.
void osdb_lint_text(const char *file, struct span text, osdb_lint_fn *found, void *ctx);

// The references of all files against each other: same names, same expressions, references that
// an earlier one covers, systems of different families that cannot be told apart.
void osdb_lint_refs(struct arena *scratch, const struct osdb *db, osdb_lint_fn *found, void *ctx);

// What is wrong with an expression, NULL if nothing is; *token is the part that it is about.
const char *osdb_expr_fault(int attr, struct span expr, enum osdb_fault *fault, struct span *token);
