// SPDX-License-Identifier: Apache-2.0
#include "cli/mix.h"

struct mix *mix_new(struct arena *run, uint64_t seed)
{
    struct mix *m = arena_alloc(run, sizeof *m);
    m->window = arena_array(run, MIX_HOSTS, sizeof *m->window);
    rng_seed(&m->rng, seed);
    return m;
}

bool mix_next(struct mix *m, struct target *out)
{
    while (m->n < MIX_HOSTS && m->next(m->ctx, &m->window[m->n]))
        m->n++;
    if (m->n == 0)
        return false;
    struct target *drawn = &m->window[rng_below(&m->rng, m->n)];
    *out = *drawn;
    *drawn = m->window[--m->n];
    return true;
}
