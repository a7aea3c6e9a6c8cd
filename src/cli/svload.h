// SPDX-License-Identifier: Apache-2.0
// Service-probe databases for dbload_run; the mode is 0, the result a struct svdb (svdb_close it
// before the cache gets back what it lent).
#pragma once

#include "cli/dbload.h"
#include "svdb/svdb.h"

extern const struct dbload_kind svload_kind;
