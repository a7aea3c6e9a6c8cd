// SPDX-License-Identifier: Apache-2.0
// Whole files in and out, or through a digest only. Paths end with NUL.
#pragma once

#include "base/arena.h"
#include "base/digest.h"

struct span path_join(struct arena *run, struct span dir, const char *name);

// 1 read, 0 not there, -errno (-EFBIG: more than LIMIT_DB_FILE bytes).
int file_read(struct arena *run, struct span path, struct span *out);

// The same, adding bytes and length to a digest instead of keeping them.
int file_digest(struct span path, struct digest *d);
// What file_digest adds for bytes that are at hand.
void file_digest_text(struct span text, struct digest *d);

// As file_read; what is no regular file (a pipe, a device) is read to its end.
int file_read_any(struct arena *run, struct span path, struct span *out);

// Standard input to its end; 0 or -errno.
int file_read_stdin(struct arena *run, struct span *out);

// Makes the folder of the path and its parents; 0 or -errno.
int file_make_folders(struct arena *run, struct span path);

// The file has all of text, or what it had before; 0 or -errno. Another file of that name is
// replaced in one step.
int file_replace(struct arena *run, struct span path, struct span text);
