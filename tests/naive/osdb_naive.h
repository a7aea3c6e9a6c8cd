// SPDX-License-Identifier: Apache-2.0
// The naive twin of osdb_match: each reference in turn, expression by expression, straight from
// the tree. What the compiled matcher must equal, and what it is measured against.
#pragma once

#include "osdb/tree.h"

struct naive;

// tree: as parsed, or a copy of it with only some of its entries.
struct naive *naive_new(struct arena *run, const struct osdb_tree *tree);

void naive_match(const struct naive *n, const struct osdb_subject *subject,
                 struct osdb_result *out);
