// SPDX-License-Identifier: Apache-2.0
// What --explain tells of an OS result, complete: reports choose what of it they show.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

// Why a reference scored as it did: one row for each attribute that either side has.
enum os_outcome {
    OS_WON,
    OS_LOST,
    OS_UNSEEN, // expected, but there was no value to compare
    OS_SILENT, // the reference says nothing about it
};

struct os_row {
    const char *test; // "SEQ"
    const char *attr; // "SP"
    enum os_outcome outcome;
    struct span seen;     // absent: none, and why tells the reason
    const char *why;      // NULL if seen; "no answer", "not asked", ...
    struct span expected; // absent: OS_SILENT
    uint32_t points;      // at stake
    struct span origin;   // over IPv6: what was answered, if `seen` is a projection of it
};

struct os_explained {
    struct span name;
    uint32_t line;
    double accuracy;
    uint32_t won;
    uint32_t possible;
    uint32_t unseen;           // points without a value to compare
    const struct os_row *rows; // in printing order of the fingerprint
    uint32_t n_rows;
};

// An attribute that tells the first explained reference from another one, or would.
struct os_rival_row {
    const char *test;
    const char *attr;
    struct span seen; // absent: it would tell, had it been seen
    uint32_t points;
    struct span expected[2]; // of the first and of the other; absent: says nothing
    enum os_outcome outcome[2];
};

struct os_rivals {
    uint32_t other;                  // index in os_explanation.refs
    const struct os_rival_row *rows; // what tells first, each part by falling points
    uint32_t n_rows;
};

struct os_explanation {
    bool is_near;                    // none matches: these are only the nearest
    const struct os_explained *refs; // best first
    uint32_t n_refs;
    const struct os_rivals *rivals; // n_refs - 1 of them
    uint32_t n_rivals;
    const struct os_explained *native; // what IPv6 alone has, against its best; NULL: nothing
};
