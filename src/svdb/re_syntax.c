// SPDX-License-Identifier: Apache-2.0
#include "svdb/re_syntax.h"

const struct re_bytes re_all_bytes = {{~0ull, ~0ull, ~0ull, ~0ull}};

static void add(struct re_bytes *set, unsigned c)
{
    set->word[c >> 6 & 3] |= 1ull << (c & 63);
}

static void add_range(struct re_bytes *set, unsigned from, unsigned to)
{
    for (unsigned c = from; c <= to; c++)
        add(set, c);
}

static void add_all(struct re_bytes *set, const struct re_bytes *other)
{
    for (int i = 0; i < 4; i++)
        set->word[i] |= other->word[i];
}

static void invert(struct re_bytes *set)
{
    for (int i = 0; i < 4; i++)
        set->word[i] = ~set->word[i];
}

static bool is_letter(unsigned c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool is_digit(unsigned c)
{
    return c >= '0' && c <= '9';
}

static int hex_value(unsigned c)
{
    if (is_digit(c))
        return (int)c - '0';
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (int)(c | 0x20) - 'a' + 10 : -1;
}

// \d \w \s of the C locale; the capitals are what is left.
static bool add_named(struct re_bytes *set, unsigned c)
{
    struct re_bytes s = {{0}};
    switch (c | 0x20) {
    case 'w':
        add_range(&s, 'a', 'z');
        add_range(&s, 'A', 'Z');
        add(&s, '_');
        add_range(&s, '0', '9');
        break;
    case 'd':
        add_range(&s, '0', '9');
        break;
    case 's':
        add_range(&s, '\t', '\r');
        add(&s, ' ');
        break;
    default:
        return false;
    }
    if (c < 'a')
        invert(&s);
    add_all(set, &s);
    return true;
}

void re_any(struct re_atom *atom)
{
    *atom = (struct re_atom){re_all_bytes, -1};
}

void re_plain(const struct re_text *t, unsigned char c, struct re_atom *atom)
{
    *atom = (struct re_atom){.byte = c};
    add(&atom->set, c);
    if (t->is_caseless && is_letter(c)) {
        add(&atom->set, c ^ 0x20u);
        atom->byte = c | 0x20;
    }
}

static unsigned read_hex(struct re_text *t)
{
    unsigned value = 0;
    if (t->p < t->end && *t->p == '{')
        t->is_lost = true;
    for (int i = 0; i < 2 && t->p < t->end && hex_value(*t->p) >= 0; i++)
        value = value * 16 + (unsigned)hex_value(*t->p++);
    return value;
}

static unsigned read_octal(struct re_text *t)
{
    unsigned value = 0;
    for (int i = 0; i < 2 && t->p < t->end && *t->p >= '0' && *t->p <= '7'; i++)
        value = value * 8 + (*t->p++ - '0');
    return value;
}

// The byte that `\c` stands for, in a class and outside, or -1. Behind \0 up to two more octal
// digits are read, which fit.
static int escaped_byte(struct re_text *t, unsigned char c)
{
    switch (c) {
    case 'a':
        return 7;
    case 'e':
        return 0x1b;
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case 'x':
        return (int)read_hex(t);
    case '0':
        return (int)read_octal(t);
    default:
        return c < 0x80 && !is_letter(c) && !is_digit(c) ? c : -1;
    }
}

static enum re_piece reference(struct re_text *t, uint32_t *min)
{
    t->is_lost = t->is_lost || (t->p < t->end && is_digit(*t->p)); // or an octal number
    *min = 0;
    return RE_SOMETHING;
}

enum re_piece re_escape(struct re_text *t, struct re_atom *atom, uint32_t *min)
{
    *atom = (struct re_atom){.byte = -1};
    if (t->p == t->end) {
        t->is_lost = true;
        return RE_NOTHING;
    }
    const unsigned char c = *t->p++;
    const int byte = escaped_byte(t, c);
    if (byte >= 0) {
        re_plain(t, (unsigned char)byte, atom);
        return RE_ATOM;
    }
    if (is_digit(c))
        return reference(t, min);
    if (add_named(&atom->set, c))
        return RE_ATOM;
    switch (c) {
    case 'h':
    case 'H':
    case 'v':
    case 'V':
        atom->set = re_all_bytes;
        return RE_ATOM;
    case 'R':
        *min = 1;
        return RE_SOMETHING;
    case 'A':
        return RE_START;
    case 'b':
    case 'B':
    case 'z':
    case 'Z':
        return RE_NOTHING;
    default:
        t->is_lost = true;
        return RE_NOTHING;
    }
}

// One member: a byte (returned) or a set (-1). Anything unclear makes the class hold all bytes;
// what could hide the end of the class makes us lost.
static int class_member(struct re_text *t, struct re_bytes *set)
{
    unsigned char c = *t->p++;
    if (c == '[' && t->p < t->end && (*t->p == ':' || *t->p == '.' || *t->p == '=')) {
        t->is_lost = true;
        return -1;
    }
    if (c != '\\')
        return c;
    if (t->p == t->end) {
        t->is_lost = true;
        return -1;
    }
    c = *t->p++;
    const int byte = c == 'b' ? '\b' : escaped_byte(t, c);
    if (byte >= 0)
        return byte;
    if (c == 'c' || c == 'Q' || c == 'E' || c >= 0x80)
        t->is_lost = true;
    else if (!add_named(set, c))
        *set = re_all_bytes;
    return -1;
}

static bool is_range(const struct re_text *t)
{
    return t->end - t->p >= 2 && t->p[0] == '-' && t->p[1] != ']';
}

static void class_members(struct re_text *t, struct re_bytes *set)
{
    bool is_first = true;
    while (!t->is_lost && t->p < t->end && (is_first || *t->p != ']')) {
        is_first = false;
        const int from = class_member(t, set);
        if (from < 0)
            continue;
        int to = from;
        if (is_range(t)) {
            t->p++;
            to = class_member(t, set);
            if (to < 0)
                add(set, '-');
            to = to < 0 ? from : to;
        }
        if (to < from)
            *set = re_all_bytes;
        add_range(set, (unsigned)from, (unsigned)to);
    }
    t->is_lost = t->is_lost || t->p == t->end;
    if (!t->is_lost)
        t->p++;
}

static void add_cases(struct re_bytes *set)
{
    for (unsigned c = 'a'; c <= 'z'; c++) {
        if (re_has_byte(set, (unsigned char)c) || re_has_byte(set, (unsigned char)(c ^ 0x20))) {
            add(set, c);
            add(set, c ^ 0x20);
        }
    }
}

static int only_byte(const struct re_bytes *set)
{
    int found = -1;
    for (int c = 0; c < 256; c++) {
        if (!re_has_byte(set, (unsigned char)c))
            continue;
        if (found >= 0)
            return -1;
        found = c;
    }
    return found;
}

void re_class(struct re_text *t, struct re_atom *atom)
{
    const bool is_negated = t->p < t->end && *t->p == '^';
    *atom = (struct re_atom){.byte = -1};
    t->p += is_negated;
    class_members(t, &atom->set);
    if (t->is_caseless)
        add_cases(&atom->set);
    const bool is_all = memcmp(&atom->set, &re_all_bytes, sizeof re_all_bytes) == 0;
    if (is_negated && !is_all)
        invert(&atom->set);
    atom->byte = only_byte(&atom->set);
}

static bool read_number(const unsigned char **p, const unsigned char *end, uint32_t *value)
{
    const unsigned char *start = *p;
    *value = 0;
    for (; *p < end && is_digit(**p) && *p - start < 6; (*p)++)
        *value = *value * 10 + (**p - '0');
    return *p > start;
}

// What looks like a quantifier in some version of PCRE2, where blanks and {,n} differ.
static bool is_braced(const struct re_text *t)
{
    const unsigned char *p = t->p + 1;
    while (p < t->end && (is_digit(*p) || *p == ',' || *p == ' ' || *p == '\t'))
        p++;
    return p < t->end && *p == '}' && p > t->p + 1;
}

bool re_is_quantified(const struct re_text *t)
{
    if (t->p == t->end)
        return false;
    return *t->p == '*' || *t->p == '+' || *t->p == '?' || (*t->p == '{' && is_braced(t));
}

static struct re_times braces(struct re_text *t)
{
    struct re_times times = {0, 0};
    const unsigned char *p = t->p + 1;
    t->is_lost = t->is_lost || !read_number(&p, t->end, &times.min);
    times.max = times.min;
    if (p < t->end && *p == ',') {
        p++;
        if (!read_number(&p, t->end, &times.max))
            times.max = UINT32_MAX;
    }
    t->is_lost = t->is_lost || p == t->end || *p != '}' || times.max < times.min;
    t->p = p < t->end ? p + 1 : p;
    return times;
}

struct re_times re_quantifier(struct re_text *t)
{
    struct re_times times = {1, 1};
    if (!re_is_quantified(t))
        return times;
    if (*t->p == '{') {
        times = braces(t);
    } else {
        const unsigned char c = *t->p++;
        times = (struct re_times){c == '+', c == '?' ? 1 : UINT32_MAX};
    }
    if (t->p < t->end && (*t->p == '+' || *t->p == '?'))
        t->p++;
    t->is_lost = t->is_lost || re_is_quantified(t); // repeated repeats
    return times;
}
