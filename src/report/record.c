// SPDX-License-Identifier: Apache-2.0
// The run and a host as JSON: the keys of the records "begin", "host" and "end".
#include "report/record.h"

#include "base/buf.h"
#include "model/host.h"
#include "model/scan.h"
#include "report/normal.h"
#include "report/route.h"
#include "report/script.h"
#include "report/writer.h"

static void texts_key(struct json *j, const char *key, const struct span *list, uint32_t n)
{
    json_key(j, key);
    json_open(j, '[');
    for (uint32_t i = 0; i < n; i++)
        json_text(j, list[i]);
    json_close(j, ']');
}

static void options_key(struct json *j, const struct scan *scan)
{
    json_key(j, "options");
    json_open(j, '{');
    json_some_bool(j, "os", scan->does_os);
    json_some_bool(j, "services", scan->does_services);
    json_some_bool(j, "list", scan->lists_only);
    if (scan->does_services)
        json_put_number(j, "version_intensity", scan->version_intensity);
    json_some_bool(j, "explain", scan->explains);
    json_some_bool(j, "os_guess", scan->os_guess);
    json_some_bool(j, "reason", scan->show_reasons);
    json_some_bool(j, "open", scan->open_only);
    json_some_number(j, "quirks", (uint64_t)scan->quirks);
    json_close(j, '}');
}

