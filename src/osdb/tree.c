// SPDX-License-Identifier: Apache-2.0
// The tree: the references of all files that were added, and what was wrong with them.
// Everything lives in the arena given to osdb_tree_new; the texts are borrowed.
#include "osdb/tree.h"

enum { FILES_FIRST = 4 };

struct osdb_tree *osdb_tree_new(struct arena *run, enum quirks quirks)
{
    struct osdb_tree *tree = arena_alloc(run, sizeof *tree);
    tree->run = run;
    tree->quirks = quirks;
    return tree;
}

struct osdb_tree *osdb_tree_of(struct arena *run, enum osdb_gen gen)
{
    struct osdb_tree *tree = osdb_tree_new(run, QUIRKS_NONE);
    const struct osdb_gen_info *g = &osdb_gens[gen];
    tree->gen = gen;
    if (gen == OSDB_SECOND)
        return tree;
    for (int i = 0; i < g->n_attrs; i++)
        tree->points[g->attr + i] = 1;
    return tree;
}

struct osdb_tree *osdb_tree_for(struct arena *run, struct span text)
{
    return osdb_tree_of(run, osdb_text_gen(text));
}

struct osdb_file *osdb_tree_file(struct osdb_tree *tree, const char *name)
{
    if (tree->n_files == tree->cap_files) {
        const uint32_t cap = tree->cap_files ? 2 * tree->cap_files : FILES_FIRST;
        struct osdb_file *files = arena_array(tree->run, cap, sizeof *files);
        if (tree->n_files > 0)
            memcpy(files, tree->files, tree->n_files * sizeof *files);
        tree->files = files;
        tree->cap_files = cap;
    }
    struct osdb_file *f = &tree->files[tree->n_files++];
    f->source.name = span_str(name);
    return f;
}
