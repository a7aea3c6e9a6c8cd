// SPDX-License-Identifier: Apache-2.0
#include "engine/cells.h"

#include <stdlib.h>

#include "base/vec.h"

void cells_fini(struct cells *c)
{
    vec_free(c->edge);
    *c = (struct cells){0};
}

void cells_clear(struct cells *c)
{
    c->n = 0;
}

bool cells_add(struct cells *c, uint32_t net, unsigned bits)
{
    const uint32_t host = bits < 32 ? UINT32_MAX >> bits : 0;
    const uint32_t first = net & ~host;
    const uint32_t next = (first | host) + 1; // 0 behind the last address: an edge all the same
    if (bits > 32 || c->n + 3 > CELLS_MOST)
        return false;
    VEC_PUSH(c->edge, c->n, c->cap, first);
    VEC_PUSH(c->edge, c->n, c->cap, next);
    return true;
}

static int compare(const void *a, const void *b)
{
    const uint32_t *x = a;
    const uint32_t *y = b;
    return (*x > *y) - (*x < *y);
}

void cells_sort(struct cells *c)
{
    const uint32_t zero = 0;
    size_t n = 1;
    VEC_PUSH(c->edge, c->n, c->cap, zero);
    qsort(c->edge, c->n, sizeof *c->edge, compare);
    for (size_t i = 1; i < c->n; i++)
        if (c->edge[i] != c->edge[n - 1])
            c->edge[n++] = c->edge[i];
    c->n = n;
}

size_t cells_find(const struct cells *c, uint32_t addr)
{
    size_t lo = 0;
    size_t hi = c->n;
    while (hi - lo > 1) {
        const size_t mid = lo + (hi - lo) / 2;
        if (c->edge[mid] <= addr)
            lo = mid;
        else
            hi = mid;
    }
    return lo;
}
