// SPDX-License-Identifier: Apache-2.0
// The ports of a host as JSON. All of them are in the record, whatever the views fold: what is
// open, has a service or is rare stands alone, the rest in lists of those that are equal in
// everything but the number.
#include "model/host.h"
#include "model/scan.h"
#include "report/ranges.h"
#include "report/record.h"
#include "report/serviceview.h"
#include "report/writer.h"

enum { KINDS_MAX = 256 }; // of equal ports; what exceeds them stands alone

struct kinds {
    uint32_t n;
    struct {
        struct port like; // number is 0
        uint32_t n;
    } items[KINDS_MAX];
};

static bool is_like(const struct port *a, const struct port *b)
{
    return a->proto == b->proto && a->state == b->state && a->reason == b->reason &&
           a->ttl == b->ttl && a->from == b->from;
}

// Index of the kind of a port; k->n if it has none.
static uint32_t kind_of(const struct kinds *k, const struct port *p)
{
    uint32_t i = 0;
    while (i < k->n && !is_like(&k->items[i].like, p))
        i++;
    return i;
}

// Ports that do not have to stand alone.
static bool may_fold(const struct host *host, const struct port *p)
{
    return p->state != PORT_OPEN && !host_service(host, p);
}

static void kinds_of(struct kinds *k, const struct host *host)
{
    k->n = 0;
    for (uint32_t i = 0; i < host->n_ports; i++) {
        const struct port *p = &host->ports[i];
        if (!may_fold(host, p))
            continue;
        const uint32_t at = kind_of(k, p);
        if (at == KINDS_MAX)
            continue;
        if (at == k->n) {
            k->items[k->n].like = *p;
            k->items[k->n].like.number = 0;
            k->items[k->n++].n = 0;
        }
        k->items[at].n++;
    }
}

static bool is_folded(const struct kinds *k, const struct host *host, const struct port *p)
{
    if (!may_fold(host, p))
        return false;
    const uint32_t at = kind_of(k, p);
    return at < k->n && k->items[at].n > RECORD_LIST_MAX;
}

static void state_keys(struct json *j, const struct host *host, const struct port *p)
{
    char text[IP_TEXT_MAX];
    json_put_text(j, "state", span_str(port_state_name((enum port_state)p->state)));
    json_put_text(j, "reason", span_str(reason_name((enum reason)p->reason)));
    json_put_number(j, "reason_ttl", p->ttl);
    if (p->from > 0 && p->from <= host->n_from)
        json_put_text(j, "reason_ip", span_str(ip_text(&host->from[p->from - 1], text)));
}

void record_port_keys(struct json *j, const struct host *host, const struct port *p)
{
    json_put_text(j, "protocol", span_str(proto_name((enum proto)p->proto)));
    json_put_number(j, "portid", p->number);
    state_keys(j, host, p);
}

static void service_key(struct json *j, const struct serviceview *v, size_t *room)
{
    const bool was_asked = v->service && v->service->state != SERVICE_NOT_ASKED;
    if (span_is_absent(v->name) && !was_asked)
        return;
    json_key(j, "service");
    json_open(j, '{');
    json_some_text(j, "name", v->name);
    json_put_text(j, "method", v->is_probed ? SPAN("probed") : SPAN("table"));
    json_put_number(j, "conf", v->confidence);
    if (was_asked)
        record_service_keys(j, v->service, room);
    json_close(j, '}');
}

void record_asked_keys(struct json *j, const struct scan *scan, const struct host *host,
                       const struct port *p)
{
    struct serviceview v;
    struct service bare;
    size_t room = RECORD_REPLIES_MAX;
    serviceview_of(&v, scan, host, p);
    record_port_keys(j, host, p);
    if (v.service) {
        bare = *v.service;
        bare.n_replies = 0;
        v.service = &bare;
    }
    service_key(j, &v, &room);
}

static void port_write(struct json *j, const struct scan *scan, const struct host *host,
                       const struct port *p, size_t *room)
{
    struct serviceview v;
    serviceview_of(&v, scan, host, p);
    json_open(j, '{');
    record_port_keys(j, host, p);
    service_key(j, &v, room);
    json_close(j, '}');
}

static void kind_write(struct json *j, const struct host *host, const struct kinds *k, uint32_t at)
{
    const struct port *like = &k->items[at].like;
    struct ranges r;
    json_open(j, '{');
    json_put_text(j, "protocol", span_str(proto_name((enum proto)like->proto)));
    state_keys(j, host, like);
    json_put_number(j, "count", k->items[at].n);
    json_key(j, "ports");
    json_open(j, '"');
    ranges_init(&r, j->w);
    for (uint32_t i = 0; i < host->n_ports; i++) {
        if (may_fold(host, &host->ports[i]) && is_like(&host->ports[i], like))
            ranges_add(&r, host->ports[i].number);
    }
    ranges_end(&r);
    json_close(j, '"');
    json_close(j, '}');
}

void record_ports_keys(struct json *j, const struct scan *scan, const struct host *host)
{
    struct kinds k;
    size_t room = RECORD_REPLIES_MAX;
    kinds_of(&k, host);
    json_key(j, "ports");
    json_open(j, '[');
    for (uint32_t i = 0; i < host->n_ports; i++) {
        if (!is_folded(&k, host, &host->ports[i]))
            port_write(j, scan, host, &host->ports[i], &room);
    }
    json_close(j, ']');
    json_key(j, "extraports");
    json_open(j, '[');
    for (uint32_t i = 0; i < k.n; i++) {
        if (k.items[i].n > RECORD_LIST_MAX)
            kind_write(j, host, &k, i);
    }
    json_close(j, ']');
}
