// SPDX-License-Identifier: Apache-2.0
// Decisions over a service; the reports only print them. A name comes from the port's own words
// or, failing that, from the port table; the table's name of an open port that was asked in vain
// is marked as doubtful.
#include "report/serviceview.h"

#include "base/buf.h"
#include "base/text.h"
#include "model/host.h"
#include "model/scan.h"
#include "model/services.h"

enum {
    CONFIDENCE_TABLE = 3,
    CONFIDENCE_DOUBT = 5, // up to this a name gets its mark
    PART_MIN = 8,         // a part of the version text is begun with this much room only
};

static bool is_probed(const struct service *s)
{
    return s &&
           (s->state == SERVICE_HARD || s->state == SERVICE_SOFT || s->state == SERVICE_TCPWRAPPED);
}

static struct span probed_name(const struct service *s)
{
    if (span_is_absent(s->name) && s->state == SERVICE_TCPWRAPPED)
        return SPAN("tcpwrapped");
    return s->name;
}

void serviceview_of(struct serviceview *v, const struct scan *scan, const struct host *host,
                    const struct port *p)
{
    const struct service *s = host_service(host, p);
    *v = (struct serviceview){.service = s, .confidence = CONFIDENCE_TABLE};
    if (is_probed(s)) {
        v->name = probed_name(s);
        v->is_probed = !span_is_absent(v->name);
    }
    if (v->is_probed)
        v->confidence = s->confidence;
    else if (s && (s->state == SERVICE_NOT_ASKED || scan->is_replayed))
        v->name = s->name;
    else if (scan->services)
        v->name = services_name(scan->services, (enum proto)p->proto, p->number);
    v->has_tunnel = s && s->tunnel != TUNNEL_NONE;
    v->is_doubtful = scan->does_services && p->state == PORT_OPEN &&
                     v->confidence <= CONFIDENCE_DOUBT && !span_is_absent(v->name) &&
                     !span_eq(v->name, SPAN("unknown"));
}

// As much of s as *room allows, with an ellipsis for what is left out.
static void put(struct buf *b, struct span s, size_t *room)
{
    if (s.len <= *room) {
        text_dotted(b, s);
        *room -= s.len;
        return;
    }
    text_dotted(b, span_head(s, *room - 3));
    buf_str(b, "...");
    *room = 0;
}

static void put_extra(struct buf *b, struct span s, size_t room)
{
    buf_char(b, '(');
    if (s.len > room - 2) {
        text_dotted(b, span_head(s, room - 5));
        buf_str(b, "...");
    } else {
        text_dotted(b, s);
    }
    buf_char(b, ')');
}

void serviceview_version(struct buf *b, const struct service *s)
{
    size_t room = SERVICEVIEW_VERSION_MAX;
    bool has_part = false;
    if (!s)
        return;
    if (s->state == SERVICE_EXCLUDED) {
        buf_str(b, "Excluded from version scan");
        return;
    }
    if (s->product.len > 0) {
        put(b, s->product, &room);
        has_part = true;
    }
    if (s->version.len > 0 && room >= PART_MIN) {
        buf_str(b, has_part ? " " : "");
        room -= has_part;
        put(b, s->version, &room);
        has_part = true;
    }
    if (s->extra.len > 0 && room >= PART_MIN) {
        buf_str(b, has_part ? " " : "");
        put_extra(b, s->extra, room - has_part);
    }
}

typedef bool same_fn(struct span a, struct span b);

static void add(struct serviceview_list *list, struct span s, same_fn *same)
{
    if (s.len == 0)
        return;
    for (uint32_t i = 0; i < list->n; i++) {
        if (same(list->items[i], s))
            return;
    }
    if (list->n < SERVICEVIEW_INFO_MAX)
        list->items[list->n++] = s;
}

static void add_cpe(struct serviceview_list *list, struct span s)
{
    if (span_starts(s, SPAN("cpe:/h:")) || span_starts(s, SPAN("cpe:/o:")))
        add(list, s, span_eq);
}

void serviceview_info(struct serviceview_info *v, const struct host *host)
{
    *v = (struct serviceview_info){0};
    for (uint32_t i = 0; i < host->n_ports; i++) {
        const struct port *p = &host->ports[i];
        const struct service *s = p->state == PORT_OPEN ? host_service(host, p) : NULL;
        if (!s)
            continue;
        if (!span_eq_nocase(s->hostname, host->ptr_name))
            add(&v->hosts, s->hostname, span_eq_nocase);
        add(&v->oses, s->os, span_eq);
        add(&v->devices, s->device, span_eq);
        for (uint32_t k = 0; k < SERVICE_CPES; k++)
            add_cpe(&v->cpes, s->cpe[k]);
    }
}
