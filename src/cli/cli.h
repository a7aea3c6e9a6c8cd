// SPDX-License-Identifier: Apache-2.0
// The program but for its process: main.c calls it with the real world, tests with a simulated
// one. Exit codes: 0 done, 1 failure, 2 usage, 130 interrupted.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "report/sink.h"

struct io;

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_INTERRUPTED = 130 };

struct cli_env {
    struct io *io;             // NULL: the live one is opened when it is needed
    struct sink *out;          // results
    struct sink *err;          // everything else
    uint64_t seed;             // used when --seed is not given; 0 = from the kernel
    const char *datadirs;      // colon-separated; NULL = user and system directories
    const char *cachedir;      // NULL = the user's, or none if datadirs is given
    const volatile bool *stop; // becomes true on SIGINT, SIGTERM or SIGHUP
    bool out_is_terminal;
    bool err_is_terminal; // the progress bar goes there
    bool may_have_keys;   // nobody else reads the terminal
    bool no_color;        // of the environment
};

// argv[0] is the program's name.
int cli_run(int argc, char **argv, const struct cli_env *env);
