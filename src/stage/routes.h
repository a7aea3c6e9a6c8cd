// SPDX-License-Identifier: Apache-2.0
// What the ways to earlier hosts have shown: a router that is met at the same distance again has
// the same way behind it, which need not be asked for once more.
#pragma once

#include "base/arena.h"
#include "base/hash.h"
#include "model/route.h"

struct routes;

struct routes *routes_new(struct arena *run, struct hash_key key);
void routes_close(struct routes *r);

bool routes_are_empty(const struct routes *r);

// Fills the hops below ttl, out[0] being the first one, of a way on which addr was met at ttl.
// False: it is not known.
bool routes_below(const struct routes *r, uint8_t ttl, const struct ip_addr *addr, struct hop *out,
                  struct ip_addr *whose);

// Remembers the routers of a way; the last hop is the host itself, or what was found instead.
void routes_learn(struct routes *r, const struct route *route, const struct ip_addr *host);
