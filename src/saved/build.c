// SPDX-License-Identifier: Apache-2.0
// Ports of a saved host come in any order, folded ones first, and a hostile file may name each a
// thousand times: they are gathered up to a limit, sorted and made single at the end.
#include "saved/build.h"

#include "base/buf.h"
#include "base/text.h"
#include "base/vec.h"

enum { SENDERS_MAX = 4096, CONFIDENCE_TABLE = 3 };

// Something by what it is sorted.
struct keyed {
    uint32_t key;
    uint32_t at;
};

void build_begin(struct build *b)
{
    b->host = (struct host){0};
    arena_init(&b->host.arena, "a saved host");
    b->os = (struct os_result){.open_tcp = -1, .closed_tcp = -1, .closed_udp = -1};
    b->has_os = false;
    b->has_overflow = false;
    scripts_reset(&b->scripts);
    b->n_ports = b->n_services = b->n_from = b->n_matches = 0;
}

void build_drop(struct build *b)
{
    arena_fini(&b->host.arena);
}

void build_fini(struct build *b)
{
    vec_free(b->ports);
    vec_free(b->services);
    vec_free(b->from);
    vec_free(b->matches);
    scripts_free(&b->scripts);
}

void build_port(struct build *b, const struct port *p)
{
    if (b->n_ports == LIMIT_HOST_PORTS) {
        b->has_overflow = true;
        return;
    }
    VEC_PUSH(b->ports, b->n_ports, b->cap_ports, *p);
}

void build_ports(struct build *b, const struct port *p, struct span list)
{
    while (!span_is_absent(list)) {
        struct span hi_text = span_cut(&list, ',');
        const struct span lo_text = span_cut(&hi_text, '-');
        uint64_t lo, hi;
        if (!text_dec(lo_text, UINT16_MAX, &lo))
            continue;
        if (span_is_absent(hi_text) || !text_dec(hi_text, UINT16_MAX, &hi))
            hi = lo;
        for (uint64_t v = lo; v <= hi && !b->has_overflow; v++) {
            struct port next = *p;
            next.number = (uint16_t)v;
            build_port(b, &next);
        }
    }
}

struct service *build_service(struct build *b, const struct port *p)
{
    const struct service s = {.port = p->number,
                              .proto = p->proto,
                              .state = SERVICE_NOT_ASKED,
                              .confidence = CONFIDENCE_TABLE};
    if (b->n_services == LIMIT_HOST_PORTS) {
        b->has_overflow = true;
        b->n_services--;
    }
    VEC_PUSH(b->services, b->n_services, b->cap_services, s);
    return &b->services[b->n_services - 1];
}

void build_match(struct build *b, const struct os_match *m)
{
    if (b->n_matches < LIMIT_OS_MATCHES)
        VEC_PUSH(b->matches, b->n_matches, b->cap_matches, *m);
}

uint16_t build_sender(struct build *b, const struct ip_addr *addr)
{
    for (size_t i = 0; i < b->n_from; i++) {
        if (ip_eq(&b->from[i], addr))
            return (uint16_t)(i + 1);
    }
    if (b->n_from == SENDERS_MAX)
        return 0;
    VEC_PUSH(b->from, b->n_from, b->cap_from, *addr);
    return (uint16_t)b->n_from;
}

uint16_t build_from(struct build *b, struct span addr)
{
    struct ip_addr a;
    return ip_parse(addr, &a) ? build_sender(b, &a) : 0;
}

void build_cpe(struct service *s, struct span cpe)
{
    static const char parts[SERVICE_CPES] = {'a', 'h', 'o'};
    for (size_t i = 0; i < SERVICE_CPES; i++) {
        if (cpe.len > 5 && span_starts(cpe, SPAN("cpe:/")) && cpe.ptr[5] == parts[i] &&
            span_is_absent(s->cpe[i]))
            s->cpe[i] = cpe;
    }
}

static bool class_eq(const struct os_class *a, const struct os_class *b)
{
    return span_eq(a->vendor, b->vendor) && span_eq(a->family, b->family) &&
           span_eq(a->generation, b->generation) && span_eq(a->type, b->type);
}

static bool has_class(const struct os_class_match *list, uint32_t n, const struct os_class *c)
{
    for (uint32_t i = 0; i < n; i++) {
        if (class_eq(&list[i].cls, c))
            return true;
    }
    return false;
}

void build_classes(struct build *b)
{
    struct os_class_match *list = arena_array(&b->host.arena, LIMIT_OS_MATCHES, sizeof *list);
    uint32_t n = 0;
    uint32_t n_perfect = 0;
    for (size_t i = 0; i < b->n_matches; i++) {
        const struct os_match *m = &b->matches[i];
        if (m->accuracy < 1 && n_perfect > 0)
            break;
        for (uint32_t k = 0; k < m->n_classes && n < LIMIT_OS_MATCHES; k++) {
            if (!has_class(list, n, &m->classes[k]))
                list[n++] = (struct os_class_match){m->classes[k], m->accuracy};
        }
        if (m->accuracy >= 1)
            n_perfect = n;
    }
    b->os.classes = list;
    b->os.n_classes = n;
    b->os.n_perfect_classes = n_perfect;
}

