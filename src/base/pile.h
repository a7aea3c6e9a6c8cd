// SPDX-License-Identifier: Apache-2.0
// Arrays that grow while something is compiled, and tables that keep each thing
// once. All in one arena; what they outgrow stays there until it is rewound.
#pragma once

#include "base/arena.h"

struct pile {
    struct arena *arena;
    char *bytes;
    size_t len;
    size_t cap;
};

// Room for n more bytes, zeroed, until the next call.
void *pile_take(struct pile *p, size_t n);
void pile_add(struct pile *p, const void *bytes, size_t n);

struct intern_item {
    uint32_t hash;
    uint32_t at;
    uint32_t len;
};

// Different byte strings, numbered in the order in which they were first seen.
struct intern {
    struct pile bytes; // one behind the other, from multiples of `align`
    uint32_t align;
    struct intern_item *items;
    uint32_t n;
    uint32_t cap;
    uint32_t *slots; // 2 * cap of them: 1 + number of the item, 0 is free
};

struct intern intern_new(struct arena *arena, uint32_t align);
uint32_t intern_add(struct intern *in, const void *bytes, size_t len);
// UINT32_MAX: not in the table.
uint32_t intern_find(const struct intern *in, const void *bytes, size_t len);

static inline struct intern_item intern_at(const struct intern *in, uint32_t i)
{
    return in->items[i];
}

// Until the next string is added.
static inline struct span intern_span(const struct intern *in, uint32_t i)
{
    return span_of(in->bytes.bytes + in->items[i].at, in->items[i].len);
}
