// SPDX-License-Identifier: Apache-2.0
// "begin" and "end" of JSON lines, as src/report/record.c writes them.
#include "base/text.h"
#include "saved/lines.h"

static void kinds_of(struct arena *a, const json_t *list, struct scan *out)
{
    struct scan_ports *k = arena_array(a, json_array_size(list), sizeof *k);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *o = json_array_get(list, i);
        uint8_t proto;
        if (!word_proto(value_plain(o, "protocol"), &proto))
            continue;
        k[out->n_kinds++] = (struct scan_ports){
            .name = value_text(a, o, "type"),
            .flags = value_text(a, o, "scanflags"),
            .proto = (enum proto)proto,
            .n_ports = value_u32(o, "numservices"),
            .ports = value_text(a, o, "services"),
        };
    }
    out->kinds = k;
}

static void sources_of(struct arena *a, const json_t *list, struct scan *out)
{
    struct scan_source *s = arena_array(a, json_array_size(list), sizeof *s);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *o = json_array_get(list, i);
        s[out->n_sources++] = (struct scan_source){
            value_text(a, o, "kind"), value_text(a, o, "file"), value_text(a, o, "digest")};
    }
    out->sources = s;
}

static void options_of(const json_t *o, struct scan *out)
{
    out->does_os = value_true(o, "os");
    out->does_services = value_true(o, "services");
    out->lists_only = value_true(o, "list");
    out->version_intensity = (uint32_t)value_int(o, "version_intensity", 0, 9, 7);
    out->explains = value_true(o, "explain");
    out->os_guess = value_true(o, "os_guess");
    out->show_reasons = value_true(o, "reason");
    out->open_only = value_true(o, "open");
    out->quirks = (int)value_int(o, "quirks", 0, 9999, 0);
}

static const struct script *scripts_of(struct arena *a, const json_t *o, uint32_t *n)
{
    struct scripts all = {0};
    lines_scripts(&all, a, json_object_get(o, "scripts"));
    const struct script *list = scripts_take(&all, a, n);
    scripts_free(&all);
    return list;
}

void lines_scan(struct arena *a, const json_t *o, struct scan *out)
{
    out->is_replayed = true;
    const struct span scanner = value_text(a, o, "scanner");
    out->scanner = span_eq(scanner, SPAN("whorl")) ? (struct span){NULL, 0} : scanner;
    out->version = value_text(a, o, "version");
    out->platform = value_text(a, o, "platform");
    out->command = value_text(a, o, "args");
    out->arguments = value_texts(a, o, "argv", &out->n_arguments);
    out->started = value_int(o, "start", 0, SAVED_TIME_MAX, 0);
    (void)text_dec(value_plain(o, "seed"), UINT64_MAX, &out->seed);
    out->targets = value_texts(a, o, "targets", &out->n_specs);
    out->ports = value_text(a, o, "ports");
    out->ports_per_host = value_u32(o, "ports_per_host");
    out->verbose = (int)value_int(o, "verbose", 0, 10, 0);
    out->debug = (int)value_int(o, "debugging", 0, 10, 0);
    options_of(json_object_get(o, "options"), out);
    kinds_of(a, json_object_get(o, "scaninfo"), out);
    sources_of(a, json_object_get(o, "databases"), out);
    out->before = scripts_of(a, o, &out->n_before);
}

void lines_totals(struct arena *a, const json_t *o, struct scan *out)
{
    const json_t *hosts = json_object_get(o, "hosts");
    const json_t *packets = json_object_get(o, "packets");
    out->ended = value_int(o, "time", 0, SAVED_TIME_MAX, 0);
    out->elapsed_ns = value_count(o, "elapsed_ns");
    out->is_interrupted = !span_eq(value_plain(o, "exit"), SPAN("success"));
    out->n_up = value_count(hosts, "up");
    out->n_targets = value_count(hosts, "total");
    out->sent_packets = value_count(packets, "sent");
    out->sent_bytes = value_count(packets, "sent_bytes");
    out->received_packets = value_count(packets, "received");
    out->received_bytes = value_count(packets, "received_bytes");
    out->after = scripts_of(a, o, &out->n_after);
}
