// SPDX-License-Identifier: Apache-2.0
// From options to the scans of the plan: kinds, ports and their order.
#pragma once

#include <stdbool.h>

#include "base/arena.h"

struct loaded;
struct opts;
struct plan;
struct writer;

// Uses out->seed. False (told on err) if the options do not fit together.
bool scans_prepare(struct arena *run, const struct opts *o, const struct loaded *data,
                   struct plan *out, struct writer *err);
