// SPDX-License-Identifier: Apache-2.0
// The table of port names. Records stay in file order; per protocol an index of 65,536 entries
// leads from a port to its record (name look-up is one read), and a ranking, sorted once, lists
// the records by falling frequency. An index exists only if the file names the protocol. A line
// that does not follow the format is reported and left out; protocols other than TCP, UDP and
// SCTP are passed over silently, as are comments and blank lines. A third field that does not
// begin with a digit is not a frequency: tables of the operating system have aliases there.
#include "model/services.h"

#include "base/limits.h"
#include "base/text.h"

enum {
    PORTS = 65536,
    NAME_MAX_BYTES = 127,
    FRACTION_DIGITS = 15, // more do not change a double
};

struct service {
    struct span name;
    double frequency;
    uint16_t port;
    enum proto proto;
};

struct list {
    uint32_t *index;  // port -> item + 1, 0 = not listed
    uint32_t *ranked; // items by frequency, highest first; ties in file order
    uint32_t n;
};

struct services {
    struct service *items; // file order, all protocols
    uint32_t n;
    struct list lists[PROTO_COUNT];
    bool has_frequencies;
};

struct record {
    struct service service;
    bool has_frequency;
    bool is_foreign; // of a protocol that is not ours
};

static struct span field_next(struct span *rest)
{
    *rest = span_trim(*rest);
    size_t n = 0;
    while (n < rest->len && rest->ptr[n] != ' ' && rest->ptr[n] != '\t')
        n++;
    const struct span field = span_head(*rest, n);
    *rest = span_from(*rest, n);
    return field;
}

static bool proto_parse(struct span s, enum proto *out)
{
    for (unsigned p = 0; p <= PROTO_SCTP; p++) { // IP protocols have a file of their own
        if (span_eq_nocase(s, span_str(proto_name((enum proto)p)))) {
            *out = (enum proto)p;
            return true;
        }
    }
    return false;
}

// "0.25"
static bool decimal_parse(struct span s, double *out)
{
    uint64_t digits = 0;
    double scale = 1;
    if (!span_starts(s, SPAN("0.")) || s.len == 2)
        return false;
    s = span_from(s, 2);
    for (size_t i = 0; i < s.len; i++) {
        if (!text_is_digit(s.ptr[i]))
            return false;
        if (i >= FRACTION_DIGITS)
            continue;
        digits = digits * 10 + (uint64_t)(s.ptr[i] - '0');
        scale *= 10;
    }
    *out = (double)digits / scale;
    return true;
}

// "1/4", at most 1
static bool ratio_parse(struct span s, double *out)
{
    uint64_t a, b;
    const struct span top = span_cut(&s, '/');
    if (span_is_absent(s) || !text_dec(top, UINT32_MAX, &a) || !text_dec(s, UINT32_MAX, &b))
        return false;
    if (b == 0 || a > b)
        return false;
    *out = (double)a / (double)b;
    return true;
}

static enum err frequency_parse(struct span s, struct record *r, struct err_at *at)
{
    if (s.len == 0 || !text_is_digit(s.ptr[0]))
        return ERR_OK;
    r->has_frequency = true;
    if (decimal_parse(s, &r->service.frequency) || ratio_parse(s, &r->service.frequency))
        return ERR_OK;
    return err_set(at, ERR_SYNTAX, "frequency is neither 0.x nor a fraction up to 1", s);
}

static enum err port_parse(struct span s, struct record *r, struct err_at *at)
{
    struct span rest = s;
    uint64_t port;
    const struct span number = span_cut(&rest, '/');
    if (span_is_absent(rest))
        return err_set(at, ERR_SYNTAX, "port/protocol expected", s);
    if (!proto_parse(rest, &r->service.proto)) {
        r->is_foreign = true;
        return ERR_OK;
    }
    if (!text_dec(number, UINT32_MAX, &port))
        return err_set(at, ERR_SYNTAX, "port is not a number", s);
    if (port >= PORTS)
        return err_set(at, ERR_RANGE, "port is above 65535", s);
    r->service.port = (uint16_t)port;
    return ERR_OK;
}

