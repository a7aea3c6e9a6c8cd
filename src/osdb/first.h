// SPDX-License-Identifier: Apache-2.0
// First generation: matching with what the percentages do not tell (first-generation
// specification 10).
#pragma once

#include "osdb/osdb.h"

// Attributes of the best reference.
struct osdb_coverage {
    uint32_t compared;
    uint32_t total; // 0: there is no match
};

// As osdb_match, but that references of the same accuracy are ordered by how much their agreement
// says: rare values come before those that most references accept.
void osdb_first_match(const struct osdb *db, const struct osdb_subject *subject,
                      struct osdb_scratch *scratch, struct osdb_result *out,
                      struct osdb_coverage *coverage);
