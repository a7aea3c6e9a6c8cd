// SPDX-License-Identifier: Apache-2.0
// --version-trace: each step and each event of version detection as lines of text for people who
// watch, of at most 80 columns:
//   SECONDS ADDRESS PORT/PROTOCOL [#CONNECTION] WHAT
// followed by what was sent or received, escaped, on lines of its own. Nothing happens unless the
// plan asks for it.
#pragma once

#include "engine/stream.h"
#include "svid/svid.h"

struct visit;

// A port under way, as far as the trace is concerned.
struct servicetrace {
    struct visit *visit;
    const struct port *port;
    uint64_t begun_ns; // seconds count from here: the beginning of the host's service scan
};

void servicetrace_step(const struct servicetrace *t, const struct svid_step *step);
void servicetrace_opened(const struct servicetrace *t, uint32_t conn, uint64_t took_ns,
                         const struct tls_facts *facts);
void servicetrace_data(const struct servicetrace *t, uint32_t conn, struct span bytes);
void servicetrace_ended(const struct servicetrace *t, uint32_t conn, enum stream_end how);
void servicetrace_hit(const struct servicetrace *t, const struct svid_hit *hit);
void servicetrace_done(const struct servicetrace *t, const struct service *s);
