// SPDX-License-Identifier: Apache-2.0
// The normal report: what a person reads on the terminal (output spec 2.1 and 2.3). A host is
// printed when it is finished, part after part in a fixed order; programs look for the beginning
// of many of these lines, so their words do not change. Only times that are in the records are
// printed; no clock is read here. The kept form differs from that of the terminal in its first and
// last line (output spec 1.1, 2.1).
#include "report/normal.h"

#include <time.h>

#include "model/host.h"
#include "model/scan.h"
#include "report/certainty.h"
#include "report/notshown.h"
#include "report/report.h"
#include "report/route.h"
#include "report/script.h"

enum { TIME_TEXT_MAX = 128 };

void time_write(struct writer *w, const char *format, int64_t t)
{
    const time_t seconds = (time_t)t;
    struct tm tm;
    char text[TIME_TEXT_MAX];
    if (localtime_r(&seconds, &tm))
        writer_bytes(w, span_of(text, strftime(text, sizeof text, format, &tm)));
}

void host_write(struct writer *w, const struct host *host)
{
    const struct span name = span_is_absent(host->name) ? host->ptr_name : host->name;
    if (span_is_absent(name)) {
        writer_ip(w, &host->addr);
        return;
    }
    writer_escaped(w, name);
    writer_str(w, " (");
    writer_ip(w, &host->addr);
    writer_str(w, ")");
}

void latency_write(struct writer *w, int64_t us)
{
    const uint64_t v = us > 0 ? (uint64_t)us * 10 : 0; // tenths of microseconds: 7 decimals
    uint64_t step = 1;
    uint64_t one = 10000000;
    unsigned decimals = 7;
    while ((v + step / 2) / step >= 100 && decimals > 0) {
        step *= 10;
        one /= 10;
        decimals--;
    }
    const uint64_t digits = (v + step / 2) / step;
    uint8_t text[32];
    struct buf b;
    buf_init(&b, text, sizeof text);
    buf_dec(&b, digits / one);
    if (decimals > 0) {
        buf_char(&b, '.');
        buf_dec_pad(&b, digits % one, decimals);
    }
    buf_char(&b, 's');
    writer_bytes(w, buf_span(&b));
}

static void received_write(struct writer *w, const struct host *host)
{
    writer_str(w, ", received ");
    writer_str(w, reason_name(host->reason));
    if (host->reason_ttl > 0) {
        writer_str(w, " ttl ");
        writer_dec(w, host->reason_ttl);
    }
}

static void up_write(struct writer *w, const struct scan *scan, const struct host *host)
{
    writer_str(w, "Host is up");
    if (scan->show_reasons)
        received_write(w, host);
    if (host->rtt.is_known) {
        writer_str(w, " (");
        latency_write(w, host->rtt.srtt_us);
        writer_str(w, " latency)");
    }
    writer_str(w, ".\n");
}

static void names_write(struct writer *w, const struct host *host)
{
    if (span_is_absent(host->name))
        return;
    if (host->n_others > 0) {
        writer_str(w, "Other addresses for ");
        writer_escaped(w, host->name);
        writer_str(w, " (not scanned):");
        for (uint32_t i = 0; i < host->n_others; i++) {
            writer_str(w, " ");
            writer_ip(w, &host->others[i]);
        }
        writer_str(w, "\n");
    }
    if (span_is_absent(host->ptr_name) || span_eq_nocase(host->name, host->ptr_name))
        return;
    writer_str(w, "rDNS record for ");
    writer_ip(w, &host->addr);
    writer_str(w, ": ");
    writer_escaped(w, host->ptr_name);
    writer_str(w, "\n");
}

static void when_write(struct writer *w, const struct scan *scan, const struct host *host)
{
    if (scan->verbose < 2 && scan->debug < 1)
        return;
    writer_str(w, "Scanned at ");
    time_write(w, "%Y-%m-%d %H:%M:%S %Z", host->started);
    writer_str(w, " for ");
    writer_int(w, host->ended > host->started ? host->ended - host->started : 0);
    writer_str(w, "s\n");
}

static void mac_write(struct writer *w, const struct host *host)
{
    uint8_t text[32];
    struct buf b;
    if (!host->has_mac)
        return;
    buf_init(&b, text, sizeof text);
    mac_print(&b, &host->mac);
    writer_str(w, "MAC Address: ");
    writer_bytes(w, buf_span(&b));
    writer_str(w, " (");
    writer_escaped(w, host->vendor.len > 0 ? host->vendor : SPAN("Unknown"));
    writer_str(w, ")\n");
}

static void times_write(struct writer *w, const struct scan *scan, const struct host *host)
{
    if (scan->debug < 1 || !host->rtt.is_known)
        return;
    writer_str(w, "Final times for host: srtt: ");
    writer_int(w, host->rtt.srtt_us);
    writer_str(w, " rttvar: ");
    writer_int(w, host->rtt.rttvar_us);
    writer_str(w, "\n");
}

static void down_write(struct writer *w, const struct scan *scan, const struct host *host)
{
    if (scan->verbose < 1)
        return;
    writer_str(w, "Nmap scan report for ");
    host_write(w, host);
    writer_str(w, " [host down");
    if (scan->show_reasons)
        received_write(w, host);
    writer_str(w, "]\n");
}

static void listed_write(struct writer *w, const struct host *host)
{
    writer_str(w, "Nmap scan report for ");
    host_write(w, host);
    writer_str(w, "\n");
    names_write(w, host);
}

