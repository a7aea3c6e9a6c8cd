// SPDX-License-Identifier: Apache-2.0
// What is usual is left out: state "up" of a host, "open", "tcp" and "syn-ack" of a port. Answers
// of services and all but the best OS matches are left out too: they are in the JSON lines.
#include "report/htmlhost.h"

#include "base/buf.h"
#include "model/explanation.h"
#include "model/host.h"
#include "model/result.h"
#include "model/service.h"
#include "report/certainty.h"
#include "report/json.h"
#include "report/notshown.h"
#include "report/osview.h"
#include "report/serviceview.h"
#include "report/verdict.h"
#include "report/writer.h"
#include "report/xmltext.h"

enum {
    MATCHES_MAX = 6,
    LOST_MAX = 400, // bytes of the list of points lost
    NAMES_MAX = 2,  // perfect matches in a cell
};

static void tls_key(struct json *j, const struct tls_facts *t)
{
    json_key(j, "t");
    json_open(j, '{');
    json_some_text(j, "v", t->version);
    json_some_text(j, "s", t->subject);
    json_some_text(j, "i", t->issuer);
    if (t->has_certificate) {
        json_key(j, "u");
        json_int(j, t->not_after);
    }
    json_close(j, '}');
}

static void cpe_key(struct json *j, const struct service *s)
{
    bool has_any = false;
    for (uint32_t i = 0; i < SERVICE_CPES; i++)
        has_any |= !span_is_absent(s->cpe[i]);
    if (!has_any)
        return;
    json_key(j, "c");
    json_open(j, '[');
    for (uint32_t i = 0; i < SERVICE_CPES; i++) {
        if (!span_is_absent(s->cpe[i]))
            json_text(j, s->cpe[i]);
    }
    json_close(j, ']');
}

static void service_keys(struct json *j, const struct service *s)
{
    json_some_text(j, "p", s->product);
    json_some_text(j, "v", s->version);
    json_some_text(j, "e", s->extra);
    json_some_text(j, "h", s->hostname);
    json_some_text(j, "y", s->os);
    json_some_text(j, "k", s->device);
    cpe_key(j, s);
    json_some_text(j, "b", s->probe);
    json_some_text(j, "f", s->file);
    json_some_number(j, "l", s->line);
    json_some_bool(j, "g", s->is_foreign);
    json_some_text(j, "u", s->note);
    json_some_text(j, "j", s->fingerprint);
    if (s->tls)
        tls_key(j, s->tls);
}

static void port_write(struct json *j, const struct scan *scan, const struct host *host,
                       const struct port *p)
{
    struct serviceview v;
    serviceview_of(&v, scan, host, p);
    json_open(j, '{');
    json_put_number(j, "i", p->number);
    if (p->proto != PROTO_TCP)
        json_put_text(j, "q", span_str(proto_name((enum proto)p->proto)));
    if (p->state != PORT_OPEN)
        json_put_text(j, "s", span_str(port_state_name((enum port_state)p->state)));
    if (p->reason != REASON_SYN_ACK)
        json_put_text(j, "r", span_str(reason_name((enum reason)p->reason)));
    json_some_text(j, "n", v.name);
    json_some_bool(j, "z", v.has_tunnel);
    if (v.service && v.service->state != SERVICE_NOT_ASKED)
        service_keys(j, v.service);
    json_close(j, '}');
}

static void group_write(struct json *j, const struct notshown_group *g)
{
    for (uint32_t i = 0; i < g->n_items; i++) {
        json_open(j, '[');
        json_number(j, g->items[i].n);
        json_text(j, span_str(port_state_name(g->state)));
        json_text(j, span_str(proto_name(g->items[i].proto)));
        json_close(j, ']');
    }
}

static void ports_keys(struct json *j, const struct scan *scan, const struct host *host)
{
    struct notshown hidden;
    notshown_of(&hidden, scan, host);
    if (hidden.n_shown > 0) {
        json_key(j, "p");
        json_open(j, '[');
        for (uint32_t i = 0; i < host->n_ports; i++) {
            const struct port *p = &host->ports[i];
            if (p->state != PORT_UNKNOWN && !hidden.is_hidden[p->state])
                port_write(j, scan, host, p);
        }
        json_close(j, ']');
    }
    if (hidden.n_groups == 0)
        return;
    json_key(j, "x");
    json_open(j, '[');
    for (uint32_t i = 0; i < hidden.n_groups; i++)
        group_write(j, &hidden.groups[i]);
    json_close(j, ']');
}

static void matches_key(struct json *j, const struct os_result *os)
{
    json_key(j, "m");
    json_open(j, '[');
    for (uint32_t i = 0; i < os->n_matches && i < MATCHES_MAX; i++) {
        json_open(j, '[');
        json_text(j, os->matches[i].name);
        json_percent(j, os->matches[i].accuracy);
        json_close(j, ']');
    }
    json_close(j, ']');
}

