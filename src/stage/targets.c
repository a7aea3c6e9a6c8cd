// SPDX-License-Identifier: Apache-2.0
// The list of specifications, in the order given or as a permutation. What has been enumerated is
// used again for the next specification, so that a list without end costs no memory.
#include "stage/targets.h"

#include "base/rng.h"
#include "stage/shuffle.h"
#include "stage/targetindex.h"

enum { OTHERS_MAX = 16 };

struct targets {
    struct arena *run;
    targets_resolve_fn *resolve;
    void *ctx;
    struct spec *last;
    struct spec *now; // being enumerated
    bool has_begun;   // with `now`
    struct spec_cursor cursor;
    bool prefers_six;
    struct zones zones;
    struct spec *first;
    struct spec *spare; // enumerated
    bool takes_all;     // addresses of a name
    bool takes_both;    // families
    bool is_shuffled;
    struct spec **by_place; // shuffled: all that have addresses
    uint32_t n_by_place;
    struct shuffle shuffle;
    struct wide n_given; // shuffled
    bool draws;          // random addresses, behind all others
    bool is_endless;
    uint64_t n_to_draw;
    struct rng rng;
    uint32_t n_unresolved;
    struct span unresolved;
    struct target_index *index;
    struct wide n_left; // a name counts as one until it is resolved
};

struct targets *targets_new(struct arena *run, targets_resolve_fn *resolve, void *ctx)
{
    struct targets *t = arena_alloc(run, sizeof *t);
    t->run = run;
    t->resolve = resolve;
    t->ctx = ctx;
    return t;
}

void targets_set_six(struct targets *t, bool prefers_six, targets_zone_fn *zone)
{
    t->prefers_six = prefers_six;
    t->zones = (struct zones){zone, t->ctx};
}

enum err targets_add(struct targets *t, struct span text, struct err_at *at)
{
    struct spec parsed = {0};
    const enum err e = spec_parse(&t->zones, text, &parsed, at);
    if (e != ERR_OK)
        return e;
    struct spec *s = t->spare;
    if (s)
        t->spare = s->next;
    else
        s = arena_alloc(t->run, sizeof *s);
    *s = parsed;
    if (!span_is_absent(s->name))
        s->name = arena_copy(t->run, s->name);
    if (t->last)
        t->last->next = s;
    t->last = s;
    if (!t->now)
        t->now = s;
    if (!t->first)
        t->first = s;
    t->n_left = wide_add(t->n_left, span_is_absent(s->name) ? spec_count(s) : wide_of(1));
    return ERR_OK;
}

// Beside the first one: all of its family, the first of the other one, or all of that, too.
static bool is_wanted(const struct targets *t, const struct ip_addr *found, uint32_t i,
                      uint32_t first)
{
    uint32_t k = 0;
    if (found[i].family == found[first].family)
        return t->takes_all;
    while (found[k].family == found[first].family)
        k++;
    return t->takes_both && (t->takes_all || i == k);
}

