// SPDX-License-Identifier: Apache-2.0
// "whorl db lint": everything that is wrong with database files, in the order of files and lines.
// Exit code 1 if there is an error or a warning.
#include <stdlib.h>

#include "builtin/builtin.h"
#include "cli/cli.h"
#include "cli/db.h"
#include "osdb/lint.h"
#include "svdb/lint.h"

enum { FINDINGS_MAX = 100000 };

struct finding {
    struct osdb_finding f;
    uint32_t n; // order of finding
};

// What a file holds: references (enum osdb_gen), or probes and rules.
enum kind { KIND_RULES = OSDB_GENS, KIND_COUNT };

struct file {
    struct span name;
    struct span text; // absent: not read yet
    enum kind kind;
    uint32_t number; // among those of its kind
};

struct lint {
    struct db *db;
    struct file *files;
    uint32_t n_files;
    uint32_t file; // that is being read
    const struct osdb *refs[KIND_RULES];
    enum kind kind; // whose findings come in
    const struct svdb_tree *rules;
    uint32_t n_rules;
    struct finding *all;
    uint32_t n;
    uint32_t cap;
};

static void keep(struct lint *l, const struct osdb_finding *f)
{
    if (l->n == FINDINGS_MAX)
        return;
    if (l->n == l->cap) {
        const uint32_t cap = l->cap ? 2 * l->cap : 64;
        struct finding *all = arena_array(&l->db->arena, cap, sizeof *all);
        if (l->n > 0)
            memcpy(all, l->all, l->n * sizeof *all);
        l->all = all;
        l->cap = cap;
    }
    l->all[l->n] = (struct finding){*f, l->n};
    l->n++;
}

static void on_found_text(void *ctx, const struct osdb_finding *f)
{
    struct lint *l = ctx;
    struct osdb_finding g = *f;
    g.source = l->file;
    keep(l, &g);
}

// The number that one kind of database knows a file by -> ours.
static uint32_t file_of(const struct lint *l, enum kind kind, uint32_t number)
{
    uint32_t i = 0;
    while (l->files[i].kind != kind || l->files[i].number != number)
        i++;
    return i;
}

static void on_found_refs(void *ctx, const struct osdb_finding *f)
{
    const struct lint *l = ctx;
    struct osdb_finding g = *f;
    g.source = file_of(l, l->kind, f->source);
    if (!span_is_absent(f->other))
        g.other_source = file_of(l, l->kind, f->other_source);
    keep(ctx, &g);
}

static void on_found_rules(void *ctx, const struct svdb_finding *f)
{
    const uint32_t file = file_of(ctx, KIND_RULES, f->source);
    const struct osdb_finding g = {
        .fault = (enum osdb_fault)f->fault,
        .at = f->at,
        .source = file,
        .other = f->other,
        .other_source = file,
        .other_line = f->other_line,
    };
    _Static_assert((int)OSDB_FAULT_NOTE == (int)SVDB_FAULT_NOTE, "the same degrees");
    keep(ctx, &g);
}

static void on_broken(void *ctx, const char *file, const struct err_at *at)
{
    struct lint *l = ctx;
    const struct osdb_finding f = {
        .fault = OSDB_FAULT_ERROR, .at = *at, .file = file, .source = l->file};
    keep(l, &f);
}

static bool ends_with(struct span s, struct span end)
{
    return s.len >= end.len && span_eq(span_from(s, s.len - end.len), end);
}

// The databases of a generation but for the reference scanner's.
static void add_refs(struct lint *l, const struct osdb *db, struct span builtin)
{
    for (uint32_t i = 0; i < osdb_n_sources(db); i++) {
        const struct span name = osdb_source_at(db, i).name;
        if (db_is_foreign(name))
            continue;
        if (span_eq(name, SPAN("built-in")))
            l->files[l->n_files].text = builtin;
        l->files[l->n_files++].name = name;
    }
}

static void add_rules(struct lint *l, const struct svdb *db)
{
    for (uint32_t i = 0; i < svdb_n_sources(db); i++) {
        const struct span name = svdb_source_at(db, i).name;
        if (ends_with(name, SPAN("nmap-service-probes")))
            continue;
        if (span_eq(name, SPAN("built-in")))
            l->files[l->n_files].text = builtin_services_db;
        l->files[l->n_files++].name = name;
    }
}

// The files named, or all databases but the reference scanner's.
static bool choose_files(struct lint *l)
{
    struct db *db = l->db;
    const struct loaded *data = &db->data;
    if (db->n_words > 0) {
        l->n_files = db->n_words;
        l->files = arena_array(&db->arena, l->n_files, sizeof *l->files);
        for (uint32_t i = 0; i < l->n_files; i++)
            l->files[i].name = db->words[i];
        return true;
    }
    db->opts.services = db->opts.os_gens = true;
    if (!db_load(db, true))
        return false;
    uint32_t most = svdb_n_sources(data->svdb);
    for (int gen = 0; gen < OSDB_GENS; gen++)
        most += osdb_n_sources(data->os[gen]);
    l->files = arena_array(&db->arena, most, sizeof *l->files);
    add_refs(l, data->os[OSDB_SECOND], builtin_os_db);
    add_refs(l, data->os[OSDB_FIRST], builtin_os1_db);
    add_refs(l, data->os[OSDB_NATIVE], builtin_os6_db);
    add_rules(l, data->svdb);
    return true;
}

// A line that only one of the kinds has.
static bool holds_probes(struct span text)
{
    while (text.len > 0) {
        if (span_starts(text, SPAN("Probe ")))
            return true;
        text = span_from(text, span_find(text, '\n') + 1);
    }
    return false;
}

