// SPDX-License-Identifier: Apache-2.0
// Probe file -> tree: lines and directives. What is fatal to the reference scanner is reported
// and costs the line; a refused Probe line costs the probe. CR LF, a last line without LF and
// blanks on an empty line are no errors here. Reference: specification 1.1 to 1.5.
#include "svdb/parse.h"

struct directive {
    struct span name;
    void (*read)(struct svdb_parse *p, struct span arg);
};

void svdb_parse_report(struct svdb_parse *p, struct err_at *at)
{
    struct svdb_source *s = &p->into->source;
    at->line = at->line ? at->line : p->line_no;
    if (s->n_broken < LIMIT_DB_ERRORS)
        p->into->diag[s->n_broken] = *at;
    s->n_broken++;
    if (p->diag)
        p->diag(p->ctx, p->file, at);
}

void svdb_parse_error(struct svdb_parse *p, enum err code, const char *what, struct span token)
{
    struct err_at at = {0};
    svdb_fail(&at, p->line, code, what, token);
    svdb_parse_report(p, &at);
}

static bool next_line(struct svdb_parse *p)
{
    if (p->rest.len == 0)
        return false;
    const size_t end = span_find(p->rest, '\n');
    p->line = span_head(p->rest, end);
    p->rest = span_from(p->rest, end + 1);
    p->line_no++;
    while (p->line.len > 0 && svdb_is_blank(p->line.ptr[p->line.len - 1]))
        p->line.len--;
    return true;
}

static void exclude(struct svdb_parse *p, struct span arg)
{
    struct err_at at = {0};
    struct pile ranges[2] = {{.arena = p->tree->run}, {.arena = p->tree->run}};
    if (p->into->exclude_line > 0) {
        svdb_parse_error(p, ERR_SYNTAX, "a second Exclude", p->line);
        return;
    }
    if (svdb_exclude(p->line, arg, ranges, &at)) {
        svdb_parse_report(p, &at);
        return;
    }
    p->into->exclude_line = p->line_no;
    memcpy(p->into->exclude, ranges, sizeof ranges);
}

static const struct directive directives[] = {
    {SPAN("match"), svdb_parse_match},
    {SPAN("softmatch"), svdb_parse_softmatch},
    {SPAN("ports"), svdb_parse_ports},
    {SPAN("sslports"), svdb_parse_ssl_ports},
    {SPAN("rarity"), svdb_parse_rarity},
    {SPAN("fallback"), svdb_parse_fallback},
    {SPAN("totalwaitms"), svdb_parse_total_wait},
    {SPAN("tcpwrappedms"), svdb_parse_tcpwrapped},
};

static void inside_line(struct svdb_parse *p, struct span name, struct span arg)
{
    for (size_t i = 0; i < sizeof directives / sizeof *directives; i++) {
        if (!span_eq(name, directives[i].name))
            continue;
        if (p->state == PARSE_BEGIN)
            svdb_parse_error(p, ERR_SYNTAX, "a Probe line must come first", name);
        else if (span_is_absent(arg))
            svdb_parse_error(p, ERR_SYNTAX, "a blank and a value must follow", name);
        else
            directives[i].read(p, arg);
        return;
    }
    svdb_parse_error(p, ERR_SYNTAX, "unknown directive", name);
}

static void read_line(struct svdb_parse *p)
{
    struct span arg = p->line;
    if (p->line.len == 0 || p->line.ptr[0] == '#')
        return;
    if (p->line.len > LIMIT_SERVICE_LINE) {
        svdb_parse_error(p, ERR_LIMIT, "line too long", p->line);
        return;
    }
    const struct span name = span_cut(&arg, ' ');
    if (span_eq(name, SPAN("Probe"))) {
        p->state = PARSE_SKIP;
        svdb_parse_probe(p, span_is_absent(arg) ? span_from(p->line, p->line.len) : arg);
    } else if (span_eq(name, SPAN("Exclude")) && !span_is_absent(arg)) {
        if (p->state == PARSE_BEGIN)
            exclude(p, arg);
        else
            svdb_parse_error(p, ERR_SYNTAX, "Exclude must stand before all probes", name);
    } else if (p->state != PARSE_SKIP) {
        inside_line(p, name, arg);
    }
}

static enum err whole_file_error(struct svdb_parse *p, enum err code, const char *what)
{
    struct err_at at = {0};
    err_set(&at, code, what, (struct span){NULL, 0});
    p->line_no = 0;
    svdb_parse_report(p, &at);
    return code;
}

static enum err read_file(struct svdb_parse *p)
{
    if (p->rest.len > LIMIT_DB_FILE)
        return whole_file_error(p, ERR_LIMIT, "database file too big");
    while (next_line(p))
        read_line(p);
    svdb_parse_fallbacks(p);
    if (p->into->probes.len == 0)
        return whole_file_error(p, ERR_SYNTAX, "no usable probe");
    return ERR_OK;
}

enum err svdb_tree_add(struct svdb_tree *tree, const char *file, struct span text,
                       svdb_diag_fn *diag, void *ctx)
{
    struct svdb_file *into = arena_alloc(tree->run, sizeof *into);
    struct svdb_parse p = {
        .tree = tree, .into = into, .file = file, .diag = diag, .ctx = ctx, .rest = text};
    pile_add(&tree->files, &into, sizeof(into));
    into->source.name = span_str(file);
    into->probes.arena = into->exclude[0].arena = into->exclude[1].arena = tree->run;
    into->source.err = read_file(&p);
    return into->source.err;
}
