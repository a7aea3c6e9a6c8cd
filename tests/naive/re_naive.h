// SPDX-License-Identifier: Apache-2.0
// The naive twin of svdb/re.h: each rule in turn with PCRE2, all compiled at once. What the index
// must equal, and what it is measured against.
#pragma once

#include "svdb/re.h"

struct re_naive;

// NULL: some rule is not accepted.
struct re_naive *re_naive_open(struct arena *run, const struct re_rule *rules, uint32_t n);
void re_naive_close(struct re_naive *s);

bool re_naive_first(struct re_naive *s, struct span subject, uint32_t lo, uint32_t hi,
                    struct re_hit *out);
