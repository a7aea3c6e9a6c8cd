// SPDX-License-Identifier: Apache-2.0
#include "base/map.h"

#include "base/vec.h"

struct map_slot {
    struct ip_addr addr;
    void *value; // NULL = free
};

void map_init(struct map *m, struct hash_key key)
{
    *m = (struct map){.key = key};
}

void map_fini(struct map *m)
{
    vec_free(m->slots);
    *m = (struct map){.key = m->key};
}

static size_t home(const struct map *m, const struct ip_addr *a)
{
    char bytes[20];
    memcpy(bytes, a->byte, 16);
    memcpy(bytes + 16, &a->zone, 4);
    return (size_t)hash_keyed(&m->key, span_of(bytes, sizeof bytes)) & (m->cap - 1);
}

static size_t find(const struct map *m, const struct ip_addr *addr)
{
    size_t i = home(m, addr);
    while (m->slots[i].value && !ip_eq(&m->slots[i].addr, addr))
        i = (i + 1) & (m->cap - 1);
    return i;
}

static void grow(struct map *m)
{
    struct map old = *m;
    size_t cap = 0;
    m->cap = old.cap ? old.cap * 2 : 64;
    m->slots = vec_grow(NULL, &cap, m->cap, sizeof *m->slots);
    memset(m->slots, 0, m->cap * sizeof *m->slots);
    for (size_t i = 0; i < old.cap; i++)
        if (old.slots[i].value)
            m->slots[find(m, &old.slots[i].addr)] = old.slots[i];
    vec_free(old.slots);
}

void map_put(struct map *m, const struct ip_addr *addr, void *value)
{
    if (m->n * 2 >= m->cap)
        grow(m);
    struct map_slot *s = &m->slots[find(m, addr)];
    if (!s->value)
        m->n++;
    *s = (struct map_slot){*addr, value};
}

void *map_get(const struct map *m, const struct ip_addr *addr)
{
    return m->n ? m->slots[find(m, addr)].value : NULL;
}

// Deletion moves later members of the run back, so lookups need no tombstones.
void map_del(struct map *m, const struct ip_addr *addr)
{
    if (!m->cap)
        return;
    size_t hole = find(m, addr);
    if (!m->slots[hole].value)
        return;
    const size_t mask = m->cap - 1;
    for (size_t i = (hole + 1) & mask; m->slots[i].value; i = (i + 1) & mask) {
        const size_t from_home = (i - home(m, &m->slots[i].addr)) & mask;
        if (from_home >= ((i - hole) & mask)) {
            m->slots[hole] = m->slots[i];
            hole = i;
        }
    }
    m->slots[hole].value = NULL;
    m->n--;
}
