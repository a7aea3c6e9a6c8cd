// SPDX-License-Identifier: Apache-2.0
// Reads back what was written: finds the OS fingerprints in text of any kind - mails, logs,
// normal output, XML, JSON lines. Bytes are pushed in, in pieces of any size; what is found
// comes out as soon as it is complete. Memory does not grow with the input.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"

enum { SAVED_LINES_MAX = 1024 }; // test lines of one fingerprint

// One fingerprint, sound in its outer form; what stands inside of the test lines is not checked.
struct found {
    bool is_six;       // of an IPv6 host: `tests` holds the items as they stand, no lines
    uint64_t line;     // of the input where it begins, from 1
    struct span name;  // of the host as the text gives it, absent if it does not
    struct span addr;  // likewise
    struct span scan;  // the SCAN line without newline, absent if there is none
    struct span tests; // test lines, one per text line, each with a newline
    uint32_t n_tests;
    const uint64_t *lines; // where each of them ends in the input
    const char *damage;    // constant text; NULL: nothing is missing
    uint64_t damage_line;
    struct span token; // what is wrong, absent if there is nothing to show
};

// The views of *f are valid during the call.
typedef void found_fn(void *ctx, const struct found *f);

struct finder;

struct finder *finder_new(struct arena *run, found_fn *call, void *ctx);

void finder_feed(struct finder *f, struct span bytes);

// End of one input; the finder is ready for the next one, which begins at line 1 again.
void finder_end(struct finder *f);
