// SPDX-License-Identifier: Apache-2.0
// libxml2 as a push parser with handlers of our own: no tree is built, nothing is loaded, neither
// from the network nor from files, and entities that a document declares do not exist. Nor does the
// encoding that it declares: reports are UTF-8.
#include "saved/xml.h"

#include <libxml/parser.h>

#include "base/text.h"

struct span attr(const struct attrs *a, const char *name)
{
    for (int i = 0; i < a->n; i++) {
        const xmlChar **one = a->list + 5 * i; // name, prefix, namespace, value, its end
        if (strcmp((const char *)one[0], name) == 0)
            return span_of(one[3], (size_t)(one[4] - one[3]));
    }
    return (struct span){NULL, 0};
}

struct span attr_copy(struct arena *to, const struct attrs *a, const char *name)
{
    return arena_copy(to, attr(a, name));
}

int64_t attr_number(const struct attrs *a, const char *name, int64_t max, int64_t otherwise)
{
    uint64_t v;
    return text_dec(attr(a, name), (uint64_t)max, &v) ? (int64_t)v : otherwise;
}

void xml_begin_elem(struct xml *x, const struct attrs *a)
{
    const struct span key = span_head(attr(a, "key"), sizeof x->key);
    x->n_key = key.len;
    memcpy(x->key, key.len > 0 ? key.ptr : "", key.len);
    x->is_in_text = true;
}

static void begin_scan(struct xml *x, const struct attrs *a)
{
    struct arena *to = &x->r->scan_arena;
    struct scan *scan = records_begin_scan(x->r);
    const struct span scanner = attr(a, "scanner");
    x->kinds = arena_array(to, XML_KINDS, sizeof *x->kinds);
    scan->is_replayed = scan->is_from_xml = true;
    scan->scanner =
        span_eq(scanner, SPAN("whorl")) ? (struct span){NULL, 0} : arena_copy(to, scanner);
    scan->version = attr_copy(to, a, "version");
    scan->command = attr_copy(to, a, "args");
    scan->started = attr_number(a, "start", SAVED_TIME_MAX, 0);
    scan->kinds = x->kinds;
    struct span *arguments;
    scan->n_arguments = saved_arguments(to, scan->command, &arguments);
    scan->arguments = arguments;
    command_flags(scan);
}

static void take_kind(struct xml *x, const struct attrs *a)
{
    struct scan *scan = x->r->scan;
    struct arena *to = &x->r->scan_arena;
    uint8_t proto;
    if (scan->n_kinds == XML_KINDS || !word_proto(attr(a, "protocol"), &proto))
        return;
    struct scan_ports *k = &x->kinds[scan->n_kinds++];
    k->name = attr_copy(to, a, "type");
    k->flags = attr_copy(to, a, "scanflags");
    k->proto = (enum proto)proto;
    k->n_ports = (uint32_t)attr_number(a, "numservices", UINT16_MAX + 1, 0);
    k->ports = attr_copy(to, a, "services");
    scan->ports_per_host += k->n_ports;
}

static void tell_begin(struct xml *x)
{
    struct record told = {.kind = RECORD_BEGIN};
    if (x->has_begun)
        return;
    x->has_begun = true;
    x->r->scan->show_reasons |= x->r->scan->verbose > 1 || x->r->scan->debug > 0;
    records_tell(x->r, &told);
}

static void take_finished(struct xml *x, const struct attrs *a)
{
    struct scan *scan = x->r->scan;
    uint64_t hundredths = 0;
    x->r->has_end = true;
    scan->ended = attr_number(a, "time", SAVED_TIME_MAX, 0);
    (void)word_decimal(attr(a, "elapsed"), 2, &hundredths);
    scan->elapsed_ns = hundredths * 10000000;
    scan->is_interrupted = span_eq(attr(a, "exit"), SPAN("error"));
}

static void take_counts(struct xml *x, const struct attrs *a)
{
    x->r->scan->n_up = (uint64_t)attr_number(a, "up", INT64_MAX, 0);
    x->r->scan->n_targets = (uint64_t)attr_number(a, "total", INT64_MAX, 0);
}

// <prescript> stands before all hosts, and views begin with it; <postscript> stands behind them.
static bool script_element(struct xml *x, struct span name, const struct attrs *a)
{
    const bool is_before = span_eq(name, SPAN("prescript"));
    if (is_before || span_eq(name, SPAN("postscript"))) {
        x->has_scripts = true;
        x->script.is_in = false;
        return is_before && !x->has_begun;
    }
    if (!x->has_scripts)
        return false;
    xml_script_element(x, name, a);
    return x->script.is_in;
}

static void end_scan_scripts(struct xml *x)
{
    struct scan *scan = x->r->scan;
    const bool is_after = x->has_begun;
    uint32_t n;
    const struct script *list = scripts_take(&x->scan_scripts, &x->r->scan_arena, &n);
    *(is_after ? &scan->after : &scan->before) = list;
    *(is_after ? &scan->n_after : &scan->n_before) = n;
    x->has_scripts = false;
    if (!is_after)
        scripts_reset(&x->scan_scripts);
}

static bool is_task(struct span name)
{
    return span_starts(name, SPAN("task"));
}

