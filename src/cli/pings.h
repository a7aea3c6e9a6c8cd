// SPDX-License-Identifier: Apache-2.0
// From options to the discovery probes of the plan (scanning spec 2.1, 2.2).
#pragma once

#include <stdbool.h>

#include "base/arena.h"

struct opts;
struct plan;
struct services;
struct writer;

// False (told on err) if the options do not fit together.
bool pings_prepare(struct arena *run, const struct opts *o, const struct services *services,
                   struct plan *out, struct writer *err);

// Raw packets are not allowed, so connections take the place of the probes. The option that needs
// raw packets all the same, NULL if there is none.
const char *pings_without_packets(const struct opts *o, struct writer *err);
