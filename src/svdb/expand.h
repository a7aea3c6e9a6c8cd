// SPDX-License-Identifier: Apache-2.0
// Private to svdb: what a "$" in a template stands for.
#pragma once

#include "svdb/text.h"

struct svdb_text_out {
    char *text;
    size_t len;
};

// *rest begins behind the "$" and is left behind the placeholder: a digit, or NAME(arguments).
// False: unset group, unknown function, wrong arguments.
bool svdb_substitute(struct arena *scratch, struct span *rest, const struct svdb_hit *hit,
                     struct span *value);

// What a placeholder says, without a hit; for lint. The highest group it needs, 0: it can never
// be filled in. *what is then why.
uint32_t svdb_placeholder(struct span *rest, const char **what);
