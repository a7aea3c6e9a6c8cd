// SPDX-License-Identifier: Apache-2.0
// A host, its ports and services in JSON lines, as src/report/record*.c writes them.
#include "base/text.h"
#include "saved/lines.h"

static void others_of(struct arena *a, const json_t *list, struct host *out)
{
    struct ip_addr *others = arena_array(a, json_array_size(list), sizeof *others);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *v = json_array_get(list, i);
        const struct span text = span_of(json_string_value(v), json_string_length(v));
        out->n_others += ip_parse(text, &others[out->n_others]);
    }
    out->others = others;
}

static uint64_t signs_of(const json_t *list)
{
    uint64_t signs = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *v = json_array_get(list, i);
        const enum reason r = word_reason(span_of(json_string_value(v), json_string_length(v)));
        signs |= r == REASON_NONE ? 0 : UINT64_C(1) << r;
    }
    return signs;
}

bool lines_found(struct arena *a, const json_t *o, struct host *out)
{
    if (!value_addr(o, "addr", &out->addr))
        return false;
    out->has_mac = word_mac(value_plain(o, "mac"), &out->mac);
    out->vendor = value_text(a, o, "vendor");
    out->name = value_text(a, o, "user");
    out->ptr_name = value_text(a, o, "ptr");
    others_of(a, json_object_get(o, "others"), out);
    (void)word_host_state(value_plain(o, "state"), &out->state);
    out->reason = word_reason(value_plain(o, "reason"));
    out->reason_ttl = (uint8_t)value_int(o, "reason_ttl", 0, UINT8_MAX, 0);
    out->signs = signs_of(json_object_get(o, "signs"));
    return true;
}

bool lines_port(const json_t *o, struct port *out)
{
    enum port_state state;
    if (!word_proto(value_plain(o, "protocol"), &out->proto) ||
        !word_state(value_plain(o, "state"), &state))
        return false;
    out->number = (uint16_t)value_int(o, "portid", 0, UINT16_MAX, 0);
    out->state = (uint8_t)state;
    out->reason = (uint8_t)word_reason(value_plain(o, "reason"));
    out->ttl = (uint8_t)value_int(o, "reason_ttl", 0, UINT8_MAX, 0);
    return true;
}

const struct ip_addr *lines_sender(const json_t *o, struct ip_addr *mem)
{
    return value_addr(o, "reason_ip", mem) ? mem : NULL;
}

enum service_tunnel lines_tunnel(const json_t *o)
{
    const struct span s = value_plain(o, "tunnel");
    return span_eq(s, SPAN("ssl"))    ? TUNNEL_TLS
           : span_eq(s, SPAN("dtls")) ? TUNNEL_DTLS
                                      : TUNNEL_NONE;
}

struct span lines_reply(struct arena *a, const json_t *o, uint64_t *len)
{
    const struct span bytes = value_base64(a, o, "data");
    *len = value_count(o, "len");
    if (*len < bytes.len)
        *len = bytes.len;
    return bytes;
}

static void replies_of(struct arena *a, const json_t *list, struct service *out)
{
    struct service_reply *r = arena_array(a, json_array_size(list), sizeof *r);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *o = json_array_get(list, i);
        struct service_reply *next = &r[out->n_replies++];
        next->probe = value_text(a, o, "probe");
        next->tunnel = lines_tunnel(o);
        next->bytes = lines_reply(a, o, &next->len);
    }
    out->replies = r;
}

static bool digest_of(struct span text, uint8_t out[32])
{
    for (size_t i = 0; i < 32; i++) {
        uint64_t v;
        if (text.len != 64 || !text_hex(span_head(span_from(text, 2 * i), 2), &v))
            return false;
        out[i] = (uint8_t)v;
    }
    return true;
}

