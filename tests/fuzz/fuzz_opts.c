// SPDX-License-Identifier: Apache-2.0
// Any bytes, cut at NUL, as a command line: values stay in range, targets are arguments, errors
// have a reason and name their argument.
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "cli/opts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARGS_MAX = 64 };

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check(const struct opts *o, int argc)
{
    require(o->timing >= 0 && o->timing <= 5 && o->max_tries >= 1 && o->max_tries <= 50);
    require(o->max_rate >= 0 && o->n_targets < (uint32_t)argc);
    require(o->verbose >= 0 && o->debug >= 0);
    for (uint32_t i = 0; i < o->n_targets; i++)
        require(o->targets[i].len < 2 || o->targets[i].ptr[0] != '-');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena run;
    struct opts o;
    struct err_at at;
    char *argv[ARGS_MAX + 1] = {0};
    int argc = 1;
    arena_init(&run, "fuzz");
    const struct span text = arena_copy(&run, span_of(data ? (const char *)data : "", size));
    struct span rest = text;
    char program[] = "whorl";
    argv[0] = program;
    while (!span_is_absent(rest) && argc < ARGS_MAX)
        argv[argc++] = (char *)(uintptr_t)span_cut(&rest, '\0').ptr;
    opts_init(&o, &opts_scan);
    const enum err e = opts_parse(&o, &run, argc, argv, &at);
    require(e == at.code);
    if (e == ERR_OK)
        check(&o, argc);
    else
        require(at.what && at.line >= 1 && at.line < (uint32_t)argc);
    arena_fini(&run);
    return 0;
}
