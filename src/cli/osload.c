// SPDX-License-Identifier: Apache-2.0
#include "cli/osload.h"

static void *tree_new(struct arena *texts, uint32_t mode)
{
    return osdb_tree_new(texts, (enum quirks)mode);
}

static void *tree_new_first(struct arena *texts, uint32_t mode)
{
    (void)mode; // one behaviour for all
    return osdb_tree_of(texts, OSDB_FIRST);
}

static void *tree_new_native(struct arena *texts, uint32_t mode)
{
    (void)mode; // likewise
    return osdb_tree_of(texts, OSDB_NATIVE);
}

static void add(void *tree, const char *file, struct span text)
{
    (void)osdb_tree_add(tree, file, text, NULL, NULL); // told from the block
}

static enum err compile(struct arena *run, struct arena *scratch, const void *tree,
                        struct span *out)
{
    return osdb_compile(run, scratch, tree, out);
}

static enum err open_block(struct arena *run, struct span block, const void **db, struct err_at *at)
{
    const struct osdb *opened;
    const enum err err = osdb_open(run, block, &opened, at);
    if (!err)
        *db = opened;
    return err;
}

static uint32_t n_sources(const void *db)
{
    return osdb_n_sources(db);
}

static struct dbload_source source(const void *db, uint32_t number)
{
    const struct osdb_source s = osdb_source_at(db, number);
    return (struct dbload_source){s.name, s.n_broken};
}

static uint32_t n_diags(const void *db)
{
    return osdb_n_diags(db);
}

static struct dbload_diag diag(const void *db, uint32_t number)
{
    const struct osdb_diag d = osdb_diag_at(db, number);
    return (struct dbload_diag){d.source, d.at};
}

// A block is read alike, whatever the tests in it.
#define SAME_DOORS                                                                                \
    .add = add, .compile = compile, .open = open_block, .n_sources = n_sources, .source = source, \
    .n_diags = n_diags, .diag = diag

const struct dbload_kind osload_kind = {
    .prefix = "osdb",
    .label = "OS databases",
    .taken = "OS databases taken from the cache",
    .kept = "OS databases compiled and put into the cache",
    .not_kept = "OS databases compiled; the cache cannot be written",
    .too_big = "the OS databases are too big together",
    .tree_new = tree_new,
    SAME_DOORS,
};

const struct dbload_kind osload_first_kind = {
    .prefix = "osdb1",
    .label = "first-generation OS databases",
    .taken = "first-generation OS databases taken from the cache",
    .kept = "first-generation OS databases compiled and put into the cache",
    .not_kept = "first-generation OS databases compiled; the cache cannot be written",
    .too_big = "the first-generation OS databases are too big together",
    .tree_new = tree_new_first,
    SAME_DOORS,
};

const struct dbload_kind osload_native_kind = {
    .prefix = "osdb6",
    .label = "IPv6 databases",
    .taken = "IPv6 databases taken from the cache",
    .kept = "IPv6 databases compiled and put into the cache",
    .not_kept = "IPv6 databases compiled; the cache cannot be written",
    .too_big = "the IPv6 databases are too big together",
    .tree_new = tree_new_native,
    SAME_DOORS,
};
