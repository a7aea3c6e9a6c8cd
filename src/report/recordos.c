// SPDX-License-Identifier: Apache-2.0
// An OS result as JSON, complete: what was concluded, from what, and all that the text forms are
// made of.
#include "model/explanation.h"
#include "model/result.h"
#include "report/osview.h"
#include "report/record.h"
#include "report/writer.h"

void record_os_status(struct json *j, const struct os_result *os)
{
    json_put_text(j, "status",
                  os->status == OS_TOO_MANY     ? SPAN("too_many")
                  : os->status == OS_NO_MATCHES ? SPAN("none")
                  : os->n_perfect > 0           ? SPAN("matched")
                                                : SPAN("guesses"));
}

static void class_keys(struct json *j, const struct os_class *c)
{
    json_put_text(j, "type", c->type);
    json_put_text(j, "vendor", c->vendor);
    json_put_text(j, "osfamily", c->family);
    json_put_text(j, "osgen", c->generation);
}

static void cpe_key(struct json *j, const struct os_class *c)
{
    json_key(j, "cpe");
    json_open(j, '[');
    for (uint32_t i = 0; i < c->n_cpe; i++)
        json_text(j, c->cpe[i]);
    json_close(j, ']');
}

static void accuracy_keys(struct json *j, double accuracy)
{
    json_key(j, "accuracy");
    json_percent(j, accuracy);
}

static void match_write(struct json *j, const struct os_match *m)
{
    json_open(j, '{');
    json_put_text(j, "name", m->name);
    accuracy_keys(j, m->accuracy);
    json_key(j, "share");
    json_share(j, m->accuracy);
    json_put_number(j, "line", m->line);
    json_some_text(j, "db", span_str(m->file));
    json_key(j, "classes");
    json_open(j, '[');
    for (uint32_t i = 0; i < m->n_classes; i++) {
        json_open(j, '{');
        class_keys(j, &m->classes[i]);
        cpe_key(j, &m->classes[i]);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_close(j, '}');
}

void record_os_matches(struct json *j, const struct os_match *matches, uint32_t n)
{
    json_key(j, "matches");
    json_open(j, '[');
    for (uint32_t i = 0; i < n; i++)
        match_write(j, &matches[i]);
    json_close(j, ']');
}

void record_os_classes(struct json *j, const struct os_result *os)
{
    json_key(j, "classes");
    json_open(j, '[');
    for (uint32_t i = 0; i < os->n_classes; i++) {
        const struct os_class_match *m = &os->classes[i];
        json_open(j, '{');
        class_keys(j, &m->cls);
        accuracy_keys(j, m->accuracy);
        cpe_key(j, &m->cls);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void class_shares(struct json *j, const struct os_result *os)
{
    json_key(j, "class_shares");
    json_open(j, '[');
    for (uint32_t i = 0; i < os->n_classes; i++)
        json_share(j, os->classes[i].accuracy);
    json_close(j, ']');
}

static void port_key(struct json *j, const char *key, int32_t port)
{
    if (port >= 0)
        json_put_number(j, key, (uint64_t)port);
}

static void used_key(struct json *j, const struct os_result *os)
{
    json_key(j, "portused");
    json_open(j, '{');
    port_key(j, "open_tcp", os->open_tcp);
    port_key(j, "closed_tcp", os->closed_tcp);
    port_key(j, "closed_udp", os->closed_udp);
    json_close(j, '}');
}

static void sequence_key(struct json *j, const struct os_result *os)
{
    const struct os_sequence *seq = &os->seq;
    if (seq->n == 0)
        return;
    json_key(j, "sequence");
    json_open(j, '{');
    if (seq->has_index) {
        json_put_number(j, "index", seq->index);
        json_put_text(j, "difficulty", span_str(osview_difficulty(os)));
    }
    if (osview_isn_class(os))
        json_put_text(j, "class", span_str(osview_isn_class(os)));
    if (!seq->lacks_ipid)
        json_put_text(j, "ipid_class", span_str(osview_ipid_class(os)));
    json_put_text(j, "ts_class",
                  seq->ts_class == TS_RANDOM ? SPAN("random offset for each connection")
                                             : span_str(osview_ts_class(seq->ts_class)));
    json_key(j, "samples");
    json_open(j, '[');
    for (uint32_t i = 0; i < seq->n && i < OS_SEQ_MAX; i++) {
        json_open(j, '{');
        json_put_number(j, "isn", seq->isn[i]);
        if (!seq->lacks_ipid)
            json_put_number(j, "ipid", seq->ipid[i]);
        json_put_number(j, "ts", seq->ts[i]);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_close(j, '}');
}

static void native_key(struct json *j, const struct os_native *n)
{
    if (span_is_absent(n->names))
        return;
    json_key(j, "native");
    json_open(j, '{');
    json_put_text(j, "names", n->names);
    json_put_number(j, "agreed", n->agreed);
    json_put_number(j, "compared", n->compared);
    json_put_number(j, "ruled_out", n->n_ruled_out);
    json_close(j, '}');
}

void record_os_projection(struct json *j, const struct os_projection *p)
{
    if (p->total == 0)
        return;
    json_key(j, "projection");
    json_open(j, '{');
    json_put_number(j, "compared", p->compared);
    json_put_number(j, "total", p->total);
    json_put_number(j, "tied", p->n_tied);
    json_some_text(j, "common", p->common);
    json_some_text(j, "why", p->why);
    json_some_text(j, "age", p->age);
    native_key(j, &p->native);
    json_close(j, '}');
}

static void twin_key(struct json *j, const struct os_twin *t)
{
    char text[IP_TEXT_MAX];
    if (!t->is_known)
        return;
    json_key(j, "twin");
    json_open(j, '{');
    json_put_text(j, "addr", span_str(ip_text(&t->addr, text)));
    json_some_bool(j, "same", t->is_same);
    json_some_bool(j, "by_name", t->is_by_name);
    json_put_number(j, "agreed", t->agreed);
    json_put_number(j, "compared", t->compared);
    json_close(j, '}');
}

void record_os_keys(struct json *j, const struct os_result *os)
{
    if (os->is_first)
        json_put_number(j, "generation", 1);
    record_os_status(j, os);
    record_os_matches(j, os->matches, os->n_matches);
    record_os_classes(j, os);
    json_some_text(j, "scan_line", os->scan_line);
    json_put_text(j, "fingerprint", os->lines);
    class_shares(j, os);
    json_put_number(j, "perfect", os->n_perfect);
    json_put_number(j, "perfect_classes", os->n_perfect_classes);
    json_some_bool(j, "unreliable", os->is_unreliable);
    json_some_text(j, "not_ideal", os->not_ideal);
    json_some_number(j, "tries", os->tries);
    json_some_number(j, "matched_try", os->matched_try);
    used_key(j, os);
    if (os->has_distance) {
        json_key(j, "distance");
        json_int(j, os->distance);
    }
    if (os->distance_kind)
        json_put_text(j, "distance_kind", span_of(&os->distance_kind, 1));
    sequence_key(j, os);
    if (os->seq.has_uptime) {
        json_key(j, "lastboot");
        json_int(j, os->seq.lastboot);
    }
    record_os_projection(j, &os->projection);
    twin_key(j, &os->twin);
    if (os->verdict)
        record_os_verdict(j, os->verdict);
    if (os->explanation)
        record_os_explanation(j, os->explanation);
}
