// SPDX-License-Identifier: Apache-2.0
// Results of scripts that another scanner ran: kept from its files, for whorl has none of its own.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

// A table, or an element with a text; a table's parts follow it, one deeper.
struct script_part {
    uint8_t depth;
    bool is_table;
    struct span key; // absent: a part of a list
    struct span text;
};

struct script {
    struct span id;
    struct span output; // as people read it, with newlines
    bool is_of_port;    // else of the host, or of the scan
    uint8_t proto;
    uint16_t port;
    const struct script_part *parts;
    uint32_t n_parts;
};
