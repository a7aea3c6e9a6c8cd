// SPDX-License-Identifier: Apache-2.0
// Private to saved: results of scripts, of a host or of a scan, while they are gathered, within
// limits (base/limits.h): what exceeds them is left out.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "model/script.h"

struct scripts {
    struct script *list;
    size_t n, cap;
    struct script_part *parts; // of the script that is being read
    size_t n_parts, cap_parts;
    size_t n_bytes;     // of all texts
    size_t n_parts_all; // of all scripts
    bool has_overflow;
};

void scripts_reset(struct scripts *s);
void scripts_free(struct scripts *s);

// Whether so much more text may be kept; then it counts.
bool scripts_have_room(struct scripts *s, size_t n_bytes);
void scripts_part(struct scripts *s, const struct script_part *p);

// The script and the parts since the last one; its texts are in the arena already.
void scripts_add(struct scripts *s, struct arena *to, const struct script *one);

// All of them, in the arena.
const struct script *scripts_take(const struct scripts *s, struct arena *to, uint32_t *n);
