// SPDX-License-Identifier: Apache-2.0
#include "saved/scripts.h"

#include "base/limits.h"
#include "base/vec.h"

void scripts_reset(struct scripts *s)
{
    s->n = s->n_parts = s->n_bytes = s->n_parts_all = 0;
    s->has_overflow = false;
}

void scripts_free(struct scripts *s)
{
    vec_free(s->list);
    vec_free(s->parts);
    *s = (struct scripts){0};
}

bool scripts_have_room(struct scripts *s, size_t n_bytes)
{
    const bool is_room =
        n_bytes <= LIMIT_SCRIPT_BYTES && s->n_bytes <= LIMIT_SCRIPT_BYTES - n_bytes;
    s->has_overflow |= !is_room;
    s->n_bytes += is_room ? n_bytes : 0;
    return is_room;
}

void scripts_part(struct scripts *s, const struct script_part *p)
{
    if (s->n_parts_all == LIMIT_SCRIPT_PARTS) {
        s->has_overflow = true;
        return;
    }
    s->n_parts_all++;
    VEC_PUSH(s->parts, s->n_parts, s->cap_parts, *p);
}

void scripts_add(struct scripts *s, struct arena *to, const struct script *one)
{
    struct script whole = *one;
    struct script_part *parts = arena_array(to, s->n_parts, sizeof *parts);
    for (size_t i = 0; i < s->n_parts; i++)
        parts[i] = s->parts[i];
    whole.parts = parts;
    whole.n_parts = (uint32_t)s->n_parts;
    s->n_parts = 0;
    if (s->n < LIMIT_SCRIPTS)
        VEC_PUSH(s->list, s->n, s->cap, whole);
    else
        s->has_overflow = true;
}

const struct script *scripts_take(const struct scripts *s, struct arena *to, uint32_t *n)
{
    struct script *list = arena_array(to, s->n, sizeof *list);
    for (size_t i = 0; i < s->n; i++)
        list[i] = s->list[i];
    *n = (uint32_t)s->n;
    return s->n > 0 ? list : NULL;
}
