// SPDX-License-Identifier: Apache-2.0
// The command line of tunhosts.
#pragma once

#include "lab/hosts/narrow.h"
#include "lab/netns/tunhosts/crowd.h"

struct options {
    const char *db;
    const char *device;
    const char *key; // file, NULL = none
    struct span keys;
    struct span lines; // of the references to use, absent = all
    uint32_t own;
    uint32_t bits;
    uint64_t rtt_ns;
    uint64_t jitter_ns;
    struct narrow narrow;
    struct crowd_config crowd;
};

// False: a message was printed.
bool options_parse_args(struct arena *run, int argc, char **argv, struct options *out);
