// SPDX-License-Identifier: Apache-2.0
#include "verdict/memo.h"

void memo_init(struct memo *memo, struct arena *run, const struct verdict_model *m)
{
    for (int a = 0; a < VERDICT_ATTRS; a++) {
        const struct column *c = &m->base->column[a];
        memo->p[a] = arena_array(run, c->n, sizeof(double));
        if (c->rule == RULE_WORD)
            continue;
        memo->slots[a] = arena_array(run, MEMO_SLOTS, sizeof(struct memo_slot));
        double *p = arena_array(run, (size_t)MEMO_SLOTS * c->n, sizeof *p);
        for (uint32_t i = 0; i < MEMO_SLOTS; i++)
            memo->slots[a][i].p = p + (size_t)i * c->n;
    }
    for (int i = 0; i < OPTIONS; i++) {
        const uint32_t shift = m->base->blank[VIEW_SHIFT][i].n;
        const uint32_t mss = m->base->blank[VIEW_MSS][i].n;
        memo->blank[i] = arena_array(run, shift > mss ? shift : mss, sizeof(double));
    }
}

static uint32_t slot_of(struct span value)
{
    uint32_t h = (uint32_t)value.len;
    for (size_t i = 0; i < value.len; i++)
        h = h * 37 + (uint8_t)value.ptr[i];
    return h % MEMO_SLOTS;
}

const double *memo_weigh(struct memo *memo, const struct column *c, struct span value)
{
    struct memo_slot *slot = memo->slots[c->attr];
    if (!slot || value.len == 0 || value.len > MEMO_VALUE) {
        column_weigh(c, value, memo->p[c->attr]);
        return memo->p[c->attr];
    }
    slot += slot_of(value);
    if (span_eq(span_of(slot->value, slot->len), value) && slot->len > 0)
        return slot->p;
    slot->len = (uint8_t)value.len;
    memcpy(slot->value, value.ptr, value.len);
    column_weigh(c, value, slot->p);
    return slot->p;
}
