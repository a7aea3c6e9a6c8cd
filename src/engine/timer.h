// SPDX-License-Identifier: Apache-2.0
// Timers: a 4-ary heap of embedded nodes; set, move and cancel cost O(log n) and no allocation
// but for the heap's own array.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct timer {
    uint64_t at_ns;
    size_t place; // in the heap plus one; 0 = not set
    void (*fire)(void *ctx, uint64_t now_ns);
    void *ctx;
};

// The time stands in the heap too, so that looking for a place in it does not touch the timers.
struct timer_place {
    uint64_t at_ns;
    struct timer *timer;
};

struct timers {
    uint64_t floor_ns; // while timers_run works: nothing is set earlier than this
    struct timer_place *heap;
    size_t n;
    size_t cap;
};

void timers_fini(struct timers *t);

// Sets, or moves if it is set already. UINT64_MAX cancels.
void timer_set(struct timers *t, struct timer *x, uint64_t at_ns);
void timer_cancel(struct timers *t, struct timer *x);

// When the next one is due; UINT64_MAX if none is set.
uint64_t timers_next(const struct timers *t);

// Fires everything due at now_ns, earliest first; what a timer sets at or before now_ns waits
// for the next call, so a timer that re-arms itself cannot hang the loop.
void timers_run(struct timers *t, uint64_t now_ns);

// The same for as long as go_on says so, which is asked after each one.
void timers_run_while(struct timers *t, uint64_t now_ns, bool (*go_on)(void *ctx), void *ctx);
