// SPDX-License-Identifier: Apache-2.0
// --randomize-hosts for targets that cannot be permuted because nobody knows them all: those of a
// list
// (-iL) and random ones. They come out of a window of MIX_HOSTS, in an order that follows from the
// seed.
#pragma once

#include "base/rng.h"
#include "stage/pipeline.h"

enum { MIX_HOSTS = 16384 };

// False: there is none now.
typedef bool mix_next_fn(void *ctx, struct target *out);

struct mix {
    mix_next_fn *next;
    void *ctx;
    struct target *window;
    uint32_t n;
    struct rng rng;
};

struct mix *mix_new(struct arena *run, uint64_t seed);

// False: none is left, or none is there now.
bool mix_next(struct mix *m, struct target *out);