// Further addresses of a name become specifications of their own, right behind it.
static void add_others(struct targets *t, struct spec *s, const struct ip_addr *found, uint32_t n,
                       uint32_t first)
{
    const unsigned bits = s->bits;
    spec_settle(s, &found[first]);
    for (uint32_t i = n; i-- > 0;) {
        if (i == first || !is_wanted(t, found, i, first))
            continue;
        struct spec *more = arena_alloc(t->run, sizeof *more);
        *more = (struct spec){.name = s->name, .bits = bits, .next = s->next};
        spec_settle(more, &found[i]);
        s->next = more;
        t->last = t->last == s ? more : t->last;
        t->n_left = wide_add(t->n_left, spec_count(more));
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
    spec_settle(s, &found[first]);
}

// Resolves a name.
static bool begin_name(struct targets *t, struct spec *s)
{
    struct ip_addr found[OTHERS_MAX + 1];
    uint32_t n = t->resolve ? t->resolve(t->ctx, s->name, found, OTHERS_MAX + 1) : 0;
    uint32_t first = 0;
    while (first < n && found[first].family != (t->prefers_six ? IP_V6 : IP_V4))
        first++;
    if (first == n && (!t->prefers_six || t->takes_both)) // an IPv6 address is better than none
        first = 0;
    if (first >= n) {
        t->n_unresolved++;
        t->unresolved = s->name;
        return false;
    }
    (t->takes_all || t->takes_both ? add_others : note_others)(t, s, found, n, first);
    return true;
}

// A name that was not resolved yet is. False: it has no address.
static bool look_up(struct targets *t, struct spec *s)
{
    if (span_is_absent(s->name) || s->is_done || s->is_unknown)
        return !s->is_unknown;
    t->n_left = wide_minus(t->n_left, wide_of(1));
    s->is_unknown = !begin_name(t, s);
    if (s->is_unknown)
        return false;
    t->n_left = wide_add(t->n_left, spec_count(s));
    return true;
}

static bool begin(struct targets *t)
{
    struct spec *s = t->now;
    if (!look_up(t, s))
        return false;
    spec_begin(s, &t->cursor);
    t->has_begun = true;
    return true;
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

void targets_take_both(struct targets *t)
{
    t->takes_both = true;
}

void targets_shuffle(struct targets *t, uint64_t seed)
{
    struct wide total = wide_of(0);
    uint32_t n = 0;
    (void)targets_resolve(t);
    for (struct spec *s = t->first; s; s = s->next)
        n += !spec_is_empty(s);
    t->by_place = arena_array(t->run, n, sizeof(struct spec *));
    for (struct spec *s = t->first; s; s = s->next) {
        if (spec_is_empty(s))
            continue;
        s->behind = total;
        total = wide_add(total, spec_count(s));
        t->by_place[t->n_by_place++] = s;
    }
    t->n_left = total;
    t->is_shuffled = true;
    if (n > 0)
        shuffle_init(&t->shuffle, total, seed);
}

// The first specification has been enumerated.
static void drop_first(struct targets *t)
{
    struct spec *s = t->now;
    t->first = t->now = s->next;
    t->has_begun = false;
    if (!t->now)
        t->last = NULL;
    s->next = t->spare;
    t->spare = s;
}

// Blocks that no address is drawn from (scanning spec 1.3), and multicast.
static bool is_reserved(uint32_t addr)
{
    static const struct {
        uint32_t addr;
        uint8_t bits;
    } blocks[] = {
        {0x00000000, 8},  {0x0A000000, 8},  {0x64400000, 10}, {0x7F000000, 8},  {0xA9FE0000, 16},
        {0xAC100000, 12}, {0xC0000000, 24}, {0xC0000200, 24}, {0xC0A80000, 16}, {0xC6120000, 15},
        {0xC6336400, 24}, {0xCB007100, 24}, {0xE0000000, 3},
    };
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        if ((addr ^ blocks[i].addr) >> (32 - blocks[i].bits) == 0)
            return true;
    return false;
}

static bool next_drawn(struct targets *t, struct target *out)
{
    if (!t->draws || (t->n_to_draw == 0 && !t->is_endless))
        return false;
    uint32_t addr;
    do
        addr = rng_u32(&t->rng);
    while (is_reserved(addr));
    *out = (struct target){.addr = ip_v4(addr)};
    t->n_to_draw -= !t->is_endless;
    return true;
}

static void pass_over(struct targets *t, uint64_t n)
{
    t->n_given = wide_add(t->n_given, wide_of(n));
    t->n_left = wide_minus(t->n_left, wide_of(n));
}

static bool next_shuffled(struct targets *t, struct target *out)
{
    if (wide_narrow(t->n_left) == 0)
        return next_drawn(t, out);
    const struct wide at = shuffle_at(&t->shuffle, t->n_given);
    uint32_t lo = 0, hi = t->n_by_place;
    while (hi - lo > 1) {
        const uint32_t mid = lo + (hi - lo) / 2;
        if (wide_less(at, t->by_place[mid]->behind))
            hi = mid;
        else
            lo = mid;
    }
    const struct spec *s = t->by_place[lo];
    const struct ip_addr addr = spec_address(s, wide_minus(at, s->behind));
    give(s, &addr, out);
    pass_over(t, 1);
    return true;
}

uint64_t targets_skip(struct targets *t, uint64_t n)
{
    if (!t->is_shuffled)
        return 0;
    const uint64_t left = wide_narrow(t->n_left);
    n = n < left ? n : left;
    pass_over(t, n);
    return n;
}

void targets_draw(struct targets *t, uint64_t n, uint64_t seed)
{
    t->draws = true;
    t->n_to_draw = n;
    t->is_endless = n == 0;
    rng_seed(&t->rng, seed);
}

bool targets_next(struct targets *t, struct target *out)
{
    if (t->is_shuffled)
        return next_shuffled(t, out);
    while (t->now) {
        const bool has_one = t->has_begun ? spec_step(t->now, &t->cursor) : begin(t);
        if (has_one)
            break;
        drop_first(t);
    }
    if (!t->now)
        return next_drawn(t, out);
    t->n_left = wide_minus(t->n_left, wide_of(1));
    const struct ip_addr addr = spec_current(t->now, &t->cursor);
    give(t->now, &addr, out);
    return true;
}

void targets_index(struct targets *t)
{
    t->index = target_index_new(t->run, t->first);
}

bool targets_have(const struct targets *t, const struct ip_addr *addr)
{
    const struct spec *s = t->first;
    if (t->index)
        return target_index_has(t->index, addr);
    while (s && !spec_has(s, addr))
        s = s->next;
    return s != NULL;
}

uint64_t targets_left(const struct targets *t)
{
    return t->is_endless ? UINT64_MAX : wide_narrow(wide_add(t->n_left, wide_of(t->n_to_draw)));
}

uint32_t targets_unresolved(const struct targets *t, struct span *name)
{
    *name = t->unresolved;
    return t->n_unresolved;
}
