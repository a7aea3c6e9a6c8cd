// SPDX-License-Identifier: Apache-2.0
// Observation -> subject: the test lines of one try (spec 3.1) and its sequence samples.
#pragma once

#include "base/arena.h"
#include "osfp/seq.h"

// What the tests need beside the observation.
struct subject_env {
    struct seq_env seq;
    bool has_open;     // an open TCP port was known
    bool has_closed;   // a closed TCP port is stored
    bool has_distance; // of a U1 reply, of this try or an earlier one (spec 3.8)
    int32_t distance;
    int64_t unix_ns; // wall clock when sent_ns was 0
    bool lacks_acks; // what our probes acknowledged is not known: S of resets is left out
    bool is_six;     // IPv6: what has no counterpart there is left out (os-ipv6 spec 2.1)
};

// The strings live in the arena.
void subject_build(struct arena *a, const struct obs *o, const struct subject_env *env,
                   struct osdb_subject *out);

void subject_sequence(const struct obs *o, const struct subject_env *env, struct os_sequence *out);
