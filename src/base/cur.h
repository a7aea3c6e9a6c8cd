// SPDX-License-Identifier: Apache-2.0
// The only way to read untrusted bytes: a cursor with a sticky error. Past the end it yields
// zero and sets `bad`; check once per header. One read per statement.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct cur {
    const uint8_t *p;
    const uint8_t *end;
    bool bad;
};

static inline struct cur cur_of(const void *ptr, size_t len)
{
    const uint8_t *p = ptr;
    return (struct cur){p, p ? p + len : p, false};
}

static inline size_t cur_left(const struct cur *c)
{
    return (size_t)(c->end - c->p);
}

static inline bool cur_need(struct cur *c, size_t n)
{
    if (cur_left(c) >= n)
        return true;
    c->bad = true;
    c->p = c->end;
    return false;
}

static inline uint8_t cur_u8(struct cur *c)
{
    return cur_need(c, 1) ? *c->p++ : 0;
}

static inline uint16_t cur_be16(struct cur *c)
{
    if (!cur_need(c, 2))
        return 0;
    const unsigned v = (unsigned)c->p[0] << 8 | c->p[1];
    c->p += 2;
    return (uint16_t)v;
}

static inline uint32_t cur_be32(struct cur *c)
{
    const uint32_t hi = cur_be16(c);
    const uint32_t lo = cur_be16(c);
    return c->bad ? 0 : hi << 16 | lo;
}

// The next n bytes as a view; empty and bad if there are fewer.
static inline struct span cur_bytes(struct cur *c, size_t n)
{
    if (n == 0 || !cur_need(c, n)) // a cursor over nothing has no address to add to
        return span_of(c->p, 0);
    const struct span s = span_of(c->p, n);
    c->p += n;
    return s;
}

// Everything that is left.
static inline struct span cur_rest(struct cur *c)
{
    return cur_bytes(c, cur_left(c));
}

static inline void cur_skip(struct cur *c, size_t n)
{
    (void)cur_bytes(c, n);
}

// Cuts the end so that at most n bytes are left.
static inline void cur_limit(struct cur *c, size_t n)
{
    if (cur_left(c) > n)
        c->end = c->p + n;
}
