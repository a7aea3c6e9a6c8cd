// SPDX-License-Identifier: Apache-2.0
// Families are compared first, so that IPv4 and IPv6 stand in one list.
#include "stage/targetindex.h"

#include <stdlib.h>

struct run {
    uint8_t family;
    uint8_t lo[16];
    uint8_t hi[16];
};

struct target_index {
    struct run *runs; // sorted, none overlaps another
    uint32_t n_runs;
    const struct spec **odd;
    uint32_t n_odd;
};

static int order_runs(const void *a, const void *b)
{
    const struct run *x = a, *y = b;
    if (x->family != y->family)
        return x->family < y->family ? -1 : 1;
    return memcmp(x->lo, y->lo, sizeof x->lo);
}

static void set_run(const struct ip_addr *lo, const struct ip_addr *hi, struct run *out)
{
    *out = (struct run){.family = lo->family};
    memcpy(out->lo, lo->byte, sizeof out->lo);
    memcpy(out->hi, hi->byte, sizeof out->hi);
}

static void join(struct target_index *t)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < t->n_runs; i++) {
        const struct run *r = &t->runs[i];
        struct run *last = n > 0 ? &t->runs[n - 1] : NULL;
        if (!last || last->family != r->family || memcmp(r->lo, last->hi, sizeof r->lo) > 0)
            t->runs[n++] = *r;
        else if (memcmp(r->hi, last->hi, sizeof r->hi) > 0)
            memcpy(last->hi, r->hi, sizeof last->hi);
    }
    t->n_runs = n;
}

struct target_index *target_index_new(struct arena *run, const struct spec *first)
{
    struct target_index *t = arena_alloc(run, sizeof *t);
    uint32_t n = 0;
    for (const struct spec *s = first; s; s = s->next)
        n++;
    t->runs = arena_array(run, n, sizeof *t->runs);
    t->odd = arena_array(run, n, sizeof *t->odd);
    for (const struct spec *s = first; s; s = s->next) {
        struct ip_addr lo, hi;
        if (spec_is_empty(s))
            continue;
        if (spec_run(s, &lo, &hi))
            set_run(&lo, &hi, &t->runs[t->n_runs++]);
        else
            t->odd[t->n_odd++] = s;
    }
    qsort(t->runs, t->n_runs, sizeof *t->runs, order_runs);
    join(t);
    return t;
}

static bool is_in_runs(const struct target_index *t, const struct ip_addr *addr)
{
    struct run want;
    uint32_t lo = 0, hi = t->n_runs;
    set_run(addr, addr, &want);
    while (lo < hi) { // the first that begins behind the address
        const uint32_t mid = lo + (hi - lo) / 2;
        if (order_runs(&t->runs[mid], &want) <= 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo == 0)
        return false;
    const struct run *r = &t->runs[lo - 1];
    return r->family == addr->family && memcmp(addr->byte, r->hi, sizeof r->hi) <= 0;
}

bool target_index_has(const struct target_index *t, const struct ip_addr *addr)
{
    if (is_in_runs(t, addr))
        return true;
    for (uint32_t i = 0; i < t->n_odd; i++)
        if (spec_has(t->odd[i], addr))
            return true;
    return false;
}
