// SPDX-License-Identifier: Apache-2.0
// Faults of service-probe files beyond their grammar: what can never be reached or told, what
// has no effect, what is missing. What the parser reports is not repeated.
#pragma once

#include "svdb/svdb.h"

enum svdb_fault {
    SVDB_FAULT_ERROR,   // can never do what it says
    SVDB_FAULT_WARNING, // legal, but hardly meant
    SVDB_FAULT_NOTE,    // may be meant
};

struct svdb_finding {
    enum svdb_fault fault;
    struct err_at at;
    uint32_t source;   // the file, in the order of svdb_tree_add
    struct span other; // what it is about beside; absent if nothing
    uint32_t other_line;
};

typedef void svdb_lint_fn(void *ctx, const struct svdb_finding *f);

// Every file by itself: in the reference scanner it stands alone. `scratch` is rewound: not for
// what `found` keeps.
void svdb_lint(struct arena *scratch, const struct svdb_tree *tree, svdb_lint_fn *found, void *ctx);