static void kinds_key(struct json *j, const struct scan *scan)
{
    json_key(j, "scaninfo");
    json_open(j, '[');
    for (uint32_t i = 0; i < scan->n_kinds; i++) {
        const struct scan_ports *k = &scan->kinds[i];
        json_open(j, '{');
        json_put_text(j, "type", k->name);
        json_some_text(j, "scanflags", k->flags);
        json_put_text(j, "protocol", span_str(proto_name(k->proto)));
        json_put_number(j, "numservices", k->n_ports);
        json_put_text(j, "services", k->ports);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void sources_key(struct json *j, const struct scan *scan)
{
    json_key(j, "databases");
    json_open(j, '[');
    for (uint32_t i = 0; i < scan->n_sources; i++) {
        json_open(j, '{');
        json_put_text(j, "kind", scan->sources[i].kind);
        json_put_text(j, "file", scan->sources[i].file);
        json_some_text(j, "digest", scan->sources[i].digest);
        json_close(j, '}');
    }
    json_close(j, ']');
}

void record_begin_keys(struct json *j, const struct scan *scan)
{
    json_put_number(j, "schema", RECORD_SCHEMA);
    json_put_text(j, "scanner", span_is_absent(scan->scanner) ? SPAN("whorl") : scan->scanner);
    json_put_text(j, "version", scan->version);
    json_some_bool(j, "resumed", scan->is_resumed);
    json_some_text(j, "platform", scan->platform);
    json_put_text(j, "args", scan->command);
    texts_key(j, "argv", scan->arguments, scan->n_arguments);
    json_key(j, "start");
    json_int(j, scan->started);
    json_key(j, "seed"); // as text: most readers round numbers beyond 2^53
    json_open(j, '"');
    writer_dec(j->w, scan->seed);
    json_close(j, '"');
    texts_key(j, "targets", scan->targets, scan->n_specs);
    json_some_text(j, "ports", scan->ports);
    json_put_number(j, "ports_per_host", scan->ports_per_host);
    json_put_number(j, "verbose", (uint64_t)scan->verbose);
    json_put_number(j, "debugging", (uint64_t)scan->debug);
    options_key(j, scan);
    kinds_key(j, scan);
    sources_key(j, scan);
    scripts_key(j, "scripts", scan->before, scan->n_before);
}

void record_end_keys(struct json *j, const struct scan *scan)
{
    json_key(j, "time");
    json_int(j, ended_at(scan));
    json_put_number(j, "elapsed_ns", scan->elapsed_ns);
    json_put_text(j, "exit", scan->is_interrupted ? SPAN("interrupted") : SPAN("success"));
    json_key(j, "hosts");
    json_open(j, '{');
    json_put_number(j, "up", scan->n_up);
    json_put_number(j, "down", scan->n_targets > scan->n_up ? scan->n_targets - scan->n_up : 0);
    json_put_number(j, "total", scan->n_targets);
    json_close(j, '}');
    json_key(j, "packets");
    json_open(j, '{');
    json_put_number(j, "sent", scan->sent_packets);
    json_put_number(j, "sent_bytes", scan->sent_bytes);
    json_put_number(j, "received", scan->received_packets);
    json_put_number(j, "received_bytes", scan->received_bytes);
    json_close(j, '}');
    scripts_key(j, "scripts", scan->after, scan->n_after);
}

void record_address_keys(struct json *j, const struct host *host)
{
    char text[IP_TEXT_MAX];
    json_put_text(j, "addr", span_str(ip_text(&host->addr, text)));
    json_put_text(j, "addrtype", host->addr.family == IP_V6 ? SPAN("ipv6") : SPAN("ipv4"));
    json_some_number(j, "zone", host->addr.zone);
}

static void mac_keys(struct json *j, const struct host *host)
{
    uint8_t mem[32];
    struct buf b;
    if (!host->has_mac)
        return;
    buf_init(&b, mem, sizeof mem);
    mac_print(&b, &host->mac);
    json_put_text(j, "mac", buf_span(&b));
    json_some_text(j, "vendor", host->vendor);
}

static void name_keys(struct json *j, const struct host *host)
{
    char text[IP_TEXT_MAX];
    json_some_text(j, "user", host->name);
    json_some_text(j, "ptr", host->ptr_name);
    if (host->n_others == 0)
        return;
    json_key(j, "others");
    json_open(j, '[');
    for (uint32_t i = 0; i < host->n_others; i++)
        json_text(j, span_str(ip_text(&host->others[i], text)));
    json_close(j, ']');
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

// Only if there is more than the reason.
static void signs_keys(struct json *j, const struct host *host)
{
    if ((host->signs & (host->signs - 1)) == 0)
        return;
    json_key(j, "signs");
    json_open(j, '[');
    for (unsigned r = 0; r < REASON_COUNT; r++)
        if (host->signs >> r & 1)
            json_text(j, span_str(reason_name((enum reason)r)));
    json_close(j, ']');
}

void record_found_keys(struct json *j, const struct host *host)
{
    record_address_keys(j, host);
    mac_keys(j, host);
    name_keys(j, host);
    json_put_text(j, "state", span_str(state_of(host->state)));
    json_put_text(j, "reason", span_str(reason_name(host->reason)));
    json_put_number(j, "reason_ttl", host->reason_ttl);
    signs_keys(j, host);
}

static void times_keys(struct json *j, const struct host *host)
{
    json_key(j, "starttime");
    json_int(j, host->started);
    json_key(j, "endtime");
    json_int(j, host->ended);
    if (!host->rtt.is_known)
        return;
    json_key(j, "srtt");
    json_int(j, host->rtt.srtt_us);
    json_key(j, "rttvar");
    json_int(j, host->rtt.rttvar_us);
}

static void losses_keys(struct json *j, const struct host *host)
{
    if (host->n_losses == 0)
        return;
    json_key(j, "certainty");
    json_open(j, '[');
    for (uint32_t i = 0; i < host->n_losses; i++) {
        const struct scan_loss *l = &host->losses[i];
        json_open(j, '{');
        json_put_text(j, "protocol", span_str(proto_name(l->proto)));
        json_put_number(j, "asked", l->n_asked);
        json_put_number(j, "lost", l->n_lost);
        json_put_number(j, "ports", l->n_ports);
        json_put_number(j, "uncertain", l->n_uncertain);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void findings_key(struct json *j, const struct host *host)
{
    if (host->n_findings == 0)
        return;
    json_key(j, "findings");
    json_open(j, '[');
    for (uint32_t i = 0; i < host->n_findings; i++) {
        json_open(j, '{');
        json_put_text(j, "kind", span_str(finding_name(host->findings[i].kind)));
        json_some_text(j, "ports", host->findings[i].ports);
        json_put_text(j, "text", host->findings[i].text);
        json_close(j, '}');
    }
    json_close(j, ']');
}

void record_host_keys(struct json *j, const struct scan *scan, const struct host *host)
{
    record_found_keys(j, host);
    json_some_bool(j, "local", host->is_local);
    json_some_bool(j, "direct", host->is_direct);
    json_some_bool(j, "partial", host->is_cut_short);
    times_keys(j, host);
    if (host->has_ports)
        record_ports_keys(j, scan, host);
    findings_key(j, host);
    json_some_bool(j, "os_skipped", host->os_skipped);
    losses_keys(j, host);
    scripts_key(j, "scripts", host->scripts, host->n_scripts);
    if (host->route)
        route_record(j, host);
    if (!host->os)
        return;
    json_key(j, "os");
    json_open(j, '{');
    record_os_keys(j, host->os);
    json_close(j, '}');
}