static enum kind kind_of(struct span text)
{
    if (holds_probes(text))
        return KIND_RULES;
    return (enum kind)osdb_text_gen(text);
}

static bool read_files(struct lint *l)
{
    struct db *db = l->db;
    struct osdb_tree *refs[KIND_RULES];
    for (int gen = 0; gen < OSDB_GENS; gen++)
        refs[gen] = osdb_tree_of(&db->arena, (enum osdb_gen)gen);
    struct svdb_tree *rules = svdb_tree_new(&db->arena);
    uint32_t n[KIND_COUNT] = {0};
    for (l->file = 0; l->file < l->n_files; l->file++) {
        struct file *f = &l->files[l->file];
        if (span_is_absent(f->text) && !db_text(db, f->name, &f->text))
            return false;
        f->kind = kind_of(f->text);
        f->number = n[f->kind]++;
        if (f->kind == KIND_RULES) {
            svdb_tree_add(rules, f->name.ptr, f->text, on_broken, l);
            continue;
        }
        osdb_tree_add(refs[f->kind], f->name.ptr, f->text, on_broken, l);
        osdb_lint_text(f->name.ptr, f->text, on_found_text, l);
    }
    l->rules = rules;
    for (uint32_t i = 0; i < n[KIND_RULES]; i++)
        l->n_rules += svdb_tree_n_rules(rules, i);
    for (int gen = 0; gen < OSDB_GENS; gen++)
        if (osdb_build(&db->arena, refs[gen], &l->refs[gen]) != ERR_OK)
            return false;
    return true;
}

static int order_findings(const void *a, const void *b)
{
    const struct finding *x = a;
    const struct finding *y = b;
    if (x->f.source != y->f.source)
        return x->f.source < y->f.source ? -1 : 1;
    if (x->f.at.line != y->f.at.line)
        return x->f.at.line < y->f.at.line ? -1 : 1;
    if (x->f.at.col != y->f.at.col)
        return x->f.at.col < y->f.at.col ? -1 : 1;
    return x->n < y->n ? -1 : x->n > y->n;
}

static void place_write(const struct lint *l, uint32_t source, uint32_t line, uint32_t col)
{
    struct writer *w = &l->db->out;
    writer_escaped(w, l->files[source].name);
    if (line > 0) {
        writer_str(w, ":");
        writer_dec(w, line);
    }
    if (line > 0 && col > 0) {
        writer_str(w, ":");
        writer_dec(w, col);
    }
}

static void finding_write(const struct lint *l, const struct osdb_finding *f)
{
    static const char *const words[] = {
        [OSDB_FAULT_ERROR] = ": error: ",
        [OSDB_FAULT_WARNING] = ": warning: ",
        [OSDB_FAULT_NOTE] = ": note: ",
    };
    struct writer *w = &l->db->out;
    place_write(l, f->source, f->at.line, f->at.col);
    writer_str(w, words[f->fault]);
    writer_str(w, f->at.what);
    if (f->at.token[0]) {
        writer_str(w, ": '");
        writer_str(w, f->at.token); // escaped when it was set
        writer_str(w, "'");
    }
    if (!span_is_absent(f->other)) {
        writer_str(w, "; see '");
        writer_escaped(w, f->other);
        writer_str(w, "' at ");
        place_write(l, f->other_source, f->other_line, 0);
    }
    writer_str(w, "\n");
}

static void count_write(struct writer *w, uint32_t n, const char *what, const char *end)
{
    writer_dec(w, n);
    writer_str(w, " ");
    writer_str(w, what);
    writer_str(w, n == 1 ? "" : "s");
    writer_str(w, end);
}

static void lint_rules(struct lint *l)
{
    struct arena scratch;
    arena_init(&scratch, "lint");
    svdb_lint(&scratch, l->rules, on_found_rules, l);
    arena_fini(&scratch);
}

int db_lint(struct db *db)
{
    struct lint l = {.db = db};
    uint32_t count[OSDB_FAULT_NOTE + 1] = {0};
    if (!choose_files(&l) || !read_files(&l))
        return EXIT_FAILED;
    for (l.kind = 0; l.kind < KIND_RULES; l.kind++)
        osdb_lint_refs(&db->arena, l.refs[l.kind], on_found_refs, &l);
    lint_rules(&l);
    if (l.n > 0)
        qsort(l.all, l.n, sizeof *l.all, order_findings);
    for (uint32_t i = 0; i < l.n; i++) {
        finding_write(&l, &l.all[i].f);
        count[l.all[i].f.fault]++;
    }
    count_write(&db->out, l.n_files, "file", ", ");
    uint32_t n_refs = 0;
    for (int gen = 0; gen < OSDB_GENS; gen++)
        n_refs += osdb_count(l.refs[gen]);
    count_write(&db->out, n_refs, "reference", l.n_rules > 0 ? ", " : ": ");
    if (l.n_rules > 0)
        count_write(&db->out, l.n_rules, "rule", ": ");
    count_write(&db->out, count[OSDB_FAULT_ERROR], "error", ", ");
    count_write(&db->out, count[OSDB_FAULT_WARNING], "warning", ", ");
    count_write(&db->out, count[OSDB_FAULT_NOTE], "note", "\n");
    if (l.n == FINDINGS_MAX)
        writer_line(&db->out, "there are more; not all are listed");
    return count[OSDB_FAULT_ERROR] + count[OSDB_FAULT_WARNING] > 0 ? EXIT_FAILED : EXIT_DONE;
}
