// SPDX-License-Identifier: Apache-2.0
// What differs between two records of one host, and whether that tells of the host or only of the
// measuring. Identity: what is open, what speaks there, which system it is. Noise: an answer that
// came once and not the other time, another order of guesses, distance, uptime. What one side did
// not look at is no difference.
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "model/host.h"

enum difference_kind {
    DIFFERENCE_STATE,
    DIFFERENCE_NAME,
    DIFFERENCE_MAC,
    DIFFERENCE_PORT,
    DIFFERENCE_SERVICE,
    DIFFERENCE_CERTIFICATE,
    DIFFERENCE_OS,
    DIFFERENCE_RESTART,
    DIFFERENCE_DISTANCE,
};

struct difference {
    enum difference_kind kind;
    const struct port *port; // of ports, services and certificates
    struct span before;      // words; absent = nothing was there
    struct span after;
    const char *noise; // why it is only noise; NULL: it is none
};

typedef void difference_fn(void *ctx, const struct difference *d);

// "port", "service", ...
const char *difference_name(enum difference_kind kind);

// The texts that are told live in a.
void compare_hosts(struct arena *a, const struct host *before, const struct host *after,
                   difference_fn *call, void *ctx);
