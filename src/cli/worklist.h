// SPDX-License-Identifier: Apache-2.0
// Targets from a file or standard input (-iL). Plain targets are handed on as they are read; hosts
// with known ports when the list has ended, since their ports may stand anywhere in it.
#pragma once

#include "base/arena.h"
#include "stage/targets.h"

struct worklist_input;
struct writer;

// NULL (told on err): it cannot be opened.
struct worklist_input *input_open(struct arena *run, struct span path, struct targets *targets,
                                  struct writer *err);

enum input_state {
    INPUT_TARGET, // *out is one
    INPUT_LATER,  // nothing has come yet: ask again
    INPUT_END,
};
enum input_state input_next(struct worklist_input *in, struct target *out);

// About how many are still to come, UINT64_MAX = not known.
uint64_t input_left(const struct worklist_input *in);

// Something in it could not be used.
bool input_has_failed(const struct worklist_input *in);

void input_close(struct worklist_input *in);
