// SPDX-License-Identifier: Apache-2.0
// From what the database says (osdb/explain.h) to what a report prints (model).
#pragma once

#include "model/explanation.h"
#include "osdb/osdb.h"

enum { OSEXPLAIN_REFS = 3 }; // the most references that are explained

// The best matches of `result`, or if there are none the nearest references. The strings stay the
// database's and the subject's.
const struct os_explanation *osexplain(struct arena *host, const struct osdb *db,
                                       const struct osdb_subject *subject,
                                       const struct osdb_result *result);

// The same of an IPv6 host: its values as they were projected, and what IPv6 alone has.
struct ossix;
const struct os_explanation *osexplain_six(struct arena *host, const struct ossix *six,
                                           const struct osdb_subject *subject,
                                           const struct osdb_result *result);
