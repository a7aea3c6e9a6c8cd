// SPDX-License-Identifier: Apache-2.0
#include "base/seal.h"

#include "base/digest.h"
#include "base/limits.h"
#include "base/pile.h"

static size_t round_up(size_t n)
{
    return (n + SEAL_ALIGN - 1) / SEAL_ALIGN * SEAL_ALIGN;
}

// Arenas align to less than a block wants.
static char *take_aligned(struct arena *run, size_t size)
{
    char *mem = arena_alloc(run, size + SEAL_ALIGN);
    return mem + (SEAL_ALIGN - (uintptr_t)mem % SEAL_ALIGN) % SEAL_ALIGN;
}

void seal_mend(void *block, size_t size)
{
    struct seal *s = block;
    if (size < sizeof *s)
        return;
    s->size = size;
    const struct digest_value v = digest_of(span_of((char *)block + sizeof *s, size - sizeof *s));
    memcpy(s->sum, v.word, sizeof s->sum);
}

enum err seal_make(struct arena *run, const struct seal_kind *kind, const void *head,
                   const struct pile *parts, struct span *out)
{
    size_t size = round_up(kind->head_size);
    for (uint32_t i = 0; i < kind->n_parts; i++)
        size += round_up(parts[i].len);
    if (size > LIMIT_DB_BLOCK)
        return ERR_LIMIT;
    char *mem = take_aligned(run, size);
    struct seal_part *table = (struct seal_part *)(void *)(mem + kind->table);
    struct seal *s = (struct seal *)(void *)mem;
    size_t at = round_up(kind->head_size);
    memcpy(mem, head, kind->head_size);
    memcpy(s->magic, kind->magic, sizeof s->magic);
    s->version = kind->version;
    s->order = SEAL_ORDER;
    for (uint32_t i = 0; i < kind->n_parts; i++) {
        const struct pile *p = &parts[i];
        table[i] = (struct seal_part){(uint32_t)at, (uint32_t)(p->len / kind->part_size[i])};
        if (p->len > 0)
            memcpy(mem + at, p->bytes, p->len);
        at += round_up(p->len);
    }
    seal_mend(mem, size);
    *out = span_of(mem, size);
    return ERR_OK;
}

static enum err fail(struct err_at *at, const char *what)
{
    if (at)
        *at = (struct err_at){0};
    return err_set(at, ERR_SYNTAX, what, (struct span){NULL, 0});
}

enum err seal_check(const struct seal_kind *kind, struct span block, struct err_at *at)
{
    const struct seal *s = (const void *)block.ptr;
    const struct seal_part *table = (const void *)(block.ptr + kind->table);
    if (block.len < kind->head_size || (uintptr_t)block.ptr % _Alignof(struct seal) != 0)
        return fail(at, "too short for a compiled database");
    if (memcmp(s->magic, kind->magic, sizeof s->magic) != 0)
        return fail(at, "not a compiled database");
    if (s->version != kind->version || s->order != SEAL_ORDER)
        return fail(at, "compiled database of another version or machine");
    if (s->size != block.len)
        return fail(at, "compiled database of another size");
    const struct digest_value v = digest_of(span_from(block, sizeof *s));
    if (v.word[0] != s->sum[0] || v.word[1] != s->sum[1])
        return fail(at, "compiled database with a wrong checksum");
    for (uint32_t i = 0; i < kind->n_parts; i++) {
        const uint64_t bytes = (uint64_t)table[i].n * kind->part_size[i];
        if (table[i].at % SEAL_ALIGN != 0 || table[i].at + bytes > block.len)
            return fail(at, "part outside of the compiled database");
    }
    return ERR_OK;
}
