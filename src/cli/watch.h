// SPDX-License-Identifier: Apache-2.0
// What a person (or a program) sees and can do while a run goes on: progress bar, status lines,
// keys, --progress-json. Results never pass here but for one thing: the bar makes room for them.
#pragma once

#include "base/arena.h"
#include "report/sink.h"

struct cli_env;
struct opts;
struct progress;
struct scan;
struct timers;
struct watch;
struct writer;

struct watch_calls {
    uint64_t (*now)(void *ctx);
    int64_t (*wall)(void *ctx); // unix nanoseconds
    void (*progress)(void *ctx, struct progress *out);
    void (*told)(void *ctx, const struct progress *p); // a status line was printed
    void (*trace)(void *ctx, bool is_on);              // packets
    void *ctx;
};

// NULL (told on err): the descriptor of --progress-json cannot be written to.
struct watch *watch_new(struct arena *run, const struct opts *o, const struct cli_env *env,
                        struct writer *err);

// Standard output and error for everybody else while the run lasts.
struct sink *watch_out(struct watch *w);
struct sink *watch_err(struct watch *w);

// From here on the scan's levels follow the keys.
void watch_begin(struct watch *w, struct timers *timers, const struct watch_calls *calls,
                 struct scan *scan);

// The last record; the terminal is as it was before.
void watch_end(struct watch *w);
