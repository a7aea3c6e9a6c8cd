// SPDX-License-Identifier: Apache-2.0
// Growable arrays for what outlives no single host: the one other place that calls malloc.
// Use: struct thing *v = NULL; size_t n = 0, cap = 0; VEC_PUSH(v, n, cap, thing).
#pragma once

#include <stddef.h>

// Room for at least `need` items of `size` bytes; *cap is updated. Aborts without memory.
void *vec_grow(void *items, size_t *cap, size_t need, size_t size);
void vec_free(void *items);

#define VEC_PUSH(items, n, cap, item)                                  \
    do {                                                               \
        (items) = vec_grow((items), &(cap), (n) + 1, sizeof *(items)); \
        (items)[(n)++] = (item);                                       \
    } while (0)
