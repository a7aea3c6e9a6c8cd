// SPDX-License-Identifier: Apache-2.0
// --packet-trace: a line for each packet and connection, beside the results (output spec 2.8).
#pragma once

#include "engine/engine.h"

struct writer;

struct tracer {
    struct engine_trace trace;
    struct engine *engine;
    struct writer *out;
    uint64_t begun_ns;
};

// Quiet until it is switched on. `out` is borrowed.
void tracer_init(struct tracer *t, struct engine *e, struct writer *out);
void tracer_switch(struct tracer *t, bool is_on);
