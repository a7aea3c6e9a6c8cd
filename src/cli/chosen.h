// SPDX-License-Identifier: Apache-2.0
// From the options to the choice and the order of targets: --exclude, --excludefile, --unique,
// --resolve-all, --randomize-hosts, --shard.
#pragma once

#include "base/arena.h"
#include "stage/choose.h"

struct opts;
struct plan;
struct writer;

// `excluded` is empty and can resolve names. False (told on err) if something cannot be done: a
// target that must be left out is never scanned by mistake.
bool chosen_open(struct arena *run, const struct opts *o, const struct plan *plan,
                 struct targets *targets, struct targets *excluded, struct choose *out,
                 struct writer *err);

// What the order of targets follows from, and random ones.
uint64_t chosen_seed(const struct opts *o, const struct plan *plan);
