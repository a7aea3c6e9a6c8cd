// SPDX-License-Identifier: Apache-2.0
// What the path of a scan does, told once all hosts are done.
#pragma once

struct arena;
struct outputs;
struct path_tally;
struct scan;

void pathnotes_tell(struct arena *run, const struct path_tally *tally, struct outputs *outputs,
                    const struct scan *scan);
