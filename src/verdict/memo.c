// SPDX-License-Identifier: Apache-2.0
#include "verdict/memo.h"

#include "base/text.h"

static bool has_numbers(const struct column *c)
{
    return c->rule == RULE_SPREAD || c->rule == RULE_TTL;
}

static uint32_t n_slots(const struct column *c)
{
    if (c->rule == RULE_SPREAD)
        return MEMO_SAMPLES;
    if (c->rule == RULE_TTL)
        return MEMO_BYTES;
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

static void make_texts(struct memo_texts *texts, struct arena *run, const struct column *c,
                       const struct lists *lists, uint32_t col)
{
    struct stretch *hits = arena_array(run, (size_t)MEMO_TEXTS * MEMO_HITS, sizeof *hits);
    texts->known = arena_array(run, MEMO_KNOWN, sizeof *texts->known);
    texts->slots = arena_array(run, MEMO_TEXTS, sizeof *texts->slots);
    for (uint32_t i = 0; i < MEMO_TEXTS; i++)
        texts->slots[i].hits = hits + (size_t)i * MEMO_HITS;
    texts->spare.hits = arena_array(run, 2 * (size_t)c->n + 1, sizeof *hits);
    texts->found = arena_array(run, 2 * (size_t)c->n + 1, sizeof *texts->found);
    texts->lists = lists;
    texts->col = col;
}

static void make_group(struct memo *memo, struct arena *run, const struct verdict_model *m,
                       enum verdict_group g)
{
    const struct table *t = &m->table[g];
    for (uint32_t c = 0; c < t->n_cols; c++)
        make_texts(&memo->texts[t->col[c]], run, &m->base->column[t->col[c]], &t->lists, c);
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
    make_group(memo, run, m, GROUP_OPT);
    make_group(memo, run, m, GROUP_WIN);
    for (int v = VIEW_SHIFT; v < VIEW_COUNT; v++)
        for (uint32_t i = 0; i < OPTIONS; i++)
            make_texts(&memo->blank[v][i], run, &m->base->blank[v][i], &m->blank[v], i);
    memo->room = arena_array(run, most, sizeof *memo->room);
}

static uint64_t key_of(const char *p, size_t n)
{
    uint64_t key = 0;
    for (size_t i = 0; i < n; i++)
        key = key << 8 | (uint8_t)p[i];
    return key;
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
    const size_t half = value.len < MEMO_VALUE / 2 ? value.len : MEMO_VALUE / 2;
    const uint64_t key[2] = {key_of(value.ptr, half), key_of(value.ptr + half, value.len - half)};
    uint64_t place = (key[0] + key[1] * 31) * UINT64_C(0x9E3779B97F4A7C15) >> 32;
    if (has_numbers(c))
        (void)text_hex(value, &place); // small ones do not meet
    slot = &memo->slots[c->attr][place % n_slots(c)];
    if (slot->len == value.len && slot->value[0] == key[0] && slot->value[1] == key[1])
        return slot;
    slot->len = value.len;
    memcpy(slot->value, key, sizeof key);
    weigh(memo, c, value, slot);
    return slot;
}

uint32_t memo_place(struct span text, uint32_t n)
{
    const uint64_t times = UINT64_C(0xD6E8FEB86659FD93);
    uint64_t h = text.len;
    for (; text.len >= sizeof h; text = span_from(text, sizeof h)) {
        uint64_t next;
        memcpy(&next, text.ptr, sizeof next);
        h = (h ^ next) * times;
        h ^= h >> 32;
    }
    h = (h ^ key_of(text.ptr, text.len)) * times;
    return (uint32_t)(h >> 40) % n;
}

const struct word *memo_read(struct memo_texts *texts, const struct column *c, struct span value)
{
    struct memo_known *quick = &texts->known[memo_place(value, MEMO_KNOWN)];
    if (value.len > 0 && span_eq(span_of(quick->text, quick->len), value))
        return quick->word;
    const struct word *known = column_known(c, value);
    if (known && value.len <= MEMO_TEXT) {
        *quick = (struct memo_known){.word = known, .len = (uint32_t)value.len};
        memcpy(quick->text, value.ptr, value.len);
    }
    if (known)
        return known;
    struct memo_text *slot = &texts->slots[memo_place(value, MEMO_TEXTS)];
    struct memo_text *spare = &texts->spare;
    if (slot->len > 0 && span_eq(span_of(slot->text, slot->len), value))
        return &slot->word;
    spare->word = column_find(c, value);
    spare->word.n = column_hits(c, value, &spare->word, texts->found);
    lists_find(texts->lists, texts->col, texts->found, spare->word.n, spare->hits);
    spare->word.hits = spare->hits;
    if (value.len == 0 || value.len > MEMO_TEXT || spare->word.n > MEMO_HITS)
        return &spare->word;
    slot->word = spare->word;
    slot->word.hits = slot->hits;
    memcpy(slot->hits, spare->hits, spare->word.n * sizeof *spare->hits);
    slot->len = value.len;
    memcpy(slot->text, value.ptr, value.len);
    return &slot->word;
}
