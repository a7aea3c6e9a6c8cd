// SPDX-License-Identifier: Apache-2.0
// A specification becomes four sets of octets (an address range in IPv4) or a name. Iteration is
// an odometer over the sets, last octet fastest.
#include "stage/targets.h"

#include "base/text.h"
#include "stage/shuffle.h"

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
    struct ip_addr resolved; // of a name: the address that carries it
    const struct ip_addr *others;
    uint32_t n_others;
    bool is_done;    // a name, and its address is known
    bool is_unknown; // a name that has none
    uint64_t behind; // shuffled: how many addresses come before this one's
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
    struct spec *first;
    bool takes_all; // addresses of a name
    bool is_shuffled;
    struct spec **by_place; // shuffled: all that have addresses
    uint32_t n_by_place;
    struct shuffle shuffle;
    uint64_t n_given; // shuffled
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
    if (!t->first)
        t->first = s;
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

// Makes an address of a name, or the block around it, the specification.
static void settle(struct spec *s, const struct ip_addr *addr)
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

// Further addresses of a name become specifications of their own, right behind it.
static void add_others(struct targets *t, struct spec *s, const struct ip_addr *found, uint32_t n,
                       uint32_t first)
{
    const unsigned bits = s->bits;
    settle(s, &found[first]);
    for (uint32_t i = n; i-- > 0;) {
        if (i == first || found[i].family != found[first].family)
            continue;
        struct spec *more = arena_alloc(t->run, sizeof *more);
        *more = (struct spec){.name = s->name, .bits = bits, .next = s->next};
        settle(more, &found[i]);
        s->next = more;
        t->last = t->last == s ? more : t->last;
        t->n_left += spec_count(more);
    }
}

static void note_others(struct targets *t, struct spec *s, const struct ip_addr *found, uint32_t n,
                        uint32_t first)
{
    struct ip_addr *others = arena_array(t->run, n - 1, sizeof *others);
    s->others = others;
    for (uint32_t i = 0; i < n; i++)
        if (i != first)
            others[s->n_others++] = found[i];
    settle(s, &found[first]);
}

// Resolves a name.
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
    (t->takes_all ? add_others : note_others)(t, s, found, n, first);
    return true;
}

// A name that was not resolved yet is. False: it has no address.
static bool look_up(struct targets *t, struct spec *s)
{
    if (span_is_absent(s->name) || s->is_done || s->is_unknown)
        return !s->is_unknown;
    t->n_left--;
    s->is_unknown = !begin_name(t, s);
    if (s->is_unknown)
        return false;
    t->n_left += spec_count(s);
    return true;
}

static bool begin(struct targets *t)
{
    struct spec *s = t->now;
    if (!look_up(t, s))
        return false;
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

static void give(const struct spec *s, const struct ip_addr *addr, struct target *out)
{
    *out = (struct target){.addr = *addr};
    if (span_is_absent(s->name) || !ip_eq(addr, &s->resolved))
        return;
    out->name = s->name;
    out->others = s->others;
    out->n_others = s->n_others;
}

void targets_take_all(struct targets *t)
{
    t->takes_all = true;
}

bool targets_resolve(struct targets *t)
{
    const uint32_t before = t->n_unresolved;
    for (struct spec *s = t->first; s; s = s->next)
        (void)look_up(t, s);
    return t->n_unresolved == before;
}

static bool is_empty(const struct spec *s)
{
    return !span_is_absent(s->name) && !s->is_done;
}

bool targets_shuffle(struct targets *t, uint64_t seed)
{
    uint64_t total = 0;
    uint32_t n = 0;
    (void)targets_resolve(t);
    for (struct spec *s = t->first; s; s = s->next)
        n += !is_empty(s);
    t->by_place = arena_array(t->run, n, sizeof(struct spec *));
    for (struct spec *s = t->first; s; s = s->next) {
        const uint64_t more = is_empty(s) ? 0 : spec_count(s);
        if (more > SHUFFLE_MOST - total)
            return false;
        if (more == 0)
            continue;
        s->behind = total;
        total += more;
        t->by_place[t->n_by_place++] = s;
    }
    t->n_left = total;
    t->is_shuffled = true;
    if (total > 0)
        shuffle_init(&t->shuffle, total, seed);
    return true;
}

// The address at a place of a specification, last octet fastest.
static struct ip_addr address_at(const struct spec *s, uint64_t place)
{
    uint32_t addr = 0;
    if (s->six.family == IP_V6)
        return six_address(&s->six, place);
    for (int i = 3; i >= 0; i--) {
        const uint32_t n = octet_count(&s->part[i]);
        uint8_t value = 0;
        (void)first_octet(&s->part[i], 0, &value);
        for (uint64_t k = place % n; k > 0; k--)
            (void)first_octet(&s->part[i], value + 1u, &value);
        addr |= (uint32_t)value << (24 - 8 * i);
        place /= n;
    }
    return ip_v4(addr);
}

static bool next_shuffled(struct targets *t, struct target *out)
{
    if (t->n_left == 0)
        return false;
    const uint64_t at = shuffle_at(&t->shuffle, t->n_given++);
    uint32_t lo = 0, hi = t->n_by_place;
    while (hi - lo > 1) {
        const uint32_t mid = lo + (hi - lo) / 2;
        if (t->by_place[mid]->behind <= at)
            lo = mid;
        else
            hi = mid;
    }
    const struct spec *s = t->by_place[lo];
    const struct ip_addr addr = address_at(s, at - s->behind);
    give(s, &addr, out);
    t->n_left--;
    return true;
}

bool targets_next(struct targets *t, struct target *out)
{
    if (t->is_shuffled)
        return next_shuffled(t, out);
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
    const struct ip_addr addr = current(t);
    give(t->now, &addr, out);
    return true;
}

static bool spec_has(const struct spec *s, const struct ip_addr *addr)
{
    if (is_empty(s))
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

bool targets_have(const struct targets *t, const struct ip_addr *addr)
{
    const struct spec *s = t->first;
    while (s && !spec_has(s, addr))
        s = s->next;
    return s != NULL;
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