void build_fingerprint(struct build *b, struct span text)
{
    const struct span whole = span_head(text, 2 * LIMIT_SUBJECT);
    const size_t room = 2 * whole.len + 1; // a newline behind each ')'
    struct span rest = whole;
    struct buf out;
    buf_init(&out, arena_alloc(&b->host.arena, room), room);
    while (!span_is_absent(rest)) {
        struct span line = span_cut(&rest, '\n');
        line = span_starts(line, SPAN("OS:")) ? span_from(line, 3) : line;
        for (size_t i = 0; i < line.len; i++) {
            buf_char(&out, line.ptr[i]);
            if (line.ptr[i] == ')')
                buf_char(&out, '\n');
        }
    }
    struct span all = buf_span(&out);
    if (span_starts(all, SPAN("SCAN(")))
        b->os.scan_line = span_cut(&all, '\n');
    b->os.lines = all;
}

// One round of a merge sort (stable): runs of `width` from src to dst.
static void merge_runs(const struct keyed *src, struct keyed *dst, size_t n, size_t width)
{
    for (size_t at = 0; at < n; at += 2 * width) {
        const size_t a_end = at + width < n ? at + width : n;
        const size_t c_end = at + 2 * width < n ? at + 2 * width : n;
        size_t a = at;
        size_t c = a_end;
        for (size_t i = at; i < c_end; i++) {
            const bool takes_first = c == c_end || (a < a_end && src[a].key <= src[c].key);
            dst[i] = takes_first ? src[a++] : src[c++];
        }
    }
}

// Ascending by key; of equal ones the last is left. Returns how many are left.
static uint32_t sort(struct arena *a, struct keyed *list, size_t n)
{
    struct keyed *other = arena_array(a, n, sizeof *other);
    struct keyed *from = list;
    uint32_t kept = 0;
    for (size_t width = 1; width < n; width *= 2) {
        struct keyed *to = from == list ? other : list;
        merge_runs(from, to, n, width);
        from = to;
    }
    for (size_t i = 0; i < n; i++) {
        if (i + 1 == n || from[i].key != from[i + 1].key)
            list[kept++] = from[i]; // kept <= i: never overtakes, also if from is list
    }
    return kept;
}

static void put_ports(struct build *b, struct arena *scratch)
{
    struct host *h = &b->host;
    struct keyed *order = arena_array(scratch, b->n_ports, sizeof *order);
    for (uint32_t i = 0; i < b->n_ports; i++)
        order[i] = (struct keyed){(uint32_t)b->ports[i].proto << 16 | b->ports[i].number, i};
    h->n_ports = sort(scratch, order, b->n_ports);
    h->ports = arena_array(&h->arena, h->n_ports, sizeof *h->ports);
    for (uint32_t i = 0; i < h->n_ports; i++)
        h->ports[i] = b->ports[order[i].at];
}

static void put_services(struct build *b, struct arena *scratch)
{
    struct host *h = &b->host;
    struct keyed *order = arena_array(scratch, b->n_services, sizeof *order);
    for (uint32_t i = 0; i < b->n_services; i++)
        order[i] = (struct keyed){(uint32_t)b->services[i].proto << 16 | b->services[i].port, i};
    h->n_services = sort(scratch, order, b->n_services);
    struct service *s = arena_array(&h->arena, h->n_services, sizeof *s);
    for (uint32_t i = 0; i < h->n_services; i++)
        s[i] = b->services[order[i].at];
    h->services = s;
}

static void put_os(struct build *b)
{
    struct arena *a = &b->host.arena;
    struct os_match *m = arena_array(a, b->n_matches, sizeof *m);
    struct os_result *os = arena_alloc(a, sizeof *os);
    if (b->n_matches > 0)
        memcpy(m, b->matches, b->n_matches * sizeof *m);
    b->os.matches = m;
    b->os.n_matches = (uint32_t)b->n_matches;
    *os = b->os;
    b->host.os = os;
}

void build_finish(struct build *b)
{
    struct host *h = &b->host;
    struct arena scratch;
    arena_init(&scratch, "the order of ports");
    put_ports(b, &scratch);
    put_services(b, &scratch);
    arena_fini(&scratch);
    h->from = arena_array(&h->arena, b->n_from, sizeof *h->from);
    if (b->n_from > 0)
        memcpy(h->from, b->from, b->n_from * sizeof *h->from);
    h->n_from = (uint32_t)b->n_from;
    h->scripts = scripts_take(&b->scripts, &h->arena, &h->n_scripts);
    b->has_overflow |= b->scripts.has_overflow;
    if (b->has_os)
        put_os(b);
}
