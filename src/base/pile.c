// SPDX-License-Identifier: Apache-2.0
#include "base/pile.h"

enum { PILE_FIRST = 256, INTERN_FIRST = 64 };

void *pile_take(struct pile *p, size_t n)
{
    if (!p->bytes || n > p->cap - p->len) {
        size_t cap = p->cap ? 2 * p->cap : PILE_FIRST;
        while (cap - p->len < n)
            cap *= 2;
        char *bytes = arena_alloc(p->arena, cap);
        if (p->len > 0)
            memcpy(bytes, p->bytes, p->len);
        p->bytes = bytes;
        p->cap = cap;
    }
    void *room = p->bytes + p->len;
    p->len += n;
    return room;
}

void pile_add(struct pile *p, const void *bytes, size_t n)
{
    void *room = pile_take(p, n);
    if (n > 0)
        memcpy(room, bytes, n);
}

struct intern intern_new(struct arena *arena, uint32_t align)
{
    return (struct intern){.bytes = {.arena = arena}, .align = align};
}

static uint32_t hash_of(const char *p, size_t len)
{
    uint64_t h = len * 0x9E3779B97F4A7C15u;
    uint64_t word;
    for (; len >= sizeof word; p += sizeof word, len -= sizeof word) {
        memcpy(&word, p, sizeof word);
        h = (h ^ word) * 0xD6E8FEB86659FD93u;
        h ^= h >> 32;
    }
    for (; len > 0; p++, len--)
        h = (h ^ (uint8_t)*p) * 0xD6E8FEB86659FD93u;
    return (uint32_t)(h ^ h >> 32);
}

static void put_slot(struct intern *in, uint32_t item)
{
    const uint32_t mask = 2 * in->cap - 1;
    uint32_t at = in->items[item].hash & mask;
    while (in->slots[at])
        at = (at + 1) & mask;
    in->slots[at] = item + 1;
}

static void grow(struct intern *in)
{
    struct arena *arena = in->bytes.arena;
    const uint32_t cap = in->cap ? 2 * in->cap : INTERN_FIRST;
    struct intern_item *items = arena_array(arena, cap, sizeof *items);
    if (in->n > 0)
        memcpy(items, in->items, in->n * sizeof *items);
    in->items = items;
    in->cap = cap;
    in->slots = arena_array(arena, 2 * (size_t)cap, sizeof *in->slots);
    for (uint32_t i = 0; i < in->n; i++)
        put_slot(in, i);
}

static uint32_t find(const struct intern *in, uint32_t hash, const void *bytes, size_t len)
{
    if (in->cap == 0)
        return UINT32_MAX;
    const uint32_t mask = 2 * in->cap - 1;
    for (uint32_t at = hash & mask; in->slots[at]; at = (at + 1) & mask) {
        const uint32_t i = in->slots[at] - 1;
        const struct intern_item *item = &in->items[i];
        if (item->hash == hash && item->len == len &&
            (len == 0 || memcmp(in->bytes.bytes + item->at, bytes, len) == 0))
            return i;
    }
    return UINT32_MAX;
}

uint32_t intern_find(const struct intern *in, const void *bytes, size_t len)
{
    return find(in, hash_of(bytes, len), bytes, len);
}

uint32_t intern_add(struct intern *in, const void *bytes, size_t len)
{
    const uint32_t hash = hash_of(bytes, len);
    const uint32_t known = find(in, hash, bytes, len);
    if (known != UINT32_MAX)
        return known;
    if (in->n == in->cap)
        grow(in);
    const size_t pad = (in->align - in->bytes.len % in->align) % in->align;
    (void)pile_take(&in->bytes, pad);
    in->items[in->n] = (struct intern_item){hash, (uint32_t)in->bytes.len, (uint32_t)len};
    pile_add(&in->bytes, bytes, len);
    put_slot(in, in->n);
    return in->n++;
}
