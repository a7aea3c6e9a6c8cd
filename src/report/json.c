// SPDX-License-Identifier: Apache-2.0
#include "report/json.h"

#include "report/writer.h"

void json_init(struct json *j, struct writer *w)
{
    *j = (struct json){w, false};
}

static void separate(struct json *j)
{
    if (j->needs_comma)
        writer_bytes(j->w, SPAN(","));
    j->needs_comma = true;
}

void json_open(struct json *j, char bracket)
{
    separate(j);
    writer_bytes(j->w, span_of(&bracket, 1));
    j->needs_comma = false;
}

void json_close(struct json *j, char bracket)
{
    writer_bytes(j->w, span_of(&bracket, 1));
    j->needs_comma = true;
}

// Bytes of the character that s begins with; 0 if it is not UTF-8 (RFC 3629).
static size_t utf8_len(struct span s)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const uint8_t *p = (const uint8_t *)s.ptr;
    if (p[0] < 0x80)
        return 1;
    const size_t n = p[0] >= 0xF0 && p[0] < 0xF5 ? 4
                     : (p[0] & 0xF0) == 0xE0     ? 3
                     : (p[0] & 0xE0) == 0xC0     ? 2
                                                 : 0;
    if (n == 0 || n > s.len)
        return 0;
    uint32_t code = p[0] & (0x7Fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
        code = code << 6 | (p[i] & 0x3Fu);
    }
    const bool is_surrogate = code >= 0xD800 && code < 0xE000;
    return code < least[n] || code > 0x10FFFF || is_surrogate ? 0 : n;
}

static void write_control(struct writer *w, uint8_t c)
{
    uint8_t text[8];
    struct buf b;
    if (c == '\n') {
        writer_bytes(w, SPAN("\\n"));
        return;
    }
    buf_init(&b, text, sizeof text);
    buf_str(&b, "\\u");
    buf_hex_pad(&b, c, 4);
    writer_bytes(w, buf_span(&b));
}

static bool is_plain(char c)
{
    return (uint8_t)c >= 0x20 && (uint8_t)c < 0x7F && c != '"' && c != '\\';
}

static void write_char(struct writer *w, struct span *s)
{
    const size_t n = utf8_len(*s);
    const uint8_t c = (uint8_t)s->ptr[0];
    if (n == 0)
        writer_bytes(w, SPAN("\\uFFFD"));
    else if (n > 1)
        writer_bytes(w, span_head(*s, n));
    else if (c < 0x20 || c == 0x7F)
        write_control(w, c);
    else
        writer_bytes(w, c == '"' ? SPAN("\\\"") : SPAN("\\\\"));
    *s = span_from(*s, n > 0 ? n : 1);
}

static void write_text(struct writer *w, struct span s)
{
    writer_bytes(w, SPAN("\""));
    while (s.len > 0) {
        size_t n = 0;
        while (n < s.len && is_plain(s.ptr[n]))
            n++;
        writer_bytes(w, span_head(s, n));
        s = span_from(s, n);
        if (s.len > 0)
            write_char(w, &s);
    }
    writer_bytes(w, SPAN("\""));
}

void json_key(struct json *j, const char *name)
{
    separate(j);
    write_text(j->w, span_str(name));
    writer_bytes(j->w, SPAN(":"));
    j->needs_comma = false;
}

void json_text(struct json *j, struct span s)
{
    separate(j);
    if (span_is_absent(s))
        writer_bytes(j->w, SPAN("null"));
    else
        write_text(j->w, s);
}

void json_number(struct json *j, uint64_t v)
{
    separate(j);
    writer_dec(j->w, v);
}

void json_percent(struct json *j, double share)
{
    uint8_t text[16];
    struct buf b;
    const uint32_t v = share > 0 ? (uint32_t)(share * 10000.0) : 0;
    separate(j);
    buf_init(&b, text, sizeof text);
    buf_dec(&b, v / 100);
    if (v % 100 > 0) {
        buf_char(&b, '.');
        buf_dec_pad(&b, v % 100, 2);
    }
    writer_bytes(j->w, buf_span(&b));
}
