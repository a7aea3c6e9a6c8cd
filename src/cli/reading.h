// SPDX-License-Identifier: Apache-2.0
// Saved scans from files: bytes to the reader, what is damaged to the user.
#pragma once

#include <stdbool.h>

#include "report/writer.h"
#include "saved/records.h"

struct cli_env;

struct reading {
    const struct cli_env *env;
    struct writer *err;
    record_fn *call; // never gets RECORD_DAMAGE
    void *ctx;
    bool must_end; // set by call: nothing more is to be read
    // Results.
    uint32_t n_damaged; // records; an end that is missing is told, but not counted
    bool is_read;       // all of the last file: the system refused nothing
    bool has_end;       // of the last file
    uint64_t n_whole;   // bytes of its whole lines
    enum record_format format;
    struct span file;
};

// Reads one file; - is standard input. False (told) if the system refuses or it is no saved scan.
bool reading_file(struct arena *run, struct reading *r, struct span path);
