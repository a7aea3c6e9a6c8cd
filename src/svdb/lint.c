// SPDX-License-Identifier: Apache-2.0
// Probes: what is missing, without effect, or said twice.
#include "svdb/lints.h"

#include "base/buf.h"
#include "svdb/text.h"

void svdb_lint_tell(const struct svdb_lint *l, struct svdb_finding *f, const char *what,
                    struct span token)
{
    f->source = l->source;
    err_set(&f->at, ERR_SYNTAX, what, token);
    l->found(l->ctx, f);
}

static void tell(const struct svdb_lint *l, const struct svdb_tree_probe *p, enum svdb_fault fault,
                 const char *what, struct span token)
{
    struct svdb_finding f = {.fault = fault, .at = {.line = p->line, .col = 1}};
    svdb_lint_tell(l, &f, what, token);
}

static void tell_other(const struct svdb_lint *l, const struct svdb_tree_probe *p,
                       enum svdb_fault fault, const char *what, const struct svdb_tree_probe *other)
{
    struct svdb_finding f = {.fault = fault,
                             .at = {.line = p->line, .col = 1},
                             .other = other->name,
                             .other_line = other->line};
    svdb_lint_tell(l, &f, what, p->name);
}

static bool is_null(const struct svdb_tree_probe *p)
{
    return p->payload.len == 0;
}

static bool is_one(const struct svdb_tree_probe *a, const struct svdb_tree_probe *b)
{
    return span_eq(a->payload, b->payload) && (a->proto == b->proto || is_null(a));
}

static void check_flags(const struct svdb_lint *l, const struct svdb_tree_probe *p)
{
    struct span rest = p->flags;
    while (rest.len > 0) {
        size_t n = 0;
        while (n < rest.len && !svdb_is_blank(rest.ptr[n]))
            n++;
        const struct span flag = span_head(rest, n);
        struct svdb_finding f = {.fault = SVDB_FAULT_NOTE, .at = {.line = p->line}};
        f.at.col = (uint32_t)(flag.ptr - p->name.ptr) + 1 + (uint32_t)SPAN("Probe TCP ").len;
        if (!span_eq(flag, SPAN("no-payload")))
            svdb_lint_tell(l, &f, "unknown flag, without effect", flag);
        rest = svdb_skip_blanks(span_from(rest, n));
    }
}

static void check_values(const struct svdb_lint *l, const struct svdb_tree_probe *p)
{
    if (p->rarity == 0 && !is_null(p))
        tell(l, p, SVDB_FAULT_WARNING, "probe without a rarity; 5 is used", p->name);
    if (p->tcpwrapped_ms > 0 && !is_null(p))
        tell(l, p, SVDB_FAULT_WARNING, "tcpwrappedms counts for the NULL probe only", p->name);
    if (is_null(p) && p->proto != SVDB_TCP)
        tell(l, p, SVDB_FAULT_WARNING, "nothing to send: this is the NULL probe, of TCP", p->name);
}

static void check_ports(const struct svdb_lint *l, const struct svdb_tree_probe *p,
                        const struct pile *ports, const char *what)
{
    const struct svdb_range *r = (const void *)ports->bytes;
    const size_t n = ports->len / sizeof *r;
    for (size_t i = 1; i < n; i++)
        for (size_t k = 0; k < i; k++) {
            char text[16];
            struct buf b;
            const uint16_t lo = r[i].lo > r[k].lo ? r[i].lo : r[k].lo;
            const uint16_t hi = r[i].hi < r[k].hi ? r[i].hi : r[k].hi;
            if (lo > hi)
                continue;
            buf_init(&b, text, sizeof text);
            buf_dec(&b, lo);
            if (hi > lo) {
                buf_char(&b, '-');
                buf_dec(&b, hi);
            }
            tell(l, p, SVDB_FAULT_NOTE, what, buf_span(&b));
            break;
        }
}

static void check_fallbacks(const struct svdb_lint *l, const struct svdb_file *file,
                            const struct svdb_tree_probe *p)
{
    for (uint32_t i = 0; i < p->n_fallbacks; i++) {
        const struct svdb_tree_name *name = &p->fallback[i];
        const struct svdb_tree_probe *to = svdb_file_named(file, p->proto, name->name);
        struct svdb_finding f = {.fault = SVDB_FAULT_WARNING,
                                 .at = {.line = name->line, .col = name->col}};
        if (!to)
            continue;
        if (is_one(p, to)) {
            svdb_lint_tell(l, &f, "fallback to itself", name->name);
        } else if (is_null(to) && p->proto == SVDB_TCP) {
            f.fault = SVDB_FAULT_NOTE;
            svdb_lint_tell(l, &f, "the NULL probe is a fallback anyway", name->name);
        }
    }
}

static void check_doubles(const struct svdb_lint *l, const struct svdb_file *file, uint32_t probe)
{
    const struct svdb_tree_probe *p = svdb_file_probe(file, probe);
    for (uint32_t i = 0; i < probe; i++) {
        const struct svdb_tree_probe *other = svdb_file_probe(file, i);
        if (is_one(p, other)) {
            tell_other(l, p, SVDB_FAULT_WARNING, "sends the same as an earlier probe", other);
            return;
        }
        if (p->proto == other->proto && span_eq(p->name, other->name)) {
            tell_other(l, p, SVDB_FAULT_WARNING, "an earlier probe has this name", other);
            return;
        }
    }
}

static void check_probe(const struct svdb_lint *l, const struct svdb_file *file, uint32_t probe)
{
    const struct svdb_tree_probe *p = svdb_file_probe(file, probe);
    check_doubles(l, file, probe);
    check_flags(l, p);
    check_values(l, p);
    check_ports(l, p, &p->ports, "listed twice in ports");
    check_ports(l, p, &p->ssl_ports, "listed twice in sslports");
    check_fallbacks(l, file, p);
    for (uint32_t i = 0; i < svdb_probe_n_rules(p); i++)
        svdb_lint_rule(l, svdb_probe_rule(p, i));
    svdb_lint_reach(l, p);
}

void svdb_lint(struct arena *scratch, const struct svdb_tree *tree, svdb_lint_fn *found, void *ctx)
{
    for (uint32_t f = 0; f < svdb_tree_n_files(tree); f++) {
        const struct svdb_lint l = {scratch, found, ctx, f};
        const struct svdb_file *file = svdb_tree_file(tree, f);
        for (uint32_t i = 0; i < svdb_file_n_probes(file); i++) {
            const struct arena_mark mark = arena_mark(scratch);
            check_probe(&l, file, i);
            arena_rewind(scratch, mark);
        }
    }
}
