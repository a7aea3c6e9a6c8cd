// SPDX-License-Identifier: Apache-2.0
// PCRE2 with the dialect and the limits of spec section 1.7. Its memory comes from base/vec.h.
#pragma once

#include "svdb/re.h"

enum {
    PCRE_MATCH_LIMIT = 50000, // steps from one start position
    PCRE_DEPTH_LIMIT = 1000,
    PCRE_HEAP_LIMIT = 10240, // KiB
};

struct pcre;      // what it takes to compile and to match, for one thread
struct pcre_code; // one expression, compiled

struct pcre *pcre_open(struct arena *run);
void pcre_close(struct pcre *p);

// NULL: not accepted, and *at says why.
struct pcre_code *pcre_compile(const struct pcre *p, const struct re_rule *rule, struct err_at *at);
void pcre_free(struct pcre_code *code);
bool pcre_matches_empty(const struct pcre_code *code);

enum pcre_said {
    PCRE_NO,
    PCRE_YES,
    PCRE_LIMIT, // ended by a limit, which counts as no match
    PCRE_CUT    // not decided: the budget is used up
};

// The groups of *out are set with PCRE_YES. What was done, or might have been, is taken from
// *budget; its unit is a step of PCRE2 in a short subject.
enum pcre_said pcre_match(struct pcre *p, const struct pcre_code *code, struct span subject,
                          uint64_t *budget, struct re_hit *out);
