// SPDX-License-Identifier: Apache-2.0
// What stands before "SF-Port" tells how the text travels: ="  an attribute of XML, "  a string
// of JSON, anything else plain lines. That matters: answers of servers hold character references
// and backslashes of their own, which must stay.
#include "saved/sf.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/text.h"
#include "saved/parts.h"

enum { START_LEN = 7, MARK_LEN = 3, HEAD_MAX = 200 };

static const char start[] = "SF-Port";

enum travel { PLAIN, XML, JSON };

struct sf_finder {
    struct arena arena; // of one fingerprint
    sf_found_fn *call;
    void *ctx;
    struct decoder decoder;
    uint64_t line;
    uint64_t begin_line;
    char before[2];   // bytes before those that match
    uint32_t n_start; // bytes of "SF-Port" seen
    bool is_inside;
    enum travel travel;
    bool is_between; // a line ended: "SF:" must come
    uint32_t n_mark; // bytes of "SF:" seen
    uint32_t n_head; // bytes before it
    bool in_quotes;
    bool is_escaped;
    struct buf text;
};

struct sf_finder *sf_finder_new(struct arena *run, sf_found_fn *call, void *ctx)
{
    struct sf_finder *f = arena_alloc(run, sizeof *f);
    *f = (struct sf_finder){.call = call, .ctx = ctx, .line = 1};
    buf_init(&f->text, arena_alloc(run, SF_TEXT_MAX), SF_TEXT_MAX);
    return f;
}

static void tell_damage(struct sf_finder *f, const char *what)
{
    const struct sf_found found = {.line = f->begin_line, .damage = what, .damage_line = f->line};
    f->is_inside = false;
    f->n_start = 0;
    f->call(f->ctx, &found);
}

static void begin(struct sf_finder *f)
{
    const bool is_quoted = f->before[1] == '"' || f->before[1] == '\'';
    f->travel = !is_quoted ? PLAIN : f->before[0] == '=' ? XML : JSON;
    f->is_inside = true;
    f->is_between = f->in_quotes = f->is_escaped = false;
    f->begin_line = f->line;
    f->decoder = (struct decoder){0};
    buf_init(&f->text, f->text.start, SF_TEXT_MAX);
    buf_str(&f->text, start);
}

// One escape of the data, spec 4.6.
static bool unescape(struct span s, size_t *at, struct buf *out)
{
    static const char plain[] = "0\0n\nr\rt\t";
    const char c = s.ptr[*at];
    if (c != '\\') {
        buf_char(out, c);
        ++*at;
        return true;
    }
    if (*at + 1 >= s.len)
        return false;
    const char next = s.ptr[*at + 1];
    uint64_t code;
    *at += 2;
    if (next == 'x') {
        if (*at + 2 > s.len || !text_hex(span_head(span_from(s, *at), 2), &code))
            return false;
        *at += 2;
        buf_u8(out, (uint8_t)code);
        return true;
    }
    for (size_t i = 0; i + 1 < sizeof plain; i += 2) {
        if (plain[i] == next) {
            buf_char(out, plain[i + 1]);
            return true;
        }
    }
    buf_char(out, next);
    return true;
}

// NAME,HEXLEN,"data") at the beginning of *rest, which is moved behind it.
static bool parse_reply(struct arena *a, struct span *rest, struct sf_reply *out)
{
    if (span_find(*rest, ',') == rest->len)
        return false;
    out->probe = span_cut(rest, ',');
    if (span_find(*rest, ',') == rest->len)
        return false;
    if (!text_hex(span_cut(rest, ','), &out->whole_len) || rest->len == 0 || rest->ptr[0] != '"')
        return false;
    struct buf b;
    buf_init(&b, arena_alloc(a, rest->len), rest->len);
    size_t at = 1;
    while (at < rest->len && rest->ptr[at] != '"')
        if (!unescape(*rest, &at, &b))
            return false;
    if (at + 1 >= rest->len || rest->ptr[at + 1] != ')')
        return false;
    out->bytes = buf_span(&b);
    *rest = span_from(*rest, at + 2);
    return true;
}

static void take_key(struct span key, struct span value, struct sf_found *out)
{
    uint64_t n;
    if (span_eq(key, SPAN("T")))
        out->is_tls = span_eq(value, SPAN("SSL"));
    else if (span_eq(key, SPAN("I")) && text_dec(value, 9, &n))
        out->intensity = (uint32_t)n;
}

// "80-TCP:" at the beginning of *rest.
static bool parse_port(struct span *rest, struct sf_found *out)
{
    uint64_t port;
    struct span head = span_cut(rest, ':');
    if (span_is_absent(*rest) || !text_dec(span_cut(&head, '-'), UINT16_MAX, &port))
        return false;
    out->port = (uint16_t)port;
    out->proto = head;
    return !span_is_absent(head) && head.len > 0;
}

