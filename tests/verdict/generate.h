// SPDX-License-Identifier: Apache-2.0
// Hosts made up from references, and what paths and owners do to them.
#pragma once

#include "base/rng.h"
#include "verdict/model.h"

enum { HOST_TEXT = 1 << 15, ALTERNATIVES = 64 };

enum condition {
    COND_CLEAN,
    COND_SETTINGS, // the owner switched something off or set it differently
    COND_LOSS,     // of one line in seven
    COND_NO_CLOSED,
    COND_NO_UDP,  // or no ICMP, or neither
    COND_SYNACKS, // nothing else gets out
    COND_CLAMP,
    COND_REWRITTEN, // TTL, DF
    COND_JITTER,
    COND_SEVERAL, // two or three of those above
    COND_ENTRY,   // left out: the entry,
    COND_NAME,    // all of its name,
    COND_CLASSES, // of any of its classes,
    COND_SYSTEMS, // of any of its vendors' families
    COND_COUNT,
};

extern const char *const condition_names[COND_COUNT];

struct host {
    struct rng rng;
    const struct verdict_model *model;
    uint32_t ref;
    uint32_t choice[ALTERNATIVES]; // which of n alternatives
    double hops;                   // 0 .. 1: error of the distance
    struct osdb_subject subject;
    size_t used;
    char text[HOST_TEXT];
};

void host_draw(struct host *h, uint32_t ref);
void host_damage(struct host *h, enum condition c);

// The model without what the condition leaves out: that of the host if it leaves out nothing.
const struct verdict_model *host_model(struct arena *a, const struct host *h, enum condition c);
// Whether two references have a node of a level in common.
bool host_shares(const struct base *base, enum verdict_level which, uint32_t a, uint32_t b);

// A fingerprint that was recorded, and what it is of.
struct recorded {
    struct osdb_subject seen;
    uint32_t ref;
};

// Blocks "Truth LINE" and test lines, as lab/os-runs.sh writes them; how many there are. Broken
// ones are told, then there are none.
uint32_t recorded_read(struct arena *a, const struct osdb *db, const char *path,
                       struct recorded **out);
// Damage is in them already: as many as of made up hosts are asked with something left out.
enum condition recorded_condition(uint32_t i);

// A whole file; absent: there is none.
struct span host_read_file(struct arena *a, const char *path);

// Room in the host's text for a value.
struct span host_value(struct host *h, const char *bytes, size_t len);
