// SPDX-License-Identifier: Apache-2.0
#include "base/ip.h"

#include "base/buf.h"
#include "base/text.h"

struct ip_addr ip_v4(uint32_t v)
{
    return (struct ip_addr){
        .byte = {(uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v},
        .family = IP_V4,
    };
}

uint32_t ip_v4_u32(const struct ip_addr *a)
{
    if (a->family != IP_V4)
        return 0;
    return (uint32_t)a->byte[0] << 24 | (uint32_t)a->byte[1] << 16 | (uint32_t)a->byte[2] << 8 |
           a->byte[3];
}

bool ip_eq(const struct ip_addr *a, const struct ip_addr *b)
{
    return a->family == b->family && a->zone == b->zone && memcmp(a->byte, b->byte, 16) == 0;
}

bool ip_in_net(const struct ip_addr *a, const struct ip_addr *net, unsigned bits)
{
    if (a->family != net->family || bits > 128)
        return false;
    const unsigned whole = bits / 8;
    if (memcmp(a->byte, net->byte, whole) != 0)
        return false;
    const unsigned mask = 0xFF00u >> bits % 8 & 0xFF;
    return bits % 8 == 0 || ((a->byte[whole] ^ net->byte[whole]) & mask) == 0;
}

static bool parse_v4(struct span s, uint8_t out[4])
{
    for (int i = 0; i < 4; i++) {
        const struct span part = span_cut(&s, '.');
        uint64_t v;
        const bool is_padded = part.len > 1 && part.ptr[0] == '0'; // octal elsewhere
        if (part.len > 3 || is_padded || !text_dec(part, 255, &v) || span_is_absent(s) != (i == 3))
            return false;
        out[i] = (uint8_t)v;
    }
    return true;
}

// Returns how many 16-bit groups were read, or -1. Where the address ends, the last two may be
// a dotted quad.
static int parse_groups(struct span s, bool is_end, uint8_t out[16])
{
    int n = 0;
    if (s.len == 0)
        return 0;
    while (!span_is_absent(s)) {
        const struct span part = span_cut(&s, ':');
        uint64_t v;
        if (is_end && span_is_absent(s) && n <= 6 && span_find(part, '.') < part.len)
            return parse_v4(part, out + 2 * n) ? n + 2 : -1;
        if (n == 8 || part.len > 4 || !text_hex(part, &v))
            return -1;
        out[2 * n] = (uint8_t)(v >> 8);
        out[2 * n + 1] = (uint8_t)v;
        n++;
    }
    return n;
}

static bool parse_v6(struct span s, uint8_t out[16])
{
    size_t gap = s.len;
    for (size_t i = 0; i + 1 < s.len && gap == s.len; i++)
        if (s.ptr[i] == ':' && s.ptr[i + 1] == ':')
            gap = i;
    if (gap == s.len)
        return parse_groups(s, true, out) == 8;
    uint8_t tail[16] = {0};
    const int before = parse_groups(span_head(s, gap), false, out);
    const int after = parse_groups(span_from(s, gap + 2), true, tail);
    if (before < 0 || after < 0 || before + after > 7)
        return false;
    memset(out + 2 * before, 0, (size_t)(16 - 2 * before));
    memcpy(out + 16 - 2 * after, tail, (size_t)(2 * after));
    return true;
}

bool ip_parse(struct span s, struct ip_addr *out)
{
    struct ip_addr a = {.family = IP_V4};
    if (span_find(s, ':') == s.len) {
        if (!parse_v4(s, a.byte))
            return false;
    } else {
        a.family = IP_V6;
        if (!parse_v6(s, a.byte))
            return false;
    }
    *out = a;
    return true;
}

static unsigned group(const struct ip_addr *a, int i)
{
    return (unsigned)a->byte[2 * i] << 8 | a->byte[2 * i + 1];
}

// The longest run of two or more zero groups is written "::" (RFC 5952 section 4.2).
static void longest_zero_run(const struct ip_addr *a, int *at, int *len)
{
    *at = -1;
    *len = 1;
    for (int i = 0; i < 8; i++) {
        int n = 0;
        while (i + n < 8 && group(a, i + n) == 0)
            n++;
        if (n > *len) {
            *at = i;
            *len = n;
        }
    }
}

static void print_v6(struct buf *b, const struct ip_addr *a)
{
    int at, len;
    longest_zero_run(a, &at, &len);
    for (int i = 0; i < 8; i++) {
        if (i == at) {
            buf_str(b, "::");
            i += len - 1;
            continue;
        }
        if (i > 0 && i != at + len)
            buf_char(b, ':');
        const unsigned v = group(a, i);
        for (int shift = 12; shift >= 0; shift -= 4)
            if (v >> shift || shift == 0)
                buf_char(b, "0123456789abcdef"[v >> shift & 15]);
    }
}

void ip_print(struct buf *b, const struct ip_addr *a)
{
    if (a->family == IP_V6) {
        print_v6(b, a);
        return;
    }
    for (int i = 0; i < 4; i++) {
        if (i > 0)
            buf_char(b, '.');
        buf_dec(b, a->byte[i]);
    }
}

const char *ip_text(const struct ip_addr *a, char text[IP_TEXT_MAX])
{
    struct buf b;
    buf_init(&b, text, IP_TEXT_MAX - 1);
    ip_print(&b, a);
    text[buf_len(&b)] = '\0';
    return text;
}

void mac_print(struct buf *b, const struct mac_addr *m)
{
    for (int i = 0; i < 6; i++) {
        if (i > 0)
            buf_char(b, ':');
        buf_hex_pad(b, m->byte[i], 2);
    }
}
