// SPDX-License-Identifier: Apache-2.0
// From a verdict to what reports print of it (model/verdict.h).
#pragma once

#include "base/arena.h"
#include "verdict/verdict.h"

// After verdict_judge with this scratch. Texts of the database are borrowed, all else lives in a.
struct os_verdict *verdict_record(struct arena *a, const struct verdict_model *model,
                                  const struct verdict_scratch *scratch,
                                  const struct verdict *verdict, const struct verdict_votes *votes);

// What would decide.
struct verdict_wishes;
void verdict_record_wishes(struct arena *a, const struct verdict_wishes *wishes,
                           struct os_verdict *out);