static enum err record_parse(struct span line, struct record *r, struct err_at *at)
{
    struct span rest = line;
    *r = (struct record){0};
    r->service.name = field_next(&rest);
    if (r->service.name.len > NAME_MAX_BYTES)
        return err_set(at, ERR_LIMIT, "service name is too long", r->service.name);
    const enum err e = port_parse(field_next(&rest), r, at);
    if (e != ERR_OK || r->is_foreign)
        return e;
    return frequency_parse(field_next(&rest), r, at);
}

static void record_add(struct arena *run, struct services *s, const struct record *r)
{
    struct list *l = &s->lists[r->service.proto];
    if (!l->index)
        l->index = arena_array(run, PORTS, sizeof *l->index);
    if (l->index[r->service.port] != 0)
        return;
    s->items[s->n++] = r->service;
    l->index[r->service.port] = s->n;
    l->n++;
    s->has_frequencies = s->has_frequencies || r->has_frequency;
}

// Merges the sorted runs from[lo..mid) and from[mid..hi) into to[lo..hi).
static void merge(const struct service *items, const uint32_t *from, uint32_t *to,
                  const uint32_t bounds[3])
{
    uint32_t a = bounds[0], b = bounds[1];
    for (uint32_t i = bounds[0]; i < bounds[2]; i++) {
        const bool left = a < bounds[1] &&
                          (b >= bounds[2] || items[from[a]].frequency >= items[from[b]].frequency);
        to[i] = left ? from[a++] : from[b++];
    }
}

// Stable, bottom up.
static void list_rank(struct arena *run, const struct services *s, enum proto proto, struct list *l)
{
    uint32_t *from = arena_array(run, l->n, sizeof *from);
    uint32_t *to = arena_array(run, l->n, sizeof *to);
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        if (s->items[i].proto == proto)
            from[n++] = i;
    }
    for (uint32_t width = 1; width < n; width *= 2) {
        for (uint32_t lo = 0; lo < n; lo += 2 * width) {
            const uint32_t mid = lo + width < n ? lo + width : n;
            const uint32_t hi = lo + 2 * width < n ? lo + 2 * width : n;
            merge(s->items, from, to, (const uint32_t[3]){lo, mid, hi});
        }
        uint32_t *const done = to;
        to = from;
        from = done;
    }
    l->ranked = from;
}

// As many records as the text can hold at most.
static uint32_t items_max(struct span text)
{
    uint32_t n = 0;
    while (!span_is_absent(text) && n < PROTO_COUNT * PORTS) {
        (void)span_cut(&text, '\n');
        n++;
    }
    return n;
}

static enum err line_parse(struct arena *run, struct services *s, struct span line,
                           struct err_at *at)
{
    struct record r;
    if (line.len > LIMIT_DB_LINE)
        return err_set(at, ERR_LIMIT, "line is too long", line);
    line = span_trim(span_head(line, span_find(line, '#')));
    if (line.len == 0)
        return ERR_OK;
    const enum err e = record_parse(line, &r, at);
    if (e == ERR_OK && !r.is_foreign)
        record_add(run, s, &r);
    return e;
}

// The first broken line is told, the others are left out in silence.
static enum err lines_parse(struct arena *run, struct services *s, struct span text,
                            struct err_at *at)
{
    enum err first = ERR_OK;
    for (uint32_t number = 1; !span_is_absent(text); number++) {
        struct err_at here = {0};
        const enum err e = line_parse(run, s, span_cut(&text, '\n'), &here);
        if (e == ERR_OK || first != ERR_OK)
            continue;
        first = e;
        here.line = number;
        if (at)
            *at = here;
    }
    return first;
}

enum err services_parse(struct arena *run, struct span text, struct services **out,
                        struct err_at *at)
{
    struct services *s = arena_alloc(run, sizeof *s);
    *out = s;
    if (text.len > LIMIT_DB_FILE)
        return err_set(at, ERR_LIMIT, "file of services is too large", SPAN(""));
    s->items = arena_array(run, items_max(text), sizeof *s->items);
    const enum err e = lines_parse(run, s, text, at);
    for (unsigned p = 0; p < PROTO_COUNT; p++)
        list_rank(run, s, (enum proto)p, &s->lists[p]);
    if (s->n > 0)
        return ERR_OK;
    return e != ERR_OK ? e : err_set(at, ERR_SYNTAX, "no services in file", SPAN(""));
}