static const struct tls_facts *tls_of(struct arena *a, const json_t *o)
{
    struct tls_facts *t = arena_alloc(a, sizeof *t);
    if (!json_is_object(o))
        return NULL;
    t->version = value_text(a, o, "version");
    t->cipher = value_text(a, o, "cipher");
    t->alpn = value_text(a, o, "alpn");
    t->subject = value_text(a, o, "subject");
    t->issuer = value_text(a, o, "issuer");
    t->names = value_texts(a, o, "names", &t->n_names);
    t->has_certificate = digest_of(value_plain(o, "sha256"), t->sha256);
    t->not_before = value_int(o, "not_before", INT64_MIN, INT64_MAX, 0);
    t->not_after = value_int(o, "not_after", INT64_MIN, INT64_MAX, 0);
    return t;
}

static void facts_of(struct arena *a, const json_t *o, struct service *out)
{
    const json_t *cpe = json_object_get(o, "cpe");
    out->product = value_text(a, o, "product");
    out->version = value_text(a, o, "version");
    out->extra = value_text(a, o, "extrainfo");
    out->hostname = value_text(a, o, "hostname");
    out->os = value_text(a, o, "ostype");
    out->device = value_text(a, o, "devicetype");
    for (size_t i = 0; i < json_array_size(cpe); i++)
        build_cpe(out, value_bytes(a, json_array_get(cpe, i)));
}

static void why_of(struct arena *a, const json_t *o, struct service *out)
{
    out->fingerprint = value_text(a, o, "servicefp");
    out->probe = value_text(a, o, "probe");
    out->list = value_text(a, o, "list");
    out->file = value_text(a, o, "file");
    out->line = value_u32(o, "line");
    out->is_foreign = value_true(o, "foreign");
    out->note = value_text(a, o, "note");
    out->elapsed_ms = value_u32(o, "elapsed_ms");
    out->connections = value_u32(o, "connections");
}

void lines_service(struct arena *a, const json_t *o, struct service *out)
{
    out->state = word_service_state(value_plain(o, "state"));
    out->name = value_text(a, o, "name");
    out->confidence = (uint8_t)value_int(o, "conf", 0, 10, 0);
    out->tunnel = lines_tunnel(o);
    facts_of(a, o, out);
    why_of(a, o, out);
    out->tls = tls_of(a, json_object_get(o, "tls"));
    replies_of(a, json_object_get(o, "replies"), out);
}

static void ports_of(struct build *b, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *o = json_array_get(list, i);
        struct port p = {0};
        if (!lines_port(o, &p))
            continue;
        p.from = build_from(b, value_plain(o, "reason_ip"));
        build_port(b, &p);
        lines_service(&b->host.arena, json_object_get(o, "service"), build_service(b, &p));
    }
}

static void folded_of(struct build *b, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *o = json_array_get(list, i);
        struct port p = {0};
        if (!lines_port(o, &p))
            continue;
        p.from = build_from(b, value_plain(o, "reason_ip"));
        build_ports(b, &p, value_plain(o, "ports"));
    }
}

void lines_ports(struct build *b, const json_t *o)
{
    ports_of(b, json_object_get(o, "ports"));
    folded_of(b, json_object_get(o, "extraports"));
}

static void times_of(const json_t *o, struct host *out)
{
    out->started = value_int(o, "starttime", 0, SAVED_TIME_MAX, 0);
    out->ended = value_int(o, "endtime", 0, SAVED_TIME_MAX, 0);
    out->rtt.is_known = json_is_integer(json_object_get(o, "srtt"));
    out->rtt.srtt_us = value_int(o, "srtt", 0, INT32_MAX, 0);
    out->rtt.rttvar_us = value_int(o, "rttvar", 0, INT32_MAX, 0);
}

static void hops_of(struct arena *a, const json_t *list, struct route *out)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *o = json_array_get(list, i);
        const int64_t ttl = value_int(o, "ttl", 1, out->n_hops, 0);
        struct ip_addr addr;
        if (ttl == 0 || !value_addr(o, "addr", &addr))
            continue;
        struct hop *h = &out->hops[ttl - 1];
        h->has_addr = true;
        h->addr = addr;
        h->has_rtt = json_is_integer(json_object_get(o, "rtt"));
        h->rtt_us = value_int(o, "rtt", 0, INT32_MAX, 0);
        h->name = value_text(a, o, "name");
    }
}

