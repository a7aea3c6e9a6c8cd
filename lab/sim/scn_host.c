// SPDX-License-Identifier: Apache-2.0
// The "host" statement: addresses, a personality, and in braces what is special about it. Each
// keyword takes its own arguments, so line ends mean nothing inside (but in "service"). Ports given
// here are added to those of the personality. Links, used by hosts and by the whole network, are
// read here too.
#include "lab/sim/scn_read.h"

#include "base/text.h"

enum err scn_link_item(struct scn_reader *r, struct span key, struct sim_link *link, bool *is_link)
{
    *is_link = true;
    if (span_eq(key, SPAN("delay")))
        return scn_time(r, &link->delay_ns);
    if (span_eq(key, SPAN("jitter")))
        return scn_time(r, &link->jitter_ns);
    if (span_eq(key, SPAN("loss")))
        return scn_share(r, &link->loss);
    if (span_eq(key, SPAN("duplicate")))
        return scn_share(r, &link->duplicate);
    if (span_eq(key, SPAN("reorder")))
        return scn_share(r, &link->reorder);
    *is_link = false;
    return ERR_OK;
}

const struct personality *scn_personality(const struct scn *scn, struct span name)
{
    for (const struct scn_personality *p = scn->personalities; p; p = p->next)
        if (span_eq(p->name, name))
            return &p->personality;
    return NULL;
}

// "10.0.0.5", "10.0.0.5-10.0.0.9" or "10.0.0.0/24"
static enum err read_range(struct scn_reader *r, struct sim_host *h)
{
    struct scn_token t;
    struct ip_addr first, last;
    uint64_t bits = 32;
    const enum err err = scn_word(r, &t);
    if (err)
        return err;
    struct span net = t.text;
    struct span rest = span_cut(&net, '/');
    const struct span from = span_cut(&rest, '-');
    const struct span to = span_is_absent(rest) ? from : rest;
    if (!ip_parse(from, &first) || !ip_parse(to, &last) || first.family != IP_V4 ||
        last.family != IP_V4 || (!span_is_absent(net) && !text_dec(net, 32, &bits)))
        return scn_fail(r, ERR_SYNTAX, "not an address, range or network", &t);
    const uint32_t host_part = bits == 0 ? UINT32_MAX : (1u << (32 - bits)) - 1;
    h->first = ip_v4_u32(&first) & ~host_part;
    h->last = ip_v4_u32(&last) | host_part;
    return h->first > h->last ? scn_fail(r, ERR_RANGE, "range is reversed", &t) : ERR_OK;
}

static enum err read_count(struct scn_reader *r, uint16_t *n)
{
    struct scn_token t;
    uint64_t v;
    enum err err = scn_peek(r, &t);
    if (err || t.kind != SCN_WORD)
        return err;
    if (span_eq(t.text, SPAN("always")))
        *n = SIM_ALWAYS;
    else if (text_dec(t.text, SIM_ALWAYS - 1, &v))
        *n = (uint16_t)v;
    else
        return ERR_OK; // the next keyword
    return scn_take(r, &t);
}

// "PROBE [N|always]", and for SIM_LATE a time.
static enum err read_mishap(struct scn_reader *r, struct sim_host *h, enum sim_mishap_kind kind)
{
    struct scn_token t;
    struct sim_mishap m = {.kind = kind, .n = kind == SIM_LOSE ? 1 : SIM_ALWAYS};
    enum err err = scn_word(r, &t);
    if (err)
        return err;
    const int probe = probe_by_name(t.text);
    if (probe < 0)
        return scn_fail(r, ERR_SYNTAX, "not the name of a probe", &t);
    if (h->n_mishaps == SIM_MISHAPS)
        return scn_fail(r, ERR_LIMIT, "too many mishaps", &t);
    m.probe = (enum probe)probe;
    err = read_count(r, &m.n);
    if (!err && kind == SIM_LATE)
        err = scn_time(r, &m.delay_ns);
    h->mishap[h->n_mishaps++] = m;
    return err;
}

static enum err read_forward(struct scn_reader *r, struct sim_host *h)
{
    struct scn_token t;
    struct err_at at = {0};
    enum err err = scn_word(r, &t);
    if (err)
        return err;
    if (h->n_forwards == SIM_FORWARDS)
        return scn_fail(r, ERR_LIMIT, "too many forwards", &t);
    struct sim_forward *f = &h->forward[h->n_forwards++];
    err = door_range_parse(t.text, &f->ports, &at);
    return err ? scn_fail(r, err, at.what, &t) : scn_address(r, &f->to);
}

