// SPDX-License-Identifier: Apache-2.0
// `whorl merge`: several saved scans, such as shards, as one.
#pragma once

struct cli_env;

// argv[0] is "merge". Returns the exit code.
int merge_run(int argc, char **argv, const struct cli_env *env);
