// SPDX-License-Identifier: Apache-2.0
// Results as a SQLite database (doc/whorl-sqlite.md): several scans in one file, each host in
// one transaction as soon as it is finished. The one report that needs a path instead of a sink,
// since SQLite writes its file itself.
#pragma once

#include <stdbool.h>

#include "base/arena.h"

struct host;
struct scan;
struct sqlite_out;

// Opens or makes the file; an existing one must be a database of ours or empty. NULL: *why says
// what is wrong (constant or valid until the arena ends).
struct sqlite_out *sqlite_open(struct arena *run, const char *path, const char **why);

// Each is false if this or an earlier record could not be written; then sqlite_why tells.
bool sqlite_begin(struct sqlite_out *o, const struct scan *scan);
bool sqlite_host(struct sqlite_out *o, const struct scan *scan, const struct host *host);
bool sqlite_end(struct sqlite_out *o, const struct scan *scan);

// What is told is in a file already: many hosts to a transaction.
void sqlite_be_patient(struct sqlite_out *o);

const char *sqlite_why(const struct sqlite_out *o);

void sqlite_close(struct sqlite_out *o);