static bool protocol_parse(struct span line, struct record *r)
{
    uint64_t number;
    struct span rest = span_trim(span_head(line, span_find(line, '#')));
    *r = (struct record){.service.proto = PROTO_IP};
    r->service.name = field_next(&rest);
    if (r->service.name.len == 0 || r->service.name.len > NAME_MAX_BYTES ||
        !text_dec(field_next(&rest), UINT8_MAX, &number))
        return false;
    r->service.port = (uint16_t)number;
    return true;
}

uint32_t services_add_protocols(struct arena *run, struct services *s, struct span text)
{
    struct list *l = &s->lists[PROTO_IP];
    struct service *items = arena_array(run, s->n + (size_t)UINT8_MAX + 1, sizeof *items);
    memcpy(items, s->items, s->n * sizeof *items);
    s->items = items;
    while (!span_is_absent(text)) {
        struct record r;
        if (protocol_parse(span_cut(&text, '\n'), &r)) // at most one for each number is taken
            record_add(run, s, &r);
    }
    list_rank(run, s, PROTO_IP, l);
    return l->n;
}

bool services_has_frequencies(const struct services *s)
{
    return s->has_frequencies;
}

struct span services_name(const struct services *s, enum proto proto, uint16_t port)
{
    const struct list *l = &s->lists[proto];
    if (!l->index || l->index[port] == 0)
        return (struct span){NULL, 0};
    return s->items[l->index[port] - 1].name;
}

static uint32_t pick(const struct services *s, const struct list *l, uint32_t n, double least,
                     const struct set *within, struct set *out)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < l->n && count < n; i++) {
        const struct service *service = &s->items[l->ranked[i]];
        if (service->frequency < least)
            break;
        if (within && !set_has(within, service->port))
            continue;
        set_add(out, service->port);
        count++;
    }
    return count;
}

uint32_t services_top(const struct services *s, enum proto proto, uint32_t n,
                      const struct set *within, struct set *out)
{
    return pick(s, &s->lists[proto], n, 0, within, out);
}

uint32_t services_frequent(const struct services *s, enum proto proto, double least,
                           const struct set *within, struct set *out)
{
    return pick(s, &s->lists[proto], UINT32_MAX, least, within, out);
}

static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

// One star is retried at a time: the later star takes over, so the cost is at most the product
// of the lengths.
static bool glob(struct span pattern, struct span s)
{
    size_t p = 0, i = 0, star = SIZE_MAX, resume = 0;
    while (i < s.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            resume = i;
        } else if (p < pattern.len &&
                   (pattern.ptr[p] == '?' || fold(pattern.ptr[p]) == fold(s.ptr[i]))) {
            p++;
            i++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            i = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*')
        p++;
    return p == pattern.len;
}

uint32_t services_match(const struct services *s, enum proto proto, struct span pattern,
                        struct set *out)
{
    const struct list *l = &s->lists[proto];
    uint32_t n = 0;
    for (uint32_t i = 0; i < l->n; i++) {
        const struct span name = s->items[l->ranked[i]].name;
        const bool is_name = !span_is_absent(name) && !span_eq(name, SPAN("unknown"));
        if (!is_name || !glob(pattern, name))
            continue;
        set_add(out, s->items[l->ranked[i]].port);
        n++;
    }
    return n;
}

uint32_t services_listed(const struct services *s, enum proto proto, uint16_t lo, uint16_t hi,
                         struct set *out)
{
    const struct list *l = &s->lists[proto];
    uint32_t n = 0;
    for (uint32_t i = 0; i < l->n; i++) {
        const uint16_t port = s->items[l->ranked[i]].port;
        if (port < lo || port > hi)
            continue;
        set_add(out, port);
        n++;
    }
    return n;
}