static void warning_write(struct writer *w, const char *text)
{
    writer_paint(w, "33");
    writer_str(w, text);
    writer_plain(w);
    writer_str(w, "\n");
}

// What stands in between, or behind the address.
static void findings_write(struct writer *w, const struct host *host)
{
    for (uint32_t i = 0; i < host->n_findings; i++) {
        writer_str(w, "Path: ");
        writer_escaped(w, host->findings[i].text);
        writer_str(w, "\n");
    }
}

static void live_write(struct writer *w, const struct scan *scan, const struct host *host)
{
    writer_paint(w, "1");
    writer_str(w, "Nmap scan report for "); // the mark by which programs find a host
    host_write(w, host);
    writer_plain(w);
    writer_str(w, "\n");
    up_write(w, scan, host);
    names_write(w, host);
    when_write(w, scan, host);
    if (host->is_cut_short)
        warning_write(w,
                      "Incomplete: the scan of this host was cut short; what follows is not all");
    if (host->has_ports)
        ports_write(w, scan, host);
    certainty_line(w, host);
    if (scan->does_services)
        services_write(w, scan, host);
    mac_write(w, host);
    findings_write(w, host);
    if (host->os)
        osblock_write(w, scan, host);
    if (scan->does_services)
        service_info_write(w, host);
    scripts_host_write(w, host);
    if (host->route)
        route_write(w, scan, host);
    times_write(w, scan, host);
    if (host->has_ports || host->os || host->route || scripts_of_host(host) > 0)
        writer_str(w, "\n");
}

static void screen_begin(struct report_out *out, const struct scan *scan)
{
    writer_str(&out->w, "Starting whorl ");
    writer_escaped(&out->w, scan->version);
    writer_str(&out->w, " at ");
    time_write(&out->w, "%Y-%m-%d %H:%M %Z", scan->started);
    writer_str(&out->w, "\n");
}

static void normal_begin(struct report_out *out, const struct scan *scan)
{
    first_line_write(&out->w, scan);
    scripts_scan_write(&out->w, "Pre-scan script results:", scan->before, scan->n_before);
}

static void normal_host(struct report_out *out, const struct scan *scan, const struct host *host)
{
    if (!notshown_wants_host(scan, host))
        return;
    if (host->state == HOST_UP)
        live_write(&out->w, scan, host);
    else if (host->state == HOST_DOWN)
        down_write(&out->w, scan, host);
    else if (scan->lists_only)
        listed_write(&out->w, host);
}

static void normal_note(struct report_out *out, const struct scan *scan, struct span text)
{
    (void)scan;
    writer_escaped(&out->w, text);
    writer_str(&out->w, "\n");
}

// "672B", "44.028KB": units of 1000, three decimals.
static void size_write(struct writer *w, uint64_t n)
{
    static const char *const units[] = {"KB", "MB", "GB"};
    double v = (double)n / 1000.0;
    size_t i = 0;
    if (n < 1000) {
        writer_dec(w, n);
        writer_str(w, "B");
        return;
    }
    for (; v >= 1000.0 && i + 1 < sizeof units / sizeof units[0]; i++)
        v /= 1000.0;
    writer_fixed(w, v, 3);
    writer_str(w, units[i]);
}

static void packets_write(struct writer *w, const struct scan *scan)
{
    if (scan->verbose < 1 || scan->sent_packets + scan->received_packets == 0)
        return;
    writer_str(w, "           Raw packets sent: ");
    writer_dec(w, scan->sent_packets);
    writer_str(w, " (");
    size_write(w, scan->sent_bytes);
    writer_str(w, ") | Rcvd: ");
    writer_dec(w, scan->received_packets);
    writer_str(w, " (");
    size_write(w, scan->received_bytes);
    writer_str(w, ")\n");
}

static void performed_write(struct writer *w, const struct scan *scan)
{
    if (scan->n_up == 0 || (!scan->does_os && !scan->does_services))
        return;
    writer_str(w, scan->does_os && scan->does_services ? "OS and Service"
                  : scan->does_os                      ? "OS"
                                                       : "Service");
    writer_line(w, " detection performed.");
}

static void screen_end(struct report_out *out, const struct scan *scan)
{
    struct writer *w = &out->w;
    if (scan->is_interrupted)
        warning_write(w, "Interrupted: what stands above is not the whole scan");
    else if (scan->n_targets == 1 && scan->n_up == 0 && !scan->lists_only)
        warning_write(w, "Note: Host seems down. If it is really up, but blocking our ping "
                         "probes, try -Pn");
    performed_write(w, scan);
    writer_str(w, "whorl done: ");
    total_write(w, scan);
    writer_str(w, "\n");
    packets_write(w, scan);
}

static void normal_end(struct report_out *out, const struct scan *scan)
{
    scripts_scan_write(&out->w, "Post-scan script results:", scan->after, scan->n_after);
    interrupted_write(&out->w, scan);
    performed_write(&out->w, scan);
    last_line_write(&out->w, scan);
}

const struct report report_screen = {
    .name = "screen",
    .option = NULL,
    .extension = NULL,
    .size = 0,
    .begin = screen_begin,
    .host = normal_host,
    .note = normal_note,
    .end = screen_end,
};

const struct report report_normal = {
    .name = "normal",
    .option = "-oN",
    .extension = "nmap",
    .size = 0,
    .begin = normal_begin,
    .host = normal_host,
    .note = normal_note,
    .end = normal_end,
};
