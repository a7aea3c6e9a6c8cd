// SPDX-License-Identifier: Apache-2.0
// What a host runs, as calibrated probabilities with reasons, from its OS fingerprint and the
// references of a database. Pure. The model and what its numbers were learnt from: doc/verdict.md.
#pragma once

#include "model/verdict.h"
#include "osdb/osdb.h"

// Attributes that fail together for one reason.
enum verdict_group {
    GROUP_OPT,    // O1-O6, O of ECN
    GROUP_WIN,    // W1-W6, W of ECN
    GROUP_TTL,    // T, TG
    GROUP_DF,     // DF, DFI
    GROUP_ISN,    // SP, GCD, ISR
    GROUP_IPID,   // TI, CI, II, SS
    GROUP_TS,     // TS
    GROUP_SYNACK, // the rest of T1 and ECN
    GROUP_ODD,    // T2, T3
    GROUP_ACK,    // T4
    GROUP_CLOSED, // T5-T7
    GROUP_U1,
    GROUP_IE,
    GROUP_COUNT,
};

extern const char *const verdict_group_names[GROUP_COUNT];

struct verdict_params {
    const char *version;
    double q[GROUP_COUNT];   // how often a whole group says something else
    double phi[GROUP_COUNT]; // how often all its probes go unanswered; 0: not modeled
    // What an expression loses by accepting much, as exponent: alternatives of attributes that move
    // together are one choice, not several.
    double wide[GROUP_COUNT];
    double beta;       // what independence between groups is worth
    double beta_quiet; // the same where nothing but SYN-ACKs gets out: fewer groups, less in common
    double nu;         // share of values that nobody has shown, in the background
    double nu_unknown; // the same for a stack that is not in the database
    double q_class;    // as q, for a new member of a class
    double q_system;   // and of a vendor's family
    double q_stack;    // and of a stack
    double p_class;    // prior of a new member of some class
    double p_system;   // of some vendor's family
    double p_stack;    // of some stack, another vendor's
    double p_unknown;  // of something else
    double k;          // priors of nodes grow as their size to this power,
    double k_stack;    // of stacks as the number of systems that use them
    double eps;        // a word that the expression does not accept
    double phi0;       // an answer that did not come
    double psi;        // an answer that should not come
    double absent;     // the reference does not tell this of the group
    double w_silent;   // a filter lets out only what answers SYN to open ports
    double p_clamp;    // hidden causes: the MSS was clamped on the way,
    double p_shift;    // the window scale is set differently,
    double p_mss;      // or the MSS is
    double threshold;  // what an answer must reach
};

extern const struct verdict_params verdict_params;

enum { VERDICT_REFS_MAX = 65000 };

// A database of the second generation made ready, with VERDICT_REFS_MAX references at most: borrows
// `db`, which must stay.
struct verdict_model;
struct verdict_model *verdict_model_new(struct arena *run, const struct osdb *db,
                                        const struct verdict_params *params);

// The same as if some references did not exist: one flag each.
const struct verdict_model *verdict_model_without(struct arena *run,
                                                  const struct verdict_model *model,
                                                  const bool *is_left_out);

// Working memory of one thread; holds what the last verdict_judge computed.
struct verdict_scratch;
struct verdict_scratch *verdict_scratch_new(struct arena *run, const struct verdict_model *model);

enum { VERDICT_NODES = 3 };

// A node of the tree. Texts that its level has not are absent.
struct verdict_node {
    enum verdict_level level;
    uint32_t id; // among those of its level; UINT32_MAX: the unknown stack
    double p;
    struct span vendor;
    struct span family;
    struct span generation;
    struct span text;   // name or type
    bool is_open_ended; // "or newer"
};

struct verdict {
    enum verdict_level level; // of the answer; STACK: path[STACK]
    double p;                 // of the answer: that any of its nodes is right
    uint32_t n;               // of node[]; STACK, UNKNOWN: the nearest systems
    struct verdict_node node[VERDICT_NODES];
    struct verdict_node path[VERDICT_LEVELS]; // the most probable of each level
    struct verdict_node rival;                // the strongest outside of the best system
    double unknown;                           // that no reference is like it
    uint32_t best_ref;                        // UINT32_MAX: there are none
    bool contradicts;                         // votes say another system; they did not count
};

// tries: fingerprints of one host, first one first; at least one.
void verdict_judge(const struct verdict_model *model, const struct osdb_subject *tries, uint32_t n,
                   struct verdict_scratch *scratch, struct verdict *out);

// The same with the votes of other layers (verdict/fuse.h): those that agree with what TCP/IP
// finds, or where it finds little, count; if it is sure of something else none does, and
// `contradicts` is set. Sets their stances.
struct verdict_votes;
void verdict_judge_all(const struct verdict_model *model, const struct osdb_subject *tries,
                       uint32_t n, struct verdict_votes *votes, struct verdict_scratch *scratch,
                       struct verdict *out);

// After verdict_judge: the probability of the node of a level that a reference lies below; the
// largest if there are several.
double verdict_probability(const struct verdict_model *model, const struct verdict_scratch *scratch,
                           enum verdict_level level, uint32_t ref);
