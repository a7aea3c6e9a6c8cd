// SPDX-License-Identifier: Apache-2.0
// The ports of a host: what is not shown, and the table of the rest (output spec 2.3 parts 7, 8
// and 10, 2.4, 2.5). The table is walked twice, to measure and to print, so that it needs no
// memory whatever the number of ports.
#include "base/text.h"
#include "model/host.h"
#include "model/scan.h"
#include "report/normal.h"
#include "report/notshown.h"
#include "report/script.h"
#include "report/serviceview.h"
#include "report/table.h"
#include "report/writer.h"

enum {
    COLUMNS_MAX = 5,
    STATE_COLUMN = 1,
    CELL_SERVICE_MAX = 4 * 127 + 8, // names have up to 127 bytes, escaped; "ssl/" and "?"
    ROW_TEXT_MAX = CELL_SERVICE_MAX + SERVICEVIEW_VERSION_MAX + 256,
};

_Static_assert((size_t)COLUMNS_MAX <= (size_t)TABLE_COLUMNS_MAX, "the table is too narrow");

struct row {
    size_t n;
    struct span cells[COLUMNS_MAX];
    uint8_t text[ROW_TEXT_MAX];
    struct buf b; // in text
};

// What was put behind `start` is the next cell.
static void cell_end(struct row *row, size_t start)
{
    row->cells[row->n++] = span_from(buf_span(&row->b), start);
}

static void port_cell(struct row *row, const struct port *p)
{
    const size_t start = buf_len(&row->b);
    buf_dec(&row->b, p->number);
    if (p->proto != PROTO_IP) {
        buf_char(&row->b, '/');
        buf_str(&row->b, proto_name((enum proto)p->proto));
    }
    cell_end(row, start);
}

static void service_cell(struct row *row, const struct serviceview *v)
{
    const size_t start = buf_len(&row->b);
    buf_str(&row->b, v->has_tunnel ? "ssl/" : "");
    text_escape(&row->b, span_is_absent(v->name) ? SPAN("unknown") : span_head(v->name, 127));
    buf_str(&row->b, v->is_doubtful ? "?" : "");
    cell_end(row, start);
}

static void reason_cell(struct row *row, const struct host *host, const struct port *p)
{
    const size_t start = buf_len(&row->b);
    buf_str(&row->b, reason_name((enum reason)p->reason));
    if (p->from > 0 && p->from <= host->n_from) {
        buf_str(&row->b, " from ");
        ip_print(&row->b, &host->from[p->from - 1]);
    }
    if (p->ttl > 0) {
        buf_str(&row->b, " ttl ");
        buf_dec(&row->b, p->ttl);
    }
    cell_end(row, start);
}

static void row_of(struct row *row, const struct scan *scan, const struct host *host,
                   const struct port *p)
{
    struct serviceview v;
    serviceview_of(&v, scan, host, p);
    row->n = 0;
    buf_init(&row->b, row->text, sizeof row->text);
    port_cell(row, p);
    row->cells[row->n++] = span_str(port_state_name((enum port_state)p->state));
    service_cell(row, &v);
    if (scan->show_reasons)
        reason_cell(row, host, p);
    if (scan->does_services) {
        const size_t start = buf_len(&row->b);
        serviceview_version(&row->b, v.service);
        cell_end(row, start);
    }
}

static void header_of(struct row *row, const struct scan *scan, const struct host *host)
{
    const bool is_ip = host->ports[0].proto == PROTO_IP;
    row->n = 0;
    row->cells[row->n++] = is_ip ? SPAN("PROTOCOL") : SPAN("PORT");
    row->cells[row->n++] = SPAN("STATE");
    row->cells[row->n++] = SPAN("SERVICE");
    if (scan->show_reasons)
        row->cells[row->n++] = SPAN("REASON");
    if (scan->does_services)
        row->cells[row->n++] = SPAN("VERSION");
}

static bool is_shown(const struct notshown *v, const struct port *p)
{
    return p->state != PORT_UNKNOWN && !v->is_hidden[p->state];
}

static const char *state_paint(enum port_state s)
{
    static const char *const colors[PORT_STATE_COUNT] = {
        [PORT_OPEN] = "1;32",   [PORT_CLOSED] = "31",        [PORT_UNFILTERED] = "36",
        [PORT_FILTERED] = "33", [PORT_OPEN_FILTERED] = "33", [PORT_CLOSED_FILTERED] = "33",
    };
    return colors[s];
}

static void table_write(struct writer *w, const struct scan *scan, const struct host *host,
                        const struct notshown *v)
{
    struct table t;
    struct row header;
    struct row row;
    if (v->n_shown == 0)
        return;
    header_of(&header, scan, host);
    table_init(&t, header.n);
    table_measure(&t, header.cells);
    for (uint32_t i = 0; i < host->n_ports; i++) {
        if (!is_shown(v, &host->ports[i]))
            continue;
        row_of(&row, scan, host, &host->ports[i]);
        table_measure(&t, row.cells);
    }
    table_print(&t, w, header.cells);
    for (uint32_t i = 0; i < host->n_ports; i++) {
        if (!is_shown(v, &host->ports[i]))
            continue;
        row_of(&row, scan, host, &host->ports[i]);
        t.paint[STATE_COLUMN] = state_paint((enum port_state)host->ports[i].state);
        table_print(&t, w, row.cells);
        scripts_port_write(w, host, &host->ports[i]);
    }
}

static void group_write(struct writer *w, const struct notshown_group *g)
{
    for (uint32_t i = 0; i < g->n_items; i++) {
        const struct notshown_item *item = &g->items[i];
        if (i > 0)
            writer_str(w, ", ");
        writer_dec(w, item->n);
        writer_str(w, " ");
        writer_str(w, port_state_name(g->state));
        writer_str(w, " ");
        writer_str(w, proto_name(item->proto));
        writer_str(w, item->proto == PROTO_IP ? " protocol" : " port");
        writer_str(w, g->n == 1 ? " (" : "s (");
        writer_str(w, reason_name(item->reason));
        writer_str(w, ")");
    }
}

static void notshown_write(struct writer *w, const struct notshown *v)
{
    for (uint32_t i = 0; i < v->n_groups; i++) {
        writer_str(w, i == 0 ? "Not shown: " : ", ");
        group_write(w, &v->groups[i]);
    }
    writer_str(w, "\n");
}

static void all_ignored_write(struct writer *w, const struct host *host, uint32_t n)
{
    writer_str(w, "All ");
    writer_dec(w, n);
    writer_str(w, " scanned ports on ");
    host_write(w, host);
    writer_line(w, " are in ignored states.");
}

static void undecided_write(struct writer *w, uint32_t n)
{
    writer_str(w, "Not decided: ");
    writer_dec(w, n);
    writer_line(w, n == 1 ? " port" : " ports");
}

void ports_write(struct writer *w, const struct scan *scan, const struct host *host)
{
    struct notshown v;
    notshown_of(&v, scan, host);
    if (v.n_undecided > 0)
        undecided_write(w, v.n_undecided);
    if (v.n_shown == 0 && v.n_hidden > 0)
        all_ignored_write(w, host, v.n_hidden);
    notshown_write(w, &v);
    if (scan->defeats_rst && !scan->open_only)
        writer_line(w, "Some closed ports may be reported as filtered due to "
                       "--defeat-rst-ratelimit");
    table_write(w, scan, host, &v);
}
