// SPDX-License-Identifier: Apache-2.0
// Error values of pure and sans-I/O code: such code never prints, exits or touches errno.
// What can fail returns enum err and fills struct err_at at the innermost place that knows.
#pragma once

#include <stdint.h>

enum err {
    ERR_OK = 0,
    ERR_SYNTAX, // text that does not follow its grammar
    ERR_LIMIT,  // a named maximum of base/limits.h is exceeded
    ERR_RANGE,  // a number outside of its range
    ERR_TRUNC,  // input ends too early
    ERR_SYS,    // the operating system refused (the caller of engine has -errno as well)
};

// Where and why something failed. Lines and columns count from 1; 0 = not known.
struct err_at {
    enum err code;
    uint32_t line;
    uint32_t col;
    const char *what; // constant text, never NULL when code != 0
    char token[32];   // the offending text, printable, cut; "" if none
};

struct span;

// Fills *at (ignored if NULL) and returns code. The token is escaped and cut to fit.
enum err err_set(struct err_at *at, enum err code, const char *what, struct span token);
