// SPDX-License-Identifier: Apache-2.0
// Names through c-ares: hosts file and DNS; or the way the system finds them. Forward lookups wait
// (targets are needed before anything else can happen); reverse lookups run beside the scan and
// answer through a callback.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/ip.h"
#include "engine/timer.h"

struct resolver;

struct resolver_config {
    struct timers *timers;
    uint64_t (*now)(void *ctx); // their clock
    void *now_ctx;
    const char *servers; // "192.0.2.53,[2001:db8::53]:5353"; NULL: as the system is configured
    bool is_system;      // ask the system instead of DNS servers
};

// NULL if it cannot start, or `servers` is no such list.
struct resolver *resolver_open(struct arena *run, const struct resolver_config *cfg);
void resolver_close(struct resolver *r);

// Waits up to five seconds. Returns how many addresses were written, 0 = unknown name.
uint32_t resolver_forward(struct resolver *r, struct span name, struct ip_addr *out, uint32_t max);

// Absent name: there is none, or nobody answered in time. Called once for each question.
typedef void resolver_answer_fn(void *ctx, const struct ip_addr *addr, struct span name);

// False if the question could not be asked (then answer is never called).
bool resolver_reverse(struct resolver *r, const struct ip_addr *addr, resolver_answer_fn *answer,
                      void *ctx);
