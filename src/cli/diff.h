// SPDX-License-Identifier: Apache-2.0
// `whorl diff`: what changed between two saved scans.
#pragma once

struct cli_env;

enum { EXIT_CHANGED = 3 }; // as the outcome of diff: there are differences

// argv[0] is "diff". Returns the exit code.
int diff_run(int argc, char **argv, const struct cli_env *env);
