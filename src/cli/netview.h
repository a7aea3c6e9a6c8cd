// SPDX-License-Identifier: Apache-2.0
// --iflist and --route-dst (scanning spec 9): what this machine can send through, and which way to
// an address or name. No target is scanned.
#pragma once

#include "base/arena.h"

struct cli_env;
struct opts;
struct writer;

// Returns the exit code.
int netview_run(struct arena *run, const struct opts *opts, const struct cli_env *env,
                struct writer *err);
