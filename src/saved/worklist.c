// SPDX-License-Identifier: Apache-2.0
// The lines themselves: what kind each is, and the kinds that are made of words. JSON objects are
// in workjson.c, saved scans in workscan.c. A broken line costs that line.
#include "saved/worklist.h"

#include "base/ip.h"
#include "base/limits.h"
#include "base/text.h"
#include "saved/workline.h"

enum { COLUMNS_MAX = 32 };

struct worklist {
    struct arena *run;
    work_fn *call;
    void *ctx;
    struct workscan *scan; // NULL: these are lines
    bool has_kind;         // it is known which
    uint64_t line_no;
    // A host that grepable output calls up; its ports, if it has any, are in the next line.
    uint64_t held_line;
    size_t n_held;
    char held[LIMIT_NAME];
    size_t n_line;
    bool is_too_long;
    // Columns of a CSV table, counted from 1; 0 = it has none.
    uint32_t addr_column, port_column, proto_column, success_column, class_column;
    char line[LIMIT_WORK_LINE];
};

struct worklist *worklist_open(struct arena *run, work_fn *call, void *ctx)
{
    struct worklist *w = arena_alloc(run, sizeof *w);
    w->run = run;
    w->call = call;
    w->ctx = ctx;
    return w;
}

void work_tell(struct worklist *w, const struct work_item *item)
{
    w->call(w->ctx, item);
}

void work_damage(struct worklist *w, const char *what, struct span token)
{
    const struct work_item item = {.spec = token, .line = w->line_no, .damage = what};
    w->call(w->ctx, &item);
}

void work_port(struct worklist *w, struct span spec, const struct port *port)
{
    const struct work_item item = {
        .spec = spec, .has_port = true, .port = *port, .line = w->line_no};
    w->call(w->ctx, &item);
}

void work_target(struct worklist *w, struct span spec)
{
    const struct work_item item = {.spec = spec, .line = w->line_no};
    w->call(w->ctx, &item);
}

bool work_state(struct span s, uint8_t *out)
{
    for (int i = PORT_OPEN; i < PORT_STATE_COUNT; i++) {
        if (!span_eq(s, span_str(port_state_name((enum port_state)i))))
            continue;
        *out = (uint8_t)i;
        return true;
    }
    return false;
}

bool work_proto(struct span s, uint8_t *out)
{
    for (int i = 0; i < PROTO_COUNT; i++) {
        if (!span_eq_nocase(s, span_str(proto_name((enum proto)i))))
            continue;
        *out = (uint8_t)i;
        return true;
    }
    return false;
}

bool work_number(struct span s, uint16_t *out)
{
    uint64_t n;
    if (!text_dec(s, 65535, &n) || n == 0)
        return false;
    *out = (uint16_t)n;
    return true;
}

static struct span next_word(struct span *rest)
{
    *rest = span_trim(*rest);
    size_t n = 0;
    while (n < rest->len && rest->ptr[n] != ' ' && rest->ptr[n] != '\t' && rest->ptr[n] != '\r')
        n++;
    const struct span word = span_head(*rest, n);
    *rest = span_from(*rest, n);
    return word;
}

// masscan -oL: "open tcp 80 192.0.2.1 1390380064"
static bool take_open_line(struct worklist *w, struct span line)
{
    struct port port = {.reason = REASON_USER_SET};
    struct span rest = line;
    const struct span state = next_word(&rest);
    const bool is_banner = span_eq(state, SPAN("banner"));
    if (!is_banner && !span_eq(state, SPAN("open")) && !span_eq(state, SPAN("closed")))
        return false;
    port.state = span_eq(state, SPAN("closed")) ? PORT_CLOSED : PORT_OPEN;
    const struct span proto = next_word(&rest);
    const struct span number = next_word(&rest);
    const struct span addr = next_word(&rest);
    if (!work_proto(proto, &port.proto))
        return true; // "icmp": nothing to scan
    if (!work_number(number, &port.number) || addr.len == 0)
        work_damage(w, "not a port and an address", line);
    else
        work_port(w, addr, &port);
    return true;
}

static void take_grepable_port(struct worklist *w, struct span addr, struct span item)
{
    struct port port = {.reason = REASON_USER_SET};
    struct span rest = span_trim(item);
    const struct span number = span_cut(&rest, '/');
    const struct span state = span_cut(&rest, '/');
    const struct span proto = span_cut(&rest, '/');
    if (work_number(number, &port.number) && work_state(state, &port.state) &&
        work_proto(proto, &port.proto))
        work_port(w, addr, &port);
    else
        work_damage(w, "not a port as in 22/open/tcp", item);
}

static void tell_held(struct worklist *w)
{
    const struct work_item item = {.spec = span_of(w->held, w->n_held), .line = w->held_line};
    if (w->n_held > 0)
        w->call(w->ctx, &item);
    w->n_held = 0;
}

