// SPDX-License-Identifier: Apache-2.0
#include "base/vec.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

void *vec_grow(void *items, size_t *cap, size_t need, size_t size)
{
    if (need <= *cap)
        return items;
    size_t room = *cap ? *cap * 2 : 8;
    if (room < need)
        room = need;
    void *p = room <= SIZE_MAX / size ? realloc(items, room * size) : NULL;
    if (!p) {
        fprintf(stderr, "whorl: out of memory: %zu items of %zu bytes\n", room, size);
        abort();
    }
    *cap = room;
    return p;
}

void vec_free(void *items)
{
    free(items);
}
