// SPDX-License-Identifier: Apache-2.0
// Database files -> one compiled database, from the cache where it has one for exactly these
// contents. The key is a digest of all contents, names and modes: nothing stale can be found.
// What kind of database it is, osload.c and svload.c say.
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "report/writer.h"

struct dbload_input {
    struct span name; // path, ends with NUL
    struct span text; // absent: in the file
};

struct dbload_source {
    struct span name;
    uint32_t n_broken;
};

struct dbload_diag {
    uint32_t source;
    struct err_at at;
};

struct dbload_kind {
    const char *prefix; // of its files in the cache
    const char *label;  // of arenas, and in errors
    const char *taken;  // what became of the cache
    const char *kept;
    const char *not_kept;
    const char *too_big;
    void *(*tree_new)(struct arena *texts, uint32_t mode);
    void (*add)(void *tree, const char *file, struct span text);
    enum err (*compile)(struct arena *run, struct arena *scratch, const void *tree,
                        struct span *out);
    enum err (*open)(struct arena *run, struct span block, const void **db, struct err_at *at);
    uint32_t (*n_sources)(const void *db);
    struct dbload_source (*source)(const void *db, uint32_t source);
    uint32_t (*n_diags)(const void *db);
    struct dbload_diag (*diag)(const void *db, uint32_t diag);
};

struct dbload {
    const struct dbload_kind *kind;
    uint32_t mode;                     // goes into the key and to tree_new
    const struct dbload_input *inputs; // first come first in ties
    uint32_t n_inputs;
    struct span cache; // folder; absent: none
    bool is_noted;     // what became of the cache is told
};

struct dbload_result {
    const void *db;
    struct span mapped; // for cache_close, absent if the cache had nothing
    struct span block;  // the database as bytes, wherever it lies
    bool is_kept;       // the cache has it now
    uint32_t n_broken;
};

// Broken lines are told on err and do not fail. False, told too: a file cannot be read, or all is
// too much.
bool dbload_run(struct arena *run, const struct dbload *l, struct dbload_result *out,
                struct writer *err);
