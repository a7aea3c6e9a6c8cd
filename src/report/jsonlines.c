// SPDX-License-Identifier: Apache-2.0
// The record that whorl keeps (doc/whorl-json.md): one JSON object a line for each event, handed
// to the sink line by line, so that after a crash all whole lines stand. A host record holds all
// that is known of the host; what came before it is only for the case that it never comes.
#include "model/evidence.h"
#include "model/host.h"
#include "model/scan.h"
#include "report/record.h"
#include "report/report.h"

static void open(struct json *j, struct report_out *out, const char *type)
{
    json_init(j, &out->w);
    json_open(j, '{');
    json_put_text(j, "type", span_str(type));
}

static void close(struct json *j)
{
    json_close(j, '}');
    writer_str(j->w, "\n");
}

static void lines_begin(struct report_out *out, const struct scan *scan)
{
    struct json j;
    open(&j, out, "begin");
    record_begin_keys(&j, scan);
    close(&j);
}

static void lines_up(struct report_out *out, const struct scan *scan, const struct host *host)
{
    struct json j;
    (void)scan;
    open(&j, out, "up");
    record_found_keys(&j, host);
    close(&j);
}

static void lines_port(struct report_out *out, const struct scan *scan, const struct host *host,
                       const struct port *port)
{
    struct json j;
    (void)scan;
    open(&j, out, "port");
    record_address_keys(&j, host);
    record_port_keys(&j, host, port);
    close(&j);
}

static void lines_ports(struct report_out *out, const struct scan *scan, const struct host *decided)
{
    struct json j;
    open(&j, out, "ports");
    record_address_keys(&j, decided);
    record_ports_keys(&j, scan, decided);
    close(&j);
}

static void lines_service(struct report_out *out, const struct scan *scan, const struct host *host,
                          const struct port *port)
{
    struct json j;
    open(&j, out, "service");
    record_address_keys(&j, host);
    record_asked_keys(&j, scan, host, port);
    close(&j);
}

static void reply_keys(struct json *j, const struct evidence *e)
{
    json_some_text(j, "probe", e->probe);
    if (e->kind == EVIDENCE_SERVICE_REPLY) {
        json_put_text(j, "protocol", span_str(proto_name((enum proto)e->proto)));
        json_put_number(j, "portid", e->port);
    }
    if (e->tunnel != TUNNEL_NONE)
        json_put_text(j, "tunnel", e->tunnel == TUNNEL_TLS ? SPAN("ssl") : SPAN("dtls"));
    json_put_number(j, "len", e->len);
    json_key(j, "data");
    json_base64(j, e->bytes);
}

static void lines_evidence(struct report_out *out, const struct scan *scan, const struct host *host,
                           const struct evidence *e)
{
    static const char *const kinds[] = {
        [EVIDENCE_OS_SUBJECT] = "os_subject",
        [EVIDENCE_OS_REPLY] = "os_reply",
        [EVIDENCE_SERVICE_REPLY] = "service_reply",
    };
    struct json j;
    (void)scan;
    open(&j, out, "evidence");
    record_address_keys(&j, host);
    json_put_text(&j, "kind", span_str(kinds[e->kind]));
    if (e->kind == EVIDENCE_OS_SUBJECT)
        json_put_text(&j, "fingerprint", e->bytes);
    else
        reply_keys(&j, e);
    close(&j);
}

static void lines_host(struct report_out *out, const struct scan *scan, const struct host *host)
{
    struct json j;
    open(&j, out, "host");
    record_host_keys(&j, scan, host);
    close(&j);
}

static void lines_note(struct report_out *out, const struct scan *scan, struct span text)
{
    struct json j;
    (void)scan;
    open(&j, out, "note");
    json_put_text(&j, "text", text);
    close(&j);
}

static void lines_end(struct report_out *out, const struct scan *scan)
{
    struct json j;
    open(&j, out, "end");
    record_end_keys(&j, scan);
    close(&j);
}

const struct report report_json = {
    .name = "JSON lines",
    .option = "-oJ",
    .extension = "jsonl",
    .size = 0,
    .begin = lines_begin,
    .host = lines_host,
    .note = lines_note,
    .up = lines_up,
    .port = lines_port,
    .ports = lines_ports,
    .service = lines_service,
    .evidence = lines_evidence,
    .end = lines_end,
};
