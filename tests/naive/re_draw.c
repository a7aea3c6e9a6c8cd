// SPDX-License-Identifier: Apache-2.0
#include "naive/re_draw.h"

#include <stdlib.h>

static const char likely[] = "aA0.-_ /:;,\"<>=\r\n\t";

static unsigned char any_byte(struct re_draw *d)
{
    if (rng_below(&d->rng, 4) == 0)
        return (unsigned char)rng_u32(&d->rng);
    return (unsigned char)likely[rng_below(&d->rng, sizeof likely - 1)];
}

static void put(struct re_draw *d, unsigned char c)
{
    if (d->len < RE_DRAW_TEXT)
        d->text[d->len++] = c;
}

static const char *skip_class(const char *p, const char *end)
{
    p += p < end && *p == '^';
    p += p < end && *p == ']';
    while (p < end && *p != ']')
        p += *p == '\\' ? 2 : 1;
    return p < end ? p + 1 : end;
}

// Past one piece without its quantifier.
static const char *skip_atom(const char *p, const char *end)
{
    int depth = 0;
    do {
        const char c = *p++;
        if (c == '\\' && end - p >= 3 && *p == 'x')
            p += 3;
        else if (c == '\\')
            p += p < end;
        else if (c == '[')
            p = skip_class(p, end);
        else if (c == '(')
            depth++;
        else if (c == ')')
            depth--;
    } while (depth > 0 && p < end);
    return p < end ? p : end;
}

static const char *skip_branch(const char *p, const char *end)
{
    while (p < end && *p != '|')
        p = skip_atom(p, end);
    return p;
}

static void draw_one_of(struct re_draw *d, const char *p, const char *end);

static unsigned char escaped(struct re_draw *d, const char *p, const char *end)
{
    static const char words[] = "aZ_09z";
    static const char plain[] = "-. \n\xe9";
    switch (p < end ? *p : 'n') {
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case '0':
        return 0;
    case 'x':
        return end - p >= 3 ? (unsigned char)strtoul((char[]){p[1], p[2], 0}, NULL, 16) : 0;
    case 'd':
        return (unsigned char)('0' + rng_below(&d->rng, 10));
    case 'w':
        return (unsigned char)words[rng_below(&d->rng, 6)];
    case 's':
        return (unsigned char)" \t\r\n"[rng_below(&d->rng, 4)];
    case 'W':
    case 'D':
    case 'S':
        return (unsigned char)plain[rng_below(&d->rng, 5)];
    default:
        return (unsigned char)*p;
    }
}

// A member that is written there, or anything if the class is negated.
static void draw_class(struct re_draw *d, const char *p, const char *end)
{
    const char *at[64];
    uint32_t n = 0;
    if (p < end && *p == '^') {
        put(d, any_byte(d));
        return;
    }
    for (const char *q = p; q < end && n<64; q = skip_atom(q, end)> q ? skip_atom(q, end) : end)
        at[n++] = q;
    if (n == 0)
        return;
    const uint32_t k = rng_below(&d->rng, n);
    if (at[k][0] == '\\')
        put(d, escaped(d, at[k] + 1, end));
    else if (end - at[k] > 2 && at[k][1] == '-' && at[k][2] > at[k][0] && at[k][2] != '\\')
        put(d, (unsigned char)(at[k][0] +
                               (char)rng_below(&d->rng, 1u + (uint32_t)(at[k][2] - at[k][0]))));
    else
        put(d, (unsigned char)at[k][0]);
}

static void draw_group(struct re_draw *d, const char *p, const char *end)
{
    if (p < end && *p == '?') {
        if (end - p < 2 || p[1] != ':')
            return;
        p += 2;
    }
    draw_one_of(d, p, end);
}

static void draw_atom(struct re_draw *d, const char *p, const char *end)
{
    switch (*p) {
    case '(':
        draw_group(d, p + 1, end - 1);
        break;
    case '[':
        draw_class(d, p + 1, end - 1);
        break;
    case '.':
        put(d, any_byte(d));
        break;
    case '^':
    case '$':
        break;
    case '\\':
        if (p + 1 < end && !strchr("bBAzZ123456789", p[1]))
            put(d, escaped(d, p + 1, end));
        break;
    default:
        put(d, (unsigned char)*p);
    }
}

// How often the piece is repeated; *p is moved behind the quantifier.
static uint32_t draw_times(struct re_draw *d, const char **p, const char *end)
{
    uint32_t min = 1, more = 0;
    if (*p == end || !strchr("*+?{", **p))
        return 1;
    const char c = *(*p)++;
    if (c == '{') {
        char *next;
        min = (uint32_t)strtoul(*p, &next, 10);
        more = *next == ',' ? 2 : 0;
        if (*next == ',')
            strtoul(next + 1, &next, 10);
        if (next == *p || next >= end || *next != '}') {
            --*p;
            return 1; // no quantifier
        }
        *p = next + 1;
    } else {
        min = c == '+';
        more = c == '?' ? 1 : rng_below(&d->rng, 16) == 0 ? 40 : 4;
    }
    if (*p < end && (**p == '?' || **p == '+'))
        ++*p;
    return min + rng_below(&d->rng, more + 1);
}

static void draw_branch(struct re_draw *d, const char *p, const char *end)
{
    while (p < end) {
        const char *atom = p, *atom_end = skip_atom(p, end);
        p = atom_end;
        for (uint32_t n = draw_times(d, &p, end); n > 0 && d->len < RE_DRAW_TEXT; n--)
            draw_atom(d, atom, atom_end);
        if (p < end && p == atom_end && *p == '{')
            put(d, (unsigned char)*p++);
    }
}

static void draw_one_of(struct re_draw *d, const char *p, const char *end)
{
    uint32_t n = 1;
    for (const char *q = skip_branch(p, end); q < end; q = skip_branch(q + 1, end))
        n++;
    for (uint32_t k = rng_below(&d->rng, n); k > 0; k--)
        p = skip_branch(p, end) + 1;
    draw_branch(d, p, skip_branch(p, end));
}

void re_draw_text(struct re_draw *d, const struct re_rule *rule)
{
    d->len = 0;
    draw_one_of(d, rule->regex.ptr, rule->regex.ptr + rule->regex.len);
}

static void move(struct re_draw *d, uint32_t to, uint32_t from)
{
    if (to + d->len - from > RE_DRAW_TEXT)
        return;
    memmove(d->text + to, d->text + from, d->len - from);
    d->len = to + d->len - from;
}

static void damage(struct re_draw *d)
{
    const uint32_t at = rng_below(&d->rng, d->len + 1), n = rng_below(&d->rng, 8);
    switch (rng_below(&d->rng, 7)) {
    case 0:
        d->len = at;
        break;
    case 1:
        move(d, at, at + n < d->len ? at + n : d->len);
        break;
    case 2:
        move(d, at + n < d->len ? at + n : d->len, at);
        break;
    case 3:
        put(d, any_byte(d));
        break;
    case 4:
        if (at < d->len)
            d->text[at] ^= 0x20;
        break;
    default:
        if (at < d->len)
            d->text[at] = any_byte(d);
    }
}

void re_draw_damage(struct re_draw *d)
{
    for (uint32_t n = 1 + rng_below(&d->rng, 3); n > 0; n--)
        damage(d);
}
