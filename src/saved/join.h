// SPDX-License-Identifier: Apache-2.0
// Several records of one host, or of scans, as one.
#pragma once

#include "base/arena.h"
#include "model/host.h"
#include "model/scan.h"

// The host that both tell of, in a: a finished record is preferred, of two the later one; its
// ports and services win, those that only the other has are added. Views into both.
void join_hosts(struct arena *a, const struct host *earlier, const struct host *later,
                struct host *out);

// Adds a scan to what is joined so far (the first: *out is zero). Texts are copied into a.
void join_scans(struct arena *a, struct scan *out, const struct scan *next);
