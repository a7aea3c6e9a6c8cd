// SPDX-License-Identifier: Apache-2.0
// --shard: which part of the targets this run scans.
#pragma once

#include "base/err.h"
#include "base/span.h"

struct shard {
    uint32_t index; // 0 .. n-1
    uint32_t n;     // 0: --shard was not given
};

// getenv(3), or a stand-in.
typedef char *shard_getenv_fn(const char *name);

// "3/8", or "auto": what the engine that started us has put into the environment, see scale.md.
enum err shard_parse(struct span text, shard_getenv_fn *get, struct shard *out, struct err_at *at);