static const struct route *route_of(struct arena *a, const json_t *o)
{
    struct route *r = arena_alloc(a, sizeof *r);
    const struct span proto = value_plain(o, "proto");
    uint8_t known;
    r->n_hops = (uint32_t)value_int(o, "length", 0, LIMIT_HOPS, 0);
    r->hops = arena_array(a, r->n_hops + 1, sizeof *r->hops);
    for (uint32_t i = 0; i < r->n_hops; i++)
        r->hops[i].ttl = (uint8_t)(i + 1);
    r->port = (uint16_t)value_int(o, "port", 0, 65535, 0);
    r->probe = span_eq(proto, SPAN("icmp")) ? ROUTE_BY_ICMP : ROUTE_NO_PROBE;
    if (word_proto(proto, &known)) {
        r->probe = ROUTE_BY_PORT;
        r->proto = (enum proto)known;
    }
    if (value_addr(o, "shared_with", &r->shared_with))
        r->n_shared = (uint32_t)value_int(o, "shared", 0, r->n_hops, 0);
    hops_of(a, json_object_get(o, "hops"), r);
    return r;
}

static void losses_of(const json_t *list, struct host *out)
{
    for (size_t i = 0; i < json_array_size(list) && out->n_losses < HOST_SCANS_MAX; i++) {
        const json_t *o = json_array_get(list, i);
        uint8_t proto;
        if (!word_proto(value_plain(o, "protocol"), &proto))
            continue;
        out->losses[out->n_losses++] = (struct scan_loss){
            .proto = (enum proto)proto,
            .n_asked = value_count(o, "asked"),
            .n_lost = value_count(o, "lost"),
            .n_ports = value_u32(o, "ports"),
            .n_uncertain = value_u32(o, "uncertain"),
        };
    }
}

static enum finding_kind finding_kind_of(const json_t *o)
{
    const struct span s = value_plain(o, "kind");
    for (int i = 0; i < FINDING_KINDS; i++)
        if (span_eq(s, span_str(finding_name((enum finding_kind)i))))
            return (enum finding_kind)i;
    return FINDING_PATH;
}

static void findings_of(struct arena *a, const json_t *list, struct host *h)
{
    const size_t n = json_array_size(list);
    struct finding *f = arena_array(a, n < LIMIT_FINDINGS ? n : LIMIT_FINDINGS, sizeof *f);
    for (; h->n_findings < n && h->n_findings < LIMIT_FINDINGS; h->n_findings++) {
        const json_t *o = json_array_get(list, h->n_findings);
        f[h->n_findings] = (struct finding){finding_kind_of(o), value_text(a, o, "ports"),
                                            value_text(a, o, "text")};
    }
    h->findings = f;
}

void lines_host(struct build *b, const json_t *o)
{
    struct host *h = &b->host;
    const json_t *ports = json_object_get(o, "ports");
    h->is_local = value_true(o, "local");
    h->is_direct = value_true(o, "direct");
    h->is_cut_short = value_true(o, "partial");
    times_of(o, h);
    h->has_ports = json_is_array(ports);
    lines_ports(b, o);
    findings_of(&h->arena, json_object_get(o, "findings"), h);
    h->os_skipped = value_true(o, "os_skipped");
    losses_of(json_object_get(o, "certainty"), h);
    lines_scripts(&b->scripts, &h->arena, json_object_get(o, "scripts"));
    if (json_is_object(json_object_get(o, "trace")))
        h->route = route_of(&h->arena, json_object_get(o, "trace"));
    if (json_is_object(json_object_get(o, "os")))
        lines_os(b, json_object_get(o, "os"));
}
