// SPDX-License-Identifier: Apache-2.0
#include "report/json.h"

#include "base/text.h"
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

static void write_code(struct writer *w, uint32_t code)
{
    uint8_t text[8];
    struct buf b;
    if (code == '\n') {
        writer_bytes(w, SPAN("\\n"));
        return;
    }
    buf_init(&b, text, sizeof text);
    buf_str(&b, "\\u");
    buf_hex_pad(&b, code, 4);
    writer_bytes(w, buf_span(&b));
}

// Characters that a terminal or a reader of lines could obey: controls, line ends, directions.
static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xFEFF || (c >= 0x200B && c <= 0x200F) ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F);
}

static bool is_plain(char c)
{
    return (uint8_t)c >= 0x20 && (uint8_t)c < 0x7F && c != '"' && c != '\\';
}

static void write_char(struct writer *w, struct span *s)
{
    uint32_t code;
    const size_t n = text_utf8(*s, &code);
    const bool is_ours = code >= JSON_BYTE + 0x80 && code <= JSON_BYTE + 0xFF;
    if (n == 0 || is_ours)
        for (size_t i = 0; i < (n > 0 ? n : 1); i++)
            write_code(w, JSON_BYTE + (uint8_t)s->ptr[i]);
    else if (is_control(code))
        write_code(w, code);
    else if (n > 1)
        writer_bytes(w, span_head(*s, n));
    else
        writer_bytes(w, code == '"' ? SPAN("\\\"") : SPAN("\\\\"));
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

void json_base64(struct json *j, struct span s)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    separate(j);
    writer_bytes(j->w, SPAN("\""));
    for (size_t i = 0; i < s.len; i += 3) {
        const size_t n = s.len - i < 3 ? s.len - i : 3;
        uint32_t v = 0;
        for (size_t k = 0; k < 3; k++)
            v = v << 8 | (k < n ? (uint8_t)s.ptr[i + k] : 0);
        char four[4];
        for (size_t k = 0; k < 4; k++)
            four[k] = k <= n ? digits[v >> (18 - 6 * k) & 63] : '=';
        writer_bytes(j->w, span_of(four, sizeof four));
    }
    writer_bytes(j->w, SPAN("\""));
}

void json_number(struct json *j, uint64_t v)
{
    separate(j);
    writer_dec(j->w, v);
}

void json_int(struct json *j, int64_t v)
{
    separate(j);
    writer_int(j->w, v);
}

void json_bool(struct json *j, bool v)
{
    separate(j);
    writer_str(j->w, v ? "true" : "false");
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

void json_fixed(struct json *j, double v)
{
    uint8_t text[64];
    struct buf b;
    separate(j);
    buf_init(&b, text, sizeof text);
    buf_fixed(&b, v, 3);
    writer_bytes(j->w, buf_span(&b));
}

// 17 digits tell any double of this range from its neighbors.
void json_share(struct json *j, double share)
{
    uint8_t text[32];
    struct buf b;
    double rest = share < 1 ? share : 1;
    separate(j);
    buf_init(&b, text, sizeof text);
    buf_char(&b, rest < 1 ? '0' : '1');
    buf_char(&b, '.');
    const uint64_t whole = UINT64_C(1) << 53;
    uint64_t v = rest > 0 && rest < 1 ? (uint64_t)(rest * (double)whole) : 0; // exact from 0.5 on
    for (int i = 0; i < 17; i++) {
        v *= 10;
        buf_dec(&b, v / whole);
        v %= whole;
    }
    writer_bytes(j->w, buf_span(&b));
}

void json_put_text(struct json *j, const char *key, struct span s)
{
    json_key(j, key);
    json_text(j, s);
}

void json_put_number(struct json *j, const char *key, uint64_t v)
{
    json_key(j, key);
    json_number(j, v);
}

void json_some_text(struct json *j, const char *key, struct span s)
{
    if (!span_is_absent(s))
        json_put_text(j, key, s);
}

void json_some_number(struct json *j, const char *key, uint64_t v)
{
    if (v > 0)
        json_put_number(j, key, v);
}

void json_some_bool(struct json *j, const char *key, bool v)
{
    if (!v)
        return;
    json_key(j, key);
    json_bool(j, v);
}
