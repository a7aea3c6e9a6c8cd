// SPDX-License-Identifier: Apache-2.0
// One attribute of a test line -> the part of a personality that produces it. In: name and
// expression. An expression without a usable value leaves the default alone; one that cannot be
// understood is an error. Reference: os-detection specification 3.6 - 3.12.
#include "lab/hosts/hosts.h"

#include "base/text.h"

static bool is_name(struct span name, const char *text)
{
    return span_eq(name, span_str(text));
}

// The first letter of the first alternative, '\0' if it is empty.
static char letter_of(struct span expr)
{
    struct value v;
    return value_first(expr, VALUE_LOW, &v) && v.len > 0 ? v.text[0] : '\0';
}

static enum err number_of(struct span expr, uint64_t max, uint64_t *out, struct err_at *at)
{
    uint64_t hi;
    if (!value_range(expr, out, &hi))
        return err_set(at, ERR_SYNTAX, "not a hexadecimal number", expr);
    return *out > max ? err_set(at, ERR_RANGE, "number too large", expr) : ERR_OK;
}

// A range stands for hosts of unknown distance: the usual initial value in it is meant.
static enum err ttl_of(struct span expr, uint8_t *out, struct err_at *at)
{
    static const uint8_t usual[] = {64, 128, 255, 32};
    uint64_t lo, hi;
    if (!value_range(expr, &lo, &hi))
        return err_set(at, ERR_SYNTAX, "not a hexadecimal number", expr);
    for (size_t i = 0; i < sizeof usual; i++) {
        if (usual[i] < lo || usual[i] > hi)
            continue;
        *out = usual[i];
        return ERR_OK;
    }
    *out = (uint8_t)(lo == 0 ? 1 : lo > 255 ? 255 : lo);
    return ERR_OK;
}

// A host whose connections nobody accepts would not be found: of several answers to SYN, the
// proper one.
struct span attr_proper(struct span name, struct span expr)
{
    static const struct {
        const char *name;
        struct span value;
    } proper[] = {{"R", {"Y", 1}}, {"S", {"O", 1}}, {"A", {"S+", 2}}, {"F", {"AS", 2}}};
    for (size_t i = 0; i < sizeof proper / sizeof proper[0]; i++) {
        struct span rest = expr;
        while (is_name(name, proper[i].name) && !span_is_absent(rest))
            if (span_eq(span_cut(&rest, '|'), proper[i].value))
                return proper[i].value;
    }
    return expr;
}

struct span attr_timed(struct span expr, char ts)
{
    struct span rest = expr;
    while (!span_is_absent(rest)) {
        const struct span one = span_cut(&rest, '|');
        const size_t t = span_find(one, 'T');
        const char seen = t + 1 >= one.len ? 'U' : one.ptr[t + 1] == '0' ? '0' : 'v';
        if (seen == ts)
            return one;
    }
    return expr;
}

// How far above the most that a TTL can be the initial value was guessed: so many routers are
// seen in the quotes of ICMP errors.
uint8_t attr_hops(struct span expr)
{
    uint64_t lo, hi;
    return value_range(expr, &lo, &hi) && lo > 255 && lo < 255 + 32 ? (uint8_t)(lo - 255) : 0;
}

static enum err pers_number_of(struct span expr, enum pers_number *out, struct err_at *at)
{
    struct value v;
    if (!value_first(expr, VALUE_LOW, &v) || v.len == 0)
        return ERR_OK;
    const bool is_next = v.len == 2 && v.text[1] == '+';
    if (v.text[0] == 'Z')
        *out = PERS_ZERO;
    else if (v.text[0] == 'O')
        *out = PERS_OTHER;
    else if (v.text[0] == 'A' || v.text[0] == 'S')
        *out = is_next ? PERS_NEXT : PERS_SAME;
    else
        return err_set(at, ERR_SYNTAX, "not one of Z, A, A+, S, S+, O", expr);
    return ERR_OK;
}

static enum err flags_of(struct span expr, uint8_t *out, struct err_at *at)
{
    static const char letters[] = "FSRPAUE"; // bits 0 to 6
    struct value v;
    if (!value_first(expr, VALUE_LOW, &v))
        return err_set(at, ERR_LIMIT, "value too long", expr);
    *out = 0;
    for (size_t i = 0; i < v.len; i++) {
        const char *p = memchr(letters, v.text[i], sizeof letters - 1);
        if (!p)
            return err_set(at, ERR_SYNTAX, "not a list of TCP flags", expr);
        *out |= (uint8_t)(1u << (p - letters));
    }
    return ERR_OK;
}

static enum err data_of(struct span expr, struct pers_reply *r, struct err_at *at)
{
    uint64_t crc;
    const enum err err = number_of(expr, UINT32_MAX, &crc, at);
    r->n_data = crc == 0 || err ? 0 : sizeof r->data;
    if (r->n_data > 0)
        crc_invert((uint32_t)crc, r->data);
    return err;
}

