// SPDX-License-Identifier: Apache-2.0
// From options to a plan: ports and their order, timing, seeds, targets.
#pragma once

#include "cli/load.h"
#include "cli/opts.h"
#include "stage/plan.h"
#include "stage/targets.h"

struct cli_env;

// False (told on err) if an option cannot be used.
bool prepare_plan(struct arena *run, const struct opts *o, const struct cli_env *env,
                  const struct loaded *data, struct plan *out, struct writer *err);

// Checks and adds all targets; false (told on err) if one is malformed.
bool prepare_targets(struct targets *t, const struct opts *o, struct writer *err);
