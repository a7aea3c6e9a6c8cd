// SPDX-License-Identifier: Apache-2.0
// The verdict of the first generation: names are refused where too little could be compared, and
// the age of the reference scanner's data is told (first-generation specification 10).
#pragma once

#include "model/result.h"
#include "osdb/osdb.h"

void osfirst_match(struct arena *a, const struct osdb *db, const struct osdb_subject *subject,
                   struct osdb_scratch *scratch, struct osdb_result *out,
                   struct os_projection *note);
