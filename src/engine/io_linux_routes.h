// SPDX-License-Identifier: Apache-2.0
// Private to io_linux*.c: answers of the kernel about IPv4 routes, remembered for a second.
#pragma once

#include "engine/cells.h"
#include "engine/io.h"

struct route_answer {
    bool is_known;
    uint32_t iface; // that was asked for
    int rc;
    struct io_route route;
};

struct io_linux_routes {
    struct cells cells;
    struct route_answer *answer; // of each cell
    size_t cap_answers;
    uint64_t time_ns; // when the tables were read
    bool is_unshared; // routes depend on more than the destination's prefix
};

void io_linux_routes_fini(struct io_linux_routes *r);

// What is remembered of the route to dst, or an empty answer to be filled in; NULL: every
// destination has to be asked for by itself. The tables are read anew when they are old.
struct route_answer *io_linux_routes_find(struct io_linux_routes *r, const struct ip_addr *dst,
                                          uint32_t iface);
