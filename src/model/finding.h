// SPDX-License-Identifier: Apache-2.0
// What stands between the scanner and a host, or behind one address: found by comparing answers.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

// How a SYN-ACK of one open port looks: what a stack gives away unasked. 16 bytes.
struct synack {
    uint16_t port;
    uint16_t window;
    uint16_t mss; // 0: none
    uint8_t ttl;
    bool df;
    bool has_id;      // the IP ID is not 0
    uint8_t n_kinds;  // of options
    uint8_t kinds[6]; // the first of them, in order
};

enum finding_kind {
    FINDING_PATH,      // something on the way answers for these ports
    FINDING_BEHIND,    // these ports lead to a machine behind the address
    FINDING_STACKS,    // these ports are of different stacks
    FINDING_PROXY,     // a SYN proxy answers
    FINDING_ANOTHER,   // another machine answers a kind of probes
    FINDING_DISGUISE,  // the stack says it is another than it is
    FINDING_CONTAINER, // a container or virtual machine behind its host
    FINDING_BALANCER,  // one port is answered by several machines in turn
    FINDING_ALL_OPEN,  // whatever port is asked is open
    FINDING_MACHINE,   // one of several machines behind the address
    FINDING_KINDS,
};

struct finding {
    enum finding_kind kind;
    struct span ports; // "80,443"; several machines: "22,80 | 8080"; absent: no ports
    struct span text;  // one sentence, evidence included
};

// Words for programs: "path", "behind", ...
const char *finding_name(enum finding_kind kind);
