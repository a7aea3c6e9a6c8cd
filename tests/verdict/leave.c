// SPDX-License-Identifier: Apache-2.0
// What a database would be that does not know a host.
#include <stdio.h>

#include "verdict/generate.h"

bool host_shares(const struct base *base, enum verdict_level which, uint32_t a, uint32_t b)
{
    const struct level *l = &base->level[which];
    for (uint32_t i = l->first[a]; i < l->first[a + 1]; i++)
        for (uint32_t k = l->first[b]; k < l->first[b + 1]; k++)
            if (l->ids[i] == l->ids[k])
                return true;
    return false;
}

const struct verdict_model *host_model(struct arena *a, const struct host *h, enum condition c)
{
    static const enum verdict_level levels[COND_COUNT] = {[COND_NAME] = VERDICT_NAME,
                                                          [COND_CLASSES] = VERDICT_CLASS,
                                                          [COND_SYSTEMS] = VERDICT_SYSTEM};
    const uint32_t n = osdb_count(h->model->base->db);
    if (c < COND_ENTRY)
        return h->model;
    bool *is_left_out = arena_array(a, n, sizeof *is_left_out);
    for (uint32_t i = 0; c != COND_ENTRY && i < n; i++)
        is_left_out[i] = host_shares(h->model->base, levels[c], i, h->ref);
    is_left_out[h->ref] = true;
    return verdict_model_without(a, h->model, is_left_out);
}

struct span host_read_file(struct arena *a, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return (struct span){NULL, 0};
    char *text = arena_alloc(a, LIMIT_DB_FILE);
    const size_t n = fread(text, 1, LIMIT_DB_FILE, f);
    fclose(f);
    return span_of(text, n);
}
