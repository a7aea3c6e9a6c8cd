// SPDX-License-Identifier: Apache-2.0
// What a simulated service says and when (doc/scenarios.md).
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

enum { SIM_ACTS = 4 }; // of one rule

enum sim_act_kind {
    SIM_SEND,
    SIM_ECHO,
    SIM_FLOOD, // `number` bytes, as fast as they are read
    SIM_DRIP,  // the text, a byte each `each_ns`
    SIM_CLOSE,
    SIM_RESET,
};

struct sim_act {
    enum sim_act_kind kind;
    struct span text;
    uint64_t number;
    uint64_t each_ns;
};

// What a service does when a connection comes, or data that hold `wanted` (UDP: at the first
// datagram, or one that holds it). Of rules for data the first that fits is followed.
struct sim_rule {
    const struct sim_rule *next;
    bool is_data;
    bool is_whole; // the data are `wanted`
    struct span wanted;
    uint64_t after_ns;
    struct sim_act act[SIM_ACTS];
    uint32_t n_acts;
};

struct sim_service {
    const struct sim_service *next;
    uint16_t port;
    bool is_udp;
    bool is_single; // serves one connection after the other
    const struct sim_rule *rules;
};
