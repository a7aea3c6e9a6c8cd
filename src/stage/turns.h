// SPDX-License-Identifier: Apache-2.0
// The line of those that wait for room in the crowd's window: first come, first served, a few
// probes each, then to the end of the line.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct crowd;

// Embedded by who waits; must leave before it goes away.
struct turn {
    struct turn *next, *before;
    bool is_waiting;
    uint32_t n_granted; // probes that it may send
    void *who;
};

struct turns {
    struct turn *first, *last;
    uint32_t n_granted; // of all
};

// Whether one probe may be sent now. If not, it is in the line.
bool turns_may_send(struct turns *t, struct turn *who, struct crowd *c);

// It was sent.
void turns_sent(struct turns *t, struct turn *who);

// It has nothing to send, at present or any longer.
void turns_leave(struct turns *t, struct turn *who);

// The next one that may go on; it is out of the line. NULL: there is none, or no room.
struct turn *turns_next(struct turns *t, struct crowd *c);
