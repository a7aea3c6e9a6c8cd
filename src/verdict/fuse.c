// SPDX-License-Identifier: Apache-2.0
// Votes of the other layers. The services of a host are one vote, however many say the same: a
// banner is copied from machine to machine like any file. Foreign text is looked into, never
// copied.
#include "verdict/fuse.h"

#include "base/buf.h"
#include "model/host.h"
#include "verdict/words.h"

enum { WHERE_MAX = 96, TEXT_MAX = 512 };

// Set by hand: how much likelier a vote is from its own kind of kernel.
static const double of_services = 10;
static const double of_maker = 3;
static const double of_name = 2;

enum kin kin_of_system(struct span vendor, struct span family)
{
    if (span_eq(vendor, SPAN("Cisco")) && span_eq(family, SPAN("IOS")))
        return KIN_CISCO;
    if (span_eq(vendor, SPAN("Apple")) && span_eq(family, SPAN("iOS")))
        return KIN_APPLE;
    for (const struct kin_word *w = kin_families; w->word; w++)
        if (span_eq(family, span_str(w->word)))
            return w->kin;
    return KIN_NONE;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

static bool begins(struct span text, struct span word)
{
    for (size_t i = 0; i < word.len; i++)
        if (i >= text.len || lower(text.ptr[i]) != word.ptr[i])
            return false;
    return true;
}

static bool contains(struct span text, struct span word)
{
    text = span_head(text, TEXT_MAX);
    for (; text.len >= word.len; text = span_from(text, 1))
        if (begins(text, word))
            return true;
    return false;
}

static const struct kin_word *word_in(struct span text, const struct kin_word *words)
{
    for (const struct kin_word *w = words; text.len > 0 && w->word; w++)
        if (contains(text, span_str(w->word)))
            return w;
    return NULL;
}

const struct kin_word *kin_word_of(const struct service *s)
{
    const struct span texts[] = {s->extra, s->version, s->os, s->cpe[2], s->product};
    const struct kin_word *found = NULL;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const struct kin_word *w = word_in(texts[i], kin_services);
        if (w && w->kin != KIN_NONE &&
            (!found || (!found->more && w->more && w->kin == found->kin)))
            found = w;
    }
    return found;
}

struct count {
    uint32_t n; // services
    const char *more;
    struct buf where; // ports
    uint8_t mem[WHERE_MAX];
};

static void count_service(struct count *c, const struct service *s, const struct kin_word *w)
{
    c->n++;
    c->more = w->more ? w->more : c->more;
    if (c->n > 4)
        return;
    buf_str(&c->where, c->n > 1 ? ", " : "");
    buf_dec(&c->where, s->port);
    buf_char(&c->where, '/');
    buf_str(&c->where, proto_name((enum proto)s->proto));
}

static struct span label_of(struct arena *a, enum kin kin, const char *more)
{
    char *mem = arena_alloc(a, WHERE_MAX);
    struct buf b;
    buf_init(&b, mem, WHERE_MAX);
    buf_str(&b, kin_names[kin]);
    if (more) {
        buf_str(&b, " (");
        buf_str(&b, more);
        buf_char(&b, ')');
    }
    return buf_span(&b);
}

static void add(struct arena *a, struct verdict_votes *out, const char *layer, enum kin kin,
                const char *more)
{
    if (out->n == VOTES_MAX)
        return;
    out->kin[out->n] = kin;
    out->vote[out->n++] =
        (struct os_vote){.layer = span_str(layer), .label = label_of(a, kin, more)};
}

static void vote_services(struct arena *a, const struct host *h, struct verdict_votes *out)
{
    struct count count[KIN_COUNT];
    uint32_t n_kinds = 0;
    for (int k = 0; k < KIN_COUNT; k++) {
        count[k] = (struct count){0};
        buf_init(&count[k].where, count[k].mem, WHERE_MAX);
    }
    for (uint32_t i = 0; i < h->n_services; i++) {
        const struct service *s = &h->services[i];
        const struct kin_word *w = kin_word_of(s);
        const bool is_told = s->state == SERVICE_HARD || s->state == SERVICE_SOFT;
        if (w && is_told)
            count_service(&count[w->kin], s, w);
    }
    for (int k = 1; k < KIN_COUNT; k++)
        n_kinds += count[k].n > 0;
    out->is_split = n_kinds > 1;
    for (int k = 1; k < KIN_COUNT; k++) {
        if (count[k].n == 0 || out->n == VOTES_MAX)
            continue;
        out->times[out->n] = n_kinds == 1 ? of_services : 1;
        add(a, out, "services", (enum kin)k, count[k].more);
        out->vote[out->n - 1].where = arena_copy(a, buf_span(&count[k].where));
    }
}

static void vote_word(struct arena *a, struct span text, const struct kin_word *words,
                      const char *layer, double times, struct verdict_votes *out)
{
    const struct kin_word *w = word_in(text, words);
    if (!w || w->kin == KIN_NONE || out->n == VOTES_MAX)
        return;
    out->times[out->n] = times;
    add(a, out, layer, w->kin, w->more);
}

void votes_collect(struct arena *a, const struct host *h, struct verdict_votes *out)
{
    *out = (struct verdict_votes){0};
    vote_services(a, h, out);
    vote_word(a, h->vendor, kin_makers, "link address", of_maker, out);
    vote_word(a, span_is_absent(h->ptr_name) ? h->name : h->ptr_name, kin_hosts, "name", of_name,
              out);
}
