// SPDX-License-Identifier: Apache-2.0
// A list of elements; a prefix T:, U:, S: or P: stays in force until the next one, or inside [ ]
// until the bracket closes. Inside [ ] only ports count that the services table lists. Open ends of
// a range reach to 1 and 65535, of a range of IP protocols alone to 0 and 255.
#include "stage/portspec.h"

#include "base/text.h"
#include "model/services.h"

struct state {
    const struct services *services;
    struct portspec *out;
    struct err_at *at;
    struct span all;
    unsigned protos; // in force
    unsigned outer;  // in force outside of the brackets
    bool is_listed;  // inside brackets
};

uint32_t set_count(const struct set *s)
{
    uint32_t n = 0;
    for (unsigned v = 0; v < 65536; v++)
        n += set_has(s, (uint16_t)v);
    return n;
}

static enum err fail(struct state *st, enum err code, const char *what, struct span token)
{
    const enum err e = err_set(st->at, code, what, token);
    if (st->at && token.ptr)
        st->at->col = (uint32_t)(token.ptr - st->all.ptr) + 1;
    return e;
}

static bool is_in_force(const struct state *st, enum proto proto)
{
    return st->protos >> proto & 1;
}

static void add_range_to(struct state *st, enum proto proto, uint16_t lo, uint16_t hi)
{
    struct set *to = &st->out->of[proto];
    if (st->is_listed) {
        services_listed(st->services, proto, lo, hi, to);
        return;
    }
    for (unsigned v = lo; v <= hi; v++) {
        st->out->has_duplicates |= set_has(to, (uint16_t)v);
        set_add(to, (uint16_t)v);
    }
}

static enum err fail_range(struct state *st, bool is_ip, struct span s)
{
    return fail(st, ERR_RANGE,
                is_ip ? "protocol must be a number from 0 to 255"
                      : "port must be a number from 0 to 65535",
                s);
}

static enum err parse_range(struct state *st, struct span s)
{
    const bool is_ip = st->protos == PORTSPEC_IP;
    const uint64_t most = is_ip ? 255 : 65535;
    const size_t dash = span_find(s, '-');
    const struct span left = span_head(s, dash);
    const struct span right = dash < s.len ? span_from(s, dash + 1) : left;
    uint64_t lo = is_ip ? 0 : 1, hi = most;
    if ((left.len > 0 && !text_dec(left, most, &lo)) ||
        (right.len > 0 && !text_dec(right, most, &hi)))
        return fail_range(st, is_ip, s);
    if (lo > hi)
        return fail(st, ERR_RANGE, "port range runs backwards", s);
    for (enum proto proto = PROTO_TCP; proto < PROTO_COUNT; proto++)
        if (is_in_force(st, proto))
            add_range_to(st, proto, (uint16_t)lo, (uint16_t)hi);
    return ERR_OK;
}

static enum err parse_name(struct state *st, struct span s)
{
    uint32_t n = 0;
    for (enum proto proto = PROTO_TCP; proto < PROTO_COUNT; proto++)
        if (is_in_force(st, proto))
            n += services_match(st->services, proto, s, &st->out->of[proto]);
    return n > 0 ? ERR_OK : fail(st, ERR_RANGE, "no port of this name is known", s);
}

static enum err parse_prefix(struct state *st, struct span *s)
{
    if (s->len < 2 || s->ptr[1] != ':')
        return ERR_OK;
    static const char letters[PROTO_COUNT + 1] = "TUSP"; // in the order of enum proto
    const char *letter = s->ptr[0] ? strchr(letters, s->ptr[0]) : NULL;
    if (!letter)
        return fail(st, ERR_SYNTAX, "unknown protocol prefix (T: U: S: P: are known)", *s);
    st->protos = 1u << (letter - letters);
    *s = span_trim(span_from(*s, 2));
    return ERR_OK;
}

static enum err parse_element(struct state *st, struct span s)
{
    s = span_trim(s);
    const enum err e = parse_prefix(st, &s);
    if (e != ERR_OK)
        return e;
    if (s.len > 0 && s.ptr[0] == '[') {
        if (st->is_listed)
            return fail(st, ERR_SYNTAX, "brackets inside brackets", s);
        st->is_listed = true;
        st->outer = st->protos;
        s = span_trim(span_from(s, 1));
        const enum err inner = parse_prefix(st, &s);
        if (inner != ERR_OK)
            return inner;
    }
    const bool ends = s.len > 0 && s.ptr[s.len - 1] == ']';
    if (ends && !st->is_listed)
        return fail(st, ERR_SYNTAX, "closing bracket without an opening one", s);
    if (ends)
        s = span_trim(span_head(s, s.len - 1));
    if (s.len == 0)
        return fail(st, ERR_SYNTAX, "empty element in the port list", s);
    const char c = s.ptr[0];
    const bool is_name = (c >= 'a' && c <= 'z') || c == '*' || c == '?';
    const enum err made = is_name ? parse_name(st, s) : parse_range(st, s);
    if (ends) {
        st->is_listed = false;
        st->protos = st->outer;
    }
    return made;
}

enum err portspec_parse(const struct services *services, struct span text, unsigned protos,
                        struct portspec *out, struct err_at *at)
{
    struct state st = {services, out, at, text, protos, protos, false};
    *out = (struct portspec){0};
    struct span rest = text;
    while (!span_is_absent(rest)) {
        const struct span element = span_cut(&rest, ',');
        const bool is_trailing = element.len == 0 && span_is_absent(rest) && text.len > 1;
        const enum err e = is_trailing ? ERR_OK : parse_element(&st, element);
        if (e != ERR_OK)
            return e;
    }
    uint32_t n = 0;
    for (unsigned proto = 0; proto < PROTO_COUNT; proto++)
        n += out->n[proto] = set_count(&out->of[proto]);
    if (n == 0)
        return fail(&st, ERR_RANGE, "no port is left", text);
    return ERR_OK;
}
