// SPDX-License-Identifier: Apache-2.0
// From what the database says (osdb/explain.h) to what a report prints (model).
#pragma once

#include "model/explanation.h"
#include "osdb/osdb.h"

enum { OSEXPLAIN_REFS = 3 }; // the most references that are explained

// The best matches of `result`, or if there are none the nearest references. The strings stay the
// database's and the subjects'. origin: what the subject is a projection of, else NULL.
const struct os_explanation *osexplain(struct arena *host, const struct osdb *db,
                                       const struct osdb_subject *subject,
                                       const struct osdb_subject *origin,
                                       const struct osdb_result *result);
