// SPDX-License-Identifier: Apache-2.0
// Fingerprints of services that nobody knows (spec 4.6): what was answered to which probe, as
// text without line breaks.
#include "svid/svid.h"

#include "base/buf.h"

enum {
    DATA_MOST = 900,
    DATA_MOST_DEBUG = 1300,
    TEXT_MOST = 2200,
    TEXT_MOST_DEBUG = 10000,
    HEAD_ROOM = 512,
    ESCAPED_BYTE = 4, // longest escape
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void put_code(struct buf *b, uint8_t byte)
{
    static const char digits[] = "0123456789abcdef";
    buf_str(b, "\\x");
    buf_char(b, digits[byte >> 4]);
    buf_char(b, digits[byte & 15]);
}

static void put_byte(struct buf *b, char c, bool is_before_digit)
{
    static const char escaped[] = "\\?\"[]().*+$^|";
    static const char controls[] = "\r\n\t";
    static const char names[] = "rnt";
    const char *control = c ? strchr(controls, c) : NULL;
    if (is_letter(c) || is_digit(c)) {
        buf_char(b, c);
    } else if (c == '\0' && !is_before_digit) {
        buf_str(b, "\\0");
    } else if (c && strchr(escaped, c)) {
        buf_char(b, '\\');
        buf_char(b, c);
    } else if (c > ' ' && c < 127) {
        buf_char(b, c);
    } else if (control) {
        buf_char(b, '\\');
        buf_char(b, names[control - controls]);
    } else {
        put_code(b, (uint8_t)c);
    }
}

static void put_reply(struct buf *b, const struct service_reply *r, size_t most)
{
    const struct span data = span_head(r->bytes, most);
    buf_str(b, "%r(");
    buf_bytes(b, r->probe);
    buf_char(b, ',');
    buf_hex(b, r->len);
    buf_str(b, ",\"");
    for (size_t i = 0; i < data.len; i++)
        put_byte(b, data.ptr[i], i + 1 < data.len && is_digit(data.ptr[i + 1]));
    buf_str(b, "\")");
}

static void put_head(struct buf *b, const struct svid_sf *about)
{
    static const char *const protos[] = {"TCP", "UDP", "SCTP"};
    buf_str(b, "SF-Port");
    buf_dec(b, about->port);
    buf_char(b, '-');
    buf_str(b, about->proto < PROTO_COUNT ? protos[about->proto] : "TCP");
    buf_str(b, ":V=");
    buf_bytes(b, span_head(about->version, HEAD_ROOM / 4));
    if (about->tunnel != TUNNEL_NONE)
        buf_str(b, "%T=SSL");
    buf_str(b, "%I=");
    buf_dec(b, about->intensity);
    buf_str(b, "%D=");
    buf_dec(b, about->month);
    buf_char(b, '/');
    buf_dec(b, about->day);
    buf_str(b, "%Time=");
    buf_hex(b, (uint64_t)about->wall);
    buf_str(b, "%P=");
    buf_bytes(b, span_head(about->platform, HEAD_ROOM / 4));
}

static size_t longest_name(const struct service_reply *replies, uint32_t n)
{
    size_t longest = 0;
    for (uint32_t i = 0; i < n; i++)
        longest = replies[i].probe.len > longest ? replies[i].probe.len : longest;
    return longest;
}

struct span svid_fingerprint(struct arena *a, const struct svid_sf *about,
                             const struct service_reply *replies, uint32_t n)
{
    const size_t data_most = about->is_debug ? DATA_MOST_DEBUG : DATA_MOST;
    const size_t text_most = about->is_debug ? TEXT_MOST_DEBUG : TEXT_MOST;
    const size_t room =
        HEAD_ROOM + text_most + longest_name(replies, n) + ESCAPED_BYTE * data_most + 64;
    struct buf b;
    buf_init(&b, arena_alloc(a, room), room);
    put_head(&b, about);
    for (uint32_t i = 0; i < n && buf_len(&b) <= text_most; i++)
        put_reply(&b, &replies[i], data_most);
    buf_char(&b, ';');
    return buf_span(&b);
}
