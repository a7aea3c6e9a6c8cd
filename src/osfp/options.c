// SPDX-License-Identifier: Apache-2.0
// TCP options of replies: may the packet be believed (spec 2.7), what do they look like (spec
// 3.6), which timestamp do they carry (spec 2.7). The three walks differ on purpose: the check
// ends at EOL, the others step over it.
#include "osfp/options.h"

#include "base/buf.h"
#include "base/cur.h"
#include "wire/tcp.h"

enum { KIND_ALT_CKSUM = 14 };

static bool length_is_sound(uint8_t kind, uint8_t len)
{
    switch (kind) {
    case TCP_OPT_MSS:
        return len == 4;
    case TCP_OPT_WS:
    case KIND_ALT_CKSUM:
        return len == 3;
    case TCP_OPT_SACKOK:
        return len == 2;
    case TCP_OPT_TS:
        return len == 10;
    case TCP_OPT_SACK:
        return len > 2 && (len - 2) % 8 == 0;
    default:
        return len >= 1;
    }
}

bool options_are_sound(struct span options)
{
    struct cur c = cur_of(options.ptr, options.len);
    while (cur_left(&c) > 0) {
        const uint8_t kind = cur_u8(&c);
        if (kind == TCP_OPT_EOL)
            return true;
        if (kind == TCP_OPT_NOP)
            continue;
        const uint8_t len = cur_u8(&c);
        if (c.bad || !length_is_sound(kind, len))
            return false;
        cur_skip(&c, len > 2 ? len - 2u : 0);
        if (c.bad)
            return false;
    }
    return true;
}

static void print_timestamp(struct buf *b, struct cur *body)
{
    const uint32_t value = cur_be32(body);
    const uint32_t echo = cur_be32(body);
    buf_char(b, 'T');
    buf_char(b, value ? '1' : '0');
    buf_char(b, echo ? '1' : '0');
}

// False if the body is too short for the kind.
static bool print_option(struct buf *b, uint8_t kind, struct span body)
{
    struct cur c = cur_of(body.ptr, body.len);
    switch (kind) {
    case TCP_OPT_MSS:
        buf_char(b, 'M');
        buf_hex(b, cur_be16(&c));
        break;
    case TCP_OPT_WS:
        buf_char(b, 'W');
        buf_hex(b, cur_u8(&c));
        break;
    case TCP_OPT_SACKOK:
        buf_char(b, 'S');
        break;
    case TCP_OPT_TS:
        print_timestamp(b, &c);
        break;
    default:
        break;
    }
    return !c.bad;
}

// Length of the options that print something, else 0.
static uint8_t fixed_len(uint8_t kind)
{
    switch (kind) {
    case TCP_OPT_MSS:
        return 4;
    case TCP_OPT_WS:
        return 3;
    case TCP_OPT_SACKOK:
        return 2;
    case TCP_OPT_TS:
        return 10;
    default:
        return 0;
    }
}

// One option behind its kind byte; false ends the walk without a result. 7.93 does not look at
// the length byte and reads on at the very next byte of what it does not know (spec 9, row 5).
static bool walk_option(struct buf *b, struct cur *c, uint8_t kind, enum quirks quirks)
{
    const bool is_fixed = quirks == QUIRKS_793;
    if (is_fixed && fixed_len(kind) == 0)
        return true;
    uint8_t len = cur_u8(c);
    if (is_fixed)
        len = fixed_len(kind);
    if (c->bad || len < 2)
        return false;
    const struct span body = cur_bytes(c, len - 2u);
    return !c->bad && print_option(b, kind, body);
}

void options_print(struct buf *b, struct span options, enum quirks quirks)
{
    const struct buf start = *b;
    struct cur c = cur_of(options.ptr, options.len);
    bool is_good = true;
    while (is_good && cur_left(&c) > 0) {
        const uint8_t kind = cur_u8(&c);
        if (kind == TCP_OPT_EOL)
            buf_char(b, 'L');
        else if (kind == TCP_OPT_NOP)
            buf_char(b, 'N');
        else
            is_good = walk_option(b, &c, kind, quirks);
    }
    if (!is_good)
        *b = start;
}

bool options_timestamp(struct span options, uint32_t *value)
{
    struct cur c = cur_of(options.ptr, options.len);
    struct tcp_opt opt;
    bool is_bad = false;
    while (tcp_opt_next(&c, &opt, &is_bad)) {
        if (opt.kind != TCP_OPT_TS)
            continue;
        struct cur body = cur_of(opt.body.ptr, opt.body.len);
        *value = cur_be32(&body);
        return opt.body.len == 8; // value and echo
    }
    return false;
}
