// SPDX-License-Identifier: Apache-2.0
// Names through c-ares: hosts file and DNS. Forward lookups wait (targets are needed before
// anything else can happen); reverse lookups run beside the scan and answer through a callback.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/ip.h"
#include "engine/timer.h"

struct resolver;

// NULL if c-ares cannot start. `now` gives the clock of the timers.
struct resolver *resolver_open(struct arena *run, struct timers *timers, uint64_t (*now)(void *ctx),
                               void *now_ctx);
void resolver_close(struct resolver *r);

// Waits up to five seconds. Returns how many addresses were written, 0 = unknown name.
uint32_t resolver_forward(struct resolver *r, struct span name, struct ip_addr *out, uint32_t max);

// Absent name: there is none, or nobody answered in time. Called once for each question.
typedef void resolver_answer_fn(void *ctx, const struct ip_addr *addr, struct span name);

// False if the question could not be asked (then answer is never called).
bool resolver_reverse(struct resolver *r, const struct ip_addr *addr, resolver_answer_fn *answer,
                      void *ctx);
