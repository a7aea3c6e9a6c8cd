// SPDX-License-Identifier: Apache-2.0
// Why a verdict is what it is: what each group of attributes says for the best node beside the
// strongest rival, in nats; and whether one machine answered.
#pragma once

#include "verdict/verdict.h"

struct verdict_reason {
    enum verdict_group group;
    enum verdict_state state;
    enum verdict_cause cause;
    double nats; // for best over rival
};

struct verdict_reasons {
    struct verdict_reason reason[GROUP_COUNT]; // most decisive first
    uint32_t n_silent; // groups that are one observation, of `silence` nats; 0: not so
    double silence;
    double prior;
    double voted;  // by other layers
    double others; // the rest: other hypotheses below the two nodes
    double odds;   // the sum: logarithm of p of best over p of rival
    uint32_t mss;  // CAUSE_CLAMP: that the path allows; 0: no clamp
};

// After verdict_judge. best is path[VERDICT_SYSTEM] or the unknown stack if that is more probable.
void verdict_explain(const struct verdict_model *model, const struct verdict_scratch *scratch,
                     const struct verdict *verdict, struct verdict_reasons *out);

// Two references beside each other: `others` is 0. A reference that the model has not is the
// unknown stack.
void verdict_explain_refs(const struct verdict_model *model, const struct verdict_scratch *scratch,
                          uint32_t best, uint32_t rival, struct verdict_reasons *out);

enum verdict_side {
    SIDE_SYNACK, // open ports
    SIDE_RST,    // closed ports
    SIDE_ICMP,
    SIDE_COUNT,
};

// Which side an attribute is of.
enum verdict_side verdict_side_of(int attr);

struct verdict_machines {
    double k;              // > 0: two machines explain the answers better than one
    enum verdict_side odd; // the side that another machine answers
    bool is_known;         // at least two sides answered
};

// Works in scratch: call it before verdict_judge.
void verdict_split(const struct verdict_model *model, const struct osdb_subject *tries, uint32_t n,
                   struct verdict_scratch *scratch, struct verdict_machines *out);

// Two ports, by what their SYN-ACKs show: logarithm of the odds that two machines answer.
double verdict_ports(const struct verdict_model *model, const struct osdb_subject *a,
                     const struct osdb_subject *b, struct verdict_scratch *scratch);

// What a rewriter of packets can change (options, windows, TTLs, timestamps) against what it
// cannot: as verdict_split, with the system that each part makes most probable.
struct verdict_disguise {
    double k;
    struct verdict_node surface;
    struct verdict_node depth;
};

void verdict_unmask(const struct verdict_model *model, const struct osdb_subject *tries, uint32_t n,
                    struct verdict_scratch *scratch, struct verdict_disguise *out);
