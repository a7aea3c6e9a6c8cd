// SPDX-License-Identifier: Apache-2.0
// One page that loads nothing: data/report.html, and behind it the records of doc/whorl-json.md,
// each in a script element of a type that no browser runs. The page lays them out itself, so a
// file without an end, of a scan that was killed, shows every host that was finished. Answers of
// services are left out: they are in the JSON lines.
#include "builtin/builtin.h"
#include "model/host.h"
#include "report/notshown.h"
#include "report/record.h"
#include "report/report.h"

struct html {
    struct sink filter; // first: it gets a pointer to it
    struct writer *page;
    struct writer records;
    struct arena scratch;
};

// In JSON "<" stands in strings only; written as an escape it cannot end the element.
static bool write_record(struct sink *self, struct span bytes)
{
    struct html *h = (struct html *)(void *)self;
    while (bytes.len > 0) {
        const size_t n = span_find(bytes, '<');
        writer_bytes(h->page, span_head(bytes, n));
        if (n < bytes.len)
            writer_str(h->page, "\\u003c");
        bytes = span_from(bytes, n + 1);
    }
    return true;
}

static void open(struct html *h, struct json *j, const char *type)
{
    writer_str(h->page, "<script type=\"application/json\">");
    json_init(j, &h->records);
    json_open(j, '{');
    json_put_text(j, "type", span_str(type));
}

static void close(struct html *h, struct json *j)
{
    json_close(j, '}');
    writer_flush(&h->records);
    writer_str(h->page, "</script>\n");
}

static void html_begin(struct report_out *out, const struct scan *scan)
{
    struct html *h = out->state;
    struct json j;
    h->filter.write = write_record;
    h->page = &out->w;
    writer_init(&h->records, &h->filter);
    arena_init(&h->scratch, "a host");
    writer_bytes(h->page, builtin_report_html);
    open(h, &j, "begin");
    record_begin_keys(&j, scan);
    close(h, &j);
}

static void html_host(struct report_out *out, const struct scan *scan, const struct host *host)
{
    struct html *h = out->state;
    struct json j;
    if (!notshown_wants_host(scan, host))
        return;
    const struct arena_mark mark = arena_mark(&h->scratch);
    struct service *services = arena_array(&h->scratch, host->n_services, sizeof *services);
    struct host without = *host;
    for (uint32_t i = 0; i < host->n_services; i++) {
        services[i] = host->services[i];
        services[i].n_replies = 0;
    }
    without.services = services;
    open(h, &j, "host");
    record_host_keys(&j, scan, &without);
    close(h, &j);
    arena_rewind(&h->scratch, mark);
}

static void html_note(struct report_out *out, const struct scan *scan, struct span text)
{
    (void)out;
    (void)scan;
    (void)text;
}

static void html_end(struct report_out *out, const struct scan *scan)
{
    struct html *h = out->state;
    struct json j;
    open(h, &j, "end");
    record_end_keys(&j, scan);
    close(h, &j);
    writer_str(h->page, "</body>\n</html>\n");
    arena_fini(&h->scratch);
}

const struct report report_html = {
    .name = "html",
    .option = "html",
    .extension = "html",
    .size = sizeof(struct html),
    .begin = html_begin,
    .host = html_host,
    .note = html_note,
    .end = html_end,
};
