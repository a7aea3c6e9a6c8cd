// SPDX-License-Identifier: Apache-2.0
// The Probe line and what else is said of a probe. Reference: specification 1.4, 1.5.
#include "base/text.h"
#include "svdb/parse.h"

enum { RARITY_MAX = 9, WAIT_MIN = 100, WAIT_MAX = 300000 };

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || text_is_digit(c);
}

// q|bytes|, then flags.
static bool take_payload(struct svdb_parse *p, struct span s, struct svdb_tree_probe *probe)
{
    struct span bad;
    if (s.len < 2 || s.ptr[0] != 'q') {
        svdb_parse_error(p, ERR_SYNTAX, "q and the bytes to send must follow the name", s);
        return false;
    }
    const struct span inside = span_from(s, 2);
    const size_t len = span_find(inside, s.ptr[1]);
    if (len == inside.len) {
        svdb_parse_error(p, ERR_SYNTAX, "the end of the bytes to send is missing", s);
        return false;
    }
    char *bytes = arena_alloc(p->tree->run, len);
    size_t n;
    if (svdb_unescape(span_head(inside, len), bytes, &n, &bad)) {
        svdb_parse_error(p, ERR_SYNTAX, "unknown escape", bad);
        return false;
    }
    probe->payload = span_of(bytes, n);
    struct span flags = svdb_skip_blanks(span_from(inside, len + 1));
    while (flags.len > 0) { // unknown ones have no effect
        size_t end = 0;
        while (end < flags.len && !svdb_is_blank(flags.ptr[end]))
            end++;
        probe->no_payload |= span_eq(span_head(flags, end), SPAN("no-payload"));
        flags = svdb_skip_blanks(span_from(flags, end));
    }
    return true;
}

static struct svdb_tree_probe *new_probe(struct svdb_parse *p)
{
    struct arena *run = p->tree->run;
    struct svdb_tree_probe *probe = arena_alloc(run, sizeof *probe);
    probe->line = p->line_no;
    probe->ports.arena = probe->ssl_ports.arena = probe->rules.arena = run;
    return probe;
}

void svdb_parse_probe(struct svdb_parse *p, struct span arg)
{
    struct svdb_tree_probe *probe = new_probe(p);
    struct span rest = arg;
    const struct span proto = span_cut(&rest, ' ');
    if (!span_eq(proto, SPAN("TCP")) && !span_eq(proto, SPAN("UDP"))) {
        svdb_parse_error(p, ERR_SYNTAX, "the protocol must be TCP or UDP", proto);
        return;
    }
    probe->proto = proto.ptr[0] == 'T' ? SVDB_TCP : SVDB_UDP;
    const struct span after = span_is_absent(rest) ? span_from(arg, arg.len) : rest;
    probe->name = span_cut(&rest, ' ');
    if (probe->name.len == 0 || !is_alnum(probe->name.ptr[0])) {
        svdb_parse_error(p, ERR_SYNTAX, "a name must follow that begins with a letter or digit",
                         after);
        return;
    }
    if (svdb_file_n_probes(p->into) == LIMIT_SERVICE_PROBES) {
        svdb_parse_error(p, ERR_LIMIT, "too many probes in one file", probe->name);
        return;
    }
    if (!take_payload(p, span_is_absent(rest) ? span_from(after, after.len) : rest, probe))
        return;
    pile_add(&p->into->probes, &probe, sizeof(probe));
    p->probe = probe;
    p->state = PARSE_PROBE;
}

static void ports(struct svdb_parse *p, struct span arg, struct pile *to)
{
    struct err_at at = {0};
    const size_t before = to->len;
    if (svdb_ports(p->line, arg, to, &at) == ERR_OK)
        return;
    to->len = before;
    svdb_parse_report(p, &at);
}

void svdb_parse_ports(struct svdb_parse *p, struct span arg)
{
    ports(p, arg, &p->probe->ports);
}

void svdb_parse_ssl_ports(struct svdb_parse *p, struct span arg)
{
    ports(p, arg, &p->probe->ssl_ports);
}

// The integer that the argument begins with. What stands behind it has no effect.
static void number(struct svdb_parse *p, struct span arg, uint32_t min, uint32_t max, uint32_t *out)
{
    uint64_t v;
    const struct span s = svdb_skip_blanks(arg);
    size_t n = 0;
    while (n < s.len && text_is_digit(s.ptr[n]))
        n++;
    if (n == 0)
        svdb_parse_error(p, ERR_SYNTAX, "a number must follow", arg);
    else if (!text_dec(span_head(s, n), max, &v) || v < min)
        svdb_parse_error(p, ERR_RANGE, "number out of range", span_head(s, n));
    else
        *out = (uint32_t)v;
}

void svdb_parse_rarity(struct svdb_parse *p, struct span arg)
{
    number(p, arg, 1, RARITY_MAX, &p->probe->rarity);
}

void svdb_parse_total_wait(struct svdb_parse *p, struct span arg)
{
    number(p, arg, WAIT_MIN, WAIT_MAX, &p->probe->total_wait_ms);
}

void svdb_parse_tcpwrapped(struct svdb_parse *p, struct span arg)
{
    number(p, arg, WAIT_MIN, WAIT_MAX, &p->probe->tcpwrapped_ms);
}

void svdb_parse_fallback(struct svdb_parse *p, struct span arg)
{
    struct svdb_tree_probe *probe = p->probe;
    struct span s = arg;
    for (;;) {
        while (s.len > 0 && (s.ptr[0] == ',' || svdb_is_blank(s.ptr[0])))
            s = span_from(s, 1);
        if (s.len == 0)
            return;
        size_t n = 0;
        while (n < s.len && s.ptr[n] != ',' && !svdb_is_blank(s.ptr[n]))
            n++;
        if (probe->n_fallbacks == SVDB_FALLBACKS) {
            svdb_parse_error(p, ERR_LIMIT, "too many fallbacks", s);
            return;
        }
        const uint32_t col = (uint32_t)(s.ptr - p->line.ptr) + 1;
        probe->fallback[probe->n_fallbacks++] =
            (struct svdb_tree_name){span_head(s, n), p->line_no, col};
        s = span_from(s, n);
    }
}

void svdb_parse_fallbacks(struct svdb_parse *p)
{
    for (uint32_t i = 0; i < svdb_file_n_probes(p->into); i++) {
        const struct svdb_tree_probe *probe = svdb_file_probe(p->into, i);
        for (uint32_t k = 0; k < probe->n_fallbacks; k++) {
            const struct svdb_tree_name *f = &probe->fallback[k];
            struct err_at at = {.line = f->line, .col = f->col};
            if (svdb_file_named(p->into, probe->proto, f->name))
                continue;
            err_set(&at, ERR_SYNTAX, "fallback to a probe that does not exist", f->name);
            svdb_parse_report(p, &at);
        }
    }
}
