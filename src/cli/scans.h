// SPDX-License-Identifier: Apache-2.0
// From options to the scans of the plan: kinds, ports and their order.
#pragma once

#include <stdbool.h>

#include "base/arena.h"

struct loaded;
struct opts;
struct plan;
struct writer;

// Raw packets are not allowed: a TCP scan that nobody asked for becomes one by connections. The
// option that needs raw packets all the same, NULL if there is none.
const char *scans_without_packets(const struct opts *o, struct plan *p);

// Uses out->seed. False (told on err) if the options do not fit together.
bool scans_prepare(struct arena *run, const struct opts *o, const struct loaded *data,
                   struct plan *out, struct writer *err);
