// SPDX-License-Identifier: Apache-2.0
// What a run's records say of its arguments, port scans and data files.
#pragma once

#include "cli/load.h"
#include "model/scan.h"
#include "stage/plan.h"

void describe_more(struct arena *run, const struct plan *plan, const struct loaded *data, int argc,
                   char **argv, struct scan *scan);

// The port scans alone: they change when packets turn out not to be allowed.
void describe_kinds(struct arena *run, const struct plan *plan, struct scan *scan);

// The arguments as one line, quoted where needed.
struct span describe_command(struct arena *a, int argc, char **argv);
