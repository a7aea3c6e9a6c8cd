// SPDX-License-Identifier: Apache-2.0
// References of a fingerprint database as personalities, each able to be many hosts.
#pragma once

#include "base/arena.h"
#include "lab/hosts/personality.h"

struct refs_label {
    struct span name;
    uint32_t line; // of its "Fingerprint" line
};

struct refs {
    struct personality *personality;
    struct refs_label *label;
    uint32_t n;
    uint32_t n_unusable; // references that no host can be told by, see sure.h
};

// Reads a database of OS fingerprints. `keys` are lines put on top of each reference, such as
// "open = 80". The labels borrow `text`.
enum err refs_load(struct arena *run, const char *file, struct span text, struct span keys,
                   struct refs *out, struct err_at *at);

// Keeps only the references that stand at these lines ("7,120"); false if one is not there.
bool refs_choose(struct refs *r, struct span lines);
