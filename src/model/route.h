// SPDX-License-Identifier: Apache-2.0
// The way to a host, as --traceroute found it.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/ip.h"
#include "base/span.h"
#include "model/port.h"

struct hop {
    uint8_t ttl;
    bool has_addr; // false: nobody answered
    bool has_rtt;
    bool is_named; // the name was asked for and did not come yet
    int64_t rtt_us;
    struct ip_addr addr;
    struct span name; // reverse DNS, absent if not known
};

enum route_probe { ROUTE_NO_PROBE, ROUTE_BY_PORT, ROUTE_BY_ICMP };

struct route {
    enum route_probe probe; // ROUTE_NO_PROBE: a neighbor, nothing was sent
    enum proto proto;       // of ROUTE_BY_PORT
    uint16_t port;
    struct hop *hops; // ascending by ttl, without gaps
    uint32_t n_hops;
    uint32_t n_shared;          // so many of the first hops are those of the way to shared_with
    struct ip_addr shared_with; // IP_NONE: none are
};
