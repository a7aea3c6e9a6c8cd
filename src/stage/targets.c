// SPDX-License-Identifier: Apache-2.0
// A specification becomes four sets of octets (an address range in IPv4) or a name. Iteration is
// an odometer over the sets, last octet fastest.
#include "stage/targets.h"

#include "base/text.h"

enum { OTHERS_MAX = 16 };

struct octets {
    uint64_t bit[4]; // 256 bits
};

struct spec {
    struct span name;   // absent for addresses
    unsigned bits;      // prefix length, as long as the address = none
    struct ip_addr six; // the first of an IPv6 block; else family IP_NONE
    struct octets part[4];
    struct spec *next;
};

struct targets {
    struct arena *run;
    targets_resolve_fn *resolve;
    void *ctx;
    struct spec *last;
    struct spec *now; // being enumerated
    bool has_begun;   // with `now`
    uint8_t at[4];
    uint64_t six_at; // place in an IPv6 block
    bool prefers_six;
    targets_zone_fn *zone;
    struct ip_addr resolved;
    struct ip_addr others[OTHERS_MAX];
    uint32_t n_others;
    uint32_t n_unresolved;
    struct span unresolved;
    uint64_t n_left; // a name counts as one until it is resolved
};

static bool octet_has(const struct octets *o, unsigned v)
{
    return o->bit[v / 64] >> (v % 64) & 1;
}

static void octet_add(struct octets *o, unsigned v)
{
    o->bit[v / 64] |= (uint64_t)1 << (v % 64);
}

