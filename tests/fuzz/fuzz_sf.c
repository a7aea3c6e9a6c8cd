// SPDX-License-Identifier: Apache-2.0
// Any bytes as text with service fingerprints in it: what is found keeps its promises, and is
// the same whether the text comes whole or byte by byte.
#include <stdlib.h>

#include "base/hash.h"
#include "saved/sf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
    uint32_t n;
    uint32_t sum;
};

static void on_found(void *ctx, const struct sf_found *f)
{
    struct seen *s = ctx;
    s->n++;
    s->sum = s->sum * 31 + (uint32_t)f->line + (f->damage ? 7 * (uint32_t)f->damage_line : 0);
    if (f->line == 0 || f->n_replies > SF_REPLIES_MAX || (f->damage && f->damage_line < f->line))
        abort();
    for (uint32_t i = 0; i < f->n_replies; i++)
        s->sum = s->sum * 31 + hash_crc32(f->replies[i].bytes) + hash_crc32(f->replies[i].probe);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    struct seen s = {0};
    arena_init(&a, "test");
    struct sf_finder *f = sf_finder_new(&a, on_found, &s);
    sf_finder_feed(f, span_of(data, size));
    sf_finder_end(f);
    const struct seen whole = s;
    s = (struct seen){0};
    for (size_t i = 0; i < size; i++)
        sf_finder_feed(f, span_of(data + i, 1));
    sf_finder_end(f);
    if (whole.n != s.n || whole.sum != s.sum)
        abort();
    arena_fini(&a);
    return 0;
}
