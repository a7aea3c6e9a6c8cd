// SPDX-License-Identifier: Apache-2.0
// A tree that is walked from its leaves to the root: each router knows the one before it.
#include "stage/routes.h"

#include "base/limits.h"
#include "base/map.h"

struct router {
    struct hop hop;
    const struct router *before; // NULL: it is the first
    struct ip_addr whose;        // the host on whose way it was met first
};

struct routes {
    struct arena *run;
    struct map by_place; // struct router; the zone of the key is the distance
    uint32_t n;
};

struct routes *routes_new(struct arena *run, struct hash_key key)
{
    struct routes *r = arena_alloc(run, sizeof *r);
    r->run = run;
    map_init(&r->by_place, key);
    return r;
}

void routes_close(struct routes *r)
{
    map_fini(&r->by_place);
}

bool routes_are_empty(const struct routes *r)
{
    return r->n == 0;
}

static struct ip_addr place_of(uint8_t ttl, const struct ip_addr *addr)
{
    struct ip_addr place = *addr;
    place.zone = 1u + ttl;
    return place;
}

static struct router *find(const struct routes *r, uint8_t ttl, const struct ip_addr *addr)
{
    const struct ip_addr place = place_of(ttl, addr);
    return map_get(&r->by_place, &place);
}

bool routes_below(const struct routes *r, uint8_t ttl, const struct ip_addr *addr, struct hop *out,
                  struct ip_addr *whose)
{
    const struct router *at = find(r, ttl, addr);
    if (!at)
        return false;
    *whose = at->whose;
    for (const struct router *b = at->before; b; b = b->before) {
        out[b->hop.ttl - 1] = b->hop;
        out[b->hop.ttl - 1].name = (struct span){0}; // of another host's arena
        out[b->hop.ttl - 1].is_named = false;
    }
    return true;
}

void routes_learn(struct routes *r, const struct route *route, const struct ip_addr *host)
{
    const struct router *before = NULL;
    for (uint32_t i = 0; i + 1 < route->n_hops && r->n < LIMIT_ROUTERS; i++) {
        const struct hop *h = &route->hops[i];
        struct router *at = h->has_addr ? find(r, h->ttl, &h->addr) : NULL;
        if (!at) {
            at = arena_alloc(r->run, sizeof *at);
            *at = (struct router){.hop = *h, .before = before, .whose = *host};
            r->n++;
        }
        if (h->has_addr && !find(r, h->ttl, &h->addr)) {
            const struct ip_addr place = place_of(h->ttl, &h->addr);
            map_put(&r->by_place, &place, at);
        }
        before = at;
    }
}
