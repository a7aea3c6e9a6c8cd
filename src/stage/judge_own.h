// SPDX-License-Identifier: Apache-2.0
// Private to the judge: what its files share.
#pragma once

#include "stage/judge.h"
#include "verdict/verdict.h"

struct finding;
struct os_result;

struct judge {
    struct arena *run;
    const struct osdb *db;
    const struct verdict_model *model; // NULL: not yet
    struct verdict_scratch *scratch;
    struct osdb_scratch *match;
    uint32_t best_ref; // of the last host
    bool explains;
};

void judge_put(struct host *h, const struct finding *found, uint32_t n);

// The fingerprints that the verdict on the host is to read: those of OS detection, or if the port
// that it asked is another machine's, with the SYN-ACKs of the host's own.
struct judge_tries {
    const struct osdb_subject *subject;
    uint32_t n;
    bool is_replaced;              // the SYN-ACKs of OS detection are left out
    const struct os_result *known; // what fits the first one; NULL: not known
};

// Tells the machines behind the address, from the ports that were asked again.
void judge_ends(struct judge *j, struct host *h, struct judge_tries *tries);
