// SPDX-License-Identifier: Apache-2.0
// Whether an address is one of very many specifications, by halving. Specifications that are one
// run of addresses are sorted and joined; others (octet lists with gaps) are looked at one by one.
#pragma once

#include "stage/targetspec.h"

struct target_index;

// Of those that have addresses now. Memory: 33 bytes for each, in the arena.
struct target_index *target_index_new(struct arena *run, const struct spec *first);

bool target_index_has(const struct target_index *t, const struct ip_addr *addr);
