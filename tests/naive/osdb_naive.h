// SPDX-License-Identifier: Apache-2.0
// The naive twin of osdb_match: each reference in turn, expression by expression, straight from
// the tree. What the compiled matcher must equal, and what it is measured against.
#pragma once

#include "osdb/tree.h"

struct naive;

struct naive *naive_new(struct arena *run, const struct osdb_tree *tree);

void naive_match(const struct naive *n, const struct osdb_subject *subject,
                 struct osdb_result *out);

// The same list from scores made another way: each expression once for each value, no giving up.
// Some ten times as fast, for many subjects. `memo` is working memory, see naive_memo_new.
struct naive_memo;
struct naive_memo *naive_memo_new(struct arena *run, const struct naive *n);
void naive_match_memo(const struct naive *n, const struct osdb_subject *subject,
                      struct naive_memo *memo, struct osdb_result *out);
