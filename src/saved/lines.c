// SPDX-License-Identifier: Apache-2.0
// One line: parsed into a tree of bounded size, told by its type, forgotten. Types that a later
// version brings are passed over.
#include "saved/lines.h"

// Before the tree is built: its size is bounded by the values in the line.
static bool is_too_rich(struct span line)
{
    size_t n = 0;
    for (size_t i = 0; i < line.len; i++)
        n += line.ptr[i] == ',' || line.ptr[i] == '[' || line.ptr[i] == '{';
    return n > LIMIT_RECORD_ITEMS;
}

static void take_begin(struct records *r, const json_t *o)
{
    const int64_t schema = value_int(o, "schema", 0, INT32_MAX, 0);
    struct record told = {.kind = RECORD_BEGIN};
    if (schema != SAVED_SCHEMA) {
        records_damage(r, "this schema is not known here", SPAN("schema"));
        return;
    }
    if (r->scan && value_true(o, "resumed")) {
        r->has_end = false;
        r->scan->is_interrupted = false;
        told.kind = RECORD_RESUMED;
    } else {
        struct scan *scan = records_begin_scan(r);
        lines_scan(&r->scan_arena, o, scan);
    }
    records_tell(r, &told);
}

static void take_up(struct records *r, const json_t *o)
{
    struct host host = {0};
    struct record told = {.kind = RECORD_UP, .host = &host};
    arena_init(&host.arena, "a saved host");
    if (!lines_found(&host.arena, o, &host)) {
        arena_fini(&host.arena);
        records_damage(r, "no address", SPAN("addr"));
        return;
    }
    records_tell(r, &told);
    pending_up(r, &host);
}

static void take_port(struct records *r, const json_t *o)
{
    struct host host = {.state = HOST_UP};
    struct port port = {0};
    struct ip_addr mem;
    struct record told = {.kind = RECORD_PORT, .host = &host, .port = &port};
    if (!value_addr(o, "addr", &host.addr) || !lines_port(o, &port)) {
        records_damage(r, "no address or no port", value_plain(o, "addr"));
        return;
    }
    const struct ip_addr *from = lines_sender(o, &mem);
    if (from) {
        host.from = &mem;
        host.n_from = port.from = 1;
    }
    records_tell(r, &told);
    port.from = 0;
    pending_port(r, &host.addr, &port, from);
}

static void take_service(struct records *r, const json_t *o)
{
    struct host host = {.state = HOST_UP};
    struct port port = {0};
    struct ip_addr mem;
    struct record told = {.kind = RECORD_SERVICE, .host = &host, .port = &port};
    if (!value_addr(o, "addr", &host.addr) || !lines_port(o, &port)) {
        records_damage(r, "no address or no port", value_plain(o, "addr"));
        return;
    }
    struct arena *a = pending_arena(r, &host.addr);
    struct service s = {.port = port.number, .proto = port.proto};
    if (!a)
        return;
    lines_service(a, json_object_get(o, "service"), &s);
    host.services = &s;
    host.n_services = 1;
    const struct ip_addr *from = lines_sender(o, &mem);
    if (from) {
        host.from = &mem;
        host.n_from = port.from = 1;
    }
    records_tell(r, &told);
    port.from = 0;
    pending_port(r, &host.addr, &port, from);
    pending_service(r, &host.addr, &s);
}

// Ports that were decided since the last such line.
static void take_ports(struct records *r, const json_t *o)
{
    struct build *b = &r->build;
    struct ip_addr addr;
    if (!value_addr(o, "addr", &addr)) {
        records_damage(r, "no address", SPAN("addr"));
        return;
    }
    build_begin(b);
    b->host.addr = addr;
    b->host.state = HOST_UP;
    lines_ports(b, o);
    build_finish(b);
    struct record told = {.kind = RECORD_PORTS, .host = &b->host};
    records_tell(r, &told);
    pending_ports(r, &b->host);
    build_drop(b);
}

