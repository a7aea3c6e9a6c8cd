// SPDX-License-Identifier: Apache-2.0
// <os> and the elements behind it (output spec 4.3): the same decisions as in the normal report,
// but guesses always, also where the text keeps quiet about them.
#include "base/buf.h"
#include "model/host.h"
#include "model/scan.h"
#include "report/normal.h"
#include "report/osview.h"
#include "report/scanline.h"
#include "report/xml.h"
#include "report/xmltext.h"

enum {
    SEQUENCE_MIN = 4, // samples for <tcpsequence>
    VALUES_MIN = 3,   // and for the other two
};

static void used_write(struct writer *w, const char *state, const char *proto, int32_t port)
{
    if (port < 0)
        return;
    writer_str(w, "<portused");
    xml_put(w, "state", span_str(state));
    xml_put(w, "proto", span_str(proto));
    xml_put_number(w, "portid", port);
    writer_line(w, "/>");
}

static void class_write(struct writer *w, const struct os_class *c, double accuracy)
{
    writer_str(w, "<osclass");
    if (c->type.len > 0)
        xml_put(w, "type", c->type);
    xml_put(w, "vendor", c->vendor);
    xml_put(w, "osfamily", c->family);
    if (c->generation.len > 0)
        xml_put(w, "osgen", c->generation);
    xml_put_number(w, "accuracy", osview_percent(accuracy));
    writer_str(w, c->n_cpe > 0 ? ">" : "/>");
    for (uint32_t i = 0; i < c->n_cpe; i++) {
        writer_str(w, "<cpe>");
        xml_text(w, c->cpe[i]);
        writer_str(w, "</cpe>");
    }
    writer_line(w, c->n_cpe > 0 ? "</osclass>" : "");
}

static void match_write(struct writer *w, const struct os_match *m)
{
    writer_str(w, "<osmatch");
    xml_put(w, "name", m->name);
    xml_put_number(w, "accuracy", osview_percent(m->accuracy));
    xml_put_number(w, "line", m->line);
    writer_line(w, ">");
    for (uint32_t i = 0; i < m->n_classes; i++)
        class_write(w, &m->classes[i], m->accuracy);
    writer_line(w, "</osmatch>");
}

static void fingerprint_write(struct writer *w, const struct scan *scan, const struct host *host,
                              const struct osview *v)
{
    struct xml_sink sink;
    struct writer inner;
    if (!v->has_fingerprint)
        return;
    writer_str(w, "<osfingerprint fingerprint=\"");
    xml_sink_init(&sink, w);
    writer_init(&inner, &sink.sink);
    if (v->is_wrapped)
        fingerprint_wrapped(&inner, scan, host, v->is_good);
    else
        fingerprint_plain(&inner, scan, host, v->is_good);
    (void)writer_flush(&inner);
    writer_line(w, "\"/>");
}

static void uptime_write(struct writer *w, const struct host *host)
{
    const int64_t lastboot = host->os->seq.lastboot;
    if (!host->os->seq.has_uptime || host->os->seq.ts_class == TS_RANDOM)
        return;
    writer_str(w, "<uptime");
    xml_put_number(w, "seconds", host->ended > lastboot ? host->ended - lastboot : 0);
    writer_str(w, " lastboot=\"");
    date_write(w, lastboot);
    writer_line(w, "\"/>");
}

static void values_write(struct writer *w, const uint32_t *values, uint32_t n)
{
    writer_str(w, " values=\"");
    for (uint32_t i = 0; i < n && i < OS_SEQ_MAX; i++) {
        writer_str(w, i > 0 ? "," : "");
        writer_hex(w, values[i]);
    }
    writer_str(w, "\"");
}

static void isn_write(struct writer *w, const struct os_result *os)
{
    const struct os_sequence *seq = &os->seq;
    if (!seq->has_index || seq->n < SEQUENCE_MIN)
        return;
    writer_str(w, "<tcpsequence");
    xml_put_number(w, "index", seq->index);
    if (osview_isn_class(os))
        xml_put(w, "class", span_str(osview_isn_class(os)));
    xml_put(w, "difficulty", span_str(osview_difficulty(os)));
    values_write(w, seq->isn, seq->n);
    writer_line(w, "/>");
}

