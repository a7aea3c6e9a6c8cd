// SPDX-License-Identifier: Apache-2.0
// Votes of the other layers. Services of a kind are one vote, however many say the same: a banner
// is copied from machine to machine like any file. Foreign text is looked into, never copied but
// for releases (release.h).
#include "verdict/fuse.h"

#include "base/buf.h"
#include "model/host.h"
#include "verdict/release.h"
#include "verdict/words.h"

enum { WHERE_MAX = 96, TEXT_MAX = 512 };

// Set by hand: how much likelier a vote is from its own kind of kernel.
static const double of_services = 10;
static const double of_further = 2; // services of another kind, of the same kernel
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

// What a service speaks decides how it comes to know the system: management protocols ask it.
enum layer { LAYER_BANNERS, LAYER_SMB, LAYER_RDP, LAYER_SNMP, LAYER_COUNT };

static const char *const layer_names[LAYER_COUNT] = {"services", "SMB", "RDP", "SNMP"};

static enum layer layer_of(const struct service *s)
{
    if (span_eq(s->name, SPAN("snmp")))
        return LAYER_SNMP;
    if (span_eq(s->name, SPAN("microsoft-ds")) || span_eq(s->name, SPAN("netbios-ssn")))
        return LAYER_SMB;
    return span_eq(s->name, SPAN("ms-wbt-server")) ? LAYER_RDP : LAYER_BANNERS;
}

struct count {
    uint32_t n; // services
    const char *more;
    struct span release;
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

static struct span label_of(struct arena *a, enum kin kin, const char *more, struct span release)
{
    char *mem = arena_alloc(a, WHERE_MAX);
    struct buf b;
    buf_init(&b, mem, WHERE_MAX);
    buf_str(&b, kin_names[kin]);
    if (release.len > 0) {
        buf_char(&b, ' ');
        buf_bytes(&b, release);
    }
    if (more) {
        buf_str(&b, " (");
        buf_str(&b, more);
        buf_char(&b, ')');
    }
    return buf_span(&b);
}

static bool add(struct verdict_votes *out, const char *layer, enum kin kin, struct span label)
{
    if (out->n == VOTES_MAX)
        return false;
    out->kin[out->n] = kin;
    out->vote[out->n++] = (struct os_vote){.layer = span_str(layer), .label = label};
    return true;
}

static bool is_voted(const struct verdict_votes *votes, enum kin kin)
{
    for (uint32_t i = 0; i < votes->n; i++)
        if (votes->kin[i] == kin)
            return true;
    return false;
}

// Returns the kernels that are told, a bit each.
static uint32_t count_layer(struct arena *a, const struct host *h, enum layer layer,
                            struct count *count)
{
    uint32_t kins = 0;
    for (int k = 0; k < KIN_COUNT; k++) {
        count[k] = (struct count){0};
        buf_init(&count[k].where, count[k].mem, WHERE_MAX);
    }
    for (uint32_t i = 0; i < h->n_services; i++) {
        const struct service *s = &h->services[i];
        const bool is_told = s->state == SERVICE_HARD || s->state == SERVICE_SOFT;
        const struct kin_word *w = is_told && layer_of(s) == layer ? kin_word_of(s) : NULL;
        if (!w)
            continue;
        count_service(&count[w->kin], s, w);
        kins |= 1U << w->kin;
        if (span_is_absent(count[w->kin].release))
            count[w->kin].release = release_of(a, s, w->kin);
    }
    return kins;
}

static uint32_t vote_layer(struct arena *a, const struct host *h, enum layer layer,
                           struct verdict_votes *out)
{
    struct count count[KIN_COUNT];
    const uint32_t kins = count_layer(a, h, layer, count);
    for (int k = 1; k < KIN_COUNT; k++) {
        const double times = is_voted(out, (enum kin)k) ? of_further : of_services;
        const struct span label = label_of(a, (enum kin)k, count[k].more, count[k].release);
        if (count[k].n == 0 || !add(out, layer_names[layer], (enum kin)k, label))
            continue;
        out->times[out->n - 1] = times;
        out->is_strong[out->n - 1] = true;
        out->vote[out->n - 1].where = arena_copy(a, buf_span(&count[k].where));
    }
    return kins;
}

static void vote_services(struct arena *a, const struct host *h, struct verdict_votes *out)
{
    uint32_t kins = 0;
    for (int layer = 0; layer < LAYER_COUNT; layer++)
        kins |= vote_layer(a, h, (enum layer)layer, out);
    out->is_split = (kins & (kins - 1)) != 0;
    for (uint32_t i = 0; out->is_split && i < out->n; i++)
        out->times[i] = 1;
}

static void vote_word(struct arena *a, struct span text, const struct kin_word *words,
                      const char *layer, double times, struct verdict_votes *out)
{
    const struct kin_word *w = word_in(text, words);
    if (!w || w->kin == KIN_NONE ||
        !add(out, layer, w->kin, label_of(a, w->kin, w->more, (struct span){NULL, 0})))
        return;
    out->times[out->n - 1] = times;
}

// The first certificate that tells something; of many on a host most are copies.
static void vote_certificate(struct arena *a, const struct host *h, struct verdict_votes *out)
{
    const uint32_t n = out->n;
    for (uint32_t i = 0; i < h->n_services && out->n == n; i++) {
        const struct tls_facts *tls = h->services[i].tls;
        if (!tls || !tls->has_certificate)
            continue;
        vote_word(a, tls->subject, kin_certificates, "certificate", of_maker, out);
        if (out->n == n)
            vote_word(a, tls->issuer, kin_certificates, "certificate", of_maker, out);
    }
}

void votes_collect(struct arena *a, const struct host *h, struct verdict_votes *out)
{
    *out = (struct verdict_votes){0};
    vote_services(a, h, out);
    vote_certificate(a, h, out);
    vote_word(a, h->vendor, kin_makers, "link address", of_maker, out);
    vote_word(a, span_is_absent(h->ptr_name) ? h->name : h->ptr_name, kin_hosts, "name", of_name,
              out);
}
