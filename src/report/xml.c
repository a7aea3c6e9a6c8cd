// SPDX-License-Identifier: Apache-2.0
// The XML report (output spec 4): the elements and attributes of nmap.dtd in the order that its
// readers know; only the scanner's name is another. The document is whole at every end: a scan
// that was cut short says so in <finished>.
#include "report/xml.h"

#include "model/host.h"
#include "model/scan.h"
#include "report/normal.h"
#include "report/notshown.h"
#include "report/report.h"
#include "report/route.h"
#include "report/script.h"
#include "report/xmltext.h"

#define OUTPUT_VERSION "1.05" // of the format (spec 4.1)

static struct span scanner_of(const struct scan *scan)
{
    return span_is_absent(scan->scanner) ? SPAN("whorl") : scan->scanner;
}

static void date_put(struct writer *w, const char *name, int64_t t)
{
    writer_str(w, " ");
    writer_str(w, name);
    writer_str(w, "=\"");
    date_write(w, t);
    writer_str(w, "\"");
}

static void initiated_write(struct writer *w, const struct scan *scan)
{
    writer_str(w, "<!-- ");
    xml_text(w, scanner_title(scan));
    writer_str(w, " ");
    xml_text(w, scan->version);
    writer_str(w, " scan initiated ");
    date_write(w, scan->started);
    writer_str(w, " as: ");
    xml_text(w, scan->command);
    writer_line(w, " -->");
}

