// SPDX-License-Identifier: Apache-2.0
// From the judge's verdict to the record: fields of soft and hard match (spec 2.5), states and
// confidence (2.7, 2.11), the fingerprint where one is shown (4.5).
#include "svid/parts.h"

#include "base/limits.h"

enum { CONF_PROBED = 10, CONF_WRAPPED = 8, CONF_FOREIGN = 7, CONF_TABLE = 3 };
enum { FINGERPRINT_INTENSITY = 7 };

static void put(struct span *to, struct span from)
{
    if (!span_is_absent(from) && from.len > 0)
        *to = from;
}

static void put_fields(struct service *out, const struct svdb_fields *f)
{
    put(&out->product, f->product);
    put(&out->version, f->version);
    put(&out->extra, f->extra);
    put(&out->hostname, f->hostname);
    put(&out->os, f->os);
    put(&out->device, f->device);
    for (int i = 0; i < SERVICE_CPES; i++)
        put(&out->cpe[i], f->cpe[i]);
}

static bool differ(struct span soft, struct span hard)
{
    return hard.len > 0 && soft.len > 0 && !span_eq(soft, hard);
}

// What the soft rule said of another product or system is no evidence for the hard one's.
static struct svdb_fields agreeing(const struct found *soft, const struct found *hard)
{
    struct svdb_fields f = soft->fields;
    if (!span_eq(soft->rule.service, hard->rule.service))
        return (struct svdb_fields){.hostname = f.hostname};
    if (differ(f.product, hard->fields.product)) {
        f.version = f.extra = (struct span){0};
        f.cpe[0] = (struct span){0};
    }
    if (differ(f.os, hard->fields.os))
        f.cpe[2] = (struct span){0};
    if (differ(f.device, hard->fields.device))
        f.cpe[1] = (struct span){0};
    return f;
}

static void put_why(const struct svid *s, struct service *out, const struct found *f)
{
    out->probe = svdb_probe_at(s->cfg.db, f->probe).name;
    out->list = svdb_probe_at(s->cfg.db, f->list).name;
    out->file = svdb_source_at(s->cfg.db, f->rule.source).name;
    out->line = f->rule.line;
    out->is_foreign = f->is_foreign;
}

static void put_name(struct service *out, const struct found *f)
{
    const struct span prefix = SPAN("ssl/");
    out->name = f->fields.service;
    if (out->tunnel == TUNNEL_NONE && span_starts(out->name, prefix)) {
        out->name = span_from(out->name, prefix.len);
        out->tunnel = TUNNEL_TLS;
    }
}

static void put_match(const struct svid *s, struct service *out, const struct verdict *v)
{
    if (v->soft && v->hard && !s->cfg.is_serial) {
        const struct svdb_fields f = agreeing(v->soft, v->hard);
        put_fields(out, &f);
    } else if (v->soft) {
        put_fields(out, &v->soft->fields);
    }
    if (v->hard)
        put_fields(out, &v->hard->fields);
    put_name(out, v->hard ? v->hard : v->soft);
    put_why(s, out, v->hard ? v->hard : v->soft);
    out->state = v->hard ? SERVICE_HARD : SERVICE_SOFT;
    out->confidence = v->hard && v->hard->is_foreign ? CONF_FOREIGN : CONF_PROBED;
}

// ---- evidence

// Only those that would have been asked one after the other: what came ahead of its turn and was
// not wanted in the end is no part of the record.
static uint32_t add_replies(const struct svid *s, const struct round *r, struct service_reply *to,
                            uint32_t n)
{
    const struct found *soft = s->told;
    for (uint32_t i = 0; i < r->n && n < LIMIT_SERVICE_REPLIES; i++) {
        const struct ask *a = &r->asks[i];
        if (span_is_absent(a->reply.bytes) || !choose_fits(s, a, soft))
            continue;
        to[n++] = a->reply;
        if (a->hard)
            break;
        soft = soft && !a->spare ? soft : a->soft;
    }
    return n;
}

static bool shows_fingerprint(const struct svid *s, const struct service *out)
{
    if (out->state == SERVICE_NOMATCH)
        return true;
    return out->state != SERVICE_HARD && s->cfg.intensity >= FINGERPRINT_INTENSITY;
}

