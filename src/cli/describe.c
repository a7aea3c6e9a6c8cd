// SPDX-License-Identifier: Apache-2.0
// Digests are of the files as they are read now, so that a saved scan tells which data it used.
#include "cli/describe.h"

#include <string.h>

#include "base/buf.h"
#include "cli/file.h"

enum { DIGEST_TEXT = 32, RANGE_TEXT = 12, FLAGS_TEXT = 24 };

struct span describe_command(struct arena *a, int argc, char **argv)
{
    size_t room = 1;
    for (int i = 0; i < argc; i++)
        room += 2 * strlen(argv[i]) + 3;
    char *text = arena_alloc(a, room);
    struct buf b;
    buf_init(&b, text, room);
    for (int i = 0; i < argc; i++) {
        const bool needs_quotes = strpbrk(argv[i], " \t\"\\") != NULL;
        buf_str(&b, i > 0 ? " " : "");
        buf_str(&b, needs_quotes ? "\"" : "");
        for (const char *c = argv[i]; *c; c++) {
            if (needs_quotes && (*c == '"' || *c == '\\'))
                buf_char(&b, '\\');
            buf_char(&b, *c);
        }
        buf_str(&b, needs_quotes ? "\"" : "");
    }
    return buf_span(&b);
}

static void put_range(struct buf *b, uint16_t lo, uint16_t hi)
{
    if (buf_len(b) > 0)
        buf_char(b, ',');
    buf_dec(b, lo);
    if (hi == lo)
        return;
    buf_char(b, '-');
    buf_dec(b, hi);
}

static struct span ranges_of(struct arena *run, const uint16_t *ports, uint32_t n)
{
    const size_t room = (size_t)n * RANGE_TEXT + 1;
    struct buf b;
    buf_init(&b, arena_alloc(run, room), room);
    for (uint32_t i = 0, first = 0; i < n; i++) {
        if (i + 1 < n && ports[i + 1] == ports[i] + 1)
            continue;
        put_range(&b, ports[first], ports[i]);
        first = i + 1;
    }
    return buf_span(&b);
}

static struct span digest_text(struct arena *run, struct span path)
{
    struct digest d;
    struct buf b;
    digest_init(&d);
    if (file_digest(path, &d) != 1)
        return (struct span){NULL, 0};
    const struct digest_value v = digest_end(&d);
    buf_init(&b, arena_alloc(run, DIGEST_TEXT), DIGEST_TEXT);
    buf_hex_pad(&b, v.word[0], 16);
    buf_hex_pad(&b, v.word[1], 16);
    return buf_span(&b);
}

static bool ends_with(struct span s, struct span tail)
{
    return s.len >= tail.len && span_eq(span_from(s, s.len - tail.len), tail);
}

static struct span kind_of(struct span file)
{
    if (ends_with(file, SPAN("services.tab")) || ends_with(file, SPAN("nmap-services")))
        return SPAN("ports");
    if (ends_with(file, SPAN("os.db")) || ends_with(file, SPAN("nmap-os-db")) ||
        ends_with(file, SPAN("os1.db")) || ends_with(file, SPAN("os6.db")) ||
        ends_with(file, SPAN("nmap-os-fingerprints")))
        return SPAN("os");
    if (ends_with(file, SPAN("services.db")) || ends_with(file, SPAN("nmap-service-probes")))
        return SPAN("services");
    return SPAN("data");
}

static void put_sources(struct arena *run, const struct loaded *data, struct scan *scan)
{
    struct scan_source *list = arena_array(run, data->n_files, sizeof *list);
    for (uint32_t i = 0; i < data->n_files; i++)
        list[i] = (struct scan_source){kind_of(data->files[i]), data->files[i],
                                       digest_text(run, arena_copy(run, data->files[i]))};
    scan->sources = list;
    scan->n_sources = data->n_files;
}

static const char *kind_name(enum scan_kind kind)
{
    static const char *const names[SCAN_KIND_COUNT] = {
        [SCAN_SYN] = "syn",       [SCAN_CONNECT] = "connect", [SCAN_ACK] = "ack",
        [SCAN_WINDOW] = "window", [SCAN_MAIMON] = "maimon",   [SCAN_NULL] = "null",
        [SCAN_FIN] = "fin",       [SCAN_XMAS] = "xmas",       [SCAN_UDP] = "udp",
        [SCAN_SCTP] = "sctpinit", [SCAN_IP] = "ipproto",
    };
    return names[kind];
}

// Flags that are not those of the scan by itself, as words.
static struct span flags_text(struct arena *run, const struct plan_scan *s)
{
    static const char *const names[8] = {"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"};
    struct buf b;
    if (s->kind == SCAN_UDP || s->kind == SCAN_CONNECT || s->flags == scan_flags(s->kind))
        return (struct span){NULL, 0};
    buf_init(&b, arena_alloc(run, FLAGS_TEXT), FLAGS_TEXT);
    for (int i = 0; i < 8; i++)
        buf_str(&b, s->flags >> i & 1 ? names[i] : "");
    return buf_span(&b);
}

void describe_kinds(struct arena *run, const struct plan *plan, struct scan *scan)
{
    struct scan_ports *list = arena_array(run, plan->n_scans, sizeof *list);
    for (uint32_t i = 0; i < plan->n_scans; i++) {
        const struct plan_scan *s = &plan->scan[i];
        list[i] = (struct scan_ports){
            .name = span_str(kind_name(s->kind)),
            .flags = flags_text(run, s),
            .proto = scan_proto(s->kind),
            .n_ports = s->n_ports,
            .ports = ranges_of(run, s->ports, s->n_ports),
        };
    }
    scan->kinds = list;
    scan->n_kinds = plan->n_scans;
}

void describe_more(struct arena *run, const struct plan *plan, const struct loaded *data, int argc,
                   char **argv, struct scan *scan)
{
    struct span *args = arena_array(run, (size_t)argc, sizeof *args);
    for (int i = 0; i < argc; i++)
        args[i] = span_str(argv[i]);
    scan->arguments = args;
    scan->n_arguments = (uint32_t)argc;
    describe_kinds(run, plan, scan);
    put_sources(run, data, scan);
}
