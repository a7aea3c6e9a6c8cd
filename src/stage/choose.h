// SPDX-License-Identifier: Apache-2.0
// Which of the targets are scanned: not those excluded, not twice, only our part of them.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/map.h"

struct targets;

struct choose {
    const struct targets *excluded; // NULL: none
    uint32_t shard;                 // ours, 0 .. n_shards-1
    uint32_t n_shards;              // 0 or 1: everything is ours
    bool is_unique;                 // costs memory for each address
    struct map seen;
    uint64_t n_seen; // targets that were not excluded
};

void choose_init(struct choose *c, struct hash_key key);
void choose_fini(struct choose *c);

// How many targets from here on are not ours whatever they are; what was skipped counts by
// choose_skipped.
uint64_t choose_others(const struct choose *c);
void choose_skipped(struct choose *c, uint64_t n);

// To be asked once for each target, in the same order in all parts: then every target is taken by
// exactly one of them.
bool choose_takes(struct choose *c, const struct ip_addr *addr);
