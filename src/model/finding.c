// SPDX-License-Identifier: Apache-2.0
#include "model/finding.h"

const char *finding_name(enum finding_kind kind)
{
    static const char *const names[FINDING_KINDS] = {
        "path",     "behind",    "stacks",   "proxy",    "another",
        "disguise", "container", "balancer", "all-open", "machine"};
    return names[kind];
}