static void ipid_write(struct writer *w, const struct os_result *os)
{
    uint32_t values[OS_SEQ_MAX];
    for (uint32_t i = 0; i < OS_SEQ_MAX; i++)
        values[i] = os->seq.ipid[i];
    writer_str(w, "<ipidsequence");
    xml_put(w, "class", span_str(osview_ipid_class(os)));
    values_write(w, values, os->seq.n);
    writer_line(w, "/>");
}

static void timestamps_write(struct writer *w, const struct os_sequence *seq)
{
    writer_str(w, "<tcptssequence");
    xml_put(w, "class", span_str(osview_ts_class(seq->ts_class)));
    if (seq->ts_class != TS_UNSUPPORTED)
        values_write(w, seq->ts, seq->n);
    writer_line(w, "/>");
}

static void native_write(struct writer *w, const struct os_native *n)
{
    if (span_is_absent(n->names))
        return;
    writer_str(w, "; IPv6 behavior: ");
    xml_text(w, n->names);
    writer_str(w, ", ");
    writer_dec(w, n->agreed);
    writer_str(w, " of ");
    writer_dec(w, n->compared);
    writer_str(w, " attributes, ");
    writer_dec(w, n->n_ruled_out);
    writer_str(w, " ruled out");
}

// The document type has no element for it, and importers stop at some that they do not know.
static void projection_write(struct writer *w, const struct os_projection *p, bool is_first)
{
    if (p->total == 0)
        return;
    writer_str(w, "<!-- OS compared by ");
    writer_dec(w, p->compared);
    writer_str(w, " of ");
    writer_dec(w, p->total);
    writer_str(w, is_first ? " attributes" : " points, IPv4 references projected");
    if (!span_is_absent(p->age)) {
        writer_str(w, "; ");
        xml_text(w, p->age);
    }
    if (!span_is_absent(p->common)) {
        writer_str(w, "; common to the ");
        writer_dec(w, p->n_tied);
        writer_str(w, " best: ");
        xml_text(w, p->common);
    }
    if (!span_is_absent(p->why)) {
        writer_str(w, "; nothing is named: ");
        xml_text(w, p->why);
    }
    native_write(w, &p->native);
    writer_line(w, " -->");
}

static void twin_write(struct writer *w, const struct os_twin *t)
{
    char text[IP_TEXT_MAX];
    if (!t->is_known)
        return;
    writer_str(w, t->is_same ? "<!-- same system as " : "<!-- not the same system as ");
    writer_str(w, ip_text(&t->addr, text));
    writer_str(w, ": ");
    writer_dec(w, t->agreed);
    writer_str(w, " of ");
    writer_dec(w, t->compared);
    writer_line(w, " attributes agree -->");
}

void xml_os_write(struct writer *w, const struct scan *scan, const struct host *host)
{
    const struct os_result *os = host->os;
    struct osview v;
    osview_of(&v, scan, os);
    writer_str(w, "<os>");
    used_write(w, "open", "tcp", os->open_tcp);
    used_write(w, "closed", "tcp", os->closed_tcp);
    used_write(w, "closed", "udp", os->closed_udp);
    for (uint32_t i = 0; i < v.n_names; i++)
        match_write(w, &os->matches[i]);
    fingerprint_write(w, scan, host, &v);
    writer_line(w, "</os>");
    projection_write(w, &os->projection, os->is_first);
    twin_write(w, &os->twin);
    uptime_write(w, host);
    if (os->has_distance) {
        writer_str(w, "<distance");
        xml_put_number(w, "value", os->distance);
        writer_line(w, "/>");
    }
    isn_write(w, os);
    if (os->seq.n >= VALUES_MIN) {
        if (!os->seq.lacks_ipid)
            ipid_write(w, os);
        timestamps_write(w, &os->seq);
    }
}
