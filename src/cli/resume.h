// SPDX-License-Identifier: Apache-2.0
// A scan that was stopped, read back to go on with: its arguments and seed, the hosts that are
// finished, and what is known of those that are not.
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "cli/output.h"
#include "report/writer.h"

struct cli_env;
struct host;
struct ip_addr;
struct outputs;
struct resume;
struct scan;

// NULL (told on err): the file cannot be read, or is not of a scan of this program.
struct resume *resume_open(struct arena *run, const struct cli_env *env, struct span path,
                           struct writer *err);

// The arguments of the scan, its program name first, NULL behind the last.
int resume_arguments(const struct resume *r, char ***argv);
bool resume_seed(const struct resume *r, uint64_t *seed); // false: the file does not have it
const struct continued *resume_continued(const struct resume *r);
bool resume_is_finished(const struct resume *r);

// Start, and counts so far.
void resume_scan(const struct resume *r, struct scan *scan);

// Whether a target is finished; else *known is what is known of it, NULL = nothing.
bool resume_has(const struct resume *r, const struct ip_addr *addr, const struct host **known);

// Writes what was told before to the reports that are written anew.
void resume_replay(struct resume *r, struct outputs *outputs, const struct scan *scan,
                   struct writer *err);

void resume_close(struct resume *r);
