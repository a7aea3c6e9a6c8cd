// SPDX-License-Identifier: Apache-2.0
// The verdict on a host as reports print it: what it runs, how probable that is, and why. Made by
// src/verdict; the model behind it: doc/verdict.md.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

enum verdict_level {
    VERDICT_NAME,
    VERDICT_CLASS,  // vendor, family, generation
    VERDICT_SYSTEM, // vendor, family
    VERDICT_FAMILY, // of whatever vendor
    VERDICT_STACK,  // of TCP/IP, whoever uses it
    VERDICT_TYPE,   // of device
    VERDICT_LEVELS,
    VERDICT_ONE_OF = VERDICT_LEVELS, // two or three systems
    VERDICT_UNKNOWN,
    VERDICT_LEVEL_COUNT,
};

enum verdict_state {
    VERDICT_NOT_ASKED,
    VERDICT_SILENT,           // nothing answered
    VERDICT_NOT_IN_REFERENCE, // which therefore says nothing
    VERDICT_AGREES,
    VERDICT_EXPLAINED, // by a hidden cause
    VERDICT_CHANGED,   // something in between or the owner did this
    VERDICT_NEW_VALUE, // that no reference shows
    VERDICT_STATE_COUNT,
};

enum verdict_cause {
    CAUSE_NONE,
    CAUSE_CLAMP, // of the MSS; windows counted in it may have changed too
    CAUSE_SHIFT, // another window scale
    CAUSE_MSS,   // another MSS of its own
    CAUSE_COUNT,
};

struct os_node {
    enum verdict_level level;
    struct span label;
    double p;
    bool is_open_ended; // "or newer", part of the label
};

struct os_reason {
    struct span group; // of tests that fail together
    struct span about; // the same for people
    enum verdict_state state;
    enum verdict_cause cause;
    double nats; // for best over rival; absent for groups that are one observation
};

// What a layer says of the system beside what TCP/IP says.
enum vote_stance {
    VOTE_AGREES,
    VOTE_DIFFERS,
    VOTE_OPEN,
    VOTE_STANCES
}; // OPEN: TCP/IP leaves it open

struct os_vote {
    struct span layer; // "services", "link address", "name"
    struct span label; // "Linux (Debian)"
    struct span where; // ports, absent = none
    enum vote_stance stance;
};

// A kind of answer that is missing, and would decide.
struct os_wish {
    struct span group;
    struct span about; // the same for people
    bool is_silent;    // it was asked and did not come
    double gain;       // nats of uncertainty that it takes away on average
};

struct os_verdict {
    struct span text;            // of the line, as read; absent: reports make it
    struct os_node answer;       // ONE_OF, UNKNOWN: without a label
    const struct os_node *nodes; // ONE_OF: which; UNKNOWN: the nearest
    uint32_t n_nodes;
    const struct os_node *path; // the most probable of each level, name first
    uint32_t n_path;
    struct os_node perfect; // matches in every test by score, but is not path[0]; label absent:
                            // there is none
    struct os_node rival;   // the strongest of another system; label absent: the unknown stack
    double unknown;         // that no reference is like it

    const struct os_reason *reasons; // most decisive first
    uint32_t n_reasons;
    uint32_t n_silent; // groups that are one observation
    double silence;    // its nats
    double prior;
    double others;
    double odds;  // the sum: logarithm of p of best over p of rival
    uint32_t mss; // that the path allows if CAUSE_CLAMP; 0: no clamp

    const struct os_vote *votes;
    uint32_t n_votes;
    bool contradicts; // services say another system than TCP/IP: they did not count
    bool is_split;    // services say several systems
    double voted;     // nats of the votes, for best over rival

    const struct os_wish *wishes; // most decisive first; with --explain
    uint32_t n_wishes;

    struct span params; // version of the model's numbers
    double threshold;   // what an answer must reach
};

// "name", "class", ...; words for programs.
const char *verdict_level_name(enum verdict_level level);
const char *verdict_state_name(enum verdict_state state);
const char *verdict_cause_name(enum verdict_cause cause);
const char *vote_stance_name(enum vote_stance stance);