static bool parse(struct arena *a, struct span text, struct sf_found *out)
{
    struct sf_reply *replies = arena_array(a, SF_REPLIES_MAX, sizeof *replies);
    struct span rest = span_from(text, START_LEN);
    rest.len--; // ';'
    out->replies = replies;
    if (!parse_port(&rest, out))
        return false;
    while (rest.len > 0) {
        if (rest.ptr[0] == '%')
            rest = span_from(rest, 1);
        if (span_starts(rest, SPAN("r("))) {
            rest = span_from(rest, 2);
            if (out->n_replies == SF_REPLIES_MAX ||
                !parse_reply(a, &rest, &replies[out->n_replies++]))
                return false;
            continue;
        }
        const size_t end = span_find(rest, '%');
        struct span value = span_head(rest, end);
        const struct span key = span_cut(&value, '=');
        if (span_is_absent(value))
            return false;
        take_key(key, value, out);
        rest = span_from(rest, end);
    }
    return true;
}

static void finish(struct sf_finder *f)
{
    struct sf_found found = {.line = f->begin_line, .text = buf_span(&f->text)};
    arena_init(&f->arena, "a service fingerprint");
    if (!parse(&f->arena, found.text, &found)) {
        tell_damage(f, "this service fingerprint is damaged");
    } else {
        f->is_inside = false;
        f->call(f->ctx, &found);
    }
    arena_fini(&f->arena);
}

// A character of the fingerprint, all wrapping undone.
static void add(void *ctx, char c)
{
    struct sf_finder *f = ctx;
    if (!f->is_inside)
        return;
    buf_char(&f->text, c);
    if (f->text.full) {
        tell_damage(f, "longer than a service fingerprint can be");
        return;
    }
    if (f->is_escaped)
        f->is_escaped = false;
    else if (f->in_quotes && c == '\\')
        f->is_escaped = true;
    else if (c == '"')
        f->in_quotes = !f->in_quotes;
    else if (c == ';' && !f->in_quotes)
        finish(f);
}

// Looks for "SF:" in the beginning of a line.
static void between(struct sf_finder *f, char c)
{
    static const char mark[] = "SF:";
    if (c == '\n' || f->n_head++ == HEAD_MAX) {
        tell_damage(f, "the rest of this service fingerprint is missing");
        return;
    }
    f->n_mark = c == mark[f->n_mark] ? f->n_mark + 1 : c == mark[0];
    if (f->n_mark == MARK_LEN)
        f->is_between = false;
}

static void plain(struct sf_finder *f, char c)
{
    if (f->is_between) {
        between(f, c);
    } else if (c == '\n') {
        f->is_between = true;
        f->n_mark = f->n_head = 0;
    } else if (c != '\r') {
        add(f, c);
    }
}

// Character references of XML only, and escapes of JSON only: the decoder knows both, so the
// mark of the other one passes by it. It leaves double backslashes as they are.
static void decoded(struct sf_finder *f, char c)
{
    const char other = f->travel == XML ? '\\' : '&';
    if (c == '\n') {
        tell_damage(f, "the rest of this service fingerprint is missing");
    } else if (c == '\\' && f->decoder.n_pending == 1 && f->decoder.pending[0] == c) {
        f->decoder.n_pending = 0;
        add(f, c);
    } else if (c == other && f->decoder.n_pending == 0) {
        add(f, c);
    } else {
        decode_byte(&f->decoder, c, add, f);
    }
}

static void outside(struct sf_finder *f, char c)
{
    if (c == start[f->n_start]) {
        if (++f->n_start == START_LEN) {
            f->n_start = 0;
            begin(f);
        }
        return;
    }
    if (f->n_start > 0) {
        f->before[1] = 'S'; // part of a word: no quote
        f->n_start = 0;
    }
    if (c == start[0]) {
        f->n_start = 1;
        return;
    }
    f->before[0] = f->before[1];
    f->before[1] = c;
}

void sf_finder_feed(struct sf_finder *f, struct span bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        const char c = bytes.ptr[i];
        if (!f->is_inside)
            outside(f, c);
        else if (f->travel == PLAIN)
            plain(f, c);
        else
            decoded(f, c);
        f->line += c == '\n';
    }
}

void sf_finder_end(struct sf_finder *f)
{
    if (f->is_inside)
        tell_damage(f, "the rest of this service fingerprint is missing");
    f->n_start = 0;
    f->before[0] = f->before[1] = '\n';
    f->line = 1;
}
