// SPDX-License-Identifier: Apache-2.0
// What commands beside the scan have in common: their arguments, their help.
#pragma once

#include "cli/opts.h"
#include "report/writer.h"

struct sink;

// False: told on err.
bool command_options(struct opts *o, const struct opt_table *table, struct arena *run, int argc,
                     char **argv, struct writer *err);

// Returns the exit code.
int command_help(struct sink *out, const struct opt_table *table);
