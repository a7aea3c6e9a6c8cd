// SPDX-License-Identifier: Apache-2.0
// One page that loads nothing: data/report.html, and behind it one table row for each host, written
// when the host is finished. The rows stand in a noscript element: without scripts they are the
// table; with scripts a browser keeps them as text, which is cheap, and the page makes its own
// table of the data in each row (htmlhost.c). So a file without an end, of a scan that was killed,
// shows every host that was finished.
#include "builtin/builtin.h"
#include "model/host.h"
#include "report/htmlhost.h"
#include "report/notshown.h"
#include "report/record.h"
#include "report/report.h"
#include "report/xmltext.h"

struct html {
    struct sink filter; // first: it gets a pointer to it
    struct writer *page;
    struct writer records;
};

// In JSON these stand in strings only. Written as escapes they can end neither an element nor an
// attribute, and are the same to who decodes entities and who does not.
static const char *escape_of(char c)
{
    return c == '<' ? "\\u003c" : c == '\'' ? "\\u0027" : c == '&' ? "\\u0026" : NULL;
}

static bool write_record(struct sink *self, struct span bytes)
{
    struct html *h = (struct html *)(void *)self;
    size_t from = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        const char *escape = escape_of(bytes.ptr[i]);
        if (!escape)
            continue;
        writer_bytes(h->page, span_head(span_from(bytes, from), i - from));
        writer_str(h->page, escape);
        from = i + 1;
    }
    writer_bytes(h->page, span_from(bytes, from));
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
    writer_bytes(h->page, builtin_report_html);
    open(h, &j, "begin");
    record_begin_keys(&j, scan);
    close(h, &j);
    writer_str(h->page, "<noscript id=\"data\"><table>\n"
                        "<tr><th>Address<th>Name<th>System<th>Open ports\n");
}

static void html_host(struct report_out *out, const struct scan *scan, const struct host *host)
{
    struct html *h = out->state;
    struct json j;
    if (!notshown_wants_host(scan, host))
        return;
    writer_str(h->page, "<tr data-h='");
    json_init(&j, &h->records);
    htmlhost_data(&j, scan, host);
    writer_flush(&h->records);
    writer_str(h->page, "'>");
    htmlhost_cells(h->page, scan, host);
    writer_str(h->page, "\n");
}

static void html_note(struct report_out *out, const struct scan *scan, struct span text)
{
    struct html *h = out->state;
    struct json j;
    (void)scan;
    writer_str(h->page, "<tr data-n='");
    json_init(&j, &h->records);
    json_text(&j, text);
    writer_flush(&h->records);
    writer_str(h->page, "'><td colspan=4>");
    xml_text(h->page, text);
    writer_str(h->page, "\n");
}

static void html_end(struct report_out *out, const struct scan *scan)
{
    struct html *h = out->state;
    struct json j;
    writer_str(h->page, "</table></noscript>\n");
    open(h, &j, "end");
    record_end_keys(&j, scan);
    close(h, &j);
    writer_str(h->page, "</body>\n</html>\n");
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
