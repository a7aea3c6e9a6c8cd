// SPDX-License-Identifier: Apache-2.0
#include "lab/hosts/narrow.h"

static const uint64_t second_ns = 1000000000;

bool narrow_pass(struct narrow *n, uint64_t now_ns, uint64_t *out_ns)
{
    *out_ns = now_ns;
    if (n->rate == 0)
        return true;
    const uint64_t gap_ns = second_ns / n->rate;
    const uint64_t from = n->free_ns > now_ns ? n->free_ns : now_ns;
    if (from - now_ns > n->queue * gap_ns) {
        n->n_lost++;
        return false;
    }
    n->free_ns = *out_ns = from + gap_ns;
    return true;
}
