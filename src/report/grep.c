// SPDX-License-Identifier: Apache-2.0
// The grepable report (output spec 5): a line for each fact, fields between tabs. It tells less
// than the other kinds and is kept as it is because so many scripts read it.
#include "base/buf.h"
#include "base/text.h"
#include "model/host.h"
#include "model/scan.h"
#include "report/normal.h"
#include "report/notshown.h"
#include "report/osview.h"
#include "report/report.h"
#include "report/serviceview.h"

enum {
    CELL_MAX = SERVICEVIEW_VERSION_MAX + 1,
    SEQUENCE_MIN = 4, // samples for "Seq Index"
    IPID_MIN = 3,     // and for "IP ID Seq"
};

static void scanned_write(struct writer *w, const struct scan *scan, enum proto proto,
                          const char *name)
{
    const struct scan_ports *kind = NULL;
    for (uint32_t i = 0; i < scan->n_kinds; i++) {
        if (scan->kinds[i].proto == proto)
            kind = &scan->kinds[i];
    }
    writer_str(w, " ");
    writer_str(w, name);
    writer_str(w, "(");
    writer_dec(w, kind ? kind->n_ports : 0);
    writer_str(w, ";");
    if (kind)
        writer_escaped(w, kind->ports);
    writer_str(w, ")");
}

static void grep_begin(struct report_out *out, const struct scan *scan)
{
    first_line_write(&out->w, scan);
    if (scan->verbose < 1)
        return;
    writer_str(&out->w, "# Ports scanned:");
    scanned_write(&out->w, scan, PROTO_TCP, "TCP");
    scanned_write(&out->w, scan, PROTO_UDP, "UDP");
    scanned_write(&out->w, scan, PROTO_SCTP, "SCTP");
    scanned_write(&out->w, scan, PROTO_IP, "PROTOCOLS");
    writer_line(&out->w, "");
}

static void host_field(struct writer *w, const struct host *host)
{
    writer_str(w, "Host: ");
    writer_ip(w, &host->addr);
    writer_str(w, " (");
    if (!span_is_absent(host->ptr_name))
        writer_escaped(w, host->ptr_name);
    writer_str(w, ")\t");
}

static void status_line(struct writer *w, const struct host *host, const char *status)
{
    host_field(w, host);
    writer_str(w, "Status: ");
    writer_line(w, status);
}

// Slashes separate the parts of an item.
static void part_write(struct writer *w, struct span s)
{
    while (!span_is_absent(s)) {
        writer_dotted(w, span_cut(&s, '/'));
        if (!span_is_absent(s))
            writer_str(w, "|");
    }
}

static void name_write(struct writer *w, const struct serviceview *v)
{
    const bool is_nameless = span_is_absent(v->name);
    const bool has_words = v->service && v->service->fingerprint.len > 0;
    if (is_nameless && !v->has_tunnel && !has_words)
        return;
    writer_str(w, v->has_tunnel ? "ssl|" : "");
    part_write(w, is_nameless ? SPAN("unknown") : v->name);
    writer_str(w, v->is_doubtful ? "?" : "");
}

static void item_write(struct writer *w, const struct scan *scan, const struct host *host,
                       const struct port *p)
{
    struct serviceview v;
    uint8_t mem[CELL_MAX];
    struct buf b;
    serviceview_of(&v, scan, host, p);
    writer_dec(w, p->number);
    writer_str(w, "/");
    writer_str(w, port_state_name((enum port_state)p->state));
    writer_str(w, "/");
    if (p->proto == PROTO_IP) {
        name_write(w, &v);
        writer_str(w, "/");
        return;
    }
    writer_str(w, proto_name((enum proto)p->proto));
    writer_str(w, "//");
    name_write(w, &v);
    writer_str(w, "//");
    buf_init(&b, mem, sizeof mem);
    if (scan->does_services)
        serviceview_version(&b, v.service);
    part_write(w, buf_span(&b));
    writer_str(w, "/");
}

static void ports_field(struct writer *w, const struct scan *scan, const struct host *host)
{
    struct notshown v;
    bool has_item = false;
    notshown_of(&v, scan, host);
    writer_str(w, host->ports[0].proto == PROTO_IP ? "Protocols: " : "Ports: ");
    for (uint32_t i = 0; i < host->n_ports; i++) {
        const struct port *p = &host->ports[i];
        if (p->state == PORT_UNKNOWN || v.is_hidden[p->state])
            continue;
        writer_str(w, has_item ? ", " : "");
        item_write(w, scan, host, p);
        has_item = true;
    }
    if (v.n_groups != 1)
        return;
    writer_str(w, "\tIgnored State: ");
    writer_str(w, port_state_name(v.groups[0].state));
    writer_str(w, " (");
    writer_dec(w, v.groups[0].n);
    writer_str(w, ")");
}

static void twin_field(struct writer *w, const struct os_twin *t)
{
    if (!t->is_known)
        return;
    writer_str(w, t->is_same ? "\tSame System: " : "\tOther System: ");
    writer_ip(w, &t->addr);
}

static void os_fields(struct writer *w, const struct scan *scan, const struct os_result *os)
{
    struct osview v;
    osview_of(&v, scan, os);
    for (uint32_t i = 0; v.verdict == OSVIEW_DETAILS && i < v.n_names; i++) {
        writer_str(w, i == 0 ? "\tOS: " : "|");
        part_write(w, os->matches[i].name);
    }
    if (os->seq.has_index && os->seq.n >= SEQUENCE_MIN) {
        writer_str(w, "\tSeq Index: ");
        writer_dec(w, os->seq.index);
    }
    if (os->seq.n >= IPID_MIN && !os->seq.lacks_ipid) {
        writer_str(w, "\tIP ID Seq: ");
        writer_str(w, osview_ipid_class(os));
    }
    twin_field(w, &os->twin);
}

static void live_write(struct writer *w, const struct scan *scan, const struct host *host)
{
    status_line(w, host, "Up");
    if (host->has_ports && host->n_ports > 0) {
        host_field(w, host);
        ports_field(w, scan, host);
        if (host->os)
            os_fields(w, scan, host->os);
        writer_str(w, "\n");
    }
    if (host->is_cut_short)
        status_line(w, host, "Timeout");
}

static void grep_host(struct report_out *out, const struct scan *scan, const struct host *host)
{
    if (!notshown_wants_host(scan, host))
        return;
    if (host->state == HOST_UP)
        live_write(&out->w, scan, host);
    else if (host->state == HOST_DOWN && scan->verbose > 0)
        status_line(&out->w, host, "Down");
    else if (host->state == HOST_UNKNOWN)
        status_line(&out->w, host, "Unknown");
}

// Its readers pass over comments.
static void grep_note(struct report_out *out, const struct scan *scan, struct span text)
{
    (void)scan;
    writer_str(&out->w, "# ");
    writer_escaped(&out->w, text);
    writer_str(&out->w, "\n");
}

static void grep_end(struct report_out *out, const struct scan *scan)
{
    interrupted_write(&out->w, scan);
    last_line_write(&out->w, scan);
}

const struct report report_grep = {
    .name = "grepable",
    .option = "-oG",
    .extension = "gnmap",
    .size = 0,
    .begin = grep_begin,
    .host = grep_host,
    .note = grep_note,
    .end = grep_end,
};
