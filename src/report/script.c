// SPDX-License-Identifier: Apache-2.0
// Text that scripts have made of what hosts sent: every line is escaped by itself.
#include "report/script.h"

#include "model/host.h"
#include "model/scan.h"
#include "model/script.h"
#include "report/json.h"
#include "report/writer.h"
#include "report/xmltext.h"

static bool is_of(const struct script *s, const struct port *p)
{
    return p ? s->is_of_port && s->proto == p->proto && s->port == p->number : !s->is_of_port;
}

uint32_t scripts_of_host(const struct host *host)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < host->n_scripts; i++)
        n += is_of(&host->scripts[i], NULL);
    return n;
}

static struct span without_end(struct span s)
{
    while (s.len > 0 && (s.ptr[s.len - 1] == '\n' || s.ptr[s.len - 1] == ' '))
        s.len--;
    return s;
}

// "|_id: text", or "| id: text", "|   more", "|_  last".
static void script_write(struct writer *w, const struct script *s)
{
    struct span rest = without_end(s->output);
    bool is_first = true;
    do {
        const struct span line = span_cut(&rest, '\n');
        writer_str(w, span_is_absent(rest) ? "|_" : "| ");
        if (is_first) {
            writer_escaped(w, s->id);
            writer_str(w, ": ");
        }
        writer_escaped(w, line);
        writer_str(w, "\n");
        is_first = false;
    } while (!span_is_absent(rest));
}

void scripts_port_write(struct writer *w, const struct host *host, const struct port *p)
{
    for (uint32_t i = 0; i < host->n_scripts; i++)
        if (is_of(&host->scripts[i], p))
            script_write(w, &host->scripts[i]);
}

void scripts_host_write(struct writer *w, const struct host *host)
{
    if (scripts_of_host(host) == 0)
        return;
    writer_str(w, "\nHost script results:\n");
    for (uint32_t i = 0; i < host->n_scripts; i++)
        if (is_of(&host->scripts[i], NULL))
            script_write(w, &host->scripts[i]);
}

void scripts_scan_write(struct writer *w, const char *title, const struct script *list, uint32_t n)
{
    if (n == 0)
        return;
    writer_line(w, title);
    for (uint32_t i = 0; i < n; i++)
        script_write(w, &list[i]);
}

// Tables that are open and not above `depth`.
static uint32_t close_tables(struct writer *w, uint32_t n_open, uint32_t depth)
{
    for (; n_open > depth; n_open--)
        writer_line(w, "</table>");
    return n_open;
}

static void part_xml(struct writer *w, const struct script_part *p)
{
    writer_str(w, p->is_table ? "<table" : "<elem");
    xml_some(w, "key", p->key);
    writer_str(w, ">");
    if (p->is_table) {
        writer_str(w, "\n");
        return;
    }
    xml_text(w, span_is_absent(p->text) ? SPAN("") : p->text);
    writer_line(w, "</elem>");
}

static void script_xml(struct writer *w, const struct script *s)
{
    uint32_t n_open = 0;
    writer_str(w, "<script");
    xml_put(w, "id", s->id);
    xml_put(w, "output", span_is_absent(s->output) ? SPAN("") : s->output);
    writer_str(w, s->n_parts > 0 ? ">" : "/>");
    for (uint32_t i = 0; i < s->n_parts; i++) {
        const struct script_part *p = &s->parts[i];
        n_open = close_tables(w, n_open, p->depth);
        part_xml(w, p);
        n_open += p->is_table;
    }
    close_tables(w, n_open, 0);
    writer_str(w, s->n_parts > 0 ? "</script>" : "");
}

void scripts_xml_write(struct writer *w, const struct host *host, const struct port *p)
{
    for (uint32_t i = 0; i < host->n_scripts; i++)
        if (is_of(&host->scripts[i], p))
            script_xml(w, &host->scripts[i]);
}

void scripts_xml_scan(struct writer *w, const char *element, const struct script *list, uint32_t n)
{
    if (n == 0)
        return;
    writer_str(w, "<");
    writer_str(w, element);
    writer_str(w, ">");
    for (uint32_t i = 0; i < n; i++)
        script_xml(w, &list[i]);
    writer_str(w, "</");
    writer_str(w, element);
    writer_line(w, ">");
}

static void part_record(struct json *j, const struct script_part *p)
{
    json_open(j, '{');
    json_put_number(j, "depth", p->depth);
    json_some_bool(j, "table", p->is_table);
    json_some_text(j, "key", p->key);
    if (!p->is_table)
        json_put_text(j, "text", span_is_absent(p->text) ? SPAN("") : p->text);
    json_close(j, '}');
}

static void script_record(struct json *j, const struct script *s)
{
    json_open(j, '{');
    json_put_text(j, "id", s->id);
    if (s->is_of_port) {
        json_put_text(j, "protocol", span_str(proto_name((enum proto)s->proto)));
        json_put_number(j, "portid", s->port);
    }
    json_put_text(j, "output", span_is_absent(s->output) ? SPAN("") : s->output);
    if (s->n_parts > 0) {
        json_key(j, "parts");
        json_open(j, '[');
        for (uint32_t i = 0; i < s->n_parts; i++)
            part_record(j, &s->parts[i]);
        json_close(j, ']');
    }
    json_close(j, '}');
}

void scripts_key(struct json *j, const char *key, const struct script *list, uint32_t n)
{
    if (n == 0)
        return;
    json_key(j, key);
    json_open(j, '[');
    for (uint32_t i = 0; i < n; i++)
        script_record(j, &list[i]);
    json_close(j, ']');
}
