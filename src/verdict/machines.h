// SPDX-License-Identifier: Apache-2.0
// Which open ports of one address are of which machine, by what they show when asked again: clocks,
// IP ID counters, TTLs, and what their SYN-ACKs say together (verdict_ports).
#pragma once

#include "base/limits.h"
#include "verdict/verdict.h"

struct buf;
struct host;
struct end;

struct machines {
    uint32_t n;
    uint8_t of[LIMIT_ENDS]; // machine of each end
    // Ends that several machines answer in turn: they stand together, beside the machines, as do
    // those that a SYN proxy answers.
    bool is_balanced[LIMIT_ENDS];
};

// h->ends in the order of ports; works in scratch.
void machines_find(const struct verdict_model *model, const struct host *h,
                   struct verdict_scratch *scratch, struct machines *out);

// Why several machines answer on one port, as words; false: one does.
bool machines_balanced(const struct end *e, struct buf *why);

// Whether OS detection shows as much, so that asking again is worth it.
struct os_result;
bool machines_doubt(const struct os_result *os);
