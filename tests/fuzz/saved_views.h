// SPDX-License-Identifier: Apache-2.0
// For the fuzz targets of saved scans: everything that is read is printed in every kind of
// report, so that whatever a file can say is safe to print.
#pragma once

#include <stdlib.h>

#include "base/hash.h"
#include "report/report.h"
#include "saved/records.h"

enum { SAVED_VIEWS = 4 };

struct saved_views {
    struct sink sink; // first
    uint32_t sum;     // of all that is printed
    uint32_t n_hosts;
    int n_scans; // that are open
    struct report_out out[SAVED_VIEWS];
};

static bool saved_views_write(struct sink *self, struct span bytes)
{
    struct saved_views *v = (struct saved_views *)self;
    for (size_t i = 0; i < bytes.len; i++)
        v->sum = v->sum * 31 + (uint8_t)bytes.ptr[i];
    return true;
}

static void saved_views_check(const struct host *h)
{
    for (uint32_t i = 0; i < h->n_ports; i++) {
        const struct port *p = &h->ports[i];
        if (p->from > h->n_from || p->state >= PORT_STATE_COUNT || p->proto >= PROTO_COUNT ||
            p->reason >= REASON_COUNT)
            abort();
        if (i > 0 &&
            (p[-1].proto > p->proto || (p[-1].proto == p->proto && p[-1].number >= p->number)))
            abort();
    }
}

static void saved_views_record(void *ctx, struct record *r)
{
    struct saved_views *v = ctx;
    if (r->kind != RECORD_DAMAGE && !r->scan)
        abort();
    v->n_scans += (r->kind == RECORD_BEGIN) - (r->kind == RECORD_END);
    if (v->n_scans < 0 || v->n_scans > 1)
        abort();
    if (r->kind == RECORD_HOST) {
        saved_views_check(r->host);
        v->n_hosts++;
    }
    for (int i = 0; i < SAVED_VIEWS; i++) {
        struct report_out *out = &v->out[i];
        if (r->kind == RECORD_BEGIN)
            report_begin(out, r->scan);
        else if (r->kind == RECORD_UP)
            report_up(out, r->scan, r->host);
        else if (r->kind == RECORD_PORT)
            report_port(out, r->scan, r->host, r->port);
        else if (r->kind == RECORD_PORTS)
            report_ports(out, r->scan, r->host);
        else if (r->kind == RECORD_SERVICE)
            report_service(out, r->scan, r->host, r->port);
        else if (r->kind == RECORD_EVIDENCE)
            report_evidence(out, r->scan, r->host, r->evidence);
        else if (r->kind == RECORD_HOST)
            report_host(out, r->scan, r->host);
        else if (r->kind == RECORD_NOTE)
            report_note(out, r->scan, r->text);
        else if (r->kind == RECORD_END)
            report_end(out, r->scan);
    }
}

// Whole and in small pieces: the same comes out.
static inline void saved_views_run(struct span text)
{
    static const struct report *const kinds[SAVED_VIEWS] = {&report_normal, &report_xml,
                                                            &report_grep, &report_json};
    uint32_t sums[2];
    for (int round = 0; round < 2; round++) {
        struct arena a;
        arena_init(&a, "test");
        struct saved_views *v = arena_alloc(&a, sizeof *v);
        v->sink.write = saved_views_write;
        for (int i = 0; i < SAVED_VIEWS; i++)
            report_init(&a, &v->out[i], kinds[i], &v->sink);
        struct records *r = records_open(&a, saved_views_record, v);
        const size_t step = round == 0 ? text.len + 1 : 13;
        for (struct span rest = text; rest.len > 0; rest = span_from(rest, step))
            records_feed(r, span_head(rest, step));
        records_end(r);
        records_close(r);
        if (v->n_scans != 0)
            abort();
        sums[round] = v->sum;
        arena_fini(&a);
    }
    if (sums[0] != sums[1])
        abort();
}
