// SPDX-License-Identifier: Apache-2.0
// Format, lines, scans. A scan that was resumed is one scan: the second "begin" says so. Whatever
// is unfinished when a scan ends is told before its end.
#include "base/vec.h"
#include "saved/reader.h"

static void input_init(struct records *r)
{
    r->format = RECORD_FORMAT_NONE;
    r->is_refused = r->is_too_long = false;
    r->line_no = 1;
    r->n_bytes = r->n_whole = 0;
    r->n_line = 0;
}

struct records *records_open(struct arena *run, record_fn *call, void *ctx)
{
    static const struct hash_key key = {0x7265636f72647300, 0x77686f726c};
    struct records *r = arena_alloc(run, sizeof *r);
    r->run = run;
    r->call = call;
    r->ctx = ctx;
    arena_init(&r->scan_arena, "a saved scan");
    map_init(&r->by_addr, key);
    input_init(r);
    return r;
}

void records_tell(struct records *r, struct record *what)
{
    what->line = r->line_no;
    what->scan = r->scan;
    r->call(r->ctx, what);
}

void records_damage(struct records *r, const char *what, struct span token)
{
    struct record d = {.kind = RECORD_DAMAGE, .text = span_str(what), .token = token};
    records_tell(r, &d);
}

struct scan *records_begin_scan(struct records *r)
{
    records_end_scan(r);
    r->scan = arena_alloc(&r->scan_arena, sizeof *r->scan);
    return r->scan;
}

void records_end_scan(struct records *r)
{
    struct record end = {.kind = RECORD_END};
    if (!r->scan)
        return;
    if (!r->has_end) {
        r->scan->is_interrupted = true;
        r->scan->n_up = r->n_up;
        r->scan->n_targets = r->n_hosts;
    }
    if (!r->scan->is_interrupted)
        pending_drop(r);
    pending_tell(r);
    records_tell(r, &end);
    r->scan = NULL;
    r->has_end = false;
    r->n_up = r->n_hosts = 0;
    arena_fini(&r->scan_arena);
}

void records_host(struct records *r, struct build *b)
{
    struct record told = {.kind = RECORD_HOST, .host = &b->host};
    r->n_hosts++;
    r->n_up += b->host.state == HOST_UP;
    records_tell(r, &told);
    if (!told.is_taken)
        build_drop(b);
}

static void end_line(struct records *r)
{
    if (r->is_too_long)
        records_damage(r, "this line is too long", (struct span){NULL, 0});
    else
        lines_take(r, span_of(r->line, r->n_line));
    r->n_line = 0;
    r->is_too_long = false;
}

static void keep(struct records *r, struct span part)
{
    if (part.len == 0 || r->is_too_long)
        return;
    if (part.len > LIMIT_RECORD_LINE - r->n_line) {
        r->is_too_long = true;
        return;
    }
    r->line = vec_grow(r->line, &r->cap_line, r->n_line + part.len, 1);
    memcpy(r->line + r->n_line, part.ptr, part.len);
    r->n_line += part.len;
}

static void feed_lines(struct records *r, struct span bytes)
{
    while (bytes.len > 0) {
        const size_t n = span_find(bytes, '\n');
        keep(r, span_head(bytes, n));
        if (n == bytes.len) {
            r->n_bytes += n;
            return;
        }
        r->n_bytes += n + 1;
        end_line(r);
        r->n_whole = r->n_bytes;
        r->line_no++;
        bytes = span_from(bytes, n + 1);
    }
}

// By the first character that is no blank.
static void find_format(struct records *r, struct span *bytes)
{
    while (bytes->len > 0 && memchr(" \t\r\n\xEF\xBB\xBF", bytes->ptr[0], 7)) {
        r->line_no += bytes->ptr[0] == '\n';
        r->n_bytes++;
        *bytes = span_from(*bytes, 1);
    }
    if (bytes->len == 0)
        return;
    if (bytes->ptr[0] == '{')
        r->format = RECORD_FORMAT_JSON;
    else if (bytes->ptr[0] == '<')
        r->format = RECORD_FORMAT_XML;
    else
        r->is_refused = true;
    if (r->is_refused)
        records_damage(r, "neither JSON lines nor XML", span_head(*bytes, 16));
}

void records_feed(struct records *r, struct span bytes)
{
    if (r->format == RECORD_FORMAT_NONE && !r->is_refused)
        find_format(r, &bytes);
    if (r->format == RECORD_FORMAT_JSON)
        feed_lines(r, bytes);
    else if (r->format == RECORD_FORMAT_XML)
        xml_feed(r, bytes);
}

enum record_format records_format(const struct records *r)
{
    return r->format;
}

uint64_t records_whole(const struct records *r)
{
    return r->n_whole;
}

static void tell_cut(struct records *r)
{
    struct record d = {.kind = RECORD_DAMAGE, .is_cut = true};
    d.text = SPAN("the last line has no end and is left out");
    records_tell(r, &d);
}

void records_end(struct records *r)
{
    if (r->format == RECORD_FORMAT_XML)
        xml_end(r);
    else if (r->n_line > 0 || r->is_too_long)
        tell_cut(r);
    else if (r->format == RECORD_FORMAT_NONE && !r->is_refused)
        records_damage(r, "the file is empty", (struct span){NULL, 0});
    records_end_scan(r);
    input_init(r);
}

void records_close(struct records *r)
{
    vec_free(r->line);
    build_fini(&r->build);
    map_fini(&r->by_addr);
    arena_fini(&r->scan_arena);
}