static bool evidence_of(struct arena *a, const json_t *o, struct evidence *e)
{
    const struct span kind = value_plain(o, "kind");
    e->probe = value_text(a, o, "probe");
    e->port = (uint16_t)value_int(o, "portid", 0, UINT16_MAX, 0);
    e->tunnel = lines_tunnel(o);
    (void)word_proto(value_plain(o, "protocol"), &e->proto);
    if (span_eq(kind, SPAN("os_subject"))) {
        e->kind = EVIDENCE_OS_SUBJECT;
        e->bytes = value_text(a, o, "fingerprint");
        e->len = e->bytes.len;
        return true;
    }
    e->kind = span_eq(kind, SPAN("os_reply")) ? EVIDENCE_OS_REPLY : EVIDENCE_SERVICE_REPLY;
    e->bytes = lines_reply(a, o, &e->len);
    return e->kind == EVIDENCE_OS_REPLY || span_eq(kind, SPAN("service_reply"));
}

static void take_evidence(struct records *r, const json_t *o)
{
    struct arena a;
    struct host host = {.state = HOST_UP};
    struct evidence e = {0};
    struct record told = {.kind = RECORD_EVIDENCE, .host = &host, .evidence = &e};
    arena_init(&a, "evidence");
    if (value_addr(o, "addr", &host.addr) && evidence_of(&a, o, &e)) {
        records_tell(r, &told);
        if (e.kind == EVIDENCE_OS_SUBJECT && e.bytes.len > 0)
            pending_subject(r, &host.addr, e.bytes);
    }
    arena_fini(&a);
}

static void take_host(struct records *r, const json_t *o)
{
    struct build *b = &r->build;
    build_begin(b);
    if (!lines_found(&b->host.arena, o, &b->host)) {
        build_drop(b);
        records_damage(r, "no address", SPAN("addr"));
        return;
    }
    lines_host(b, o);
    build_finish(b);
    if (b->has_overflow)
        records_damage(r, "more ports than a host can have", value_plain(o, "addr"));
    if (b->host.is_cut_short) {
        pending_up(r, &b->host);
        return;
    }
    pending_done(r, &b->host.addr);
    records_host(r, b);
}

static void take_note(struct records *r, const json_t *o)
{
    struct arena a;
    arena_init(&a, "a note");
    struct record told = {.kind = RECORD_NOTE, .text = value_text(&a, o, "text")};
    records_tell(r, &told);
    arena_fini(&a);
}

static void take_end(struct records *r, const json_t *o)
{
    lines_totals(&r->scan_arena, o, r->scan);
    r->has_end = true;
}

static void take(struct records *r, const json_t *o)
{
    static const struct {
        const char *type;
        void (*take)(struct records *r, const json_t *o);
    } types[] = {
        {"up", take_up},       {"port", take_port},       {"evidence", take_evidence},
        {"ports", take_ports}, {"service", take_service}, {"host", take_host},
        {"note", take_note},   {"end", take_end},
    };
    const struct span type = value_plain(o, "type");
    if (span_eq(type, SPAN("begin"))) {
        take_begin(r, o);
        return;
    }
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (!span_eq(type, span_str(types[i].type)))
            continue;
        if (r->scan)
            types[i].take(r, o);
        else
            records_damage(r, "a record before the beginning of a scan", type);
    }
    if (span_is_absent(type))
        records_damage(r, "a record without a type", (struct span){NULL, 0});
}

void lines_take(struct records *r, struct span line)
{
    json_error_t error;
    line = span_trim(line);
    if (line.len == 0)
        return;
    if (is_too_rich(line)) {
        records_damage(r, "more values than a record can have", (struct span){NULL, 0});
        return;
    }
    json_t *o = json_loadb(line.ptr, line.len, JSON_ALLOW_NUL, &error);
    if (json_is_object(o))
        take(r, o);
    else
        records_damage(r, "not a JSON object", span_str(o ? "" : error.text));
    json_decref(o);
}
