// SPDX-License-Identifier: Apache-2.0
// Iteration is an odometer over the sets of octets, last octet fastest.
#include "stage/targetspec.h"

#include "base/text.h"

static bool octet_has(const struct octets *o, unsigned v)
{
    return o->bit[v / 64] >> (v % 64) & 1;
}

static void octet_add(struct octets *o, unsigned v)
{
    o->bit[v / 64] |= (uint64_t)1 << (v % 64);
}

static bool parse_bound(struct span s, unsigned missing, unsigned *out)
{
    uint64_t v;
    *out = missing;
    if (s.len == 0)
        return true;
    if (!text_dec(s, 255, &v))
        return false;
    *out = (unsigned)v;
    return true;
}

// number | [number] "-" [number]; "*" is all.
static bool parse_item(struct span s, struct octets *out)
{
    unsigned lo = 0, hi = 255;
    if (s.len == 0)
        return false;
    if (span_eq(s, SPAN("*")))
        s = SPAN("-");
    const size_t dash = span_find(s, '-');
    const bool is_range = dash < s.len;
    if (!parse_bound(span_head(s, dash), 0, &lo) ||
        !parse_bound(is_range ? span_from(s, dash + 1) : s, 255, &hi) || lo > hi)
        return false;
    for (unsigned v = lo; v <= hi; v++)
        octet_add(out, v);
    return true;
}

static bool parse_octets(struct span s, struct octets out[4])
{
    for (int i = 0; i < 4; i++) {
        struct span part = span_cut(&s, '.');
        if (span_is_absent(s) != (i == 3))
            return false;
        while (!span_is_absent(part))
            if (!parse_item(span_cut(&part, ','), &out[i]))
                return false;
    }
    return true;
}

// Adds every value that shares the masked bits with a listed one (scanning spec 1.1).
static void apply_prefix(struct spec *s)
{
    for (unsigned i = 0; i < 4; i++) {
        const unsigned have = s->bits > 8 * i ? s->bits - 8 * i : 0;
        const unsigned mask = have >= 8 ? 0xFF : 0xFF00u >> have & 0xFF;
        struct octets wide = {{0}};
        for (unsigned v = 0; v < 256; v++)
            for (unsigned w = v & mask; w <= (v | (~mask & 0xFF)); w++)
                if (octet_has(&s->part[i], w)) {
                    octet_add(&wide, v);
                    break;
                }
        s->part[i] = wide;
    }
}

static bool looks_like_octets(struct span s)
{
    for (size_t i = 0; i < s.len; i++) {
        const char c = s.ptr[i];
        if (!text_is_digit(c) && c != '.' && c != '-' && c != '*' && c != ',')
            return false;
    }
    return true;
}

static bool is_name(struct span s)
{
    for (size_t i = 0; i < s.len; i++) {
        const char c = s.ptr[i];
        const bool is_letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
        if (!is_letter && !text_is_digit(c) && c != '.' && c != '-' && c != '_')
            return false;
    }
    return s.len > 0 && s.len <= LIMIT_NAME && s.ptr[0] != '-' && s.ptr[0] != '.';
}

static void mask_six(struct ip_addr *a, unsigned bits)
{
    for (unsigned i = 0; i < sizeof a->byte; i++) {
        const unsigned have = bits > 8 * i ? bits - 8 * i : 0;
        a->byte[i] &= (uint8_t)(have >= 8 ? 0xFF : 0xFF00u >> have);
    }
}

static bool parse_zone(const struct zones *zones, struct span name, uint32_t *out)
{
    uint64_t v;
    if (text_dec(name, UINT32_MAX, &v) && v > 0) {
        *out = (uint32_t)v;
        return true;
    }
    *out = zones->index ? zones->index(zones->ctx, name) : 0;
    return *out != 0;
}

static enum err parse_six(const struct zones *zones, struct span text, struct span host,
                          struct spec *out, struct err_at *at)
{
    const size_t percent = span_find(host, '%');
    uint32_t zone = 0;
    if (!ip_parse(span_head(host, percent), &out->six) || out->six.family != IP_V6)
        return err_set(at, ERR_SYNTAX, "not an IPv6 address", text);
    if (percent < host.len && !parse_zone(zones, span_from(host, percent + 1), &zone))
        return err_set(at, ERR_RANGE, "there is no interface of this name",
                       span_from(host, percent + 1));
    out->six.zone = zone;
    mask_six(&out->six, out->bits);
    return ERR_OK;
}

// The address `n` places behind the first.
static struct ip_addr six_address(const struct ip_addr *first, struct wide n)
{
    struct ip_addr a = *first;
    for (size_t i = 0; i < 8; i++) { // the low bits of a block are zero
        a.byte[i] |= (uint8_t)(n.hi >> (56 - 8 * i));
        a.byte[8 + i] |= (uint8_t)(n.lo >> (56 - 8 * i));
    }
    return a;
}

