// SPDX-License-Identifier: Apache-2.0
// Data files: whole, or through a digest only. Paths end with NUL.
#pragma once

#include "base/arena.h"
#include "base/digest.h"

// dir/name
struct span file_join(struct arena *run, struct span dir, const char *name);

// 1 read, 0 not there, -errno (-EFBIG: more than LIMIT_DB_FILE bytes).
int file_read(struct arena *run, struct span path, struct span *out);

// The same, adding length and bytes to a digest instead of keeping them.
int file_digest(struct span path, struct digest *d);
// What file_digest adds for bytes that are at hand.
void file_digest_text(struct span text, struct digest *d);
