// SPDX-License-Identifier: Apache-2.0
// The naive twin of svdb_find: every expression in the order of the files, with plain PCRE2. It
// works on the tree and knows nothing of blocks, joined probes or candidates.
#pragma once

#include "svdb/svdb.h"

struct svnaive;

struct svnaive_hit {
    uint32_t source;
    uint32_t line;
    bool is_soft;
    uint32_t n_groups;
    struct span group[SVDB_GROUPS];
};

struct svnaive *svnaive_new(struct arena *run, const struct svdb_tree *tree);
void svnaive_free(struct svnaive *n);

// The probe is named by what it sends; nothing: the NULL probe.
bool svnaive_find(struct svnaive *n, enum svdb_proto proto, struct span payload,
                  struct span response, struct svnaive_hit *out);
