// SPDX-License-Identifier: Apache-2.0
// <host> and <hosthint> (output spec 4.3): addresses, names, ports and services. What is printed
// again is kept; reasons without a number of their own and the like are not.
#include "base/text.h"
#include "saved/xml.h"

void xml_host_begin(struct xml *x, const struct attrs *a)
{
    struct host *h = &x->r->build.host;
    build_begin(&x->r->build);
    x->has_match = false;
    x->service = NULL;
    x->verdict.result = NULL;
    x->script.is_in = false;
    x->fingerprint = (struct span){NULL, 0};
    x->n_unnumbered = 0;
    h->state = HOST_UP; // other scanners list only what answered
    h->started = attr_number(a, "starttime", SAVED_TIME_MAX, 0);
    h->ended = attr_number(a, "endtime", SAVED_TIME_MAX, 0);
    h->is_cut_short = span_eq(attr(a, "timedout"), SPAN("true"));
}

static void take_address(struct xml *x, const struct attrs *a)
{
    struct host *h = &x->r->build.host;
    struct ip_addr addr;
    if (span_eq(attr(a, "addrtype"), SPAN("mac"))) {
        h->has_mac = word_mac(attr(a, "addr"), &h->mac);
        h->vendor = attr_copy(&h->arena, a, "vendor");
    } else if (h->addr.family == IP_NONE && ip_parse(attr(a, "addr"), &addr)) {
        h->addr = addr;
    }
}

static void take_name(struct xml *x, const struct attrs *a)
{
    struct host *h = &x->r->build.host;
    struct span *to = span_eq(attr(a, "type"), SPAN("user")) ? &h->name : &h->ptr_name;
    if (span_is_absent(*to))
        *to = attr_copy(&h->arena, a, "name");
}

static void take_status(struct xml *x, const struct attrs *a)
{
    struct host *h = &x->r->build.host;
    (void)word_host_state(attr(a, "state"), &h->state);
    h->reason = word_reason(attr(a, "reason"));
    h->reason_ttl = (uint8_t)attr_number(a, "reason_ttl", UINT8_MAX, 0);
}

static void take_folded(struct xml *x, const struct attrs *a)
{
    enum port_state state = PORT_UNKNOWN;
    (void)word_state(attr(a, "state"), &state);
    x->folded = (struct port){.state = (uint8_t)state};
}

// Of IP protocols the reference says "n/a".
static bool proto_of(const struct attrs *a, uint8_t *out)
{
    const struct span word = attr(a, "proto");
    if (word_proto(word, out))
        return true;
    *out = PROTO_IP;
    return span_eq(word, SPAN("n/a"));
}

// Files of old versions have no protocol and no numbers here.
static void take_reason(struct xml *x, const struct attrs *a)
{
    const struct span list = attr(a, "ports");
    struct port like = x->folded;
    like.reason = (uint8_t)word_reason(attr(a, "reason"));
    if (span_is_absent(list) || !proto_of(a, &like.proto))
        x->n_unnumbered += (uint32_t)attr_number(a, "count", UINT16_MAX, 0);
    else
        build_ports(&x->r->build, &like, list);
}

static void take_port(struct xml *x, const struct attrs *a)
{
    uint8_t proto = PROTO_COUNT;
    (void)word_proto(attr(a, "protocol"), &proto);
    x->service = NULL;
    x->port = (struct port){
        .number = (uint16_t)attr_number(a, "portid", UINT16_MAX, 0),
        .proto = proto,
    };
}

static void take_state(struct xml *x, const struct attrs *a)
{
    struct build *b = &x->r->build;
    enum port_state state = PORT_UNKNOWN;
    if (x->port.proto == PROTO_COUNT || !word_state(attr(a, "state"), &state))
        return;
    x->port.state = (uint8_t)state;
    x->port.reason = (uint8_t)word_reason(attr(a, "reason"));
    x->port.ttl = (uint8_t)attr_number(a, "reason_ttl", UINT8_MAX, 0);
    x->port.from = build_from(b, attr(a, "reason_ip"));
    build_port(b, &x->port);
    x->service = build_service(b, &x->port);
}

// It was asked, but only the table has a name; "unknown" if not even that.
static bool is_stopgap(const struct service *s)
{
    return s->fingerprint.len > 0 || s->tunnel != TUNNEL_NONE;
}

static enum service_state service_state_of(const struct service *s, const struct attrs *a)
{
    if (!span_eq(attr(a, "method"), SPAN("probed")))
        return is_stopgap(s) ? SERVICE_NOMATCH : SERVICE_NOT_ASKED;
    if (span_eq(s->name, SPAN("tcpwrapped")))
        return SERVICE_TCPWRAPPED;
    const bool has_product = !span_is_absent(s->product) || !span_is_absent(s->version);
    return has_product && span_is_absent(s->fingerprint) ? SERVICE_HARD : SERVICE_SOFT;
}

