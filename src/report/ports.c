// SPDX-License-Identifier: Apache-2.0
// The ports of a host: what is not shown, and the table of the rest (output spec 2.3 parts 7, 8
// and 10, 2.4, 2.5). The table is walked twice, to measure and to print, so that it needs no
// memory whatever the number of ports.
#include "base/text.h"
#include "model/host.h"
#include "model/scan.h"
#include "model/services.h"
#include "report/normal.h"
#include "report/notshown.h"
#include "report/table.h"
#include "report/writer.h"

enum {
    COLUMN_PORT,
    COLUMN_STATE,
    COLUMN_SERVICE,
    COLUMN_REASON,
    COLUMN_COUNT,
    CELL_SERVICE_MAX = 4 * 127, // names have up to 127 bytes, escaped
    ROW_TEXT_MAX = CELL_SERVICE_MAX + 256,
};

_Static_assert((size_t)COLUMN_COUNT <= (size_t)TABLE_COLUMNS_MAX, "the table is too narrow");

struct row {
    struct span cells[COLUMN_COUNT];
    uint8_t text[ROW_TEXT_MAX];
    struct buf b; // in text
};

static struct span cell_end(struct row *row, size_t start)
{
    return span_from(buf_span(&row->b), start);
}

static void port_cell(struct row *row, const struct port *p)
{
    const size_t start = buf_len(&row->b);
    buf_dec(&row->b, p->number);
    buf_char(&row->b, '/');
    buf_str(&row->b, proto_name((enum proto)p->proto));
    row->cells[COLUMN_PORT] = cell_end(row, start);
}

static void service_cell(struct row *row, const struct scan *scan, const struct port *p)
{
    const size_t start = buf_len(&row->b);
    struct span name = {NULL, 0};
    if (scan->services)
        name = services_name(scan->services, (enum proto)p->proto, p->number);
    if (name.len == 0)
        name = SPAN("unknown");
    text_escape(&row->b, span_head(name, CELL_SERVICE_MAX / 4));
    row->cells[COLUMN_SERVICE] = cell_end(row, start);
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
    row->cells[COLUMN_REASON] = cell_end(row, start);
}

static void row_of(struct row *row, const struct scan *scan, const struct host *host,
                   const struct port *p)
{
    buf_init(&row->b, row->text, sizeof row->text);
    port_cell(row, p);
    row->cells[COLUMN_STATE] = span_str(port_state_name((enum port_state)p->state));
    service_cell(row, scan, p);
    if (scan->show_reasons)
        reason_cell(row, host, p);
}

static bool is_shown(const struct notshown *v, const struct port *p)
{
    return p->state != PORT_UNKNOWN && !v->is_hidden[p->state];
}

static void table_write(struct writer *w, const struct scan *scan, const struct host *host,
                        const struct notshown *v)
{
    const struct span header[COLUMN_COUNT] = {SPAN("PORT"), SPAN("STATE"), SPAN("SERVICE"),
                                              SPAN("REASON")};
    struct table t;
    struct row row;
    if (v->n_shown == 0)
        return;
    table_init(&t, scan->show_reasons ? COLUMN_COUNT : COLUMN_REASON);
    table_measure(&t, header);
    for (uint32_t i = 0; i < host->n_ports; i++) {
        if (!is_shown(v, &host->ports[i]))
            continue;
        row_of(&row, scan, host, &host->ports[i]);
        table_measure(&t, row.cells);
    }
    table_print(&t, w, header);
    for (uint32_t i = 0; i < host->n_ports; i++) {
        if (!is_shown(v, &host->ports[i]))
            continue;
        row_of(&row, scan, host, &host->ports[i]);
        table_print(&t, w, row.cells);
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
        writer_str(w, g->n == 1 ? " port (" : " ports (");
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
    table_write(w, scan, host, &v);
}