static void prolog_write(struct writer *w, const struct scan *scan)
{
    writer_line(w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    writer_line(w, "<!DOCTYPE nmaprun>");
    if (!span_is_absent(scan->stylesheet)) {
        writer_str(w, "<?xml-stylesheet");
        xml_put(w, "href", scan->stylesheet);
        writer_line(w, " type=\"text/xsl\"?>");
    }
    initiated_write(w, scan);
}

static void kind_write(struct writer *w, const struct scan_ports *k)
{
    writer_str(w, "<scaninfo");
    xml_put(w, "type", k->name);
    xml_some(w, "scanflags", k->flags);
    xml_put(w, "protocol", span_str(proto_name(k->proto)));
    xml_put_number(w, "numservices", k->n_ports);
    xml_put(w, "services", k->ports);
    writer_line(w, "/>");
}

static void xml_begin(struct report_out *out, const struct scan *scan)
{
    struct writer *w = &out->w;
    if (out->joint.is_joined) { // inside a root that is there
        initiated_write(w, scan);
        return;
    }
    prolog_write(w, scan);
    writer_str(w, "<nmaprun");
    xml_put(w, "scanner", scanner_of(scan));
    xml_put(w, "args", scan->command);
    xml_put_number(w, "start", scan->started);
    date_put(w, "startstr", scan->started);
    xml_put(w, "version", scan->version);
    xml_put(w, "xmloutputversion", SPAN(OUTPUT_VERSION));
    writer_line(w, ">");
    for (uint32_t i = 0; i < scan->n_kinds; i++)
        kind_write(w, &scan->kinds[i]);
    writer_str(w, "<verbose");
    xml_put_number(w, "level", scan->verbose);
    writer_str(w, "/>\n<debugging");
    xml_put_number(w, "level", scan->debug);
    writer_line(w, "/>");
    scripts_xml_scan(w, "prescript", scan->before, scan->n_before);
}

static const char *state_of(enum host_state s)
{
    static const char *const names[] = {
        [HOST_UNKNOWN] = "unknown",
        [HOST_UP] = "up",
        [HOST_DOWN] = "down",
        [HOST_SKIPPED] = "skipped",
    };
    return names[s];
}

static void addresses_write(struct writer *w, const struct host *host)
{
    char text[IP_TEXT_MAX];
    uint8_t mem[32];
    struct buf b;
    writer_str(w, "<address");
    xml_put(w, "addr", span_str(ip_text(&host->addr, text)));
    xml_put(w, "addrtype", host->addr.family == IP_V6 ? SPAN("ipv6") : SPAN("ipv4"));
    writer_line(w, "/>");
    if (!host->has_mac)
        return;
    buf_init(&b, mem, sizeof mem);
    mac_print(&b, &host->mac);
    writer_str(w, "<address");
    xml_put(w, "addr", buf_span(&b));
    xml_put(w, "addrtype", SPAN("mac"));
    if (host->vendor.len > 0)
        xml_put(w, "vendor", host->vendor);
    writer_line(w, "/>");
}

static void name_write(struct writer *w, struct span name, struct span type)
{
    if (span_is_absent(name))
        return;
    writer_str(w, "<hostname");
    xml_put(w, "name", name);
    xml_put(w, "type", type);
    writer_line(w, "/>");
}

// Status, addresses and names: all that is known of a host that was only found.
static void head_write(struct writer *w, const struct host *host)
{
    const bool has_name = !span_is_absent(host->name) || !span_is_absent(host->ptr_name);
    writer_str(w, "<status");
    xml_put(w, "state", span_str(state_of(host->state)));
    xml_put(w, "reason", span_str(reason_name(host->reason)));
    xml_put_number(w, "reason_ttl", host->reason_ttl);
    writer_line(w, "/>");
    addresses_write(w, host);
    if (host->state != HOST_UP && !has_name)
        return;
    writer_line(w, "<hostnames>");
    name_write(w, host->name, SPAN("user"));
    name_write(w, host->ptr_name, SPAN("PTR"));
    writer_line(w, "</hostnames>");
}

static void xml_up(struct report_out *out, const struct scan *scan, const struct host *host)
{
    const bool is_found = host->reason != REASON_USER_SET;
    if (scan->n_kinds == 0 || !is_found) // no port scan follows, or nobody asked
        return;
    writer_str(&out->w, "<hosthint>");
    head_write(&out->w, host);
    writer_line(&out->w, "</hosthint>");
}

static void times_write(struct writer *w, const struct host *host)
{
    static const struct rtt_bounds usual = {1000000, 100000, 10000000}; // scanning spec 5.1
    if (!host->rtt.is_known)
        return;
    writer_str(w, "<times");
    xml_put_number(w, "srtt", host->rtt.srtt_us);
    xml_put_number(w, "rttvar", host->rtt.rttvar_us);
    xml_put_number(w, "to", rtt_timeout_us(&host->rtt, &usual));
    writer_line(w, "/>");
}

static bool is_wanted(const struct scan *scan, const struct host *host)
{
    if (host->state == HOST_UP)
        return notshown_wants_host(scan, host);
    return host->state == HOST_UNKNOWN || (host->state == HOST_DOWN && scan->verbose > 0);
}

static void xml_host(struct report_out *out, const struct scan *scan, const struct host *host)
{
    struct writer *w = &out->w;
    if (!is_wanted(scan, host))
        return;
    writer_str(w, "<host");
    if (host->has_ports || host->is_cut_short) {
        xml_put_number(w, "starttime", host->started);
        xml_put_number(w, "endtime", host->ended);
    }
    if (host->is_cut_short)
        xml_put(w, "timedout", SPAN("true"));
    writer_str(w, ">");
    head_write(w, host);
    if (host->has_ports && host->n_ports > 0)
        xml_ports_write(w, scan, host);
    if (host->os)
        xml_os_write(w, scan, host);
    xml_scripts_write(w, host);
    if (host->route)
        route_xml_write(w, host);
    times_write(w, host);
    writer_line(w, "</host>");
}

static void xml_note(struct report_out *out, const struct scan *scan, struct span text)
{
    (void)scan;
    xml_path_note(&out->w, text);
}

static void finished_write(struct writer *w, const struct scan *scan)
{
    writer_str(w, "<finished");
    xml_put_number(w, "time", ended_at(scan));
    date_put(w, "timestr", ended_at(scan));
    writer_str(w, " summary=\"");
    xml_text(w, scanner_title(scan));
    writer_str(w, " done at ");
    date_write(w, ended_at(scan));
    writer_str(w, "; ");
    total_write(w, scan);
    writer_str(w, "\" elapsed=\"");
    writer_fixed(w, (double)scan->elapsed_ns / 1e9, 2);
    writer_str(w, "\"");
    xml_put(w, "exit", scan->is_interrupted ? SPAN("error") : SPAN("success"));
    if (scan->is_interrupted)
        xml_put(w, "errormsg", SPAN("interrupted: this is not the whole scan"));
    writer_str(w, "/>");
}

static void xml_end(struct report_out *out, const struct scan *scan)
{
    struct writer *w = &out->w;
    const uint64_t n_up = scan->n_up < scan->n_targets ? scan->n_up : scan->n_targets;
    scripts_xml_scan(w, "postscript", scan->after, scan->n_after);
    writer_str(w, "<runstats>");
    finished_write(w, scan);
    writer_str(w, "<hosts");
    const uint64_t up = n_up + out->joint.up;
    const uint64_t total = scan->n_targets + out->joint.total;
    xml_put_number(w, "up", (int64_t)up);
    xml_put_number(w, "down", (int64_t)(total > up ? total - up : 0));
    xml_put_number(w, "total", (int64_t)total);
    writer_line(w, "/>\n</runstats>\n</nmaprun>");
}

const struct report report_xml = {
    .name = "XML",
    .option = "-oX",
    .extension = "xml",
    .size = 0,
    .begin = xml_begin,
    .host = xml_host,
    .note = xml_note,
    .up = xml_up,
    .phase = xml_phase,
    .progress = xml_progress,
    .end = xml_end,
};
