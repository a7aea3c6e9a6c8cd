// SPDX-License-Identifier: Apache-2.0
// Which probes are asked, and in which order: NULL, those that list the port, the others, each in
// the order of the files (spec 2.2). In our own mode also: which probe is most likely to be
// answered, and what the port's name lets expect.
#include "svid/parts.h"

static bool is_own_null(const struct svid *s, uint32_t probe)
{
    return svdb_null_probe(s->cfg.db) == (int32_t)probe;
}

static bool lists(const struct svid *s, uint32_t probe, enum service_tunnel tunnel)
{
    return tunnel == TUNNEL_NONE ? svdb_lists_port(s->cfg.db, probe, s->target.port)
                                 : svdb_lists_ssl_port(s->cfg.db, probe, s->target.port);
}

static void add(struct round *r, uint32_t probe, const struct svdb_probe *p, bool is_listed)
{
    r->asks[r->n++] = (struct ask){
        .probe = probe,
        .rarity = p->rarity,
        .conn = NO_CONN,
        .is_listed = is_listed,
        .is_null = p->payload.len == 0,
    };
}

static void add_all(struct svid *s, struct round *r, bool is_listed)
{
    const enum svdb_proto proto = s->target.proto == PROTO_UDP ? SVDB_UDP : SVDB_TCP;
    const uint32_t n = svdb_n_probes(s->cfg.db);
    for (uint32_t i = 0; i < n; i++) {
        const struct svdb_probe p = svdb_probe_at(s->cfg.db, i);
        if (p.proto != proto || p.payload.len == 0 || lists(s, i, r->tunnel) != is_listed)
            continue;
        add(r, i, &p, is_listed);
    }
}

void choose_order(struct svid *s, enum service_tunnel tunnel)
{
    const uint32_t n = svdb_n_probes(s->cfg.db);
    struct round *r = &s->round;
    *r = (struct round){.asks = arena_array(s->arena, n, sizeof *r->asks), .tunnel = tunnel};
    for (uint32_t i = 0; i < n && s->target.proto != PROTO_UDP; i++) {
        const struct svdb_probe p = svdb_probe_at(s->cfg.db, i);
        if (is_own_null(s, i))
            add(r, i, &p, true);
    }
    add_all(s, r, true);
    add_all(s, r, false);
    for (uint32_t i = 0; i < r->n; i++)
        r->n_wanted += !r->asks[i].is_null && choose_fits(s, &r->asks[i], NULL);
}

bool choose_fits(const struct svid *s, const struct ask *a, const struct found *soft)
{
    if (a->is_null)
        return true;
    if (!soft)
        return a->is_listed || a->rarity <= s->cfg.intensity;
    if (soft->is_promise)
        return a->is_promised;
    return s->cfg.intensity == 9 || svdb_yields(s->cfg.db, a->probe, soft->rule.service);
}

// Which probes the file that promised more can keep its word with.
void choose_promised(struct svid *s, const struct found *soft)
{
    for (uint32_t i = 0; i < s->round.n; i++) {
        struct ask *a = &s->round.asks[i];
        a->is_promised |=
            svdb_yields_from(s->cfg.db, a->probe, soft->rule.source, soft->rule.service);
    }
}

// The port's own probe, else the one with the most rules: what most servers of the world answer.
uint32_t choose_likely(const struct svid *s, uint32_t from)
{
    uint32_t best = from;
    uint32_t most = 0;
    for (uint32_t i = from; i < s->round.n; i++) {
        const struct ask *a = &s->round.asks[i];
        if (a->state != ASK_IDLE || !choose_fits(s, a, s->told))
            continue;
        const struct svdb_probe p = svdb_probe_at(s->cfg.db, a->probe);
        if (a->is_listed)
            return i;
        if (p.n_rules > most) {
            most = p.n_rules;
            best = i;
        }
    }
    return best;
}

static bool is_named(struct span name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (span_eq(name, span_str(names[i])))
            return true;
    return false;
}

// Protocols whose server says the first word (each by its own specification): a request that
// comes before it may be taken as an offence.
bool choose_speaks_first(const struct svid *s)
{
    static const char *const names[] = {
        "ftp",   "ssh",   "telnet", "smtp",  "pop3", "imap", "nntp", "mysql", "submission", "rsync",
        "smtps", "imaps", "pop3s",  "nntps", "ftps", "vnc",  "lmtp", "irc",   "submissions"};
    return is_named(s->target.table, names, sizeof names / sizeof *names);
}

// Likewise for a service that was found.
bool choose_greets(struct span service)
{
    static const char *const names[] = {"ftp",  "ssh",  "smtp",  "pop3",
                                        "imap", "nntp", "mysql", "lmtp"};
    return is_named(service, names, sizeof names / sizeof *names);
}

// Ports that stand for TLS from the first byte.
bool choose_is_tls(const struct svid *s)
{
    static const char *const names[] = {
        "https",     "imaps",    "pop3s", "smtps",     "ldaps",       "ftps",
        "ftps-data", "telnets",  "nntps", "ircs",      "ircs-u",      "sips",
        "sip-tls",   "domain-s", "amqps", "https-alt", "submissions", "secure-mqtt"};
    static const uint16_t ports[] = {443, 465,  563,  636,  853,  989,  990,  992,  993,  994,
                                     995, 5061, 5671, 5986, 6443, 6514, 6697, 8443, 8883, 9443};
    if (s->target.proto != PROTO_TCP)
        return false;
    for (size_t i = 0; i < sizeof ports / sizeof *ports; i++)
        if (s->target.port == ports[i])
            return true;
    return is_named(s->target.table, names, sizeof names / sizeof *names);
}