enum err spec_parse(const struct zones *zones, struct span text, struct spec *out,
                    struct err_at *at)
{
    const size_t slash = span_find(text, '/');
    const struct span host = span_head(text, slash);
    const bool is_six = span_find(host, ':') < host.len;
    const unsigned most = is_six ? 128 : 32;
    uint64_t bits = most;
    if (text.len > LIMIT_SPEC)
        return err_set(at, ERR_LIMIT, "target specification is too long", text);
    if (slash < text.len && !text_dec(span_from(text, slash + 1), most, &bits))
        return err_set(at, ERR_RANGE,
                       is_six ? "prefix length must be a number from 0 to 128"
                              : "prefix length must be a number from 0 to 32",
                       span_from(text, slash + 1));
    out->bits = (unsigned)bits;
    if (is_six)
        return parse_six(zones, text, host, out, at);
    if (host.len > 0 && looks_like_octets(host)) {
        if (!parse_octets(host, out->part))
            return err_set(at, ERR_SYNTAX, "not an IPv4 address, range or list", text);
        apply_prefix(out);
        return ERR_OK;
    }
    if (!is_name(host))
        return err_set(at, ERR_SYNTAX, "not an address, range or host name", text);
    out->name = host;
    return ERR_OK;
}

static bool first_octet(const struct octets *o, unsigned from, uint8_t *out)
{
    for (unsigned v = from; v < 256; v++) {
        if (!octet_has(o, v))
            continue;
        *out = (uint8_t)v;
        return true;
    }
    return false;
}

static uint32_t octet_count(const struct octets *o)
{
    uint32_t n = 0;
    for (int i = 0; i < 4; i++)
        n += (uint32_t)__builtin_popcountll(o->bit[i]);
    return n;
}

// The k-th value, from 0; there must be one.
static uint32_t octet_at(const struct octets *o, uint32_t k)
{
    uint32_t i = 0;
    uint32_t n;
    while (k >= (n = (uint32_t)__builtin_popcountll(o->bit[i]))) {
        k -= n;
        i++;
    }
    uint64_t left = o->bit[i];
    if (n == 64)
        return 64 * i + k;
    for (; k > 0; k--)
        left &= left - 1;
    return 64 * i + (uint32_t)__builtin_ctzll(left);
}

static uint64_t four_count(const struct spec *s)
{
    uint64_t n = 1;
    for (int i = 0; i < 4; i++)
        n *= octet_count(&s->part[i]);
    return n;
}

struct wide spec_count(const struct spec *s)
{
    return s->six.family == IP_V6 ? wide_power(128 - s->bits) : wide_of(four_count(s));
}

void spec_settle(struct spec *s, const struct ip_addr *addr)
{
    s->resolved = *addr;
    s->is_done = true;
    s->six = (struct ip_addr){0};
    if (addr->family == IP_V6) {
        s->six = *addr;
        s->bits = s->bits == 32 ? 128 : s->bits; // 32: none was given
        mask_six(&s->six, s->bits);
        return;
    }
    for (int i = 0; i < 4; i++) {
        s->part[i] = (struct octets){{0}};
        octet_add(&s->part[i], addr->byte[i]);
    }
    apply_prefix(s);
}

bool spec_is_empty(const struct spec *s)
{
    return !span_is_absent(s->name) && !s->is_done;
}

static struct ip_addr four_address(const struct spec *s, uint64_t place)
{
    uint32_t addr = 0;
    for (int i = 3; i >= 0; i--) {
        const uint32_t n = octet_count(&s->part[i]);
        addr |= octet_at(&s->part[i], (uint32_t)(place % n)) << (24 - 8 * i);
        place /= n;
    }
    return ip_v4(addr);
}

struct ip_addr spec_address(const struct spec *s, struct wide place)
{
    return s->six.family == IP_V6 ? six_address(&s->six, place) : four_address(s, place.lo);
}

bool spec_run(const struct spec *s, struct ip_addr *first, struct ip_addr *last)
{
    if (s->six.family == IP_V6) {
        *first = *last = s->six;
        for (unsigned bit = s->bits; bit < 128; bit++)
            last->byte[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
        return true;
    }
    const uint64_t n = four_count(s);
    *first = four_address(s, 0);
    *last = four_address(s, n - 1);
    return n == (uint64_t)ip_v4_u32(last) - ip_v4_u32(first) + 1;
}

bool spec_has(const struct spec *s, const struct ip_addr *addr)
{
    if (spec_is_empty(s))
        return false;
    if (s->six.family == IP_V6 || addr->family == IP_V6) {
        struct ip_addr block = *addr;
        if (s->six.family != addr->family)
            return false;
        mask_six(&block, s->bits);
        return memcmp(block.byte, s->six.byte, sizeof block.byte) == 0;
    }
    for (int i = 0; i < 4; i++)
        if (!octet_has(&s->part[i], addr->byte[i]))
            return false;
    return true;
}

void spec_begin(const struct spec *s, struct spec_cursor *c)
{
    for (int i = 0; i < 4; i++)
        first_octet(&s->part[i], 0, &c->at[i]);
    c->six_at = wide_of(0);
}

bool spec_step(const struct spec *s, struct spec_cursor *c)
{
    if (s->six.family == IP_V6) {
        c->six_at = wide_add(c->six_at, wide_of(1));
        return wide_less(c->six_at, spec_count(s));
    }
    for (int i = 3; i >= 0; i--) {
        if (first_octet(&s->part[i], c->at[i] + 1u, &c->at[i]))
            return true;
        first_octet(&s->part[i], 0, &c->at[i]);
    }
    return false;
}

struct ip_addr spec_current(const struct spec *s, const struct spec_cursor *c)
{
    const uint8_t *o = c->at;
    if (s->six.family == IP_V6)
        return six_address(&s->six, c->six_at);
    return ip_v4((uint32_t)o[0] << 24 | (uint32_t)o[1] << 16 | (uint32_t)o[2] << 8 | o[3]);
}
