// SPDX-License-Identifier: Apache-2.0
#include "svdb/text.h"

#include "base/text.h"

enum { PORT_MAX = 65535, FLAGS_MAX = 3 };

enum err svdb_fail(struct err_at *at, struct span line, enum err code, const char *what,
                   struct span token)
{
    if (at) {
        at->line = 0;
        at->col = (uint32_t)(token.ptr - line.ptr) + 1;
    }
    return err_set(at, code, what, token);
}

bool svdb_is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct span svdb_skip_blanks(struct span s)
{
    size_t n = 0;
    while (n < s.len && svdb_is_blank(s.ptr[n]))
        n++;
    return span_from(s, n);
}

// Bytes that an escape takes, 0 if there is none such.
static size_t escape(struct span s, char *out)
{
    static const char from[] = "\\0nrt";
    static const char to[] = "\\\0\n\r\t";
    uint64_t v;
    if (s.len < 2)
        return 0;
    for (size_t i = 0; i < sizeof from - 1; i++)
        if (s.ptr[1] == from[i]) {
            *out = to[i];
            return 2;
        }
    if (s.ptr[1] != 'x' || s.len < 4 || !text_hex(span_of(s.ptr + 2, 2), &v))
        return 0;
    *out = (char)v;
    return 4;
}

enum err svdb_unescape(struct span s, char *out, size_t *len, struct span *bad)
{
    *len = 0;
    while (s.len > 0) {
        size_t n = 1;
        if (s.ptr[0] == '\\')
            n = escape(s, &out[*len]);
        else
            out[*len] = s.ptr[0];
        if (n == 0) {
            *bad = span_head(s, s.len > 1 && s.ptr[1] == 'x' ? 4 : 2);
            return ERR_SYNTAX;
        }
        (*len)++;
        s = span_from(s, n);
    }
    return ERR_OK;
}

// The digits at the beginning of *rest.
static enum err take_port(struct span line, struct span *rest, uint16_t *out, struct err_at *at)
{
    size_t n = 0;
    uint64_t v;
    while (n < rest->len && text_is_digit(rest->ptr[n]))
        n++;
    const struct span digits = span_head(*rest, n);
    if (n == 0)
        return svdb_fail(at, line, ERR_SYNTAX, "a port number is missing", *rest);
    if (!text_dec(digits, PORT_MAX, &v))
        return svdb_fail(at, line, ERR_RANGE, "port number above 65535", digits);
    *out = (uint16_t)v;
    *rest = span_from(*rest, n);
    return ERR_OK;
}

// N, N-M; with open ends also -M and N-.
static enum err take_range(struct span line, struct span *rest, bool is_open,
                           struct svdb_range *out, struct err_at *at)
{
    const struct span whole = *rest;
    enum err err = ERR_OK;
    *out = (struct svdb_range){0, PORT_MAX};
    if (!is_open || rest->len == 0 || rest->ptr[0] != '-')
        err = take_port(line, rest, &out->lo, at);
    if (!err && (rest->len == 0 || rest->ptr[0] != '-'))
        out->hi = out->lo;
    else if (!err) {
        *rest = span_from(*rest, 1);
        const bool has_end = rest->len > 0 && text_is_digit(rest->ptr[0]);
        if (has_end || !is_open)
            err = take_port(line, rest, &out->hi, at);
    }
    if (!err && out->hi < out->lo)
        return svdb_fail(at, line, ERR_RANGE, "range of ports runs backwards",
                         span_head(whole, whole.len - rest->len));
    return err;
}

// Which protocols a group is for, bit 0 TCP, bit 1 UDP; *rest goes behind its mark.
static unsigned take_group(struct span *rest, unsigned now)
{
    if (rest->len < 2 || rest->ptr[1] != ':')
        return now;
    const char c = rest->ptr[0];
    if (c != 'T' && c != 'U' && c != 'S')
        return now;
    *rest = span_from(*rest, 2);
    return c == 'T' ? 1 : c == 'U' ? 2 : 0;
}

static enum err read_list(struct span line, struct span list, bool is_open, struct pile *ranges,
                          struct err_at *at)
{
    unsigned group = is_open ? 3 : 1;
    struct span rest = list;
    for (;;) {
        struct svdb_range r;
        rest = svdb_skip_blanks(rest);
        if (is_open)
            group = take_group(&rest, group);
        const enum err err = take_range(line, &rest, is_open, &r, at);
        if (err)
            return err;
        for (unsigned i = 0; i < 2; i++)
            if (group >> i & 1)
                pile_add(&ranges[i], &r, sizeof r);
        rest = svdb_skip_blanks(rest);
        if (rest.len == 0)
            return ERR_OK;
        if (rest.ptr[0] != ',')
            return svdb_fail(at, line, ERR_SYNTAX, "ports must be separated by commas", rest);
        rest = span_from(rest, 1);
    }
}

enum err svdb_ports(struct span line, struct span list, struct pile *ranges, struct err_at *at)
{
    return read_list(line, list, false, ranges, at);
}

enum err svdb_exclude(struct span line, struct span list, struct pile ranges[2], struct err_at *at)
{
    return read_list(line, list, true, ranges, at);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// The editor's marks behind a template, without effect (spec 1.6).
static enum err skip_flags(struct span line, struct span *rest, struct err_at *at)
{
    size_t n = 0;
    while (n < rest->len && is_letter(rest->ptr[n]))
        n++;
    if (n < rest->len && !svdb_is_blank(rest->ptr[n]))
        return svdb_fail(at, line, ERR_SYNTAX, "a blank must follow a template", *rest);
    if (n > FLAGS_MAX)
        return svdb_fail(at, line, ERR_SYNTAX, "too many flags behind a template",
                         span_head(*rest, n));
    *rest = span_from(*rest, n);
    return ERR_OK;
}

static enum err take_text(struct span line, struct span s, size_t open, struct svdb_template *out,
                          struct err_at *at)
{
    const struct span inside = span_from(s, open + 1);
    const size_t len = span_find(inside, s.ptr[open]);
    if (len == inside.len)
        return svdb_fail(at, line, ERR_SYNTAX, "the end of a template is missing", s);
    out->text = span_head(inside, len);
    out->whole = span_head(s, open + 1 + len + 1);
    return ERR_OK;
}

enum err svdb_template_next(struct span line, struct span *rest, struct svdb_template *out,
                            bool *found, struct err_at *at)
{
    static const char letters[] = "pvihod";
    const struct span s = svdb_skip_blanks(*rest);
    enum err err = ERR_OK;
    *found = s.len > 0;
    if (s.len == 0)
        return ERR_OK;
    const char *letter = s.ptr[0] ? memchr(letters, s.ptr[0], sizeof letters - 1) : NULL;
    if (span_starts(s, SPAN("cpe:")) && s.len > SPAN("cpe:").len) {
        out->field = SVDB_CPE;
        err = take_text(line, s, SPAN("cpe:").len, out, at);
    } else if (letter && s.len > 1 && !svdb_is_blank(s.ptr[1])) {
        out->field = (enum svdb_field)(SVDB_PRODUCT + (letter - letters));
        err = take_text(line, s, 1, out, at);
    } else {
        return svdb_fail(at, line, ERR_SYNTAX, "not a template: p v i h o d or cpe:", s);
    }
    if (err)
        return err;
    *rest = span_from(s, out->whole.len);
    return skip_flags(line, rest, at);
}
