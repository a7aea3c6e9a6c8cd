// SPDX-License-Identifier: Apache-2.0
// What a UDP port scan sends: the probes of the service database (service-detection spec 2.10).
#pragma once

#include "base/arena.h"
#include "stage/ports.h"
#include "svdb/svdb.h"

// Every UDP probe that lists a port and is not marked no-payload, in the order of the files.
const struct udp_payloads *payloads_of(struct arena *run, const struct svdb *db);