static void take_service(struct xml *x, const struct attrs *a)
{
    struct arena *to = &x->r->build.host.arena;
    struct service *s = x->service;
    if (!s)
        return;
    s->name = attr_copy(to, a, "name");
    s->product = attr_copy(to, a, "product");
    s->version = attr_copy(to, a, "version");
    s->extra = attr_copy(to, a, "extrainfo");
    s->hostname = attr_copy(to, a, "hostname");
    s->os = attr_copy(to, a, "ostype");
    s->device = attr_copy(to, a, "devicetype");
    s->fingerprint = attr_copy(to, a, "servicefp");
    s->confidence = (uint8_t)attr_number(a, "conf", 10, 0);
    if (span_eq(attr(a, "tunnel"), SPAN("ssl")))
        s->tunnel = x->port.proto == PROTO_UDP ? TUNNEL_DTLS : TUNNEL_TLS;
    s->state = service_state_of(s, a);
    if (s->state == SERVICE_NOMATCH && span_eq(s->name, SPAN("unknown")))
        s->name = (struct span){NULL, 0};
}

static void take_times(struct xml *x, const struct attrs *a)
{
    struct rtt *rtt = &x->r->build.host.rtt;
    rtt->is_known = true;
    rtt->srtt_us = attr_number(a, "srtt", INT32_MAX, 0);
    rtt->rttvar_us = attr_number(a, "rttvar", INT32_MAX, 0);
}

// The hops come behind it; silent ones are not in the file.
static void take_trace(struct xml *x, const struct attrs *a)
{
    struct host *h = &x->r->build.host;
    struct route *r = arena_alloc(&h->arena, sizeof *r);
    uint8_t proto;
    r->hops = arena_array(&h->arena, LIMIT_HOPS, sizeof *r->hops);
    r->port = (uint16_t)attr_number(a, "port", 65535, 0);
    r->probe = span_eq(attr(a, "proto"), SPAN("icmp")) ? ROUTE_BY_ICMP : ROUTE_NO_PROBE;
    if (word_proto(attr(a, "proto"), &proto)) {
        r->probe = ROUTE_BY_PORT;
        r->proto = (enum proto)proto;
    }
    h->route = x->route = r;
}

static void take_hop(struct xml *x, const struct attrs *a)
{
    struct route *r = x->route;
    const int64_t ttl = attr_number(a, "ttl", LIMIT_HOPS, 0);
    struct ip_addr addr;
    uint64_t us;
    if (!r || ttl <= (int64_t)r->n_hops || !ip_parse(attr(a, "ipaddr"), &addr))
        return;
    for (; (int64_t)r->n_hops < ttl; r->n_hops++)
        r->hops[r->n_hops].ttl = (uint8_t)(r->n_hops + 1);
    struct hop *h = &r->hops[ttl - 1];
    h->has_addr = true;
    h->addr = addr;
    h->has_rtt = word_decimal(attr(a, "rtt"), 3, &us) && us < INT32_MAX;
    h->rtt_us = h->has_rtt ? (int64_t)us : 0;
    h->name = attr_copy(&x->r->build.host.arena, a, "host");
}

void xml_host_element(struct xml *x, struct span name, const struct attrs *a)
{
    static const struct {
        const char *name;
        void (*take)(struct xml *x, const struct attrs *a);
    } elements[] = {
        {"status", take_status},
        {"address", take_address},
        {"hostname", take_name},
        {"extraports", take_folded},
        {"extrareasons", take_reason},
        {"port", take_port},
        {"state", take_state},
        {"service", take_service},
        {"times", take_times},
        {"trace", take_trace},
        {"hop", take_hop},
    };
    if (span_eq(name, SPAN("ports")))
        x->r->build.host.has_ports = true;
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++) {
        if (!span_eq(name, span_str(elements[i].name)))
            continue;
        elements[i].take(x, a);
        return;
    }
    if (xml_os_element(x, name, a))
        return;
    xml_verdict_element(x, name, a);
    xml_path_element(x, name, a);
    xml_loss_element(x, name, a);
    xml_script_element(x, name, a);
}

static void take_cpe(struct xml *x)
{
    const struct span text =
        arena_copy(&x->r->build.host.arena, span_head(span_of(x->text, x->n_text), LIMIT_NAME));
    if (x->service)
        build_cpe(x->service, text);
    else
        xml_os_cpe(x, text);
}

void xml_host_close(struct xml *x, struct span name)
{
    if (span_eq(name, SPAN("cpe")))
        take_cpe(x);
    else if (span_eq(name, SPAN("port")))
        x->service = NULL;
    else
        xml_os_close(x, name);
    xml_verdict_close(x, name);
    xml_path_close(x, name);
    xml_loss_close(x, name);
    xml_script_close(x, name);
}

static void end_hint(struct xml *x)
{
    struct host *h = &x->r->build.host;
    struct record told = {.kind = RECORD_UP, .host = h};
    records_tell(x->r, &told);
    pending_up(x->r, h);
}

static void tell_unnumbered(struct xml *x)
{
    struct record d = {.kind = RECORD_DAMAGE, .is_about_folded = true};
    d.text = SPAN("folded ports without their numbers are left out");
    if (x->n_unnumbered > 0)
        records_tell(x->r, &d);
}

void xml_host_end(struct xml *x)
{
    x->route = NULL;
    struct build *b = &x->r->build;
    if (b->host.addr.family == IP_NONE) {
        records_damage(x->r, "a host without an address", (struct span){NULL, 0});
        build_drop(b);
        return;
    }
    xml_os_end(x);
    build_finish(b);
    tell_unnumbered(x);
    if (x->is_in_hint) {
        end_hint(x);
        return;
    }
    pending_done(x->r, &b->host.addr);
    records_host(x->r, b);
}
