// SPDX-License-Identifier: Apache-2.0
#include "cli/chosen.h"

#include <stdlib.h>

#include "base/text.h"
#include "cli/file.h"
#include "cli/opts.h"
#include "cli/say.h"
#include "cli/shard.h"
#include "stage/targets.h"

static bool exclude(struct targets *excluded, struct span spec, struct writer *err)
{
    struct err_at at = {0};
    if (targets_add(excluded, spec, &at) == ERR_OK)
        return true;
    say_error(err, spec, &at);
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

// Specifications between blanks; "#" begins a comment.
static bool exclude_line(struct targets *excluded, struct span line, struct writer *err)
{
    struct span rest = span_head(line, span_find(line, '#'));
    while (rest.len > 0) {
        size_t n = 0;
        while (n < rest.len && !is_blank(rest.ptr[n]))
            n++;
        if (n > 0 && !exclude(excluded, span_head(rest, n), err))
            return false;
        rest = span_from(rest, n < rest.len ? n + 1 : n);
    }
    return true;
}

static bool exclude_file(struct arena *run, struct span path, struct targets *excluded,
                         struct writer *err)
{
    struct span text;
    const int rc = file_read_any(run, path, &text);
    if (rc <= 0) {
        say_sys(err, path, rc < 0 ? rc : -2); // ENOENT
        return false;
    }
    while (!span_is_absent(text))
        if (!exclude_line(excluded, span_cut(&text, '\n'), err))
            return false;
    return true;
}

static bool exclude_all(struct arena *run, const struct opts *o, struct targets *excluded,
                        struct writer *err)
{
    struct span list = o->exclude;
    while (!span_is_absent(list)) {
        const struct span spec = span_trim(span_cut(&list, ','));
        if (spec.len > 0 && !exclude(excluded, spec, err))
            return false;
    }
    if (!span_is_absent(o->exclude_file) && !exclude_file(run, o->exclude_file, excluded, err))
        return false;
    targets_take_all(excluded);
    targets_take_both(excluded);                     // whoever excludes a host means all of it
    const bool is_known = targets_resolve(excluded); // who could not be resolved was told
    targets_index(excluded);
    return is_known;
}

static bool take_shard(const struct opts *o, struct choose *out, struct writer *err)
{
    struct shard shard = {0};
    struct err_at at = {0};
    if (span_is_absent(o->shard))
        return true;
    if (shard_parse(o->shard, getenv, &shard, &at) != ERR_OK) {
        say_error(err, SPAN("--shard"), &at);
        return false;
    }
    out->shard = shard.index;
    out->n_shards = shard.n;
    return true;
}

// All parts must have the same order, whoever starts them.
uint64_t chosen_seed(const struct opts *o, const struct plan *plan)
{
    return o->has_seed || span_is_absent(o->shard) ? plan->seed : 0;
}

bool chosen_open(struct arena *run, const struct opts *o, const struct plan *plan,
                 struct targets *targets, struct targets *excluded, struct choose *out,
                 struct writer *err)
{
    if (!exclude_all(run, o, excluded, err) || !take_shard(o, out, err))
        return false;
    out->excluded = targets_left(excluded) > 0 ? excluded : NULL;
    out->is_unique = o->unique;
    if (o->resolve_all)
        targets_take_all(targets);
    if (o->prefers_six && o->hosts.wants_four)
        targets_take_both(targets);
    const bool knows_all = span_is_absent(o->input_list) && !o->hosts.has_random; // else mix.c
    if (o->random_hosts && knows_all)
        targets_shuffle(targets, chosen_seed(o, plan));
    return true;
}
