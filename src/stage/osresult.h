// SPDX-License-Identifier: Apache-2.0
// From what the database says (osdb) to what a report prints (model).
#pragma once

#include "model/result.h"
#include "osdb/osdb.h"

// Fills status, matches and classes of *to; the strings stay the database's.
void osresult_fill(struct arena *host, const struct osdb *db, const struct osdb_result *from,
                   struct os_result *to);
