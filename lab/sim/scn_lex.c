// SPDX-License-Identifier: Apache-2.0
// Scenario text -> tokens and values. Words end at blanks and braces; "..." may hold anything,
// with \n \r \t \xHH \" \\ inside; '#' begins a comment; $name stands for a "for" variable. Every
// error carries line, column and the token.
#include "lab/sim/scn_read.h"

#include "base/buf.h"
#include "base/text.h"

enum err scn_fail(struct scn_reader *r, enum err code, const char *what, const struct scn_token *t)
{
    if (r->at)
        *r->at = (struct err_at){.line = t->line, .col = t->col};
    return err_set(r->at, code, what, t->text);
}

static char peek_char(const struct scn_reader *r)
{
    return r->pos < r->text.len ? r->text.ptr[r->pos] : '\0';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void skip_blanks(struct scn_reader *r)
{
    while (r->pos < r->text.len && is_blank(peek_char(r)))
        r->pos++;
    if (peek_char(r) == '#')
        while (r->pos < r->text.len && peek_char(r) != '\n')
            r->pos++;
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || text_is_digit(c) || c == '_';
}

static bool put_variable(const struct scn_reader *r, struct span name, struct buf *b)
{
    for (const struct scn_var *v = r->vars; v; v = v->next) {
        if (!span_eq(v->name, name))
            continue;
        buf_bytes(b, v->value);
        return true;
    }
    return false;
}

// Replaces $name; a word without '$' stays as it is.
static enum err expand(struct scn_reader *r, struct scn_token *t)
{
    char space[1024];
    struct buf b;
    if (span_find(t->text, '$') == t->text.len)
        return ERR_OK;
    buf_init(&b, space, sizeof space);
    for (size_t i = 0; i < t->text.len;) {
        size_t n = 1;
        if (t->text.ptr[i] != '$') {
            buf_char(&b, t->text.ptr[i++]);
            continue;
        }
        while (i + n < t->text.len && is_name_char(t->text.ptr[i + n]))
            n++;
        if (!put_variable(r, span_head(span_from(t->text, i + 1), n - 1), &b))
            return scn_fail(r, ERR_SYNTAX, "unknown variable", t);
        i += n;
    }
    t->text = arena_copy(r->arena, buf_span(&b));
    return b.full ? scn_fail(r, ERR_LIMIT, "word too long", t) : ERR_OK;
}

// What follows a backslash; "x" takes two digits along.
static char read_escape(struct scn_reader *r)
{
    const char c = r->text.ptr[r->pos++];
    const struct span digits = span_head(span_from(r->text, r->pos), 2);
    uint64_t byte;
    if (c == 'x' && digits.len == 2 && text_hex(digits, &byte)) {
        r->pos += 2;
        return (char)byte;
    }
    return c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
}

// The opening quote is the current character.
static enum err read_string(struct scn_reader *r, struct scn_token *t)
{
    const size_t start = ++r->pos;
    t->is_quoted = true;
    char *text = arena_alloc(r->arena, span_find(span_from(r->text, start), '\n') + 1);
    size_t n = 0;
    for (;;) {
        char c = peek_char(r);
        t->text = span_of(text, n);
        if (r->pos >= r->text.len || c == '\n')
            return scn_fail(r, ERR_SYNTAX, "string without end", t);
        r->pos++;
        if (c == '"')
            return expand(r, t);
        if (c == '\\' && r->pos < r->text.len && peek_char(r) != '\n')
            c = read_escape(r);
        text[n++] = c;
    }
}

static enum err read_word(struct scn_reader *r, struct scn_token *t)
{
    const size_t start = r->pos;
    for (; r->pos < r->text.len; r->pos++) {
        const char c = peek_char(r);
        if (is_blank(c) || c == '\n' || c == '{' || c == '}' || c == '"')
            break;
    }
    t->text = span_head(span_from(r->text, start), r->pos - start);
    return expand(r, t);
}

enum err scn_take(struct scn_reader *r, struct scn_token *out)
{
    skip_blanks(r);
    *out = (struct scn_token){
        .kind = SCN_WORD, .line = r->line, .col = (uint32_t)(r->pos - r->line_start) + 1};
    out->text = span_head(span_from(r->text, r->pos), 1);
    if (r->pos >= r->text.len) {
        out->kind = SCN_END;
        return ERR_OK;
    }
    const char c = peek_char(r);
    if (c == '"')
        return read_string(r, out);
    if (c != '\n' && c != '{' && c != '}')
        return read_word(r, out);
    r->pos++;
    out->kind = c == '\n' ? SCN_NEWLINE : c == '{' ? SCN_OPEN : SCN_CLOSE;
    if (c == '\n') {
        r->line++;
        r->line_start = r->pos;
    }
    return ERR_OK;
}

enum err scn_peek(struct scn_reader *r, struct scn_token *out)
{
    const size_t pos = r->pos, line_start = r->line_start;
    const uint32_t line = r->line;
    const enum err err = scn_take(r, out);
    r->pos = pos;
    r->line_start = line_start;
    r->line = line;
    return err;
}

enum err scn_word(struct scn_reader *r, struct scn_token *out)
{
    const enum err err = scn_take(r, out);
    if (err || out->kind == SCN_WORD)
        return err;
    return scn_fail(r, ERR_SYNTAX, "a word is missing", out);
}

enum err scn_line_end(struct scn_reader *r)
{
    struct scn_token t;
    const enum err err = scn_take(r, &t);
    if (err || t.kind == SCN_NEWLINE || t.kind == SCN_END)
        return err;
    return scn_fail(r, ERR_SYNTAX, "more than belongs on the line", &t);
}

enum err scn_raw_block(struct scn_reader *r, struct span *out, uint32_t *line)
{
    const struct span rest = span_from(r->text, r->pos);
    const size_t n = span_find(rest, '}');
    const struct scn_token here = {.text = span_head(rest, 20), .line = r->line};
    *line = r->line;
    *out = span_head(rest, n);
    if (n == rest.len)
        return scn_fail(r, ERR_SYNTAX, "block without end", &here);
    for (size_t i = 0; i < n; i++) {
        r->pos++;
        if (rest.ptr[i] != '\n')
            continue;
        r->line++;
        r->line_start = r->pos;
    }
    r->pos++; // the '}'
    return ERR_OK;
}

enum err scn_number(struct scn_reader *r, uint64_t max, uint64_t *out)
{
    struct scn_token t;
    const enum err err = scn_word(r, &t);
    if (err || text_dec(t.text, max, out))
        return err;
    return scn_fail(r, ERR_RANGE, "not a number in range", &t);
}

enum err scn_time(struct scn_reader *r, uint64_t *ns)
{
    struct scn_token t;
    const enum err err = scn_word(r, &t);
    if (err || text_time(t.text, ns))
        return err;
    return scn_fail(r, ERR_RANGE, "not a time", &t);
}

enum err scn_share(struct scn_reader *r, uint32_t *per_million)
{
    struct scn_token t;
    uint64_t whole, part = 0;
    const enum err err = scn_word(r, &t);
    if (err)
        return err;
    struct span frac = t.text;
    if (t.text.len == 0 || t.text.ptr[t.text.len - 1] != '%')
        return scn_fail(r, ERR_SYNTAX, "not a percentage", &t);
    frac.len--;
    const struct span head = span_cut(&frac, '.');
    if (!text_dec(head, 100, &whole) || (!span_is_absent(frac) && frac.len > 4) ||
        (!span_is_absent(frac) && !text_dec(frac, 9999, &part)))
        return scn_fail(r, ERR_RANGE, "not a percentage", &t);
    for (size_t i = frac.len; i < 4; i++)
        part *= 10;
    *per_million = (uint32_t)(whole * 10000 + part);
    return ERR_OK;
}

enum err scn_address(struct scn_reader *r, uint32_t *out)
{
    struct scn_token t;
    struct ip_addr a;
    const enum err err = scn_word(r, &t);
    if (err)
        return err;
    if (!ip_parse(t.text, &a) || a.family != IP_V4)
        return scn_fail(r, ERR_SYNTAX, "not an IPv4 address", &t);
    *out = ip_v4_u32(&a);
    return ERR_OK;
}
