// SPDX-License-Identifier: Apache-2.0
#include "stage/asked.h"

#include "base/vec.h"

enum { CAP_FIRST = 256, INDEX_PER_LINE = 2, BLOCK = 16 };

void asked_init(struct asked_ring *r, uint32_t n, size_t bytes_most, struct hash_key key)
{
    *r = (struct asked_ring){
        .stride = sizeof(struct asked_line) + n * sizeof(uint64_t), .most = CAP_FIRST, .key = key};
    while ((size_t)r->most * 2 * r->stride <= bytes_most)
        r->most *= 2;
}

void asked_fini(struct asked_ring *r)
{
    vec_free(r->lines);
    vec_free(r->index);
    *r = (struct asked_ring){.stride = r->stride, .most = r->most, .key = r->key};
}

bool asked_is_full(const struct asked_ring *r)
{
    return r->end - r->first == r->most;
}

static struct asked_line *line_at(const struct asked_ring *r, uint32_t place)
{
    return (struct asked_line *)(void *)(r->lines + place * r->stride);
}

struct asked_line *asked_at(const struct asked_ring *r, uint64_t i)
{
    return line_at(r, (uint32_t)i & (r->cap - 1));
}

static uint32_t index_mask(const struct asked_ring *r)
{
    return r->cap * INDEX_PER_LINE - 1;
}

// The last bits of an address go into its place as they are: who is asked behind his neighbor
// stands beside him.
static uint32_t hash_of(struct asked_ring *r, const struct ip_addr *a)
{
    struct ip_addr block = *a;
    uint8_t *const last = &block.byte[a->family == IP_V4 ? 3 : 15];
    const uint32_t rest = *last % BLOCK;
    *last = (uint8_t)(*last - rest);
    if (!ip_eq(&block, &r->block)) {
        char bytes[20];
        memcpy(bytes, block.byte, 16);
        memcpy(bytes + 16, &block.zone, 4);
        r->block = block;
        r->block_hash = (uint32_t)hash_keyed(&r->key, span_of(bytes, sizeof bytes));
    }
    return r->block_hash + rest;
}

static void put(struct asked_ring *r, uint64_t number, uint32_t hash)
{
    uint32_t i = hash & index_mask(r);
    while (r->index[i].line)
        i = (i + 1) & index_mask(r);
    r->index[i] = (struct asked_place){((uint32_t)number & (r->cap - 1)) + 1, hash};
}

static void grow(struct asked_ring *r)
{
    const struct asked_ring old = *r;
    size_t n_bytes = 0, n_index = 0;
    r->cap = old.cap ? old.cap * 2 : CAP_FIRST;
    r->lines = vec_grow(NULL, &n_bytes, r->cap * r->stride, 1);
    r->index = vec_grow(NULL, &n_index, (size_t)r->cap * INDEX_PER_LINE, sizeof *r->index);
    memset(r->index, 0, (size_t)r->cap * INDEX_PER_LINE * sizeof *r->index);
    for (uint64_t i = r->first; i < r->end; i++) {
        const struct asked_line *line = asked_at(&old, i);
        memcpy(asked_at(r, i), line, r->stride);
        put(r, i, line->hash);
    }
    vec_free(old.lines);
    vec_free(old.index);
}

struct asked_line *asked_push(struct asked_ring *r, const struct ip_addr *addr)
{
    if (r->end - r->first == r->cap)
        grow(r);
    const uint64_t i = r->end++;
    struct asked_line *line = asked_at(r, i);
    memset(line, 0, r->stride);
    line->addr = *addr;
    line->hash = hash_of(r, addr);
    put(r, i, line->hash);
    return line;
}

// Later members of the run move back, so that lookups need no marks of what is gone.
void asked_pop(struct asked_ring *r)
{
    const uint32_t mask = index_mask(r);
    const uint32_t line = ((uint32_t)r->first & (r->cap - 1)) + 1;
    uint32_t hole = asked_at(r, r->first++)->hash & mask;
    while (r->index[hole].line != line)
        hole = (hole + 1) & mask;
    for (uint32_t i = (hole + 1) & mask; r->index[i].line; i = (i + 1) & mask) {
        const uint32_t from_home = (i - r->index[i].hash) & mask;
        if (from_home >= ((i - hole) & mask)) {
            r->index[hole] = r->index[i];
            hole = i;
        }
    }
    r->index[hole].line = 0;
}

struct asked_line *asked_find(struct asked_ring *r, const struct ip_addr *addr, uint64_t *i)
{
    if (r->first == r->end)
        return NULL;
    const uint32_t hash = hash_of(r, addr);
    for (uint32_t k = hash & index_mask(r); r->index[k].line; k = (k + 1) & index_mask(r)) {
        const uint32_t place = r->index[k].line - 1;
        if (r->index[k].hash != hash || !ip_eq(&line_at(r, place)->addr, addr))
            continue;
        *i = r->first + ((place - (uint32_t)r->first) & (r->cap - 1));
        return line_at(r, place);
    }
    return NULL;
}