// The points that the best reference lost: "SEQ.SP (25), ECN.CC (100)".
static void lost_key(struct json *j, const struct os_explanation *e)
{
    char text[LOST_MAX];
    struct buf b;
    buf_init(&b, text, sizeof text);
    for (uint32_t i = 0; e->n_refs > 0 && i < e->refs[0].n_rows; i++) {
        const struct os_row *r = &e->refs[0].rows[i];
        if (r->outcome != OS_LOST)
            continue;
        buf_str(&b, buf_len(&b) > 0 ? ", " : "");
        buf_str(&b, r->test);
        buf_char(&b, '.');
        buf_str(&b, r->attr);
        buf_str(&b, " (");
        buf_dec(&b, r->points);
        buf_char(&b, ')');
    }
    if (buf_len(&b) > 0)
        json_put_text(j, "l", buf_span(&b));
}

static void verdict_key(struct json *j, const struct os_verdict *v)
{
    uint8_t mem[VERDICT_LINE_MAX];
    struct buf text;
    buf_init(&text, mem, sizeof mem);
    verdict_text(&text, v);
    json_put_text(j, "t", buf_span(&text));
}

static enum osview_verdict verdict_of(const struct scan *scan, const struct os_result *os)
{
    struct osview v;
    osview_of(&v, scan, os);
    return v.verdict;
}

static void twin_key(struct json *j, const struct os_twin *t)
{
    char text[IP_TEXT_MAX];
    json_key(j, "b");
    json_open(j, '{');
    json_put_text(j, "a", span_str(ip_text(&t->addr, text)));
    json_some_bool(j, "s", t->is_same);
    json_put_number(j, "g", t->agreed);
    json_put_number(j, "c", t->compared);
    json_close(j, '}');
}

static void os_key(struct json *j, const struct scan *scan, const struct os_result *os)
{
    const enum osview_verdict verdict = verdict_of(scan, os);
    json_key(j, "o");
    json_open(j, '{');
    if (verdict == OSVIEW_TOO_MANY)
        json_put_text(j, "s", SPAN("many"));
    else if (verdict != OSVIEW_NONE)
        matches_key(j, os);
    if (verdict == OSVIEW_DETAILS)
        json_put_number(j, "n", os->n_perfect);
    if (os->n_classes > 0 && verdict != OSVIEW_TOO_MANY) {
        json_some_text(j, "y", os->classes[0].cls.type);
        json_some_text(j, "v", os->classes[0].cls.vendor);
        json_some_text(j, "f", os->classes[0].cls.family);
    }
    if (os->has_distance) {
        json_key(j, "d");
        json_int(j, os->distance);
    }
    if (os->twin.is_known)
        twin_key(j, &os->twin);
    if (os->verdict)
        verdict_key(j, os->verdict);
    json_some_text(j, "i", os->not_ideal);
    if (os->explanation)
        lost_key(j, os->explanation);
    json_some_text(j, "g", os->scan_line);
    json_some_text(j, "p", os->lines);
    json_close(j, '}');
}

static void mac_key(struct json *j, const struct host *host)
{
    uint8_t mem[32];
    struct buf b;
    if (!host->has_mac)
        return;
    buf_init(&b, mem, sizeof mem);
    mac_print(&b, &host->mac);
    json_put_text(j, "m", buf_span(&b));
    json_some_text(j, "w", host->vendor);
}

static struct span certainty_of(const struct host *host, char mem[CERTAINTY_TEXT_MAX])
{
    struct buf b;
    buf_init(&b, mem, CERTAINTY_TEXT_MAX);
    if (certainty_is_worth_telling(host))
        certainty_title(&b, host);
    return buf_span(&b);
}

// What people are to know of the host as a whole.
static void remarks_key(struct json *j, const struct host *host)
{
    char text[CERTAINTY_TEXT_MAX];
    const struct span certainty = certainty_of(host, text);
    if (host->n_findings == 0 && certainty.len == 0)
        return;
    json_key(j, "f");
    json_open(j, '[');
    for (uint32_t i = 0; i < host->n_findings; i++)
        json_text(j, host->findings[i].text);
    if (certainty.len > 0)
        json_text(j, certainty);
    json_close(j, ']');
}

// Port or nothing, name, text.
static void scripts_rows(struct json *j, const struct host *host)
{
    if (host->n_scripts == 0)
        return;
    json_key(j, "u");
    json_open(j, '[');
    for (uint32_t i = 0; i < host->n_scripts; i++) {
        const struct script *s = &host->scripts[i];
        char where[32];
        struct buf b;
        buf_init(&b, where, sizeof where);
        if (s->is_of_port) {
            buf_dec(&b, s->port);
            buf_char(&b, '/');
            buf_str(&b, proto_name((enum proto)s->proto));
        }
        json_open(j, '[');
        json_text(j, buf_span(&b));
        json_text(j, s->id);
        json_text(j, s->output);
        json_close(j, ']');
    }
    json_close(j, ']');
}

