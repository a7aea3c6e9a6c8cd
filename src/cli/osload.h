// SPDX-License-Identifier: Apache-2.0
// OS database files -> one compiled database, from the cache where it has one for exactly these
// contents. The key is a digest of all contents, names and modes: nothing stale can be found.
#pragma once

#include "osdb/osdb.h"
#include "report/writer.h"

struct osload_input {
    struct span name; // path, ends with NUL
    struct span text; // absent: in the file
};

struct osload {
    enum quirks quirks;
    const struct osload_input *inputs; // first come first in ties
    uint32_t n_inputs;
    struct span cache; // folder; absent: none
    bool is_noted;     // what became of the cache is told
};

struct osload_result {
    const struct osdb *db;
    struct span mapped; // for cache_close, absent if the cache had nothing
    struct span block;  // the database as bytes, wherever it lies
    bool is_kept;       // the cache has it now
    uint32_t n_broken;
};

// Broken lines are told on err and do not fail. False, told too: a file cannot be read, or all is
// too much.
bool osload_run(struct arena *run, const struct osload *l, struct osload_result *out,
                struct writer *err);
