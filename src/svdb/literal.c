// SPDX-License-Identifier: Apache-2.0
// A walk over the syntax of PCRE2. What is optional, one of several, or not understood is no
// literal: it only ends the piece before it. Groups that must match once are walked too.
#include "svdb/literal.h"

#include "base/text.h"

enum { DEPTH_MAX = 8 };

struct walk {
    struct span rest;
    struct svdb_literal *out;
};

static void cut(struct svdb_literal *out)
{
    if (out->len > 0 && out->len < SVDB_LITERAL_MAX && out->text[out->len - 1] != '\0')
        out->text[out->len++] = '\0';
}

static void put(struct svdb_literal *out, char c)
{
    if (c == '\0' || out->len == SVDB_LITERAL_MAX) {
        out->is_binary |= c == '\0';
        out->n_bytes++;
        cut(out);
        return;
    }
    out->is_binary |= (c < 0x20 || c > 0x7E) && c != '\r' && c != '\n' && c != '\t';
    out->text[out->len++] = c;
    out->n_bytes++;
}

static void skip(struct walk *w, size_t n)
{
    w->rest = span_from(w->rest, n);
}

static char at(const struct walk *w, size_t i)
{
    return i < w->rest.len ? w->rest.ptr[i] : '\0';
}

// Behind an item: *is_optional if it may be missing.
static void skip_quantifier(struct walk *w, bool *is_optional, bool *is_repeated)
{
    const char c = at(w, 0);
    *is_optional = c == '?' || c == '*';
    *is_repeated = *is_optional || c == '+';
    if (*is_repeated) {
        skip(w, 1);
    } else if (c == '{' && (text_is_digit(at(w, 1)) || at(w, 1) == ',')) {
        *is_repeated = true;
        *is_optional = at(w, 1) == '0' || at(w, 1) == ',';
        skip(w, span_find(w->rest, '}') + 1);
    }
    if (*is_repeated && (at(w, 0) == '?' || at(w, 0) == '+'))
        skip(w, 1);
}

static void skip_class(struct walk *w)
{
    skip(w, at(w, 1) == '^' ? 2 : 1);
    for (size_t n = 0; w->rest.len > 0; n++) {
        const char c = at(w, 0);
        if (c == ']' && n > 0)
            break;
        if (c == '[' && at(w, 1) == ':') { // [:alpha:]
            skip(w, 2);
            skip(w, span_find(w->rest, ']') + 1);
        } else {
            skip(w, c == '\\' ? 2 : 1);
        }
    }
    skip(w, 1);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// At a backslash: the byte it stands for, -1 if for no single one.
static int take_escape(struct walk *w)
{
    static const char from[] = "nrtfae";
    static const char to[] = "\n\r\t\f\a\x1b";
    const char c = at(w, 1);
    uint64_t v;
    const char *place = c ? memchr(from, c, sizeof from - 1) : NULL;
    skip(w, 2);
    if (place)
        return to[place - from];
    if (c == 'x') {
        size_t n = 0;
        while (n < 2 && text_is_hex(at(w, n)))
            n++;
        if (n == 0 || !text_hex(span_head(w->rest, n), &v))
            return -1;
        skip(w, n);
        return (int)v;
    }
    if (c == '0') {
        int octal = 0;
        for (size_t n = 0; n < 2 && at(w, 0) >= '0' && at(w, 0) <= '7'; n++) {
            octal = octal * 8 + (at(w, 0) - '0');
            skip(w, 1);
        }
        return octal;
    }
    return is_letter(c) || text_is_digit(c) ? -1 : (unsigned char)c;
}

// One byte that must be there once.
static void take_byte(struct walk *w, int byte)
{
    bool is_optional, is_repeated;
    skip_quantifier(w, &is_optional, &is_repeated);
    if (byte >= 0 && !is_optional)
        put(w->out, (char)byte);
    if (byte < 0 || is_repeated)
        cut(w->out);
}

static bool walk(struct walk *w, unsigned depth);

// Of what stands in a look-around or an option nothing is kept.
static bool take_group(struct walk *w, unsigned depth)
{
    bool is_optional, is_repeated;
    const struct svdb_literal before = *w->out;
    const bool is_plain = at(w, 1) != '?' && at(w, 1) != '*';
    const bool is_kept = is_plain || at(w, 2) == ':';
    if (!is_plain && !is_kept && is_letter(at(w, 2)))
        return false; // options change what follows
    skip(w, is_plain ? 1 : 3);
    if (depth == DEPTH_MAX || !walk(w, depth + 1) || at(w, 0) != ')')
        return false;
    skip(w, 1);
    skip_quantifier(w, &is_optional, &is_repeated);
    if (!is_kept || is_optional)
        *w->out = before;
    if (!is_kept || is_repeated)
        cut(w->out);
    return true;
}

static bool is_quoting(const struct walk *w)
{
    return at(w, 0) == '\\' && (at(w, 1) == 'Q' || at(w, 1) == 'E' || w->rest.len < 2);
}

// Up to the end or the ")" of the group. With alternatives nothing of it is kept.
static bool walk(struct walk *w, unsigned depth)
{
    const struct svdb_literal before = *w->out;
    bool has_alternatives = false;
    while (w->rest.len > 0 && at(w, 0) != ')') {
        const char c = at(w, 0);
        if (is_quoting(w))
            return false;
        if (c == '(') {
            if (!take_group(w, depth))
                return false;
        } else if (c == '[') {
            skip_class(w);
            take_byte(w, -1);
        } else if (c == '\\') {
            take_byte(w, take_escape(w));
        } else {
            has_alternatives |= c == '|';
            skip(w, 1);
            take_byte(w, strchr(".^$|", c) && c ? -1 : (unsigned char)c);
        }
    }
    if (has_alternatives) {
        *w->out = before;
        cut(w->out);
    }
    return true;
}

bool svdb_literal_of(struct span regex, struct svdb_literal *out)
{
    struct walk w = {regex, out};
    out->len = 0;
    out->n_bytes = 0;
    out->is_binary = false;
    return walk(&w, 0) && w.rest.len == 0;
}
