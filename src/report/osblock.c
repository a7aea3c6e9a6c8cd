// SPDX-License-Identifier: Apache-2.0
// The OS block of a host (os-detection spec 7.2): warning, class block, verdict with or without
// a fingerprint, uptime, distance, sequence lines. Other programs look for the beginnings of
// these lines, so their words are fixed; what follows a verdict in brackets is ours.
#include "model/host.h"
#include "model/scan.h"
#include "report/explain.h"
#include "report/normal.h"
#include "report/osview.h"
#include "report/scanline.h"
#include "report/verdict.h"
#include "report/writer.h"

enum {
    SEQUENCE_MIN = 4, // samples for the TCP line
    IPID_MIN = 3,     // samples for the IP ID line
};

static void percent_write(struct writer *w, double accuracy)
{
    writer_str(w, " (");
    writer_dec(w, osview_percent(accuracy));
    writer_str(w, "%)");
}

static void list_write(struct writer *w, const char *head, const struct span *list, uint32_t n,
                       const char *between)
{
    for (uint32_t i = 0; i < n; i++) {
        writer_str(w, i == 0 ? head : between);
        writer_escaped(w, list[i]);
    }
    if (n > 0)
        writer_str(w, "\n");
}

static void family_write(struct writer *w, const struct osview_family *f)
{
    writer_escaped(w, buf_span(&f->name));
    if (buf_len(&f->generations) > 0) {
        writer_str(w, " ");
        writer_escaped(w, buf_span(&f->generations));
    }
    if (f->is_guess)
        percent_write(w, f->accuracy);
}

static void classes_write(struct writer *w, const struct osview_classes *v)
{
    if (v->n_families == 0)
        return;
    list_write(w, "Device type: ", v->types, v->n_types, "|");
    writer_str(w, v->is_guess ? "Running (JUST GUESSING): " : "Running: ");
    for (uint32_t i = 0; i < v->n_families; i++) {
        if (i > 0)
            writer_str(w, ", ");
        family_write(w, &v->families[i]);
    }
    writer_str(w, "\n");
    list_write(w, "OS CPE: ", v->cpes, v->n_cpes, " ");
}

static void names_write(struct writer *w, bool are_guesses, const struct os_result *os, uint32_t n)
{
    writer_str(w, are_guesses ? "Aggressive OS guesses: " : "OS details: ");
    writer_paint(w, are_guesses ? "33" : "1;36");
    for (uint32_t i = 0; i < n; i++) {
        writer_str(w, i == 0 ? "" : ", ");
        writer_escaped(w, os->matches[i].name);
        if (are_guesses)
            percent_write(w, os->matches[i].accuracy);
    }
    writer_plain(w);
    writer_str(w, "\n");
}

static void reason_write(struct writer *w, const struct os_result *os)
{
    writer_str(w, "OS fingerprint not ideal because: ");
    writer_escaped(w, os->not_ideal);
    writer_str(w, "\n");
}

static void verdict_write(struct writer *w, const struct osview *v, const struct os_result *os)
{
    const char *tail =
        span_is_absent(os->not_ideal) ? "for host." : "for host (test conditions non-ideal).";
    if (v->shows_reason && os->not_ideal.len > 0)
        reason_write(w, os);
    if (v->shows_guesses)
        names_write(w, true, os, v->n_names);
    switch (v->verdict) {
    case OSVIEW_DETAILS:
        names_write(w, false, os, v->n_names);
        break;
    case OSVIEW_GUESSES:
        writer_str(w, "No exact OS matches ");
        writer_line(w, tail);
        break;
    case OSVIEW_NONE:
        writer_str(w, "No OS matches ");
        writer_line(w, tail);
        break;
    case OSVIEW_TOO_MANY:
        writer_line(w, "Too many fingerprints match this host to give specific OS details");
        break;
    }
}

static void fingerprint_write(struct writer *w, const struct scan *scan, const struct host *host,
                              const struct osview *v)
{
    if (!v->has_fingerprint)
        return;
    writer_line(w, "TCP/IP fingerprint:");
    if (v->is_wrapped)
        fingerprint_wrapped(w, scan, host, v->is_good);
    else
        fingerprint_plain(w, scan, host, v->is_good);
    writer_str(w, "\n");
}

