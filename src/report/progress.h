// SPDX-License-Identifier: Apache-2.0
// How far a run has come, as text: a bar for a terminal, lines for a log, records for programs.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct phase;
struct progress;
struct writer;

enum { PROGRESS_WIDTH_MAX = 200 };

// One line of at most `width` columns without newline; what does not fit is left out, the least
// important first.
void progress_bar(struct buf *b, const struct progress *p, size_t width);

// Two lines (scanning spec 8.3). now: unix seconds.
void progress_lines(struct writer *w, const struct progress *p, int64_t now);

// "Initiating ..." or "Completed ..." (output spec 2.2).
void phase_write(struct writer *w, const struct phase *phase, int64_t now);

// One JSON object and a newline (doc/progress.md).
void progress_json(struct writer *w, const struct progress *p, int64_t now, bool is_last);
