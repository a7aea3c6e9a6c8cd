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

uint64_t choose_others(const struct choose *c)
{
    if (c->excluded || c->is_unique || c->n_shards < 2)
        return 0;
    const uint32_t turn = (uint32_t)(c->n_seen % c->n_shards);
    return (c->shard + c->n_shards - turn) % c->n_shards;
}

void choose_skipped(struct choose *c, uint64_t n)
{
    c->n_seen += n;
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
