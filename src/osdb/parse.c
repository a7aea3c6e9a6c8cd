// SPDX-License-Identifier: Apache-2.0
// Database text -> references: lines, and where records begin and end. A broken line is
// reported and the rest is loaded; nothing in a file ends the program. Own mode loses only the
// broken line; the quirks leave the record where the reference scanner leaves it. What is fatal
// to the reference scanner is reported in every mode and costs the line or the record.
// Reference: os-detection specification 5.1, 5.4.
#include "osdb/parse.h"

void osdb_parse_report(struct osdb_parse *p, struct err_at *at)
{
    struct osdb_source *s = &p->into->source;
    at->line = p->line_no;
    if (s->n_broken < LIMIT_DB_ERRORS)
        p->into->diag[s->n_broken] = *at;
    s->n_broken++;
    if (p->diag)
        p->diag(p->ctx, p->file, at);
}

void osdb_parse_error(struct osdb_parse *p, enum err code, const char *what, struct span token)
{
    struct err_at at = {0};
    osdb_fail(&at, p->line, code, what, token);
    osdb_parse_report(p, &at);
}

// Own mode: whole lines, a CR at the end is no part of them. Quirks: pieces of limited length,
// each one a line of its own.
static bool next_line(struct osdb_parse *p)
{
    if (p->rest.len == 0)
        return false;
    const bool has_quirks = p->tree->quirks != QUIRKS_NONE;
    const size_t end = span_find(p->rest, '\n');
    const size_t max = has_quirks && end > LIMIT_DB_LINE ? LIMIT_DB_LINE : end;
    p->line = span_head(p->rest, max);
    p->rest = span_from(p->rest, max == end ? end + 1 : max);
    p->line_no++;
    if (!has_quirks && p->line.len > 0 && p->line.ptr[p->line.len - 1] == '\r')
        p->line.len--;
    return true;
}

static void end_record(struct osdb_parse *p)
{
    if (p->state == PARSE_RECORD)
        osdb_record_end(p);
    p->state = PARSE_OUTSIDE;
}

// A name may be followed by a comment.
static void begin_fingerprint(struct osdb_parse *p)
{
    const struct span text = span_from(p->line, SPAN("Fingerprint").len);
    const struct span name = span_trim(span_head(text, span_find(text, '#')));
    end_record(p);
    p->state = PARSE_SKIP;
    if (text.len > 0 && text.ptr[0] != ' ')
        osdb_parse_error(p, ERR_SYNTAX, "\"Fingerprint\" must be followed by a blank", p->line);
    else if (name.len == 0)
        osdb_parse_error(p, ERR_SYNTAX, "fingerprint without a name", text);
    else
        p->state = PARSE_RECORD;
    if (p->state == PARSE_RECORD)
        osdb_record_begin(p, name);
}

// The case of its letters counts in the second generation alone.
static bool begins_fingerprint(const struct osdb_parse *p)
{
    const struct span word = SPAN("Fingerprint");
    if (p->tree->gen == OSDB_FIRST)
        return span_eq_nocase(span_head(p->line, word.len), word);
    return span_starts(p->line, p->tree->quirks != QUIRKS_NONE ? SPAN("Fingerprint ") : word);
}

// In the reference scanner "Fingerprint" counts only with its blank, and MatchPoints only
// between records. Here both always begin a record: the lines that follow belong to it, and
// must not end up in the record before.
static bool keyword_line(struct osdb_parse *p)
{
    const bool has_quirks = p->tree->quirks != QUIRKS_NONE;
    if (begins_fingerprint(p)) {
        begin_fingerprint(p);
        return true;
    }
    if (span_starts(p->line, SPAN("MatchPoints")) && (p->state == PARSE_OUTSIDE || !has_quirks)) {
        end_record(p);
        osdb_points_begin(p);
        return true;
    }
    return false;
}

static void outside_line(struct osdb_parse *p)
{
    const bool is_version = span_starts(p->line, SPAN("This nmap-os-db"));
    if (is_version && p->tree->quirks != QUIRKS_793)
        return;
    osdb_parse_error(p, ERR_SYNTAX, "text outside of a record", p->line);
}

static void read_line(struct osdb_parse *p)
{
    if (p->line.len == 0) {
        end_record(p);
        return;
    }
    if (p->line.ptr[0] == '#')
        return;
    if (p->line.len > LIMIT_DB_LINE) {
        osdb_parse_error(p, ERR_LIMIT, "line too long", p->line);
        return;
    }
    if (keyword_line(p))
        return;
    if (p->state == PARSE_OUTSIDE)
        outside_line(p);
    else if (p->state == PARSE_POINTS)
        osdb_points_line(p);
    else if (p->state == PARSE_RECORD)
        osdb_record_line(p);
}

static uint32_t count_fingerprints(struct span text)
{
    uint32_t n = 0;
    while (text.len > 0) {
        n += span_eq_nocase(span_head(text, SPAN("Fingerprint").len), SPAN("Fingerprint"));
        text = span_from(text, span_find(text, '\n') + 1);
    }
    return n;
}

// Pieces of a long line can begin with the keyword as well.
static uint32_t most_fingerprints(const struct osdb_parse *p)
{
    const size_t pieces = p->tree->quirks == QUIRKS_NONE ? 0 : p->rest.len / LIMIT_DB_LINE;
    return count_fingerprints(p->rest) + (uint32_t)pieces;
}

// New references go behind those of earlier files.
static void append(struct osdb_parse *p)
{
    struct osdb_tree *tree = p->tree;
    struct osdb_entry **all = arena_array(tree->run, (size_t)tree->n + p->n, sizeof(void *));
    if (tree->n > 0)
        memcpy(all, tree->entries, tree->n * sizeof(void *));
    for (uint32_t i = 0; i < p->n; i++) {
        all[tree->n + i] = &p->entries[i];
        p->entries[i].source = tree->n_files - 1;
    }
    tree->entries = all;
    tree->n += p->n;
    p->into->source.n_refs = p->n;
}

static void take_points(struct osdb_parse *p)
{
    struct osdb_tree *tree = p->tree;
    uint32_t sum = 0;
    for (int i = 0; i < ATTR_COUNT; i++)
        sum += p->points[i];
    if (tree->has_points || sum == 0)
        return;
    memcpy(tree->points, p->points, sizeof tree->points);
    tree->has_points = true;
}

static enum err whole_file_error(struct osdb_parse *p, enum err code, const char *what)
{
    struct err_at at = {0};
    err_set(&at, code, what, (struct span){NULL, 0});
    p->line_no = 0;
    osdb_parse_report(p, &at);
    return code;
}

static enum err read_file(struct osdb_parse *p)
{
    if (p->rest.len > LIMIT_DB_FILE)
        return whole_file_error(p, ERR_LIMIT, "database file too big");
    p->entries = arena_array(p->tree->run, most_fingerprints(p), sizeof *p->entries);
    while (next_line(p))
        read_line(p);
    end_record(p);
    append(p);
    take_points(p);
    if (!p->tree->has_points && p->tree->gen == OSDB_SECOND)
        return whole_file_error(p, ERR_SYNTAX, "no usable MatchPoints");
    return ERR_OK;
}

enum err osdb_tree_add(struct osdb_tree *tree, const char *file, struct span text,
                       osdb_diag_fn *diag, void *ctx)
{
    struct osdb_parse p = {
        .tree = tree,
        .into = osdb_tree_file(tree, file),
        .file = file,
        .diag = diag,
        .ctx = ctx,
        .rest = text,
    };
    p.into->source.err = read_file(&p);
    return p.into->source.err;
}
