// SPDX-License-Identifier: Apache-2.0
// Signs of a disguise in the fingerprint of one host: marks that rewriting leaves, and answers that
// begin with a TTL which the system, as everything else tells it, does not use; and of containers
// in what services say.
#pragma once

#include "base/arena.h"
#include "model/finding.h"
#include "osdb/osdb.h"

struct host;

// best_ref: the reference below the verdict that fits best; label: the system that the verdict
// finds most probable. Both are asked only for TTLs. False: there is no sign. Texts live in a.
bool signs_disguise(struct arena *a, const struct osdb *db, const struct osdb_subject *subject,
                    uint32_t best_ref, struct span label, struct finding *out);

// Services that name different distributions of one kernel run in containers, or on machines of
// their own.
bool signs_distributions(struct arena *a, const struct host *h, struct finding *out);
