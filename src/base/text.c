// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include "base/buf.h"

bool text_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool text_is_hex(char c)
{
    return text_is_digit(c) || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

void text_escape(struct buf *b, struct span s)
{
    for (size_t i = 0; i < s.len; i++) {
        const uint8_t c = (uint8_t)s.ptr[i];
        if (c >= 0x20 && c < 0x7F && c != '\\') {
            buf_u8(b, c);
            continue;
        }
        buf_str(b, "\\x");
        buf_hex_pad(b, c, 2);
    }
}

void text_dotted(struct buf *b, struct span s)
{
    for (size_t i = 0; i < s.len; i++)
        buf_char(b, s.ptr[i] >= 0x20 && s.ptr[i] < 0x7F ? s.ptr[i] : '.');
}

size_t text_utf8(struct span s, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const uint8_t *p = (const uint8_t *)s.ptr;
    *code = p[0];
    if (p[0] < 0x80)
        return 1;
    const size_t n = p[0] >= 0xF0 && p[0] < 0xF5 ? 4
                     : (p[0] & 0xF0) == 0xE0     ? 3
                     : (p[0] & 0xE0) == 0xC0     ? 2
                                                 : 0;
    if (n == 0 || n > s.len)
        return 0;
    uint32_t v = p[0] & (0x7Fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
        v = v << 6 | (p[i] & 0x3Fu);
    }
    const bool is_surrogate = v >= 0xD800 && v < 0xE000;
    if (v < least[n] || v > 0x10FFFF || is_surrogate)
        return 0;
    *code = v;
    return n;
}

bool text_dec(struct span s, uint64_t max, uint64_t *out)
{
    uint64_t v = 0;
    if (s.len == 0)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (!text_is_digit(s.ptr[i]))
            return false;
        const uint64_t digit = (uint64_t)(s.ptr[i] - '0');
        if (v > max / 10 || v * 10 > max - (digit < max ? digit : max))
            return false;
        v = v * 10 + digit;
        if (v > max)
            return false;
    }
    *out = v;
    return true;
}

bool text_hex(struct span s, uint64_t *out)
{
    uint64_t v = 0;
    if (s.len == 0 || s.len > 16)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        const char c = s.ptr[i];
        if (!text_is_hex(c))
            return false;
        const int digit = text_is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
        v = v << 4 | (uint64_t)digit;
    }
    *out = v;
    return true;
}

static uint64_t unit_ns(struct span unit)
{
    if (unit.len == 0 || span_eq(unit, SPAN("s")))
        return 1000000000u;
    if (span_eq(unit, SPAN("ms")))
        return 1000000u;
    if (span_eq(unit, SPAN("m")))
        return UINT64_C(60) * 1000000000u;
    if (span_eq(unit, SPAN("h")))
        return UINT64_C(3600) * 1000000000u;
    return 0;
}

bool text_time(struct span s, uint64_t *ns)
{
    size_t n = 0;
    while (n < s.len && (text_is_digit(s.ptr[n]) || s.ptr[n] == '.'))
        n++;
    const uint64_t unit = unit_ns(span_from(s, n));
    struct span frac = span_head(s, n);
    const bool has_point = span_find(frac, '.') < frac.len;
    const struct span whole = span_cut(&frac, '.');
    uint64_t w = 0, f = 0, scale = 1;
    if (unit == 0 || (whole.len == 0 && frac.len == 0))
        return false;
    if (whole.len > 0 && !text_dec(whole, 1000000, &w))
        return false;
    if (span_find(frac, '.') < frac.len)
        return false;
    if (has_point && frac.len > 0) {
        frac = span_head(frac, 6); // microseconds of a second are enough
        if (!text_dec(frac, 999999, &f))
            return false;
        for (size_t i = 0; i < frac.len; i++)
            scale *= 10;
    }
    *ns = w * unit + f * (unit / 1000) / scale * 1000;
    return true;
}
