// SPDX-License-Identifier: Apache-2.0
// From the options about pace and packets to what the stages and the engine are told.
#pragma once

#include "base/arena.h"

struct engine_guise;
struct ip_addr;
struct opts;
struct plan;
struct rng;
struct writer;

// False (told on err): the options contradict each other. Tells, too, what has no effect.
bool tune_check(const struct opts *o, struct writer *err);

// Tells which options have no effect on connections.
void tune_tell_idle(const struct opts *o, struct writer *err);

// Tells, once, that fragments are for IPv4 when an IPv6 target comes.
void tune_tell_whole(const struct opts *o, const struct ip_addr *to, bool *is_told,
                     struct writer *err);

// Fills plan->timing, plan->packet and the like. What is random is drawn from rng.
void tune_plan(struct arena *run, const struct opts *o, struct rng *rng, struct plan *p);

// In which form packets leave.
void tune_guise(struct arena *run, const struct opts *o, const struct plan *p,
                struct engine_guise *out);
