// SPDX-License-Identifier: Apache-2.0
// Batch engines tell each task its number by a variable of the environment; not all of them tell
// how many there are, then WHORL_SHARD_COUNT must. Numbers begin at 0 or at a least one that is
// told.
#include "cli/shard.h"

#include "base/text.h"

// Names of variables; NULL: there is none.
struct engine_env {
    const char *index;
    const char *count;
    const char *least;
    const char *step;
};

static const struct engine_env engines[] = {
    {"WHORL_SHARD_INDEX", "WHORL_SHARD_COUNT", NULL, NULL},
    {"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN",
     "SLURM_ARRAY_TASK_STEP"},
    {"SLURM_PROCID", "SLURM_NTASKS", NULL, NULL},
    {"JOB_COMPLETION_INDEX", "WHORL_SHARD_COUNT", NULL, NULL},
    {"NOMAD_ALLOC_INDEX", "WHORL_SHARD_COUNT", NULL, NULL},
    {"AWS_BATCH_JOB_ARRAY_INDEX", "AWS_BATCH_JOB_ARRAY_SIZE", NULL, NULL},
};

static bool number(shard_getenv_fn *get, const char *name, uint64_t *out)
{
    const char *text = name ? get(name) : NULL;
    return text && text_dec(span_str(text), UINT32_MAX, out);
}

static enum err set(uint64_t index, uint64_t n, struct span text, struct shard *out,
                    struct err_at *at)
{
    if (n == 0 || index >= n)
        return err_set(at, ERR_RANGE, "must be a part of so many, from 1/N to N/N", text);
    *out = (struct shard){(uint32_t)index, (uint32_t)n};
    return ERR_OK;
}

static enum err parse_plain(struct span text, struct shard *out, struct err_at *at)
{
    struct span rest = text;
    uint64_t part = 0, n = 0;
    if (!text_dec(span_cut(&rest, '/'), UINT32_MAX, &part) || span_is_absent(rest) ||
        !text_dec(rest, UINT32_MAX, &n) || part == 0)
        return err_set(at, ERR_SYNTAX, "must be I/N, such as 3/8, or auto", text);
    return set(part - 1, n, text, out, at);
}

static enum err parse_engine(const struct engine_env *e, shard_getenv_fn *get, struct shard *out,
                             struct err_at *at)
{
    uint64_t index = 0, n = 0, least = 0, step = 1;
    if (!number(get, e->index, &index) || !number(get, e->count, &n))
        return err_set(at, ERR_RANGE, "how many parts there are is not told: set this variable",
                       span_str(e->count));
    (void)number(get, e->least, &least);
    if (!number(get, e->step, &step) || step == 0)
        step = 1;
    if (index < least)
        return err_set(at, ERR_RANGE, "less than the least", span_str(e->index));
    return set((index - least) / step, n, span_str(e->index), out, at);
}

enum err shard_parse(struct span text, shard_getenv_fn *get, struct shard *out, struct err_at *at)
{
    if (!span_eq(text, SPAN("auto")))
        return parse_plain(text, out, at);
    const char *whole = get("WHORL_SHARD");
    if (whole)
        return parse_plain(span_str(whole), out, at);
    for (size_t i = 0; i < sizeof engines / sizeof engines[0]; i++)
        if (get(engines[i].index))
            return parse_engine(&engines[i], get, out, at);
    return err_set(at, ERR_RANGE, "no batch engine has told which part; use I/N", text);
}
