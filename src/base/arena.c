// SPDX-License-Identifier: Apache-2.0
// Blocks form a stack; the newest is bumped. Rewinding frees the blocks above the mark.
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

// A host that stays silent needs 200 bytes, and there are very many of them at a time.
enum { BLOCK_MIN = 208, ALIGN = 16 };

struct arena_block {
    struct arena_block *below;
    size_t size;
    size_t used;
    size_t pad; // keeps data[] aligned to ALIGN
    unsigned char data[];
};

static _Noreturn void out_of_memory(const char *label, size_t size)
{
    fprintf(stderr, "whorl: out of memory: %zu bytes for %s\n", size, label);
    abort();
}

void arena_init(struct arena *a, const char *label)
{
    *a = (struct arena){NULL, label, 0};
}

static void drop_top(struct arena *a)
{
    struct arena_block *b = a->top;
    a->top = b->below;
    a->total -= b->size;
    free(b);
}

void arena_fini(struct arena *a)
{
    while (a->top)
        drop_top(a);
}

static void push_block(struct arena *a, size_t need)
{
    size_t size = a->top ? a->top->size * 2 : BLOCK_MIN;
    if (size > ((size_t)1 << 20))
        size = (size_t)1 << 20;
    if (size < need)
        size = need;
    struct arena_block *b = malloc(sizeof *b + size);
    if (!b)
        out_of_memory(a->label, size);
    *b = (struct arena_block){a->top, size, 0, 0};
    a->top = b;
    a->total += size;
}

void *arena_alloc(struct arena *a, size_t size)
{
    if (size > SIZE_MAX - ALIGN - sizeof(struct arena_block))
        out_of_memory(a->label, size);
    const size_t need = (size + ALIGN - 1) / ALIGN * ALIGN;
    if (!a->top || a->top->size - a->top->used < need)
        push_block(a, need);
    void *p = a->top->data + a->top->used;
    a->top->used += need;
    memset(p, 0, size);
    return p;
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / size)
        out_of_memory(a->label, SIZE_MAX);
    return arena_alloc(a, n * size);
}

struct span arena_copy(struct arena *a, struct span s)
{
    if (span_is_absent(s))
        return s;
    char *p = arena_alloc(a, s.len + 1);
    memcpy(p, s.ptr, s.len);
    return span_of(p, s.len);
}

struct arena_mark arena_mark(const struct arena *a)
{
    return (struct arena_mark){a->top, a->top ? a->top->used : 0};
}

void arena_rewind(struct arena *a, struct arena_mark mark)
{
    while (a->top != mark.top)
        drop_top(a);
    if (a->top)
        a->top->used = mark.used;
}
