// SPDX-License-Identifier: Apache-2.0
// Templates of a rule + what its expression captured -> fields. A field that fails is empty, the
// others are used. Reference: specification 1.8, 4.3.
#include "svdb/expand.h"

enum { CPE_PARTS = 3, FIELD_MAX = 256 };

// Capacity N of each field; for the text one byte less, two if it ends with a substitution.
static const uint16_t capacity[] = {
    [SVDB_PRODUCT] = 80, [SVDB_VERSION] = 80, [SVDB_EXTRA] = 256, [SVDB_HOSTNAME] = 80,
    [SVDB_OS] = 32,      [SVDB_DEVICE] = 32,  [SVDB_CPE] = 80,
};

static const struct span cpe_prefix = SPAN("cpe:/");

static bool put_char(struct svdb_text_out *to, char c, size_t max)
{
    if (to->len >= max)
        return false;
    to->text[to->len++] = c;
    return true;
}

// Values inside of a CPE name: what has a meaning there is written %XX.
static bool put_cpe_char(struct svdb_text_out *to, char c, size_t max)
{
    static const char special[] = ":/?#[]@!$&'()*+,;=%<>\"";
    static const char hex[] = "0123456789ABCDEF";
    if (memchr(special, c, sizeof special - 1))
        return put_char(to, '%', max) && put_char(to, hex[(uint8_t)c >> 4], max) &&
               put_char(to, hex[(uint8_t)c & 15], max);
    if (svdb_is_blank(c))
        return put_char(to, '_', max);
    return put_char(to, c >= 'A' && c <= 'Z' ? (char)(c + 32) : c, max);
}

// What is substituted ends at its first NUL.
static bool put_value(struct svdb_text_out *to, struct span value, enum svdb_field field)
{
    const struct span s = span_head(value, span_find(value, '\0'));
    const size_t max = capacity[field] - 2u;
    for (size_t i = 0; i < s.len; i++)
        if (!(field == SVDB_CPE ? put_cpe_char : put_char)(to, s.ptr[i], max))
            return false;
    return to->len <= max;
}

static void trim_end(struct svdb_text_out *to)
{
    while (to->len > 0 && (svdb_is_blank(to->text[to->len - 1]) || to->text[to->len - 1] == ','))
        to->len--;
}

static void make_printable(struct svdb_text_out *to)
{
    for (size_t i = 0; i < to->len; i++)
        if (to->text[i] < 0x20 || to->text[i] > 0x7E)
            to->text[i] = '.';
}

static bool fill(const struct svdb_template *t, const struct svdb_hit *hit, struct arena *scratch,
                 struct svdb_text_out *to)
{
    struct span rest = t->text;
    for (size_t i = 0; t->field == SVDB_CPE && i < cpe_prefix.len; i++)
        (void)put_char(to, cpe_prefix.ptr[i], capacity[SVDB_CPE]);
    while (rest.len > 0) {
        struct span value;
        if (rest.ptr[0] != '$') {
            if (!put_char(to, rest.ptr[0], capacity[t->field] - 1u))
                return false;
            rest = span_from(rest, 1);
            continue;
        }
        rest = span_from(rest, 1);
        if (!svdb_substitute(scratch, &rest, hit, &value) || !put_value(to, value, t->field))
            return false;
    }
    trim_end(to);
    make_printable(to);
    return true;
}

// The part that it begins with behind "cpe:/": a, h, o -> 0, 1, 2; -1: none of them.
static int cpe_part(struct span s)
{
    static const char parts[] = "aho";
    for (int i = 0; i < CPE_PARTS; i++)
        if (s.len > 0 && s.ptr[0] == parts[i])
            return i;
    return -1;
}

static struct span *place_of(struct svdb_fields *f, enum svdb_field field)
{
    struct span *const places[] = {
        [SVDB_PRODUCT] = &f->product,   [SVDB_VERSION] = &f->version, [SVDB_EXTRA] = &f->extra,
        [SVDB_HOSTNAME] = &f->hostname, [SVDB_OS] = &f->os,           [SVDB_DEVICE] = &f->device,
    };
    return places[field];
}

// The last template of a field, and of a part of CPE names, counts.
static void put_field(struct arena *a, const struct svdb_template *t, const struct svdb_hit *hit,
                      struct svdb_fields *out)
{
    char text[FIELD_MAX];
    struct svdb_text_out to = {text, 0};
    const struct arena_mark mark = arena_mark(a);
    const bool is_good = fill(t, hit, a, &to);
    arena_rewind(a, mark);
    const struct span value = span_of(text, to.len);
    const bool is_cpe = t->field == SVDB_CPE;
    const int part = is_cpe ? cpe_part(is_good ? span_from(value, cpe_prefix.len) : t->text) : 0;
    if (part < 0)
        return;
    const uint32_t bit = UINT32_C(1) << ((uint32_t)t->field + (uint32_t)part);
    struct span *place = is_cpe ? &out->cpe[part] : place_of(out, t->field);
    if (is_good) {
        out->failed &= ~bit;
        *place = value.len > 0 ? arena_copy(a, value) : (struct span){NULL, 0};
        return;
    }
    out->failed |= bit;
    if (!is_cpe)
        *place = (struct span){NULL, 0};
}

void svdb_expand(struct arena *a, const struct svdb *db, const struct svdb_hit *hit,
                 struct svdb_fields *out)
{
    const struct svdb_rule rule = svdb_rule_at(db, hit->rule);
    struct span rest = rule.templates;
    struct svdb_template t;
    bool found = true;
    *out = (struct svdb_fields){.service = rule.service};
    while (svdb_template_next(rule.templates, &rest, &t, &found, NULL) == ERR_OK && found)
        put_field(a, &t, hit, out);
}
