// SPDX-License-Identifier: Apache-2.0
// Whether a personality is what it is meant to be: some references contradict themselves, tell of
// what no host can do (a TTL above 255), or are shared by more than a report can list.
#pragma once

#include "lab/hosts/personality.h"
#include "osdb/osdb.h"

// The database and working memory of the check.
struct sure {
    const struct osdb *db;
    struct osdb_scratch *scratch;
    struct arena arena;
};

void sure_init(struct sure *s, struct arena *run, const struct osdb *db);
void sure_fini(struct sure *s);

// True if a host of this kind is found by a port scan, and its reference is among the perfect
// matches of what it answers when nothing is lost or late.
bool sure_is(struct sure *s, const struct personality *p, uint32_t ref);