static enum err read_doors(struct scn_reader *r, struct sim_host *h, enum door door, bool is_udp)
{
    struct scn_token t;
    struct err_at at = {0};
    enum err err = scn_word(r, &t);
    if (err)
        return err;
    err = doors_add(is_udp ? &h->udp_doors : &h->tcp_doors, t.text, door, &at);
    return err ? scn_fail(r, err, at.what, &t) : ERR_OK;
}

static bool *flag_of(struct sim_host *h, struct span key)
{
    if (span_eq(key, SPAN("down")))
        return &h->is_down;
    if (span_eq(key, SPAN("no-arp")))
        return &h->has_no_arp;
    if (span_eq(key, SPAN("garbage")))
        return &h->is_garbage;
    return span_eq(key, SPAN("router-unreach")) ? &h->is_unreachable : NULL;
}

static enum err read_hops(struct scn_reader *r, struct sim_host *h)
{
    uint64_t v = 0;
    const enum err err = scn_number(r, 60, &v);
    h->hops = (uint8_t)v;
    return err;
}

static enum err read_rate(struct scn_reader *r, uint32_t *rate)
{
    uint64_t v = 0;
    const enum err err = scn_number(r, 1000000, &v);
    *rate = (uint32_t)v;
    return err;
}

static enum err read_item(struct scn_reader *r, struct sim_host *h, const struct scn_token *key)
{
    enum door door;
    bool is_udp, is_link;
    bool *flag = flag_of(h, key->text);
    if (flag) {
        *flag = true;
        return ERR_OK;
    }
    if (personality_door(key->text, &door, &is_udp))
        return read_doors(r, h, door, is_udp);
    if (span_eq(key->text, SPAN("lose")))
        return read_mishap(r, h, SIM_LOSE);
    if (span_eq(key->text, SPAN("late")))
        return read_mishap(r, h, SIM_LATE);
    if (span_eq(key->text, SPAN("dup")))
        return read_mishap(r, h, SIM_DUP);
    if (span_eq(key->text, SPAN("service")))
        return scn_read_service(r, h);
    if (span_eq(key->text, SPAN("forward")))
        return read_forward(r, h);
    if (span_eq(key->text, SPAN("hops")))
        return read_hops(r, h);
    if (span_eq(key->text, SPAN("icmp-rate")))
        return read_rate(r, &h->icmp_rate);
    if (span_eq(key->text, SPAN("rst-rate")))
        return read_rate(r, &h->rst_rate);
    const enum err err = scn_link_item(r, key->text, &h->link, &is_link);
    h->has_link = h->has_link || is_link;
    return err || is_link ? err : scn_fail(r, ERR_SYNTAX, "unknown keyword", key);
}

static enum err read_block(struct scn_reader *r, struct sim_host *h)
{
    struct scn_token t;
    for (;;) {
        enum err err = scn_take(r, &t);
        if (err)
            return err;
        if (t.kind == SCN_CLOSE)
            return ERR_OK;
        if (t.kind == SCN_NEWLINE)
            continue;
        err = t.kind == SCN_WORD ? read_item(r, h, &t)
                                 : scn_fail(r, ERR_SYNTAX, "block without end", &t);
        if (err)
            return err;
    }
}

enum err scn_read_host(struct scn_reader *r)
{
    struct scn_token t;
    struct scn_entry *e = arena_alloc(r->arena, sizeof *e);
    struct sim_host *h = &e->host;
    enum err err = read_range(r, h);
    h->link = r->scn->config.link;
    if (!err)
        err = scn_peek(r, &t);
    if (!err && t.kind == SCN_WORD) {
        err = scn_take(r, &t);
        h->personality = scn_personality(r->scn, t.text);
        if (!err && !h->personality)
            err = scn_fail(r, ERR_SYNTAX, "unknown personality", &t);
    }
    if (err)
        return err;
    if (h->personality) {
        h->tcp_doors = h->personality->tcp_doors;
        h->udp_doors = h->personality->udp_doors;
    }
    err = scn_peek(r, &t);
    if (!err && t.kind == SCN_OPEN) {
        err = scn_take(r, &t);
        err = err ? err : read_block(r, h);
    }
    e->next = r->scn->entries;
    r->scn->entries = e;
    r->scn->n_entries++;
    return err ? err : scn_line_end(r);
}
