// SPDX-License-Identifier: Apache-2.0
#include "svdb/tree.h"

struct svdb_tree *svdb_tree_new(struct arena *run)
{
    struct svdb_tree *tree = arena_alloc(run, sizeof *tree);
    tree->run = run;
    tree->files.arena = run;
    return tree;
}

const struct svdb_tree_probe *svdb_file_named(const struct svdb_file *f, enum svdb_proto proto,
                                              struct span name)
{
    const struct svdb_tree_probe *other = NULL;
    for (uint32_t i = 0; i < svdb_file_n_probes(f); i++) {
        const struct svdb_tree_probe *p = svdb_file_probe(f, i);
        if (!span_eq(p->name, name))
            continue;
        if (p->proto == proto)
            return p;
        other = other ? other : p;
    }
    return other;
}
