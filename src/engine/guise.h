// SPDX-License-Identifier: Apache-2.0
// In which form packets leave: decoys beside them, in fragments, with wrong checksums (scanning
// spec 6). Private to engine/ but for the configuration, which is in engine.h.
#pragma once

#include "base/rng.h"
#include "engine/engine.h"

struct guise {
    struct engine_guise cfg;
    struct rng rng;
};

void guise_init(struct guise *g, const struct engine_guise *cfg, struct hash_key key);

// Whether packets leave otherwise than they come.
bool guise_is_on(const struct guise *g);

// How many packets one packet becomes at most, so that there is room for all.
uint32_t guise_most(const struct guise *g, size_t len);

// Calls put for each packet that leaves instead of this one.
typedef void guise_put_fn(void *ctx, const struct path *path, struct span packet);
void guise_each(struct guise *g, const struct path *path, struct span packet, guise_put_fn *put,
                void *ctx);
