// SPDX-License-Identifier: Apache-2.0
// The list of report kinds and the way of one record: the kind prints it into the writer, the
// writer is flushed, the outcome is told. The kinds never see a failed write.
#include "report/report.h"

#include "model/host.h"
#include "report/normal.h"

const struct report *const report_kinds[] = {
    &report_screen, &report_normal, &report_xml, &report_grep, &report_json, &report_html, NULL,
};

void report_init(struct arena *run, struct report_out *out, const struct report *kind,
                 struct sink *sink)
{
    out->kind = kind;
    out->state = arena_alloc(run, kind->size);
    writer_init(&out->w, sink);
}

bool report_begin(struct report_out *out, const struct scan *scan)
{
    out->kind->begin(out, scan);
    return writer_flush(&out->w);
}

bool report_host(struct report_out *out, const struct scan *scan, const struct host *host)
{
    out->kind->host(out, scan, host);
    return writer_flush(&out->w);
}

bool report_note(struct report_out *out, const struct scan *scan, struct span text)
{
    out->kind->note(out, scan, text);
    return writer_flush(&out->w);
}

bool report_up(struct report_out *out, const struct scan *scan, const struct host *host)
{
    if (out->kind->up)
        out->kind->up(out, scan, host);
    return writer_flush(&out->w);
}

bool report_port(struct report_out *out, const struct scan *scan, const struct host *host,
                 const struct port *port)
{
    if (out->kind->port)
        out->kind->port(out, scan, host, port);
    return writer_flush(&out->w);
}

bool report_ports(struct report_out *out, const struct scan *scan, const struct host *decided)
{
    if (out->kind->ports)
        out->kind->ports(out, scan, decided);
    return writer_flush(&out->w);
}

bool report_service(struct report_out *out, const struct scan *scan, const struct host *host,
                    const struct port *port)
{
    if (out->kind->service)
        out->kind->service(out, scan, host, port);
    return writer_flush(&out->w);
}

bool report_evidence(struct report_out *out, const struct scan *scan, const struct host *host,
                     const struct evidence *e)
{
    if (out->kind->evidence)
        out->kind->evidence(out, scan, host, e);
    return writer_flush(&out->w);
}

bool report_phase(struct report_out *out, const struct scan *scan, const struct phase *phase,
                  int64_t now)
{
    if (out->kind->phase)
        out->kind->phase(out, scan, phase, now);
    return writer_flush(&out->w);
}

bool report_progress(struct report_out *out, const struct scan *scan, const struct progress *p,
                     int64_t now)
{
    if (out->kind->progress)
        out->kind->progress(out, scan, p, now);
    return writer_flush(&out->w);
}

bool report_end(struct report_out *out, const struct scan *scan)
{
    out->kind->end(out, scan);
    return writer_flush(&out->w);
}

bool report_saved(struct writer *w, const struct scan *scan, const struct host *host,
                  struct span where)
{
    writer_escaped(w, where);
    writer_str(w, ": ");
    if (host->addr.family != IP_NONE)
        host_write(w, host);
    else
        writer_escaped(w, span_is_absent(host->name) ? SPAN("unnamed host") : host->name);
    writer_str(w, "\n");
    osblock_write(w, scan, host);
    writer_str(w, "\n");
    return writer_flush(w);
}
