// SPDX-License-Identifier: Apache-2.0
// What would decide: by how much each kind of answer that is missing would lower the uncertainty
// between the systems that are still possible.
#pragma once

#include "verdict/verdict.h"

struct verdict_wish {
    enum verdict_group group; // OPT stands for all that an open port shows
    bool is_silent;           // it was asked and did not answer
    double gain;              // nats of entropy that an answer takes away, on average
};

struct verdict_wishes {
    uint32_t n;
    struct verdict_wish wish[GROUP_COUNT]; // most decisive first
};

// Works in scratch: what it held of another verdict is lost.
void verdict_decide(const struct verdict_model *model, const struct osdb_subject *tries, uint32_t n,
                    struct verdict_scratch *scratch, struct verdict_wishes *out);

// The tests whose answers show a group, as bits of enum osdb_test.
uint32_t verdict_wish_tests(enum verdict_group group);
