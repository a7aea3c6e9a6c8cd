// SPDX-License-Identifier: Apache-2.0
#include "svdb/compile.h"

uint32_t svdb_rule_names(const struct svdb_tree_rule *rule)
{
    (void)rule;
    return 0;
}
