// SPDX-License-Identifier: Apache-2.0
// Which IPv4 destinations share a route: the ends of all prefixes that any routing table or rule
// knows cut the addresses into cells, and the kernel decides for all addresses of a cell alike. So
// one question for each cell is enough. Addresses are in host order.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CELLS_MOST = 16384 };

struct cells {
    uint32_t *edge; // the first address of each cell
    size_t n;
    size_t cap;
};

void cells_fini(struct cells *c);
void cells_clear(struct cells *c);

// False: there are too many.
bool cells_add(struct cells *c, uint32_t net, unsigned bits);

// Behind the last cells_add. There is one cell at least.
void cells_sort(struct cells *c);

// Index of the cell of an address, below c->n.
size_t cells_find(const struct cells *c, uint32_t addr);
