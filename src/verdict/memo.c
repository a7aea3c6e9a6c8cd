// SPDX-License-Identifier: Apache-2.0
#include "verdict/memo.h"

// Numbers have many values, and are dear.
static uint32_t n_slots(const struct column *c)
{
    return c->rule == RULE_WORD || c->rule == RULE_ANSWER ? MEMO_WORDS : MEMO_SLOTS;
}

static void make_slots(struct memo *memo, struct arena *run, const struct column *c)
{
    const uint32_t n = n_slots(c);
    float *p = arena_array(run, (n + 1) * (size_t)c->n, sizeof *p);
    memo->slots[c->attr] = arena_array(run, n, sizeof(struct memo_slot));
    for (uint32_t i = 0; i < n; i++)
        memo->slots[c->attr][i].p = p + (size_t)i * c->n;
    memo->spare[c->attr].p = p + (size_t)n * c->n;
}

void memo_init(struct memo *memo, struct arena *run, const struct verdict_model *m)
{
    uint32_t most = 0;
    for (int a = 0; a < VERDICT_ATTRS; a++) {
        const struct column *c = &m->base->column[a];
        const enum verdict_group g = m->base->group[a];
        most = c->n > most ? c->n : most;
        if (g != GROUP_OPT && g != GROUP_WIN)
            make_slots(memo, run, c);
    }
    memo->room = arena_array(run, most, sizeof *memo->room);
}

static uint32_t hash_of(struct span value)
{
    uint32_t h = (uint32_t)value.len;
    for (size_t i = 0; i < value.len; i++)
        h = h * 37 + (uint8_t)value.ptr[i];
    return h;
}

static void weigh(struct memo *memo, const struct column *c, struct span value,
                  struct memo_slot *slot)
{
    const struct word w = column_find(c, value);
    column_weigh(c, value, memo->room);
    for (uint32_t i = 0; i < c->n; i++)
        slot->p[i] = (float)(memo->room[i] * w.scale);
    slot->mass = w.mass;
    slot->scale = w.scale;
}

const struct memo_slot *memo_weigh(struct memo *memo, const struct column *c, struct span value)
{
    struct memo_slot *slot = &memo->spare[c->attr];
    if (value.len == 0 || value.len > MEMO_VALUE) {
        weigh(memo, c, value, slot);
        return slot;
    }
    slot = &memo->slots[c->attr][hash_of(value) % n_slots(c)];
    if (slot->len == value.len && memcmp(slot->value, value.ptr, value.len) == 0)
        return slot;
    slot->len = (uint8_t)value.len;
    memcpy(slot->value, value.ptr, value.len);
    weigh(memo, c, value, slot);
    return slot;
}
