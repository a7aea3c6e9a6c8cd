// SPDX-License-Identifier: Apache-2.0
// Fingerprints of hosts out of any text: reports of ours or of the reference scanner, plain or
// wrapped ("OS:..."), or bare test lines. What is no fingerprint is passed over.
#pragma once

#include "osdb/osdb.h"

struct subject {
    struct osdb_subject s;
    struct span label; // from the "Fingerprint NAME" line before it, else the text's label
    bool is_part;      // a further answer to some tests of the subject before: no host by itself
};

struct subjects {
    struct subject *all;
    uint32_t n;
    uint32_t cap;
    uint32_t n_broken; // test lines that could not be read
    struct err_at first_broken;
};

// Adds the fingerprints of a text. A fingerprint ends at its blank line, at the next SCAN line,
// at any other text. A test that stands in it twice begins a part.
void subjects_read(struct arena *run, struct span text, struct span label, struct subjects *to);
