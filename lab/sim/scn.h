// SPDX-License-Identifier: Apache-2.0
// Scenario files: a network, a command line and what is expected of it, as text. The language is
// described in doc/scenarios.md.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "lab/sim/sim.h"

enum {
    SCN_TEXT_MAX = 1 << 20,
    SCN_ARGS_MAX = 64,
    SCN_VARIANTS_MAX = 4096,
    SCN_INCLUDE_DEPTH = 4,
};

// How included and compared files are read.
struct scn_files {
    // The text of a file; absent if there is none. Valid as long as the arena.
    struct span (*load)(void *ctx, struct arena *arena, struct span name);
    void *ctx;
};

enum scn_what { SCN_EXIT, SCN_TIME, SCN_PACKETS, SCN_CONTAINS, SCN_LACKS, SCN_LINES, SCN_FILE };
enum scn_op { SCN_EQ, SCN_NE, SCN_LE, SCN_GE, SCN_LT, SCN_GT };

struct scn_expect {
    const struct scn_expect *next;
    enum scn_what what;
    bool is_stderr;
    enum scn_op op;
    uint64_t number;  // count, exit code, nanoseconds
    struct span text; // looked for, or name of a file or a packet kind
    uint32_t line;
};

struct scn_personality {
    const struct scn_personality *next;
    struct span name;
    struct personality personality;
};

struct scn_entry {
    struct scn_entry *next;
    struct sim_host host;
};

struct scn {
    struct sim_config config; // hosts are filled in by scn_build
    const struct scn_personality *personalities;
    struct scn_entry *entries; // last one first
    uint32_t n_entries;
    const char *argv[SCN_ARGS_MAX + 1]; // argv[0] is the program's name
    int argc;                           // 0: the scenario runs nothing
    const struct scn_expect *expects;   // last one first
    struct span known;                  // why this one is known to fail, absent if it is not
    uint32_t n_variants;                // 1 without "for"
    struct span label;                  // values of the "for" variables of this variant, ""
    struct span file;                   // where reading stopped: absent = the text itself
};

// Reads variant number `variant` (from 0). On an error at has line, column and token.
enum err scn_parse(struct arena *arena, const struct scn_files *files, struct span text,
                   uint32_t variant, struct scn *out, struct err_at *at);

// Makes the configuration complete; everything lives in the arena.
void scn_build(struct arena *arena, struct scn *scn);

struct scn_outcome {
    int exit_code;
    struct span out;
    struct span err;
    uint64_t time_ns; // virtual time the run took
    struct sim_counts counts;
};

// Writes why each unmet expectation failed, separated by "; ". True if all were met.
bool scn_check(struct arena *arena, const struct scn *scn, const struct scn_files *files,
               const struct scn_outcome *outcome, struct buf *why);
