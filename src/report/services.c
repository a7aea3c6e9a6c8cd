// SPDX-License-Identifier: Apache-2.0
// What the normal report tells of services beside the table (service-detection spec 4.4 to 4.6):
// why each is called so, the fingerprints of those that answered and could not be named, and
// what they tell about their host. Programs look for the beginnings of these lines.
#include "model/host.h"
#include "model/scan.h"
#include "report/normal.h"
#include "report/serviceview.h"
#include "report/writer.h"

enum {
    FINGERPRINTS_MAX = 9, // of one host
    WIDTH = 74,
};

static bool has_fingerprint(const struct service *s)
{
    return s->fingerprint.len > 0 && s->state != SERVICE_HARD;
}

// WIDTH bytes a line, "SF:" before all but the first; the final ';' is never alone on a line.
static void wrapped_write(struct writer *w, struct span text)
{
    const bool has_end = text.ptr[text.len - 1] == ';';
    struct span rest = span_head(text, has_end ? text.len - 1 : text.len);
    const struct span first = span_head(rest, WIDTH);
    writer_dotted(w, first);
    rest = span_from(rest, first.len);
    while (rest.len > 0) {
        const struct span line = span_head(rest, WIDTH - 3);
        writer_str(w, "\nSF:");
        writer_dotted(w, line);
        rest = span_from(rest, line.len);
    }
    writer_line(w, has_end ? ";" : "");
}

static void fingerprints_write(struct writer *w, const struct host *host)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < host->n_services; i++)
        n += n < FINGERPRINTS_MAX && has_fingerprint(&host->services[i]);
    if (n == 0)
        return;
    writer_dec(w, n);
    writer_line(w, n == 1 ? " service unrecognized despite returning data."
                          : " services unrecognized despite returning data.");
    uint32_t left = n;
    for (uint32_t i = 0; i < host->n_services && left > 0; i++) {
        if (!has_fingerprint(&host->services[i]))
            continue;
        if (n > 1)
            writer_line(w, "==============NEXT SERVICE FINGERPRINT (SUBMIT INDIVIDUALLY)"
                           "==============");
        wrapped_write(w, host->services[i].fingerprint);
        left--;
    }
}

static void rule_write(struct writer *w, const struct service *s)
{
    if (!span_is_absent(s->probe)) {
        writer_str(w, ", answer to ");
        writer_escaped(w, s->probe);
    }
    if (s->line == 0)
        return;
    writer_str(w, ", ");
    writer_escaped(w, span_is_absent(s->file) ? SPAN("line") : s->file);
    writer_str(w, ":");
    writer_dec(w, s->line);
    if (s->is_foreign && !span_is_absent(s->list)) {
        writer_str(w, " (a line of ");
        writer_escaped(w, s->list);
        writer_str(w, ")");
    }
}

static const char *state_text(const struct service *s)
{
    switch (s->state) {
    case SERVICE_HARD:
        return "a match line fits";
    case SERVICE_SOFT:
        return "only a softmatch line fits";
    case SERVICE_NOMATCH:
        return s->n_replies > 0 ? "it answered, no line fits" : "no answer";
    case SERVICE_TCPWRAPPED:
        return "closed without a word";
    case SERVICE_INCOMPLETE:
        return "could not be asked to the end";
    case SERVICE_EXCLUDED:
        return "left out by the Exclude line";
    case SERVICE_NOT_ASKED:
        break;
    }
    return "not asked";
}

static void why_write(struct writer *w, const struct service *s)
{
    writer_str(w, "Why ");
    writer_dec(w, s->port);
    writer_str(w, "/");
    writer_str(w, proto_name((enum proto)s->proto));
    writer_str(w, ": ");
    writer_str(w, state_text(s));
    rule_write(w, s);
    if (!span_is_absent(s->note)) {
        writer_str(w, "; ");
        writer_escaped(w, s->note);
    }
    if (s->connections > 0) {
        writer_str(w, "; ");
        writer_dec(w, s->elapsed_ms);
        writer_str(w, " ms, ");
        writer_dec(w, s->connections);
        writer_str(w, s->connections == 1 ? " connection" : " connections");
    }
    writer_str(w, "\n");
}

void services_write(struct writer *w, const struct scan *scan, const struct host *host)
{
    const bool explains = (scan->explains || scan->verbose >= 2) && !scan->is_from_xml;
    for (uint32_t i = 0; i < host->n_services && explains; i++) {
        if (host->services[i].state != SERVICE_NOT_ASKED)
            why_write(w, &host->services[i]);
    }
    fingerprints_write(w, host);
}

struct label {
    const char *one;
    const char *many;
};

static void list_write(struct writer *w, struct label label, const struct serviceview_list *list,
                       bool *has_part)
{
    if (list->n == 0)
        return;
    writer_str(w, *has_part ? "; " : "Service Info: ");
    writer_str(w, list->n == 1 ? label.one : label.many);
    for (uint32_t i = 0; i < list->n; i++) {
        writer_str(w, i == 0 ? ": " : ", ");
        writer_dotted(w, list->items[i]);
    }
    *has_part = true;
}

void service_info_write(struct writer *w, const struct host *host)
{
    struct serviceview_info v;
    bool has_part = false;
    serviceview_info(&v, host);
    list_write(w, (struct label){"Host", "Hosts"}, &v.hosts, &has_part);
    list_write(w, (struct label){"OS", "OSs"}, &v.oses, &has_part);
    list_write(w, (struct label){"Device", "Devices"}, &v.devices, &has_part);
    list_write(w, (struct label){"CPE", "CPE"}, &v.cpes, &has_part);
    if (has_part)
        writer_str(w, "\n");
}