static void hold(struct worklist *w, struct span addr)
{
    if (addr.len > sizeof w->held) {
        work_damage(w, "no host in this line", addr);
        return;
    }
    memcpy(w->held, addr.ptr, addr.len);
    w->n_held = addr.len;
    w->held_line = w->line_no;
}

// Grepable: fields behind tabs; "Host: ADDRESS (NAME)", "Ports: 22/open/tcp//ssh///, ..."
static bool take_grepable(struct worklist *w, struct span line)
{
    struct span rest = line, addr = {NULL, 0};
    bool has_ports = false, is_down = false;
    if (!span_starts(line, SPAN("Host: ")) && !span_starts(line, SPAN("Timestamp: ")))
        return false;
    while (!span_is_absent(rest)) {
        struct span field = span_trim(span_cut(&rest, '\t'));
        if (span_starts(field, SPAN("Host: "))) {
            field = span_from(field, 6);
            addr = next_word(&field);
        } else if (span_starts(field, SPAN("Ports: ")) && addr.len > 0) {
            field = span_from(field, 7);
            has_ports = true;
            if (span_eq(addr, span_of(w->held, w->n_held)))
                w->n_held = 0;
            while (!span_is_absent(field))
                take_grepable_port(w, addr, span_cut(&field, ','));
        } else if (span_starts(field, SPAN("Status: "))) {
            is_down = span_eq(field, SPAN("Status: Down"));
        }
    }
    if (!span_eq(addr, span_of(w->held, w->n_held)))
        tell_held(w);
    if (addr.len == 0)
        work_damage(w, "no host in this line", line);
    else if (!has_ports && !is_down)
        hold(w, addr);
    return true;
}

// A first line that names columns: zmap, naabu -csv.
static bool take_header(struct worklist *w, struct span line)
{
    uint32_t addr = 0, port = 0, proto = 0, success = 0, class = 0, n = 0;
    struct span rest = line;
    while (!span_is_absent(rest) && n < COLUMNS_MAX) {
        const struct span name = span_trim(span_cut(&rest, ','));
        n++;
        if (span_eq(name, SPAN("saddr")) || span_eq(name, SPAN("ip")))
            addr = n;
        else if (span_eq(name, SPAN("sport")) || span_eq(name, SPAN("port")))
            port = n;
        else if (span_eq(name, SPAN("protocol")))
            proto = n;
        else if (span_eq(name, SPAN("success")))
            success = n;
        else if (span_eq(name, SPAN("classification")))
            class = n;
    }
    if (addr == 0)
        return false;
    w->addr_column = addr;
    w->port_column = port;
    w->proto_column = proto;
    w->success_column = success;
    w->class_column = class;
    return true;
}

static struct span column(struct span line, uint32_t number)
{
    struct span rest = line, field = {NULL, 0};
    for (uint32_t i = 0; i < number; i++)
        field = span_is_absent(rest) ? rest : span_cut(&rest, ',');
    return span_trim(field);
}

static bool take_row(struct worklist *w, struct span line)
{
    struct port port = {.state = PORT_OPEN, .reason = REASON_USER_SET};
    struct ip_addr ip;
    const struct span addr = column(line, w->addr_column);
    const struct span number = column(line, w->port_column);
    if (w->addr_column == 0 || !ip_parse(addr, &ip))
        return false;
    if (w->success_column && span_eq(column(line, w->success_column), SPAN("0")))
        return true; // it answered by an error
    if (w->class_column && span_eq(column(line, w->class_column), SPAN("rst")))
        port.state = PORT_CLOSED;
    if (w->proto_column && column(line, w->proto_column).len > 0)
        work_proto(column(line, w->proto_column), &port.proto);
    if (w->port_column == 0 || number.len == 0)
        work_target(w, addr);
    else if (work_number(number, &port.number))
        work_port(w, addr, &port);
    else
        work_damage(w, "not a port", number);
    return true;
}

// "22", "80-90": one work item each.
static bool take_ports(struct worklist *w, struct span spec, struct span list, struct port port)
{
    while (!span_is_absent(list)) {
        struct span hi = span_cut(&list, ',');
        const struct span lo = span_cut(&hi, '-');
        uint16_t first, last;
        if (!work_number(lo, &first))
            return false;
        last = first;
        if (!span_is_absent(hi) && (!work_number(hi, &last) || last < first))
            return false;
        for (uint32_t n = first; n <= last; n++) {
            port.number = (uint16_t)n;
            work_port(w, spec, &port);
        }
    }
    return true;
}

static bool is_one_host(struct span spec)
{
    struct ip_addr ip;
    bool has_letter = false;
    if (ip_parse(spec, &ip))
        return true;
    for (size_t i = 0; i < spec.len; i++) {
        const char c = spec.ptr[i];
        has_letter = has_letter || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
        if (c == '/' || c == '*' || c == ',')
            return false;
    }
    return has_letter;
}

