// SPDX-License-Identifier: Apache-2.0
// Private to discovery: is the host there, asked without privilege, by connecting to two ports.
#pragma once

#include "stage/pipeline.h"

enum { KNOCK_PORTS = 2 };

struct knock {
    struct knock_door {
        struct visit *visit;
        struct stream *stream; // NULL: not under way
    } door[KNOCK_PORTS];
    uint32_t rounds; // begun
    uint64_t sent_ns;
    bool is_answered;
    enum reason reason;
    uint64_t answered_ns;
};

// Begins a round.
void knock_round(struct visit *v, struct knock *k);

// Ends what is under way.
void knock_close(struct knock *k);
