// SPDX-License-Identifier: Apache-2.0
// OS databases for dbload_run; the mode is enum quirks, the result a struct osdb.
#pragma once

#include "cli/dbload.h"
#include "osdb/osdb.h"

extern const struct dbload_kind osload_kind;
extern const struct dbload_kind osload_first_kind;  // first generation
extern const struct dbload_kind osload_native_kind; // what IPv6 alone has
