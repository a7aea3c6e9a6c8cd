// SPDX-License-Identifier: Apache-2.0
// <ports>: first what was folded, by state and reason with its port numbers, then an element for
// each port that has a row in the table (output spec 4.3, service-detection spec 4.7).
#include "model/host.h"
#include "model/scan.h"
#include "report/notshown.h"
#include "report/ranges.h"
#include "report/script.h"
#include "report/serviceview.h"
#include "report/xml.h"
#include "report/xmltext.h"

enum { CONFIDENCE_PROTOCOL = 8 };

static void reason_write(struct writer *w, const struct host *host, enum port_state state,
                         const struct notshown_item *item)
{
    struct ranges r;
    writer_str(w, "<extrareasons");
    xml_put(w, "reason", span_str(reason_name(item->reason)));
    xml_put_number(w, "count", item->n);
    xml_put(w, "proto", span_str(proto_name(item->proto)));
    writer_str(w, " ports=\"");
    ranges_init(&r, w);
    for (uint32_t i = 0; i < host->n_ports; i++) {
        const struct port *p = &host->ports[i];
        if (p->state == state && p->reason == item->reason && p->proto == item->proto)
            ranges_add(&r, p->number);
    }
    ranges_end(&r);
    writer_line(w, "\"/>");
}

static void group_write(struct writer *w, const struct host *host, const struct notshown_group *g)
{
    writer_str(w, "<extraports");
    xml_put(w, "state", span_str(port_state_name(g->state)));
    xml_put_number(w, "count", g->n);
    writer_line(w, ">");
    for (uint32_t i = 0; i < g->n_items; i++)
        reason_write(w, host, g->state, &g->items[i]);
    writer_line(w, "</extraports>");
}

static void state_write(struct writer *w, const struct host *host, const struct port *p)
{
    char text[IP_TEXT_MAX];
    writer_str(w, "<state");
    xml_put(w, "state", span_str(port_state_name((enum port_state)p->state)));
    xml_put(w, "reason", span_str(reason_name((enum reason)p->reason)));
    xml_put_number(w, "reason_ttl", p->ttl);
    if (p->from > 0 && p->from <= host->n_from)
        xml_put(w, "reason_ip", span_str(ip_text(&host->from[p->from - 1], text)));
    writer_str(w, "/>");
}

static void some(struct writer *w, const char *name, struct span value)
{
    if (value.len > 0)
        xml_put(w, name, value);
}

static void facts_write(struct writer *w, const struct service *s)
{
    some(w, "product", s->product);
    some(w, "version", s->version);
    some(w, "extrainfo", s->extra);
    some(w, "hostname", s->hostname);
    some(w, "ostype", s->os);
    some(w, "devicetype", s->device);
    some(w, "servicefp", s->fingerprint);
}

static void cpes_write(struct writer *w, const struct service *s)
{
    for (uint32_t i = 0; s && i < SERVICE_CPES; i++) {
        if (s->cpe[i].len == 0)
            continue;
        writer_str(w, "<cpe>");
        xml_text(w, s->cpe[i]);
        writer_str(w, "</cpe>");
    }
}

static void service_write(struct writer *w, const struct serviceview *v)
{
    const struct service *s = v->service;
    const bool has_cpe = s && (s->cpe[0].len > 0 || s->cpe[1].len > 0 || s->cpe[2].len > 0);
    if (span_is_absent(v->name) && !v->has_tunnel && !(s && s->fingerprint.len > 0))
        return;
    writer_str(w, "<service");
    xml_put(w, "name", span_is_absent(v->name) ? SPAN("unknown") : v->name);
    if (s)
        facts_write(w, s);
    if (v->has_tunnel)
        xml_put(w, "tunnel", SPAN("ssl"));
    xml_put(w, "method", v->is_probed ? SPAN("probed") : SPAN("table"));
    xml_put_number(w, "conf", v->confidence);
    writer_str(w, has_cpe ? ">" : "/>");
    cpes_write(w, s);
    writer_str(w, has_cpe ? "</service>" : "");
}

// The name of an IP protocol: on a line of its own, in an order of its own (output spec 4.3, 4.5).
static void protocol_write(struct writer *w, const struct serviceview *v)
{
    if (span_is_absent(v->name))
        return;
    writer_str(w, "\n<service");
    xml_put(w, "name", v->name);
    xml_put_number(w, "conf", CONFIDENCE_PROTOCOL);
    xml_put(w, "method", SPAN("table"));
    writer_str(w, "/>");
}

static void port_write(struct writer *w, const struct scan *scan, const struct host *host,
                       const struct port *p)
{
    struct serviceview v;
    serviceview_of(&v, scan, host, p);
    writer_str(w, "<port");
    xml_put(w, "protocol", span_str(proto_name((enum proto)p->proto)));
    xml_put_number(w, "portid", p->number);
    writer_str(w, ">");
    state_write(w, host, p);
    if (p->proto == PROTO_IP)
        protocol_write(w, &v);
    else
        service_write(w, &v);
    scripts_xml_write(w, host, p);
    writer_line(w, "</port>");
}

void xml_ports_write(struct writer *w, const struct scan *scan, const struct host *host)
{
    struct notshown v;
    notshown_of(&v, scan, host);
    writer_str(w, "<ports>");
    for (uint32_t i = 0; i < v.n_groups; i++)
        group_write(w, host, &v.groups[i]);
    for (uint32_t i = 0; i < host->n_ports; i++) {
        const struct port *p = &host->ports[i];
        if (p->state != PORT_UNKNOWN && !v.is_hidden[p->state])
            port_write(w, scan, host, p);
    }
    writer_line(w, "</ports>");
}
