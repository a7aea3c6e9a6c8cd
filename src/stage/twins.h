// SPDX-License-Identifier: Apache-2.0
// Hosts that were seen over both families: the same link address, or else the same name, as the
// user wrote it. What was measured over one is compared with the other (os-ipv6 spec 2.4, fusion).
#pragma once

#include "model/host.h"
#include "osdb/osdb.h"

struct twins;

struct twins *twins_new(struct arena *run);

// The host's detection is over. If its twin was detected before: *out says how they compare, and
// the result of the twin is returned if they are the same system; else NULL.
const struct osdb_result *twins_meet(struct twins *t, struct host *h,
                                     const struct osdb_subject *subject,
                                     const struct osdb_result *result, struct os_twin *out);
