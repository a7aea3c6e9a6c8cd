// SPDX-License-Identifier: Apache-2.0
// Bounded output: bytes and text go into a caller's array; what does not fit is dropped and
// remembered in `full`. Never writes past the end, never NUL-terminates by itself.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct buf {
    uint8_t *start;
    uint8_t *p;
    uint8_t *end;
    bool full; // something did not fit
};

void buf_init(struct buf *b, void *mem, size_t cap);
size_t buf_len(const struct buf *b);
struct span buf_span(const struct buf *b);

// Room for n bytes, or NULL (and full).
uint8_t *buf_take(struct buf *b, size_t n);

void buf_u8(struct buf *b, uint8_t v);
void buf_be16(struct buf *b, uint16_t v);
void buf_be32(struct buf *b, uint32_t v);
void buf_zero(struct buf *b, size_t n);
void buf_bytes(struct buf *b, struct span s);

// Text.
void buf_str(struct buf *b, const char *s);
void buf_char(struct buf *b, char c);
void buf_dec(struct buf *b, uint64_t v);
void buf_int(struct buf *b, int64_t v);
void buf_dec_pad(struct buf *b, uint64_t v, unsigned digits); // zero padded
void buf_hex(struct buf *b, uint64_t v);                      // upper case, no leading zeros
void buf_hex_pad(struct buf *b, uint64_t v, unsigned digits);

// v with `decimals` (0..9) digits behind the point, rounded half away from zero.
void buf_fixed(struct buf *b, double v, unsigned decimals);