static void put_replies(struct svid *s, struct service *out)
{
    struct service_reply *all = arena_array(s->arena, LIMIT_SERVICE_REPLIES, sizeof *all);
    const bool has_outer = s->round.tunnel != TUNNEL_NONE && !s->cfg.is_serial;
    const uint32_t n_outer = has_outer ? add_replies(s, &s->plain, all, 0) : 0;
    out->replies = all;
    out->n_replies = add_replies(s, &s->round, all, n_outer);
    if (out->n_replies == n_outer || !shows_fingerprint(s, out))
        return;
    const struct svid_sf about = {
        .port = s->target.port,
        .proto = s->target.proto,
        .tunnel = s->round.tunnel,
        .intensity = s->cfg.intensity,
        .month = s->target.month,
        .day = s->target.day,
        .wall = s->target.wall,
        .is_debug = s->cfg.is_debug,
        .version = s->cfg.version,
        .platform = s->cfg.platform,
    };
    out->fingerprint = svid_fingerprint(s->arena, &about, all + n_outer, out->n_replies - n_outer);
}

// ---- verdict

// The first answer that a line of some other probe knows.
static const struct found *find_foreign(struct svid *s, const struct found *soft)
{
    struct svdb_hit hit;
    for (uint32_t i = 0; i < s->round.n; i++) {
        const struct ask *a = &s->round.asks[i];
        if (span_is_absent(a->reply.bytes) ||
            !svdb_find_foreign(s->cfg.db, a->probe, a->reply.bytes, s->cfg.scratch, &hit))
            continue;
        const struct span name = svdb_rule_at(s->cfg.db, hit.rule).service;
        const bool is_tunnel = span_eq(name, SPAN("ssl")) || span_eq(name, SPAN("dtls"));
        if (is_tunnel || (soft && !span_eq(name, soft->rule.service)))
            continue;
        hit.is_foreign = true;
        return reply_found(s, &hit, a->probe);
    }
    return NULL;
}

static struct span note_wrapped(const struct svid *s)
{
    if (s->is_open && s->target.proto == PROTO_UDP)
        return SPAN("refused each probe");
    if (s->is_open)
        return SPAN("accepted, then closed");
    return s->n_opened > 0 ? SPAN("connection failed") : SPAN("nothing to ask");
}

static void put_unknown(const struct svid *s, struct service *out, bool is_incomplete)
{
    const bool is_cut = is_incomplete && s->is_open && !s->cfg.is_serial;
    const bool is_wrapped =
        s->may_be_wrapped && !s->is_heard && !is_cut && s->round.tunnel == TUNNEL_NONE;
    if (s->facts && s->round.tunnel == TUNNEL_NONE) {
        out->state = SERVICE_INCOMPLETE;
        out->tunnel = TUNNEL_TLS;
        out->note = SPAN("TLS handshake failed");
    } else if (is_wrapped) {
        out->state = SERVICE_TCPWRAPPED;
        out->name = SPAN("tcpwrapped");
        out->confidence = CONF_WRAPPED;
        out->note = s->cfg.is_serial ? (struct span){0} : note_wrapped(s);
        return;
    } else {
        out->state = is_incomplete ? SERVICE_INCOMPLETE : SERVICE_NOMATCH;
        if (s->asks_less && !s->is_heard)
            out->note = SPAN("few probes: the host says nothing on any port");
    }
    out->confidence = CONF_TABLE;
}

static void put_verdict(struct svid *s, struct service *out, struct verdict v, bool is_incomplete)
{
    const bool is_own = !s->cfg.is_serial;
    if (tls_has_failed(s, v.hard)) {
        v.hard = NULL;
        out->tunnel = TUNNEL_TLS;
        is_incomplete = true;
    }
    if (!v.hard && is_own)
        v.hard = find_foreign(s, v.soft);
    if (!v.hard && !v.soft && s->outer) {
        v.hard = s->outer;
        out->tunnel = TUNNEL_NONE; // its name has the prefix
    }
    if (v.hard || v.soft)
        put_match(s, out, &v);
    else
        put_unknown(s, out, is_incomplete);
}

void result_finish(struct svid *s, const struct verdict *v, bool is_incomplete)
{
    struct service *out = &s->result;
    *out = (struct service){
        .port = s->target.port,
        .proto = (uint8_t)s->target.proto,
        .tunnel = s->round.tunnel,
    };
    put_verdict(s, out, *v, is_incomplete);
    if (s->rpc)
        rpc_result(s, out);
    if (s->is_open && !s->is_heard && state_is_own_tcp(s))
        s->learnt->n_mute++;
    if (out->tunnel != TUNNEL_NONE)
        out->tls = s->facts;
    put_replies(s, out);
    out->connections = s->n_opened;
    s->is_done = true;
}
