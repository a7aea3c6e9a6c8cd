// SPDX-License-Identifier: Apache-2.0
// Fingerprints of services ("SF-Port80-TCP:V=...%r(GetRequest,10,"...");", service-detection
// spec 4.6) in text of any kind: wrapped lines with "SF:", whatever stands before it (quoting
// marks, heads of log lines), attribute values of XML, strings of JSON. Bytes are pushed in;
// memory does not grow with the input.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"

enum {
    SF_TEXT_MAX = 65536, // of one fingerprint without line breaks
    SF_REPLIES_MAX = 64,
};

struct sf_reply {
    struct span probe;
    struct span bytes;  // unescaped, maybe cut
    uint64_t whole_len; // as told
};

struct sf_found {
    uint64_t line; // of the input where it begins, from 1
    uint16_t port;
    struct span proto; // "TCP"
    bool is_tls;       // T=SSL
    uint32_t intensity;
    struct span text; // without line breaks
    const struct sf_reply *replies;
    uint32_t n_replies;
    const char *damage; // constant text; NULL: nothing is missing, else only line and damage count
    uint64_t damage_line;
};

// The views of *f are valid during the call.
typedef void sf_found_fn(void *ctx, const struct sf_found *f);

struct sf_finder;

struct sf_finder *sf_finder_new(struct arena *run, sf_found_fn *call, void *ctx);
void sf_finder_feed(struct sf_finder *f, struct span bytes);

// End of one input; the next one begins at line 1 again.
void sf_finder_end(struct sf_finder *f);