// A child of the root, or of <runstats>.
static void scan_element(struct xml *x, struct span name, const struct attrs *a)
{
    struct scan *scan = x->r->scan;
    if (span_eq(name, SPAN("scaninfo"))) {
        take_kind(x, a);
        return;
    }
    if (span_eq(name, SPAN("verbose"))) {
        scan->verbose = (int)attr_number(a, "level", 10, 0);
        return;
    }
    if (span_eq(name, SPAN("debugging"))) {
        scan->debug = (int)attr_number(a, "level", 10, 0);
        return;
    }
    if (is_task(name) || script_element(x, name, a))
        return;
    tell_begin(x);
    if (span_eq(name, SPAN("host")) || span_eq(name, SPAN("hosthint"))) {
        x->is_in_hint = name.len > 4;
        x->is_in_host = true;
        xml_host_begin(x, a);
    } else if (span_eq(name, SPAN("script"))) {
        xml_path_remark(x, a);
    } else if (span_eq(name, SPAN("finished"))) {
        take_finished(x, a);
    } else if (span_eq(name, SPAN("hosts"))) {
        take_counts(x, a);
    }
}

static void on_start(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int n_namespaces, const xmlChar **namespaces, int n, int n_defaulted,
                     const xmlChar **list)
{
    struct xml *x = ctx;
    const struct attrs a = {list, n};
    const struct span s = span_str((const char *)name);
    (void)prefix, (void)uri, (void)n_namespaces, (void)namespaces, (void)n_defaulted;
    x->r->line_no = (uint64_t)xmlSAX2GetLineNumber(x->parser);
    x->is_in_text = false;
    x->n_text = 0;
    if (x->depth++ == 0) {
        if (span_eq(s, SPAN("nmaprun")))
            begin_scan(x, &a);
        return;
    }
    if (!x->r->scan)
        return;
    if (!x->is_in_host) {
        scan_element(x, s, &a);
        return;
    }
    x->is_in_text = span_eq(s, SPAN("cpe"));
    xml_host_element(x, s, &a);
}

static void on_end(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    struct xml *x = ctx;
    const struct span s = span_str((const char *)name);
    (void)prefix, (void)uri;
    x->depth--;
    x->is_in_text = false;
    if (x->depth == 0) {
        x->is_whole = true;
        if (x->r->scan)
            tell_begin(x);
        return;
    }
    if (!x->is_in_host && x->r->scan) {
        xml_script_close(x, s);
        if (x->has_scripts && (span_eq(s, SPAN("prescript")) || span_eq(s, SPAN("postscript"))))
            end_scan_scripts(x);
    }
    if (!x->is_in_host)
        return;
    if (x->depth == 1) {
        x->is_in_host = false;
        xml_host_end(x);
    } else {
        xml_host_close(x, s);
    }
}

static void on_text(void *ctx, const xmlChar *text, int n)
{
    struct xml *x = ctx;
    if (!x->is_in_text)
        return;
    const struct span part = span_head(span_of(text, (size_t)n), sizeof x->text - x->n_text);
    memcpy(x->text + x->n_text, part.ptr, part.len);
    x->n_text += part.len;
}

static void on_error(void *ctx, xmlErrorPtr error)
{
    (void)ctx, (void)error; // asked for after each piece
}

static void tell_error(struct xml *x, bool is_last)
{
    const xmlError *e = xmlCtxtGetLastError(x->parser);
    struct record d = {.kind = RECORD_DAMAGE};
    const struct span why = span_str(e && e->message ? e->message : "");
    x->is_broken = true;
    d.is_cut = is_last;
    d.text = is_last ? SPAN("the document has no end") : SPAN("not well-formed");
    d.token = span_head(why, span_find(why, '\n'));
    x->r->line_no = e ? (uint64_t)e->line : 0;
    records_tell(x->r, &d);
}

static void open_parser(struct records *r)
{
    xmlSAXHandler sax = {
        .initialized = XML_SAX2_MAGIC,
        .startElementNs = on_start,
        .endElementNs = on_end,
        .characters = on_text,
        .cdataBlock = on_text,
        .serror = on_error,
    };
    struct xml *x = arena_alloc(r->run, sizeof *x);
    x->r = r;
    x->parser = xmlCreatePushParserCtxt(&sax, x, NULL, 0, NULL);
    r->xml = x;
    if (x->parser)
        xmlCtxtUseOptions(x->parser,
                          XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_IGNORE_ENC); // see the head
    else
        x->is_broken = true;
}

void xml_feed(struct records *r, struct span bytes)
{
    enum { PIECE = 1 << 16 };
    if (!r->xml)
        open_parser(r);
    struct xml *x = r->xml;
    r->n_bytes += bytes.len;
    while (bytes.len > 0 && !x->is_broken) {
        const struct span piece = span_head(bytes, PIECE);
        if (xmlParseChunk(x->parser, piece.ptr, (int)piece.len, 0) != 0)
            tell_error(x, false);
        bytes = span_from(bytes, piece.len);
    }
}

// A host in the middle of which the file ends is one that was begun.
static void keep_unfinished(struct xml *x)
{
    if (!x->is_in_host)
        return;
    x->is_in_host = false;
    if (x->is_in_hint || x->r->build.host.addr.family == IP_NONE) {
        build_drop(&x->r->build);
        return;
    }
    build_finish(&x->r->build);
    x->r->build.host.is_cut_short = true;
    pending_up(x->r, &x->r->build.host);
}

static void close_parser(struct xml *x)
{
    scripts_free(&x->scan_scripts);
    if (!x->parser)
        return;
    if (x->parser->myDoc) // declarations make one, though nobody asked
        xmlFreeDoc(x->parser->myDoc);
    xmlFreeParserCtxt(x->parser);
}

void xml_end(struct records *r)
{
    struct xml *x = r->xml;
    if (!x)
        return;
    if (!x->is_broken && (xmlParseChunk(x->parser, NULL, 0, 1) != 0 || !x->is_whole))
        tell_error(x, true);
    if (r->scan)
        tell_begin(x);
    keep_unfinished(x);
    close_parser(x);
    r->xml = NULL;
}
