// SPDX-License-Identifier: Apache-2.0
// What was seen while a host is under way, told at once so that it outlives a crash.
#pragma once

#include <stdint.h>

#include "base/span.h"
#include "model/service.h"

enum evidence_kind {
    EVIDENCE_OS_SUBJECT,    // test lines of a fingerprint
    EVIDENCE_OS_REPLY,      // a packet, from its IP header on
    EVIDENCE_SERVICE_REPLY, // what a service said
};

struct evidence {
    enum evidence_kind kind;
    struct span probe; // "T1", "GetRequest"; absent = none
    uint16_t port;     // of a service
    uint8_t proto;     // enum proto, likewise
    enum service_tunnel tunnel;
    struct span bytes; // the first of them
    uint64_t len;      // of all
};