static enum err options_of(struct span expr, struct pers_options *out, struct err_at *at)
{
    struct value v;
    if (!value_first(expr, VALUE_LOW, &v))
        return err_set(at, ERR_LIMIT, "value too long", expr);
    return options_parse(value_span(&v), out, at);
}

static void set_quirks(struct pers_reply *r, struct span expr)
{
    struct value v;
    if (!value_first(expr, VALUE_LOW, &v))
        return;
    r->reserved = span_find(value_span(&v), 'R') < v.len ? 8 : 0;
    r->urg = span_find(value_span(&v), 'U') < v.len ? 0x1234 : 0; // any but 0
}

static uint8_t congestion_flags(char cc)
{
    const unsigned ece = cc == 'S' || cc == 'Y' ? TCP_ECE : 0;
    const unsigned cwr = cc == 'S' || cc == 'O' ? TCP_CWR : 0;
    return (uint8_t)(TCP_SYN | TCP_ACK | ece | cwr);
}

enum err reply_attr(struct pers_reply *r, struct span name, struct span expr, struct err_at *at)
{
    uint64_t v;
    enum err err = ERR_OK;
    if (is_name(name, "R"))
        r->is_sent = letter_of(expr) == 'Y';
    else if (is_name(name, "DF"))
        r->df = letter_of(expr) == 'Y';
    else if (is_name(name, "T") || is_name(name, "TG"))
        err = ttl_of(expr, &r->ttl, at);
    else if (is_name(name, "S"))
        err = pers_number_of(expr, &r->seq, at);
    else if (is_name(name, "A"))
        err = pers_number_of(expr, &r->ack, at);
    else if (is_name(name, "F"))
        err = flags_of(expr, &r->flags, at);
    else if (is_name(name, "O"))
        err = options_of(expr, &r->options, at);
    else if (is_name(name, "RD"))
        err = data_of(expr, r, at);
    else if (is_name(name, "Q"))
        set_quirks(r, expr);
    else if (is_name(name, "CC"))
        r->flags = congestion_flags(letter_of(expr));
    else if (is_name(name, "W") && !(err = number_of(expr, 0xFFFF, &v, at)))
        r->window = (uint16_t)v;
    return err;
}

// G is -1, a number itself.
static enum err quoted_of(struct span expr, int32_t *out, struct err_at *at)
{
    uint64_t v;
    *out = -1;
    if (letter_of(expr) == 'G')
        return ERR_OK;
    const enum err err = number_of(expr, 0xFFFF, &v, at);
    if (!err)
        *out = (int32_t)v;
    return err;
}

enum err unreach_attr(struct pers_unreach *u, struct span name, struct span expr, struct err_at *at)
{
    uint64_t v;
    enum err err = ERR_OK;
    if (is_name(name, "R"))
        u->is_sent = letter_of(expr) == 'Y';
    else if (is_name(name, "DF"))
        u->df = letter_of(expr) == 'Y';
    else if (is_name(name, "T") || is_name(name, "TG"))
        err = ttl_of(expr, &u->ttl, at);
    else if (is_name(name, "RIPL"))
        err = quoted_of(expr, &u->quoted_len, at);
    else if (is_name(name, "RID"))
        err = quoted_of(expr, &u->quoted_id, at);
    else if (is_name(name, "RUCK"))
        err = quoted_of(expr, &u->udp_cksum, at);
    else if (is_name(name, "RIPCK"))
        u->quoted_cksum = letter_of(expr);
    else if (is_name(name, "RUD"))
        u->spoils_data = letter_of(expr) == 'I';
    else if (is_name(name, "IPL") && !(err = number_of(expr, 0xFFFF, &v, at)))
        u->total_len = (uint16_t)v;
    else if (is_name(name, "UN") && !(err = number_of(expr, UINT32_MAX, &v, at)))
        u->unused = (uint32_t)v;
    return err;
}

enum err echo_attr(struct pers_echo *e, struct span name, struct span expr, struct err_at *at)
{
    uint64_t v;
    enum err err = ERR_OK;
    const char letter = letter_of(expr);
    if (is_name(name, "R"))
        e->is_sent = letter == 'Y';
    else if (is_name(name, "DFI"))
        e->df = letter;
    else if (is_name(name, "T") || is_name(name, "TG"))
        err = ttl_of(expr, &e->ttl, at);
    else if (is_name(name, "CD") && (letter == 'S' || letter == 'Z' || letter == 'O'))
        e->code = letter;
    else if (is_name(name, "CD") && !(err = number_of(expr, 0xFF, &v, at))) {
        e->code = '\0';
        e->value = (uint8_t)v;
    }
    return err;
}
