// SPDX-License-Identifier: Apache-2.0
// Private to discovery: is the host there, asked without privilege, by connecting.
#pragma once

#include "stage/pipeline.h"

struct knock {
    struct knock_door {
        struct visit *visit;
        struct stream *stream; // NULL: not under way
    } * door;                  // plan->n_knocks of them; NULL before the first round
    uint32_t n;
    uint32_t rounds; // begun
    uint64_t sent_ns;
    bool is_answered;
    enum reason reason;
    int64_t rtt_us; // of the answer
};

// Begins a round.
void knock_round(struct visit *v, struct knock *k);

// When the last connection of the round began; UINT64_MAX: one waits for its turn.
uint64_t knock_begun(const struct knock *k);

// Ends what is under way.
void knock_close(struct knock *k);
