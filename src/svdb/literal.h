// SPDX-License-Identifier: Apache-2.0
// Private to svdb: bytes that every text holds that a regular expression matches. May miss some,
// never has one too many.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

enum { SVDB_LITERAL_MAX = 1023 };

struct svdb_literal {
    char text[SVDB_LITERAL_MAX + 1]; // pieces with NUL between them
    size_t len;
    uint32_t n_bytes; // without those between
    bool is_binary;   // some are not printable text
};

// False: nothing is known of it.
bool svdb_literal_of(struct span regex, struct svdb_literal *out);
