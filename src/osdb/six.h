// SPDX-License-Identifier: Apache-2.0
// Identification of an IPv6 host by references that were taken over IPv4: its attributes are
// projected, each onto a few values that the same stack may show there, and scored with regard to
// how much of what was seen the reference speaks of. Source: os-ipv6 spec 2.1, 2.4.
#pragma once

#include "base/arena.h"
#include "osdb/osdb.h"

enum { OSDB_SIX_VALUES = 4 };

// What the attributes of a subject may be over IPv4.
struct osdb_projection {
    struct span value[ATTR_COUNT][OSDB_SIX_VALUES];
    uint8_t n[ATTR_COUNT]; // 0: not compared
};

// The strings live in the arena or are those of the subject.
void osdb_project(struct arena *a, const struct osdb_subject *subject, struct osdb_projection *out);

// Twice the points of an attribute; of those that other things than the stack decide (hop limits,
// ICMP) once.
uint32_t osdb_six_weight(const struct osdb *db, int attr);

// Twice the points of all attributes that can be compared at all.
uint32_t osdb_six_total(const struct osdb *db);

enum osdb_six_state {
    OSDB_SIX_NAMED,
    OSDB_SIX_WEAK, // too little was seen to name anything
    OSDB_SIX_FAR,  // nothing is near enough: the matches are guesses
};

struct osdb_six_match {
    uint32_t ref;
    uint32_t compared; // twice the points
    double score;
};

struct osdb_six_result {
    enum osdb_six_state state;
    uint32_t observed; // twice the points
    uint32_t total;
    uint32_t n;           // matches, best first, of each name the best
    uint32_t n_tied;      // of these, as good as the best within half a hundredth
    uint32_t n_ruled_out; // by osdb_six_decide
    struct osdb_six_match match[LIMIT_OS_MATCHES];
};

void osdb_six_match(const struct osdb *db, const struct osdb_projection *p,
                    struct osdb_scratch *scratch, struct osdb_six_result *out);

// Scores nearer to each other do not decide.
#define OSDB_SIX_NEAR 0.02

// Says again what the matches are worth, after some were taken out.
void osdb_six_judge(const struct osdb *db, struct osdb_six_result *r);

// How well a reference of what IPv6 alone has fits.
struct osdb_native_fit {
    uint32_t ref;
    uint32_t agreed; // attributes
    uint32_t compared;
    double share; // of the points; 0: too few attributes
};

struct osdb_native {
    const struct osdb *db;
    const struct osdb_native_fit *fit; // by reference
    uint32_t n;
    uint32_t best;
    bool is_known; // enough was compared with the best
};

// db: of OSDB_NATIVE; NULL: there is none.
void osdb_native_match(struct arena *a, const struct osdb *db, const struct osdb_subject *subject,
                       struct osdb_native *out);

// Where one of the best fits what IPv6 alone has, those whose families do not are taken out.
void osdb_six_decide(const struct osdb *db, const struct osdb_native *native,
                     struct osdb_six_result *r);

// Of each attribute the value that the reference accepts, else the first; absent if it is not
// compared.
void osdb_six_pick(const struct osdb *db, const struct osdb_projection *p, uint32_t ref,
                   struct osdb_subject *out);

// How many attributes of the same host, seen over both families, can be compared, and how many
// agree. What the moment and the way decide is left out.
void osdb_six_compare(struct arena *a, const struct osdb_subject *six,
                      const struct osdb_subject *four, uint32_t *agreed, uint32_t *compared);
