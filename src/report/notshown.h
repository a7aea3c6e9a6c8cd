// SPDX-License-Identifier: Apache-2.0
// Which ports of a host get a row and which are only counted (output spec 2.4), as data.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/port.h"

struct host;
struct scan;

enum { NOTSHOWN_ITEMS_MAX = REASON_COUNT * PROTO_COUNT };

struct notshown_item {
    uint32_t n;
    uint32_t last; // place of its last port in the host's list
    enum reason reason;
    enum proto proto;
};

struct notshown_group {
    enum port_state state;
    uint32_t n;
    uint32_t n_items;
    struct notshown_item items[NOTSHOWN_ITEMS_MAX]; // most frequent first
};

struct notshown {
    uint32_t n_shown;     // ports with a row of their own
    uint32_t n_hidden;    // ports in groups
    uint32_t n_undecided; // ports without a state, or missing on a host that was cut short
    bool is_hidden[PORT_STATE_COUNT];
    uint32_t n_groups;
    struct notshown_group groups[PORT_STATE_COUNT]; // most frequent first
};

void notshown_of(struct notshown *v, const struct scan *scan, const struct host *host);

// False for hosts that --open leaves out of every report.
bool notshown_wants_host(const struct scan *scan, const struct host *host);
