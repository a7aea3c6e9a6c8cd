// SPDX-License-Identifier: Apache-2.0
// <taskbegin>, <taskend> and <taskprogress> (output spec 4.3): phases as -v tells them, the state
// of the run as often as people are told it.
#include "model/progress.h"
#include "model/scan.h"
#include "report/report.h"
#include "report/xml.h"
#include "report/xmltext.h"

#define SECOND UINT64_C(1000000000)

static void extra_put(struct writer *w, const struct phase *phase)
{
    const uint64_t n_ports = phase->n_ports * phase->n_hosts;
    writer_str(w, " extrainfo=\"");
    writer_dec(w, phase->n_ports > 0 ? n_ports : phase->n_hosts);
    writer_str(w, phase->n_ports > 0 ? " total ports\"" : " total hosts\"");
}

void xml_phase(struct report_out *out, const struct scan *scan, const struct phase *phase,
               int64_t now)
{
    struct writer *w = &out->w;
    if (scan->verbose < 1)
        return;
    writer_str(w, phase->is_over ? "<taskend" : "<taskbegin");
    xml_put(w, "task", span_str(phase->name));
    xml_put_number(w, "time", now);
    if (phase->is_over)
        extra_put(w, phase);
    writer_line(w, "/>");
}

void xml_progress(struct report_out *out, const struct scan *scan, const struct progress *p,
                  int64_t now)
{
    const uint64_t left = p->remaining_ns / SECOND;
    struct writer *w = &out->w;
    (void)scan;
    if (p->n_phases == 0 || p->share < 0)
        return;
    writer_str(w, "<taskprogress");
    xml_put(w, "task", span_str(p->phase[0].name));
    xml_put_number(w, "time", now);
    writer_str(w, " percent=\"");
    writer_fixed(w, p->share < 0.9999 ? p->share * 100 : 99.99, 2);
    writer_str(w, "\"");
    if (p->remaining_ns < UINT64_MAX) {
        xml_put_number(w, "remaining", (int64_t)left);
        xml_put_number(w, "etc", now + (int64_t)left);
    }
    writer_line(w, "/>");
}
