// SPDX-License-Identifier: Apache-2.0
// What is told of an IPv6 host, and with -O1, beside the matches. Source: os-ipv6 spec 2.4, 2.5,
// first-generation specification 10.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/ip.h"
#include "base/span.h"

// What IPv6 alone has, compared with references of it (os-ipv6 spec 2.5).
struct os_native {
    struct span names;         // those that fit best; absent: too little was seen
    uint32_t agreed, compared; // attributes
    uint32_t n_ruled_out;      // references that the projection alone would have named
};

// An IPv6 host compared with references that were taken over IPv4 (os-ipv6 spec 2.4); with -O1 how
// much of the best reference was compared, in attributes instead of points.
struct os_projection {
    uint32_t total;     // points that can be compared at all; 0: there was no projection
    uint32_t compared;  // with the best reference
    uint32_t n_tied;    // references that are as good as the best one
    struct span common; // what these have in common: family, generations; absent: nothing, or one
    struct span why;    // why nothing is named; absent if something is
    struct span age;    // of old references; absent: not told
    struct os_native native;
};

// The same link address, or name, answers over the other family, too.
struct os_twin {
    bool is_known;
    bool is_same; // else there are different systems behind it
    bool is_by_name;
    struct ip_addr addr;
    uint32_t agreed; // attributes
    uint32_t compared;
};
