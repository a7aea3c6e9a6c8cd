// SPDX-License-Identifier: Apache-2.0
// TCP options from the notation of the O attributes: L end, N no-op, M<hex> segment size, W<hex>
// window scale, S selective acknowledgments, T<value><echo> timestamp. Where the letters do not
// fill whole words an option of an experimental kind is added, which that notation leaves out
// (os-detection specification 3.6).
#include "lab/hosts/hosts.h"

#include "base/text.h"

enum { OPT_EXPERIMENT = 254 }; // RFC 6994

// The hexadecimal digits at the start of *text, cut off.
static bool take_hex(struct span *text, uint64_t max, uint64_t *out)
{
    size_t n = 0;
    while (n < text->len && text_is_hex(text->ptr[n]))
        n++;
    const struct span digits = span_head(*text, n);
    *text = span_from(*text, n);
    return text_hex(digits, out) && *out <= max;
}

static bool take_bit(struct span *text, bool *out)
{
    if (text->len == 0 || (text->ptr[0] != '0' && text->ptr[0] != '1'))
        return false;
    *out = text->ptr[0] == '1';
    *text = span_from(*text, 1);
    return true;
}

static bool put_option(struct buf *b, char letter, struct span *text, struct pers_options *out)
{
    uint64_t v = 0;
    switch (letter) {
    case 'L':
        buf_u8(b, TCP_OPT_EOL);
        return true;
    case 'N':
        buf_u8(b, TCP_OPT_NOP);
        return true;
    case 'S':
        buf_be16(b, TCP_OPT_SACKOK << 8 | 2);
        return true;
    case 'M':
        buf_be16(b, TCP_OPT_MSS << 8 | 4);
        if (!take_hex(text, 0xFFFF, &v))
            return false;
        buf_be16(b, (uint16_t)v);
        return true;
    case 'W':
        buf_be16(b, TCP_OPT_WS << 8 | 3);
        if (!take_hex(text, 0xFF, &v))
            return false;
        buf_u8(b, (uint8_t)v);
        return true;
    case 'T':
        buf_be16(b, TCP_OPT_TS << 8 | 10);
        out->ts_at = (uint8_t)buf_len(b);
        buf_zero(b, 8);
        return take_bit(text, &out->has_value) && take_bit(text, &out->has_echo);
    default:
        return false;
    }
}

static void put_padding(struct buf *b)
{
    size_t n = (4 - buf_len(b) % 4) % 4;
    if (n == 0)
        return;
    if (n == 1)
        n += 4; // an option needs two bytes
    buf_u8(b, OPT_EXPERIMENT);
    buf_u8(b, (uint8_t)n);
    buf_zero(b, n - 2);
}

enum err options_parse(struct span text, struct pers_options *out, struct err_at *at)
{
    struct buf b;
    struct span rest = text;
    *out = (struct pers_options){0};
    buf_init(&b, out->byte, sizeof out->byte);
    while (rest.len > 0) {
        const char letter = rest.ptr[0];
        rest = span_from(rest, 1);
        if (!put_option(&b, letter, &rest, out))
            return err_set(at, ERR_SYNTAX, "not a list of TCP options", text);
    }
    put_padding(&b);
    out->len = (uint8_t)buf_len(&b);
    return b.full ? err_set(at, ERR_LIMIT, "more than 40 bytes of TCP options", text) : ERR_OK;
}

void options_plain(const struct pers_options *o, struct pers_options *out)
{
    struct cur c = cur_of(o->byte, o->len);
    struct tcp_opt opt;
    bool bad = false;
    *out = (struct pers_options){0};
    while (tcp_opt_next(&c, &opt, &bad)) {
        if (opt.kind != TCP_OPT_MSS || opt.body.len != 2)
            continue;
        out->byte[0] = TCP_OPT_MSS;
        out->byte[1] = 4;
        memcpy(out->byte + 2, opt.body.ptr, 2);
        out->len = 4;
        return;
    }
}

// CRC-32 of four bytes is 32 steps of a shift register, each of which can be undone.
void crc_invert(uint32_t crc, uint8_t data[4])
{
    uint32_t v = ~crc;
    for (int i = 0; i < 32; i++)
        v = v & 0x80000000u ? (v ^ 0xEDB88320u) << 1 | 1 : v << 1; // ISO 3309, reflected
    v = ~v;
    for (int i = 0; i < 4; i++)
        data[i] = (uint8_t)(v >> (8 * i));
}
