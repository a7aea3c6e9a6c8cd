// SPDX-License-Identifier: Apache-2.0
// A table of fixed size: in a large scan the oldest entries give way. Both halves of a host are
// scanned close together, as their targets are given so. What depends on the moment (sequence
// numbers, clocks) and on the way (hop limits, ICMP) is not compared.
#include "stage/twins.h"

#include "base/buf.h"
#include "osdb/six.h"

enum {
    TWINS_MAX = 256,
    NAME_MAX_LEN = 255,  // RFC 1035
    TEXT_MAX = 4096,     // of the test lines of one try
    COMPARED_LEAST = 20, // attributes: fewer are no evidence
    SAME_NUM = 19,       // of twenty that are compared so many must agree
    SAME_DEN = 20,
};

struct twin {
    bool is_used;
    bool has_mac;
    struct mac_addr mac;
    struct ip_addr addr;
    char name[NAME_MAX_LEN]; // as much of it as there is room for
    size_t n_name;
    char text[TEXT_MAX];
    struct osdb_subject subject; // views into text
    struct osdb_result result;
};

struct twins {
    struct arena *run;
    struct twin *twin; // NULL: none was needed yet
    uint32_t next;
};

struct twins *twins_new(struct arena *run)
{
    struct twins *t = arena_alloc(run, sizeof *t);
    t->run = run;
    return t;
}

static bool has_same_mac(const struct twin *w, const struct host *h)
{
    return w->has_mac && h->has_mac && memcmp(&w->mac, &h->mac, sizeof w->mac) == 0;
}

static bool has_same_name(const struct twin *w, const struct host *h)
{
    return h->name.len > 0 && h->name.len <= NAME_MAX_LEN &&
           span_eq_nocase(span_of(w->name, w->n_name), h->name);
}

static struct twin *find(const struct twins *t, const struct host *h)
{
    struct twin *named = NULL;
    for (uint32_t i = 0; t->twin && i < TWINS_MAX; i++) {
        struct twin *w = &t->twin[i];
        if (!w->is_used || w->addr.family == h->addr.family)
            continue;
        if (has_same_mac(w, h))
            return w;
        if (has_same_name(w, h))
            named = w;
    }
    return named;
}

static void keep(struct twins *t, const struct host *h, const struct osdb_subject *subject,
                 const struct osdb_result *result)
{
    struct buf b;
    struct err_at at;
    if (!t->twin)
        t->twin = arena_array(t->run, TWINS_MAX, sizeof *t->twin);
    struct twin *w = &t->twin[t->next++ % TWINS_MAX];
    *w = (struct twin){.has_mac = h->has_mac, .mac = h->mac, .addr = h->addr, .result = *result};
    if (h->name.len <= NAME_MAX_LEN && h->name.len > 0) {
        memcpy(w->name, h->name.ptr, h->name.len);
        w->n_name = h->name.len;
    }
    buf_init(&b, w->text, sizeof w->text);
    osdb_print_merged(&b, subject, 1);
    w->is_used = !b.full && osdb_subject_parse(buf_span(&b), &w->subject, &at) == ERR_OK;
}

static void compare(const struct twin *w, struct host *h, const struct osdb_subject *subject,
                    struct os_twin *out)
{
    const bool is_six = h->addr.family == IP_V6;
    *out = (struct os_twin){.addr = w->addr, .is_by_name = !has_same_mac(w, h)};
    osdb_six_compare(&h->arena, is_six ? subject : &w->subject, is_six ? &w->subject : subject,
                     &out->agreed, &out->compared);
    out->is_known = out->compared >= COMPARED_LEAST;
    // Two link addresses may belong to two hosts of a kind, whatever they are called.
    const bool is_split = out->is_by_name && w->has_mac && h->has_mac;
    out->is_same = out->is_known && out->agreed * SAME_DEN >= out->compared * SAME_NUM;
    out->is_known = out->is_known && !(is_split && out->is_same);
    out->is_same = out->is_same && out->is_known;
}

const struct osdb_result *twins_meet(struct twins *t, struct host *h,
                                     const struct osdb_subject *subject,
                                     const struct osdb_result *result, struct os_twin *out)
{
    struct osdb_result *of_twin = NULL;
    if (!h->has_mac && h->name.len == 0)
        return NULL;
    const struct twin *w = find(t, h);
    if (w)
        compare(w, h, subject, out);
    if (w && out->is_same) {
        of_twin = arena_alloc(&h->arena, sizeof *of_twin);
        *of_twin = w->result;
    }
    keep(t, h, subject, result); // may take the place of the twin
    return of_twin;
}
