// SPDX-License-Identifier: Apache-2.0
// Hash map from an address to a pointer: open addressing, keyed hash, so that a hostile choice
// of addresses cannot make it slow. The values are borrowed.
#pragma once

#include <stddef.h>

#include "base/hash.h"
#include "base/ip.h"

struct map_slot;

struct map {
    struct map_slot *slots;
    size_t cap;
    size_t n;
    struct hash_key key;
};

void map_init(struct map *m, struct hash_key key);
void map_fini(struct map *m);

// Replaces an earlier value of the same address.
void map_put(struct map *m, const struct ip_addr *addr, void *value);
void *map_get(const struct map *m, const struct ip_addr *addr); // NULL if not there
void map_del(struct map *m, const struct ip_addr *addr);
