// SPDX-License-Identifier: Apache-2.0
// What a report must know of the whole run.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

struct services;

struct scan {
    struct span version;  // "0.1.0"
    struct span platform; // "x86_64-linux-gnu"
    struct span command;  // the arguments, quoted where needed
    int64_t started;      // unix seconds
    int verbose;
    int debug;
    bool show_reasons;
    bool open_only;
    bool does_os;               // -O
    bool does_services;         // -sV
    uint32_t version_intensity; // 0..9, of -sV
    bool explains;              // --explain
    bool is_saved;              // fingerprints were read, not taken: shown only when asked for
    bool os_guess;
    int quirks; // 0, 793 or 7991: whose rule PV of the SCAN line follows (spec 4.3)
    uint32_t ports_per_host;
    const struct services *services;

    // Filled while it runs.
    uint64_t n_targets;
    uint64_t n_up;
    uint64_t elapsed_ns;
    uint64_t sent_packets;
    uint64_t sent_bytes;
    uint64_t received_packets;
    uint64_t received_bytes;
    bool is_interrupted;
};
