// SPDX-License-Identifier: Apache-2.0
// How the probes of a run look.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

// How probes of discovery, port scan and route look; OS detection follows ttl and source alone
// (scanning spec 6).
struct plan_packet {
    bool has_ttl; // else a random one each
    uint8_t ttl;
    uint16_t source;  // port of all probes, 0 = by try
    bool has_data;    // instead of payloads
    struct span data; // behind the headers
};
