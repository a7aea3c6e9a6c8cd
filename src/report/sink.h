// SPDX-License-Identifier: Apache-2.0
// Where a report goes: a file, a terminal, a buffer. Who makes a sink embeds this struct as its
// first member.
#pragma once

#include <stdbool.h>

#include "base/span.h"

struct sink {
    // Takes all of bytes, or returns false: then nothing more is written to it.
    bool (*write)(struct sink *self, struct span bytes);
};