// Number, address, name, microseconds; of the hops that answered.
static void hops_rows(struct json *j, const struct route *r)
{
    json_key(j, "z");
    json_open(j, '[');
    for (uint32_t i = 0; i < r->n_hops; i++) {
        const struct hop *h = &r->hops[i];
        char text[IP_TEXT_MAX];
        if (!h->has_addr)
            continue;
        json_open(j, '[');
        json_number(j, h->ttl);
        json_text(j, span_str(ip_text(&h->addr, text)));
        json_text(j, h->name);
        json_int(j, h->has_rtt ? h->rtt_us : -1);
        json_close(j, ']');
    }
    json_close(j, ']');
}

void htmlhost_data(struct json *j, const struct scan *scan, const struct host *host)
{
    char text[IP_TEXT_MAX];
    json_open(j, '{');
    json_put_text(j, "a", span_str(ip_text(&host->addr, text)));
    json_some_text(j, "n", span_is_absent(host->name) ? host->ptr_name : host->name);
    json_some_bool(j, "d", host->state != HOST_UP);
    mac_key(j, host);
    json_put_text(j, "r", span_str(reason_name(host->reason)));
    if (host->rtt.is_known)
        json_some_number(j, "t", (uint64_t)host->rtt.srtt_us);
    json_some_bool(j, "c", host->is_cut_short);
    if (host->has_ports)
        ports_keys(j, scan, host);
    remarks_key(j, host);
    scripts_rows(j, host);
    if (host->route)
        hops_rows(j, host->route);
    if (host->os)
        os_key(j, scan, host->os);
    json_close(j, '}');
}

static void names_write(struct writer *w, const struct os_result *os)
{
    for (uint32_t i = 0; i < os->n_perfect && i < NAMES_MAX; i++) {
        writer_str(w, i > 0 ? " or " : "");
        xml_text(w, os->matches[i].name);
    }
    if (os->n_perfect <= NAMES_MAX)
        return;
    writer_str(w, " or ");
    writer_dec(w, os->n_perfect - NAMES_MAX);
    writer_str(w, " more");
}

static void system_write(struct writer *w, const struct scan *scan, const struct os_result *os)
{
    switch (verdict_of(scan, os)) {
    case OSVIEW_DETAILS:
        names_write(w, os);
        break;
    case OSVIEW_GUESSES:
        xml_text(w, os->matches[0].name);
        writer_str(w, " (");
        writer_dec(w, osview_percent(os->matches[0].accuracy));
        writer_str(w, "%)");
        break;
    case OSVIEW_TOO_MANY:
        writer_str(w, "too many matches");
        break;
    case OSVIEW_NONE:
        writer_str(w, "unknown");
        break;
    }
}

static void remarks_write(struct writer *w, const struct host *host)
{
    char text[CERTAINTY_TEXT_MAX];
    const struct span certainty = certainty_of(host, text);
    for (uint32_t i = 0; i < host->n_findings; i++) {
        writer_str(w, "<br>");
        xml_text(w, host->findings[i].text);
    }
    writer_str(w, certainty.len > 0 ? "<br>" : "");
    xml_text(w, certainty);
}

static void open_write(struct writer *w, const struct scan *scan, const struct host *host)
{
    struct serviceview v;
    bool has_any = false;
    for (uint32_t i = 0; i < host->n_ports; i++) {
        const struct port *p = &host->ports[i];
        if (p->state != PORT_OPEN)
            continue;
        serviceview_of(&v, scan, host, p);
        writer_str(w, has_any ? ", " : "");
        writer_dec(w, p->number);
        writer_str(w, p->proto == PROTO_TCP ? " " : p->proto == PROTO_UDP ? "/udp " : "/sctp ");
        writer_str(w, v.has_tunnel ? "ssl/" : "");
        if (!span_is_absent(v.name))
            xml_text(w, v.name);
        has_any = true;
    }
}

void htmlhost_cells(struct writer *w, const struct scan *scan, const struct host *host)
{
    const struct span name = span_is_absent(host->name) ? host->ptr_name : host->name;
    writer_str(w, "<td>");
    writer_ip(w, &host->addr);
    writer_str(w, "<td>");
    if (!span_is_absent(name))
        xml_text(w, name);
    writer_str(w, "<td>");
    if (host->os)
        system_write(w, scan, host->os);
    remarks_write(w, host);
    writer_str(w, "<td>");
    if (host->state != HOST_UP)
        writer_str(w, "down");
    else
        open_write(w, scan, host);
}
