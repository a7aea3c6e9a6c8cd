// SPDX-License-Identifier: Apache-2.0
// The parts take turns: with an ascending order neighbors go to different parts, and all parts
// have equally much to do.
#include "stage/choose.h"

#include "stage/targets.h"

void choose_init(struct choose *c, struct hash_key key)
{
    *c = (struct choose){0};
    map_init(&c->seen, key);
}

void choose_fini(struct choose *c)
{
    map_fini(&c->seen);
}

static bool is_first(struct choose *c, const struct ip_addr *addr)
{
    if (map_get(&c->seen, addr))
        return false;
    map_put(&c->seen, addr, c);
    return true;
}

bool choose_takes(struct choose *c, const struct ip_addr *addr)
{
    if (c->excluded && targets_have(c->excluded, addr))
        return false;
    if (c->is_unique && !is_first(c, addr))
        return false;
    const uint64_t turn = c->n_seen++;
    return c->n_shards < 2 || turn % c->n_shards == c->shard;
}
