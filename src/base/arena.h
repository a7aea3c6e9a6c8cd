// SPDX-License-Identifier: Apache-2.0
// Bump allocation with one lifetime per arena (run, host, stream, scratch). Nothing is freed
// alone. Out of memory aborts here, with size and label, so callers have no NULL paths.
#pragma once

#include <stddef.h>

#include "base/span.h"

struct arena_block;

struct arena {
    struct arena_block *top;
    const char *label; // constant text, shown when memory runs out
    size_t total;      // bytes held from malloc
};

struct arena_mark {
    struct arena_block *top;
    size_t used;
};

void arena_init(struct arena *a, const char *label);
void arena_fini(struct arena *a);

// Zeroed memory aligned for any type; size 0 gives a valid pointer.
void *arena_alloc(struct arena *a, size_t size);
void *arena_array(struct arena *a, size_t n, size_t size);

// A copy with a NUL behind it that is not counted; absent stays absent.
struct span arena_copy(struct arena *a, struct span s);

// What was allocated after mark is gone after rewind.
struct arena_mark arena_mark(const struct arena *a);
void arena_rewind(struct arena *a, struct arena_mark mark);
