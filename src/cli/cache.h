// SPDX-License-Identifier: Apache-2.0
// The user's cache of compiled databases: one file for each kind of database (a short word) and
// key, in a folder that is the user's alone. What it holds can be lost at any time. Nothing here
// says whether the bytes are good: who uses them verifies them.
#pragma once

#include "base/arena.h"
#include "base/digest.h"

// $XDG_CACHE_HOME/whorl or ~/.cache/whorl; absent if there is neither.
struct span cache_folder(struct arena *run);

// A read-only view of the file of `key`, to be given back with cache_close. 0, or -errno: -ENOENT
// there is none, -EPERM folder or file are not the user's alone.
int cache_open(struct span folder, const char *kind, struct digest_value key, struct span *out);
void cache_close(struct span bytes);

// Writes the file of `key` in one step, and makes the folder if need be. Old files of
// the kind beyond CACHE_FILES go. 0 or -errno.
enum { CACHE_FILES = 8 };
int cache_put(struct span folder, const char *kind, struct digest_value key, struct span bytes);
