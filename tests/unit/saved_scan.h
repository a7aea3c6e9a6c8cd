// SPDX-License-Identifier: Apache-2.0
// A sample scan printed as a report, and a saved one read back into a report: for tests that the
// way there and back loses nothing.
#pragma once

#include "check.h"
#include "model/evidence.h"
#include "report/report.h"
#include "sample_host.h"
#include "saved/records.h"
#include "text_sink.h"

struct replay {
    struct report_out out;
    struct text_sink sink;
    const struct services *services;
    struct span stylesheet;
    struct record last_damage;
    uint32_t n[RECORD_DAMAGE + 1];
    uint32_t n_unfinished;
    char damage[64]; // token of the last
};

static inline void sample_print(struct arena *a, const struct report *kind, const struct scan *scan,
                                const struct host *host, struct text_sink *sink)
{
    struct report_out *out = arena_alloc(a, sizeof *out);
    const struct evidence subject = {.kind = EVIDENCE_OS_SUBJECT, .bytes = SPAN("SEQ(SP=1)\n")};
    const struct evidence reply = {
        .kind = EVIDENCE_SERVICE_REPLY,
        .probe = SPAN("NULL"),
        .port = 22,
        .proto = PROTO_TCP,
        .tunnel = TUNNEL_TLS,
        .bytes = sample_hostile(),
        .len = 9000,
    };
    text_sink_init(sink);
    report_init(a, out, kind, &sink->sink);
    report_begin(out, scan);
    report_up(out, scan, host);
    report_port(out, scan, host, &host->ports[200]); // another sender
    report_ports(out, scan, host);
    report_service(out, scan, host, &host->ports[21]);
    report_evidence(out, scan, host, &subject);
    report_evidence(out, scan, host, &reply);
    report_host(out, scan, host);
    report_note(out, scan, SPAN("a remark"));
    assert_true(report_end(out, scan));
}

static inline void replay_record(void *ctx, struct record *r)
{
    struct replay *p = ctx;
    struct scan scan = r->scan ? *r->scan : (struct scan){0};
    scan.services = p->services;
    scan.stylesheet = p->stylesheet;
    p->n[r->kind]++;
    if (r->kind == RECORD_BEGIN)
        report_begin(&p->out, &scan);
    else if (r->kind == RECORD_UP)
        report_up(&p->out, &scan, r->host);
    else if (r->kind == RECORD_PORT)
        report_port(&p->out, &scan, r->host, r->port);
    else if (r->kind == RECORD_PORTS)
        report_ports(&p->out, &scan, r->host);
    else if (r->kind == RECORD_SERVICE)
        report_service(&p->out, &scan, r->host, r->port);
    else if (r->kind == RECORD_EVIDENCE)
        report_evidence(&p->out, &scan, r->host, r->evidence);
    else if (r->kind == RECORD_HOST)
        report_host(&p->out, &scan, r->host);
    else if (r->kind == RECORD_NOTE)
        report_note(&p->out, &scan, r->text);
    else if (r->kind == RECORD_END)
        report_end(&p->out, &scan);
    else if (r->kind == RECORD_DAMAGE) {
        p->last_damage = *r;
        const struct span token = span_head(r->token, sizeof p->damage - 1);
        memset(p->damage, 0, sizeof p->damage);
        if (token.len > 0)
            memcpy(p->damage, token.ptr, token.len);
    }
    p->n_unfinished += r->kind == RECORD_HOST && r->host->is_cut_short;
}

// In pieces of `step` bytes.
static inline void replay_text(struct arena *a, struct replay *p, const struct report *kind,
                               struct span text, size_t step)
{
    struct records *r = records_open(a, replay_record, p);
    const struct services *services = p->services;
    const struct span stylesheet = p->stylesheet;
    *p = (struct replay){.services = services, .stylesheet = stylesheet};
    text_sink_init(&p->sink);
    report_init(a, &p->out, kind, &p->sink.sink);
    for (struct span rest = text; rest.len > 0; rest = span_from(rest, step))
        records_feed(r, span_head(rest, step));
    records_end(r);
    records_close(r);
}
