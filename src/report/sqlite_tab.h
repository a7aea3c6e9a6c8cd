// SPDX-License-Identifier: Apache-2.0
// Private to report: the statements of sqlite.c.
#pragma once

enum {
    SQLITE_SCAN,
    SQLITE_SCAN_END,
    SQLITE_HOST,
    SQLITE_PORT,
    SQLITE_NOT_SHOWN,
    SQLITE_CERTIFICATE,
    SQLITE_OS,
    SQLITE_OS_MATCH,
    SQLITE_VERDICT,
    SQLITE_FINDING,
    SQLITE_INSERTS,
};

enum { SQLITE_SCHEMA_NUMBER = 1 };

extern const char sqlite_schema[];
extern const char sqlite_later[];
extern const char *const sqlite_inserts[SQLITE_INSERTS];
