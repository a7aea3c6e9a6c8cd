// SPDX-License-Identifier: Apache-2.0
#include "base/buf.h"

void buf_init(struct buf *b, void *mem, size_t cap)
{
    *b = (struct buf){mem, mem, (uint8_t *)mem + cap, false};
}

size_t buf_len(const struct buf *b)
{
    return (size_t)(b->p - b->start);
}

struct span buf_span(const struct buf *b)
{
    return span_of(b->start, buf_len(b));
}

uint8_t *buf_take(struct buf *b, size_t n)
{
    if ((size_t)(b->end - b->p) < n) {
        b->full = true;
        return NULL;
    }
    uint8_t *p = b->p;
    b->p += n;
    return p;
}

void buf_u8(struct buf *b, uint8_t v)
{
    uint8_t *p = buf_take(b, 1);
    if (p)
        *p = v;
}

void buf_be16(struct buf *b, uint16_t v)
{
    uint8_t *p = buf_take(b, 2);
    if (!p)
        return;
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

void buf_be32(struct buf *b, uint32_t v)
{
    buf_be16(b, (uint16_t)(v >> 16));
    buf_be16(b, (uint16_t)v);
}

void buf_zero(struct buf *b, size_t n)
{
    uint8_t *p = buf_take(b, n);
    if (p)
        memset(p, 0, n);
}

// Takes what fits: text is cut, not dropped.
void buf_bytes(struct buf *b, struct span s)
{
    const size_t room = (size_t)(b->end - b->p);
    const size_t n = s.len < room ? s.len : room;
    if (n < s.len)
        b->full = true;
    if (n == 0)
        return;
    memcpy(b->p, s.ptr, n);
    b->p += n;
}

void buf_str(struct buf *b, const char *s)
{
    buf_bytes(b, span_str(s));
}

void buf_char(struct buf *b, char c)
{
    buf_u8(b, (uint8_t)c);
}

static void number(struct buf *b, uint64_t v, unsigned base, unsigned digits)
{
    char text[64];
    size_t at = sizeof text;
    do {
        text[--at] = "0123456789ABCDEF"[v % base];
        v /= base;
    } while (v > 0);
    while (sizeof text - at < digits && at > 0)
        text[--at] = '0';
    buf_bytes(b, span_of(text + at, sizeof text - at));
}

void buf_dec(struct buf *b, uint64_t v)
{
    number(b, v, 10, 1);
}

void buf_int(struct buf *b, int64_t v)
{
    if (v < 0)
        buf_char(b, '-');
    number(b, v < 0 ? 0 - (uint64_t)v : (uint64_t)v, 10, 1);
}

void buf_dec_pad(struct buf *b, uint64_t v, unsigned digits)
{
    number(b, v, 10, digits);
}

void buf_hex(struct buf *b, uint64_t v)
{
    number(b, v, 16, 1);
}

void buf_hex_pad(struct buf *b, uint64_t v, unsigned digits)
{
    number(b, v, 16, digits);
}

void buf_fixed(struct buf *b, double v, unsigned decimals)
{
    uint64_t scale = 1;
    for (unsigned i = 0; i < decimals && i < 9; i++)
        scale *= 10;
    if (v < 0)
        buf_char(b, '-');
    const double size = v < 0 ? -v : v;
    if (!(size < 1e9)) {
        buf_str(b, size >= 1e9 ? "1000000000" : "0");
        return;
    }
    const uint64_t all = (uint64_t)(size * (double)scale + 0.5);
    number(b, all / scale, 10, 1);
    if (decimals > 0) {
        buf_char(b, '.');
        number(b, all % scale, 10, decimals);
    }
}
