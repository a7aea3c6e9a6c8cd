// SPDX-License-Identifier: Apache-2.0
// Private to svdb: the state of svdb_lint. lint.c looks at probes, lintrules.c at each rule,
// lintreach.c at the rules of a probe against each other.
#pragma once

#include "svdb/lint.h"
#include "svdb/tree.h"

struct svdb_lint {
    struct arena *scratch;
    svdb_lint_fn *found;
    void *ctx;
    uint32_t source;
};

// Fills in what is wrong and where, and hands it on; place and fault are set.
void svdb_lint_tell(const struct svdb_lint *l, struct svdb_finding *f, const char *what,
                    struct span token);

struct span svdb_lint_rule_line(const struct svdb_tree_rule *rule);
void svdb_lint_rule(const struct svdb_lint *l, const struct svdb_tree_rule *rule);
void svdb_lint_reach(const struct svdb_lint *l, const struct svdb_tree_probe *probe);
