// SPDX-License-Identifier: Apache-2.0
// Placeholders: $1 .. $9, $P(n), $SUBST(n,"a","b"), $I(n,">"). Reference: specification 1.8.
#include "base/buf.h"
#include "base/text.h"
#include "svdb/expand.h"

enum { ARGS_MAX = 5, NAME_MAX = 15, STRING_MAX = 127, INTEGER_BYTES = 8, DIGITS_MAX = 20 };

struct arg {
    bool is_string;
    uint64_t number;
    char text[STRING_MAX];
    size_t len;
};

struct call {
    struct span name; // empty: $1 .. $9
    struct arg arg[ARGS_MAX];
    uint32_t n;
};

// C notation: 10, 0x1F, 017.
static bool take_number(struct span *rest, struct arg *out)
{
    size_t n = 0;
    while (n < rest->len &&
           text_is_hex(rest->ptr[n] == 'x' || rest->ptr[n] == 'X' ? '0' : rest->ptr[n]))
        n++;
    const struct span s = span_head(*rest, n);
    *rest = span_from(*rest, n);
    if (s.len > 2 && s.ptr[0] == '0' && (s.ptr[1] | 0x20) == 'x')
        return text_hex(span_from(s, 2), &out->number);
    if (s.len < 2 || s.ptr[0] != '0')
        return text_dec(s, UINT32_MAX, &out->number);
    out->number = 0;
    for (size_t i = 1; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '7' || out->number > UINT32_MAX)
            return false;
        out->number = out->number * 8 + (uint64_t)(s.ptr[i] - '0');
    }
    return true;
}

// "text" with the escapes of 1.4; the first quote behind the first ends it.
static bool take_string(struct span *rest, struct arg *out)
{
    struct span bad;
    const struct span inside = span_from(*rest, 1);
    const size_t len = span_find(inside, '"');
    char text[4 * STRING_MAX];
    if (len == inside.len || len > sizeof text ||
        svdb_unescape(span_head(inside, len), text, &out->len, &bad) || out->len > STRING_MAX)
        return false;
    memcpy(out->text, text, out->len);
    out->is_string = true;
    *rest = span_from(inside, len + 1);
    return true;
}

static bool take_args(struct span *rest, struct call *out)
{
    for (;;) {
        struct arg *a = &out->arg[out->n];
        *rest = svdb_skip_blanks(*rest);
        if (rest->len == 0 || out->n == ARGS_MAX)
            return false;
        if (!(rest->ptr[0] == '"' ? take_string : take_number)(rest, a))
            return false;
        out->n++;
        *rest = svdb_skip_blanks(*rest);
        if (rest->len == 0 || (rest->ptr[0] != ',' && rest->ptr[0] != ')'))
            return false;
        const bool is_end = rest->ptr[0] == ')';
        *rest = span_from(*rest, 1);
        if (is_end)
            return true;
    }
}

// What stands behind the "$".
static bool take_call(struct span *rest, struct call *out)
{
    out->name = SPAN("");
    out->n = 0;
    if (rest->len > 0 && rest->ptr[0] >= '1' && rest->ptr[0] <= '9') {
        out->arg[0].is_string = false;
        out->arg[0].number = (uint64_t)(rest->ptr[0] - '0');
        out->n = 1;
        *rest = span_from(*rest, 1);
        return true;
    }
    const size_t open = span_find(*rest, '(');
    if (open == 0 || open == rest->len || open > NAME_MAX)
        return false;
    out->name = span_head(*rest, open);
    for (uint32_t i = 0; i < ARGS_MAX; i++)
        out->arg[i].is_string = false;
    *rest = span_from(*rest, open + 1);
    return take_args(rest, out);
}

// Number of a function's string arguments behind the group; -1: no such function.
static int n_strings(struct span name)
{
    if (name.len == 0 || span_eq(name, SPAN("P")))
        return 0;
    if (span_eq(name, SPAN("SUBST")))
        return 2;
    return span_eq(name, SPAN("I")) ? 1 : -1;
}

static const char *fault_of(const struct call *c)
{
    const int n = n_strings(c->name);
    if (n < 0)
        return "no such function in a template: P, SUBST or I";
    if (c->n != (uint32_t)n + 1 || c->arg[0].is_string)
        return "wrong arguments of a function in a template";
    for (uint32_t i = 1; i < c->n; i++)
        if (!c->arg[i].is_string)
            return "wrong arguments of a function in a template";
    if (c->arg[0].number == 0 || c->arg[0].number >= SVDB_GROUPS)
        return "a template can only use groups 1 to 9";
    if (n == 2 && c->arg[1].len == 0)
        return "nothing to be replaced in a template";
    if (n == 1 && (c->arg[1].len != 1 || (c->arg[1].text[0] != '<' && c->arg[1].text[0] != '>')))
        return "byte order in a template must be \"<\" or \">\"";
    return NULL;
}

static struct span printable(struct arena *scratch, struct span s)
{
    char *text = arena_alloc(scratch, s.len);
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] >= 0x20 && s.ptr[i] <= 0x7E)
            text[n++] = s.ptr[i];
    return span_of(text, n);
}

static struct span replaced(struct arena *scratch, struct span s, const struct arg *from,
                            const struct arg *to)
{
    const struct span what = span_of(from->text, from->len);
    char *text = arena_alloc(scratch, s.len / from->len * to->len + s.len);
    size_t n = 0;
    while (s.len > 0) {
        const bool is_here = span_starts(s, what);
        const struct span put = is_here ? span_of(to->text, to->len) : span_head(s, 1);
        memcpy(text + n, put.ptr, put.len);
        n += put.len;
        s = span_from(s, is_here ? what.len : 1);
    }
    return span_of(text, n);
}

static bool integer(struct arena *scratch, struct span s, char order, struct span *out)
{
    char *text = arena_alloc(scratch, DIGITS_MAX);
    uint64_t v = 0;
    struct buf b;
    if (s.len > INTEGER_BYTES)
        return false;
    for (size_t i = 0; i < s.len; i++)
        v = v << 8 | (uint8_t)s.ptr[order == '>' ? i : s.len - 1 - i];
    buf_init(&b, text, DIGITS_MAX);
    buf_dec(&b, v);
    *out = buf_span(&b);
    return true;
}

bool svdb_substitute(struct arena *scratch, struct span *rest, const struct svdb_hit *hit,
                     struct span *value)
{
    struct call c;
    if (!take_call(rest, &c) || fault_of(&c))
        return false;
    const uint64_t group = c.arg[0].number;
    if (group >= hit->n_groups || span_is_absent(hit->group[group]))
        return false;
    *value = hit->group[group];
    if (c.name.len == 0)
        return true;
    if (c.name.ptr[0] == 'I')
        return integer(scratch, *value, c.arg[1].text[0], value);
    *value = c.name.ptr[0] == 'P' ? printable(scratch, *value)
                                  : replaced(scratch, *value, &c.arg[1], &c.arg[2]);
    return true;
}

uint32_t svdb_placeholder(struct span *rest, const char **what)
{
    struct call c;
    *what = "not a placeholder: $1 to $9, $P(), $SUBST() or $I()";
    if (!take_call(rest, &c))
        return 0;
    *what = fault_of(&c);
    return *what ? 0 : (uint32_t)c.arg[0].number;
}