static void native_write(struct writer *w, const struct os_native *n)
{
    if (span_is_absent(n->names))
        return;
    writer_str(w, "IPv6 behavior: ");
    writer_str(w, n->agreed == n->compared ? "as " : "nearest to ");
    writer_escaped(w, n->names);
    writer_str(w, " (");
    writer_dec(w, n->agreed);
    writer_str(w, " of ");
    writer_dec(w, n->compared);
    writer_str(w, " attributes)");
    if (n->n_ruled_out > 0) {
        writer_str(w, "; rules out ");
        writer_dec(w, n->n_ruled_out);
        writer_str(w, n->n_ruled_out == 1 ? " reference" : " references");
    }
    writer_str(w, "\n");
}

static void projection_write(struct writer *w, const struct os_projection *p, bool is_first)
{
    if (p->total == 0)
        return;
    if (!span_is_absent(p->why)) {
        writer_str(w, "Nothing is named: ");
        writer_escaped(w, p->why);
        writer_str(w, "\n");
    }
    if (!span_is_absent(p->common)) {
        writer_str(w, "Common to the ");
        writer_dec(w, p->n_tied);
        writer_str(w, " best: ");
        writer_escaped(w, p->common);
        writer_str(w, "\n");
    }
    writer_str(w, "OS compared by ");
    writer_dec(w, p->compared);
    writer_str(w, " of ");
    writer_dec(w, p->total);
    writer_str(w, is_first ? " attributes" : " points, IPv4 references projected");
    if (!span_is_absent(p->age)) {
        writer_str(w, "; ");
        writer_escaped(w, p->age);
    }
    writer_str(w, "\n");
    native_write(w, &p->native);
}

static void twin_write(struct writer *w, const struct os_twin *t)
{
    char text[IP_TEXT_MAX];
    if (!t->is_known)
        return;
    writer_str(w, t->is_same      ? "Same system as "
                  : t->is_by_name ? "Different systems behind this name: not as "
                                  : "Different systems behind this link address: not as ");
    writer_str(w, ip_text(&t->addr, text));
    writer_str(w, " (");
    writer_dec(w, t->agreed);
    writer_str(w, " of ");
    writer_dec(w, t->compared);
    writer_line(w, " attributes agree)");
}

static void uptime_write(struct writer *w, const struct host *host)
{
    const struct os_sequence *seq = &host->os->seq;
    if (seq->ts_class == TS_RANDOM) {
        writer_line(w, "TCP timestamps: a random offset for each connection (no uptime readable)");
        return;
    }
    if (!seq->has_uptime)
        return;
    const int64_t age = host->ended > seq->lastboot ? host->ended - seq->lastboot : 0;
    writer_str(w, "Uptime guess: ");
    writer_fixed(w, (double)age / 86400.0, 3);
    writer_str(w, " days (since ");
    time_write(w, "%a %b %e %H:%M:%S %Y", seq->lastboot);
    writer_str(w, ")\n");
}

static void distance_write(struct writer *w, const struct os_result *os)
{
    if (!os->has_distance)
        return;
    writer_str(w, "Network Distance: ");
    writer_int(w, os->distance);
    writer_line(w, os->distance == 1 ? " hop" : " hops");
}

static void sequence_write(struct writer *w, const struct os_result *os)
{
    if (os->seq.has_index && os->seq.n >= SEQUENCE_MIN) {
        writer_str(w, "TCP Sequence Prediction: Difficulty=");
        writer_dec(w, os->seq.index);
        writer_str(w, " (");
        writer_str(w, osview_difficulty(os));
        writer_str(w, ")\n");
    }
    if (os->seq.n >= IPID_MIN && !os->seq.lacks_ipid) {
        writer_str(w, "IP ID Sequence Generation: ");
        writer_line(w, osview_ipid_class(os));
    }
}

void osblock_write(struct writer *w, const struct scan *scan, const struct host *host)
{
    const struct os_result *os = host->os;
    struct osview v;
    osview_of(&v, scan, os);
    if (v.is_unreliable)
        writer_line(w, "Warning: OSScan results may be unreliable because we could not find at "
                       "least 1 open and 1 closed port");
    classes_write(w, &v.classes);
    verdict_write(w, &v, os);
    projection_write(w, &os->projection, os->is_first);
    twin_write(w, &os->twin);
    if (os->verdict)
        verdict_line(w, os->verdict);
    fingerprint_write(w, scan, host, &v);
    if (scan->verbose >= 1)
        uptime_write(w, host);
    distance_write(w, os);
    if (scan->verbose >= 1)
        sequence_write(w, os);
    if (os->explanation)
        explain_write(w, os->explanation);
    if (os->verdict && scan->explains)
        verdict_explain_write(w, os->verdict);
}