struct targets *targets_new(struct arena *run, targets_resolve_fn *resolve, void *ctx)
{
    struct targets *t = arena_alloc(run, sizeof *t);
    t->run = run;
    t->resolve = resolve;
    t->ctx = ctx;
    return t;
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

void targets_set_six(struct targets *t, bool prefers_six, targets_zone_fn *zone)
{
    t->prefers_six = prefers_six;
    t->zone = zone;
}

static void mask_six(struct ip_addr *a, unsigned bits)
{
    for (unsigned i = 0; i < sizeof a->byte; i++) {
        const unsigned have = bits > 8 * i ? bits - 8 * i : 0;
        a->byte[i] &= (uint8_t)(have >= 8 ? 0xFF : 0xFF00u >> have);
    }
}

static bool parse_zone(const struct targets *t, struct span name, uint32_t *out)
{
    uint64_t v;
    if (text_dec(name, UINT32_MAX, &v) && v > 0) {
        *out = (uint32_t)v;
        return true;
    }
    *out = t->zone ? t->zone(t->ctx, name) : 0;
    return *out != 0;
}

static enum err parse_six(const struct targets *t, struct span text, struct span host,
                          struct spec *out, struct err_at *at)
{
    const size_t percent = span_find(host, '%');
    uint32_t zone = 0;
    if (!ip_parse(span_head(host, percent), &out->six) || out->six.family != IP_V6)
        return err_set(at, ERR_SYNTAX, "not an IPv6 address", text);
    if (percent < host.len && !parse_zone(t, span_from(host, percent + 1), &zone))
        return err_set(at, ERR_RANGE, "there is no interface of this name",
                       span_from(host, percent + 1));
    out->six.zone = zone;
    mask_six(&out->six, out->bits);
    return ERR_OK;
}

// The address `n` places behind the first.
static struct ip_addr six_address(const struct ip_addr *first, uint64_t n)
{
    struct ip_addr a = *first;
    for (size_t i = sizeof a.byte; i-- > 0 && n > 0;) {
        n += a.byte[i];
        a.byte[i] = (uint8_t)n;
        n >>= 8;
    }
    return a;
}

static uint64_t six_count(const struct spec *s)
{
    const unsigned host_bits = 128 - s->bits;
    return host_bits > 63 ? UINT64_MAX : UINT64_C(1) << host_bits;
}

static enum err parse_spec(const struct targets *t, struct span text, struct spec *out,
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
        return parse_six(t, text, host, out, at);
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

static uint32_t octet_count(const struct octets *o)
{
    uint32_t n = 0;
    for (unsigned v = 0; v < 256; v++)
        n += octet_has(o, v);
    return n;
}

static uint64_t spec_count(const struct spec *s)
{
    uint64_t n = 1;
    if (s->six.family == IP_V6)
        return six_count(s);
    for (int i = 0; i < 4; i++)
        n *= octet_count(&s->part[i]);
    return n;
}

enum err targets_add(struct targets *t, struct span text, struct err_at *at)
{
    struct spec *s = arena_alloc(t->run, sizeof *s);
    const enum err e = parse_spec(t, arena_copy(t->run, text), s, at);
    if (e != ERR_OK)
        return e;
    if (t->last)
        t->last->next = s;
    t->last = s;
    if (!t->now)
        t->now = s;
    t->n_left += span_is_absent(s->name) ? spec_count(s) : 1;
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

// Resolves a name and makes its address (or the block around it) the odometer.
static bool begin_name(struct targets *t, struct spec *s)
{
    struct ip_addr found[OTHERS_MAX + 1];
    uint32_t n = t->resolve ? t->resolve(t->ctx, s->name, found, OTHERS_MAX + 1) : 0;
    uint32_t first = 0;
    while (first < n && found[first].family != (t->prefers_six ? IP_V6 : IP_V4))
        first++;
    if (first == n && !t->prefers_six) // an IPv6 address is better than none
        first = 0;
    if (first >= n) {
        t->n_unresolved++;
        t->unresolved = s->name;
        return false;
    }
    t->resolved = found[first];
    t->n_others = 0;
    for (uint32_t i = 0; i < n; i++)
        if (i != first)
            t->others[t->n_others++] = found[i];
    s->six = (struct ip_addr){0};
    if (found[first].family == IP_V6) {
        s->six = found[first];
        s->bits = s->bits == 32 ? 128 : s->bits; // 32: none was given
        mask_six(&s->six, s->bits);
        return true;
    }
    for (int i = 0; i < 4; i++) {
        s->part[i] = (struct octets){{0}};
        octet_add(&s->part[i], found[first].byte[i]);
    }
    apply_prefix(s);
    return true;
}

static bool begin(struct targets *t)
{
    struct spec *s = t->now;
    if (!span_is_absent(s->name)) {
        t->n_left--;
        if (!begin_name(t, s))
            return false;
        t->n_left += spec_count(s);
    }
    for (int i = 0; i < 4; i++)
        first_octet(&s->part[i], 0, &t->at[i]);
    t->six_at = 0;
    t->has_begun = true;
    return true;
}

static bool step(struct targets *t)
{
    if (t->now->six.family == IP_V6)
        return ++t->six_at < six_count(t->now);
    for (int i = 3; i >= 0; i--) {
        if (first_octet(&t->now->part[i], t->at[i] + 1u, &t->at[i]))
            return true;
        first_octet(&t->now->part[i], 0, &t->at[i]);
    }
    return false;
}

static struct ip_addr current(const struct targets *t)
{
    const uint8_t *o = t->at;
    if (t->now->six.family == IP_V6)
        return six_address(&t->now->six, t->six_at);
    return ip_v4((uint32_t)o[0] << 24 | (uint32_t)o[1] << 16 | (uint32_t)o[2] << 8 | o[3]);
}

bool targets_next(struct targets *t, struct target *out)
{
    while (t->now) {
        const bool has_one = t->has_begun ? step(t) : begin(t);
        if (has_one)
            break;
        t->now = t->now->next;
        t->has_begun = false;
    }
    if (!t->now)
        return false;
    t->n_left--;
    *out = (struct target){.addr = current(t)};
    if (!span_is_absent(t->now->name) && ip_eq(&out->addr, &t->resolved)) {
        struct ip_addr *others = arena_array(t->run, t->n_others, sizeof *others);
        memcpy(others, t->others, t->n_others * sizeof *others);
        out->name = t->now->name;
        out->others = others;
        out->n_others = t->n_others;
    }
    return true;
}

uint64_t targets_left(const struct targets *t)
{
    return t->n_left;
}

uint32_t targets_unresolved(const struct targets *t, struct span *name)
{
    *name = t->unresolved;
    return t->n_unresolved;
}