// Where the ports begin: behind "]:", or behind the only colon. spec.len if there are none.
static size_t port_colon(struct span word)
{
    if (word.len > 0 && word.ptr[0] == '[') {
        const size_t close = span_find(word, ']');
        return close + 1 < word.len && word.ptr[close + 1] == ':' ? close + 1 : word.len;
    }
    const size_t colon = span_find(word, ':');
    const bool is_only = span_find(span_from(word, colon + 1), ':') + colon + 1 >= word.len;
    return is_only ? colon : word.len;
}

static void take_word(struct worklist *w, struct span word)
{
    struct port port = {.state = PORT_OPEN, .reason = REASON_USER_SET};
    const size_t colon = port_colon(word);
    struct span spec = span_head(word, colon);
    struct span ports = span_from(word, colon + 1);
    if (spec.len > 1 && spec.ptr[0] == '[' && spec.ptr[spec.len - 1] == ']')
        spec = span_head(span_from(spec, 1), spec.len - 2);
    if (colon == word.len) {
        work_target(w, spec);
        return;
    }
    const struct span list = span_cut(&ports, '/');
    if (!span_is_absent(ports) && !work_proto(ports, &port.proto))
        work_damage(w, "not a protocol", word);
    else if (!is_one_host(spec))
        work_damage(w, "ports need one address or name before them", word);
    else if (list.len == 0 || !take_ports(w, spec, list, port))
        work_damage(w, "not ports as in 22,80-90", word);
}

static void take_words(struct worklist *w, struct span line)
{
    struct span rest = span_head(line, span_find(line, '#'));
    for (struct span word = next_word(&rest); word.len > 0; word = next_word(&rest))
        take_word(w, word);
}

static void take_line(struct worklist *w, struct span bytes)
{
    const struct span line = span_trim(bytes);
    if (line.len == 0 || line.ptr[0] == '#' || take_grepable(w, line))
        return;
    tell_held(w);
    if (line.ptr[0] == '{' || line.ptr[0] == '[' || line.ptr[0] == ',' || line.ptr[0] == ']') {
        const bool is_v6 = line.ptr[0] == '[' && span_find(line, ']') > 2 &&
                           span_find(line, '{') == line.len && line.len > 2;
        if (!is_v6) {
            work_json(w, line);
            return;
        }
    }
    if (take_open_line(w, line) || take_header(w, line) || take_row(w, line))
        return;
    take_words(w, line);
}

static void end_line(struct worklist *w)
{
    w->line_no++;
    if (w->is_too_long)
        work_damage(w, "this line is too long", span_of(w->line, w->n_line));
    else
        take_line(w, span_of(w->line, w->n_line));
    w->n_line = 0;
    w->is_too_long = false;
}

static void feed_lines(struct worklist *w, struct span bytes)
{
    while (bytes.len > 0) {
        const size_t n = span_find(bytes, '\n');
        const size_t room = sizeof w->line - w->n_line;
        const size_t take = n < room ? n : room;
        memcpy(w->line + w->n_line, bytes.ptr, take);
        w->n_line += take;
        w->is_too_long = w->is_too_long || take < n;
        if (n < bytes.len)
            end_line(w);
        bytes = span_from(bytes, n + 1);
    }
}

// By its first bytes, which are kept in w->line until they tell: XML, a record of ours, lines.
static void find_kind(struct worklist *w, struct span *bytes)
{
    const struct span record = SPAN("{\"type\":\"");
    while (!w->has_kind && bytes->len > 0) {
        const struct span seen = span_of(w->line, w->n_line + 1);
        w->line[w->n_line] = bytes->ptr[0];
        if (seen.ptr[0] == '<' || span_eq(seen, record))
            w->scan = workscan_open(w->run, w);
        w->has_kind = w->scan || !span_starts(record, seen);
        if (w->has_kind)
            break;
        w->n_line++;
        *bytes = span_from(*bytes, 1);
    }
    if (w->scan)
        workscan_feed(w->scan, span_of(w->line, w->n_line));
}

void worklist_feed(struct worklist *w, struct span bytes)
{
    if (!w->has_kind)
        find_kind(w, &bytes);
    if (w->scan)
        workscan_feed(w->scan, bytes);
    else if (w->has_kind)
        feed_lines(w, bytes);
}

void worklist_end(struct worklist *w)
{
    if (w->scan)
        workscan_end(w->scan);
    else if (w->n_line > 0 || w->is_too_long)
        end_line(w);
    tell_held(w);
    worklist_close(w);
    w->line_no = 0;
    w->addr_column = 0;
}

void worklist_close(struct worklist *w)
{
    if (w->scan)
        workscan_close(w->scan);
    w->scan = NULL;
    w->has_kind = false;
}
