// SPDX-License-Identifier: Apache-2.0
// The data files that are part of the program. Their text is in data/.
#pragma once

#include "base/span.h"

extern const struct span builtin_os_db;       // data/os.db
extern const struct span builtin_os1_db;      // data/os1.db
extern const struct span builtin_os6_db;      // data/os6.db
extern const struct span builtin_services;    // data/services.tab
extern const struct span builtin_services_db; // data/services.db
extern const struct span builtin_report_html; // data/report.html
