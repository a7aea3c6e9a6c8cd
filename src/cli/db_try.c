// SPDX-License-Identifier: Apache-2.0
// Verbs that match many fingerprints: "diff", what two databases say of them, and "test", which
// references are matched by whose fingerprints.
#include "base/text.h"
#include "cli/cli.h"
#include "cli/db.h"
#include "cli/say.h"
#include "cli/subjects.h"

enum { VERDICT_MAX = 1024 };

static void on_broken(void *ctx, const char *file, const struct err_at *at)
{
    struct db *db = ctx;
    say_error(&db->err, span_str(file), at);
}

struct side {
    const struct osdb *osdb;
    struct osdb_scratch *scratch;
};

static bool load_side(struct db *db, struct span path, struct side *out)
{
    struct span text;
    if (!db_text(db, path, &text))
        return false;
    struct osdb_tree *tree = osdb_tree_for(&db->arena, text);
    if (osdb_tree_add(tree, path.ptr, text, on_broken, db) != ERR_OK ||
        osdb_build(&db->arena, tree, &out->osdb) != ERR_OK)
        return false;
    out->scratch = osdb_scratch_new(&db->arena, out->osdb);
    return true;
}

static struct span name_of(const struct osdb *osdb, const struct osdb_match *m)
{
    return osdb_ref_at(osdb, m->ref).name;
}

// "NAME; NAME", "near NAME (97%)", "no match".
static struct span verdict(const struct side *side, const struct osdb_subject *s, void *mem)
{
    struct osdb_result r;
    struct buf b;
    buf_init(&b, mem, VERDICT_MAX);
    osdb_match(side->osdb, s, side->scratch, &r);
    if (r.status == OSDB_TOO_MANY)
        buf_str(&b, "too many matches");
    else if (r.n == 0)
        buf_str(&b, "no match");
    for (uint32_t i = 0; i < r.n_perfect && r.status == OSDB_SUCCESS; i++) {
        buf_str(&b, i > 0 ? "; " : "");
        text_escape(&b, name_of(side->osdb, &r.match[i]));
    }
    if (r.status == OSDB_SUCCESS && r.n_perfect == 0) {
        buf_str(&b, "near ");
        text_escape(&b, name_of(side->osdb, &r.match[0]));
        buf_str(&b, " (");
        buf_dec(&b, (uint64_t)(r.match[0].accuracy * 100));
        buf_str(&b, "%)");
    }
    return buf_span(&b);
}

static void change_write(struct writer *w, uint32_t number, const struct span v[2])
{
    writer_str(w, "fingerprint ");
    writer_dec(w, number);
    writer_str(w, "\n  - ");
    writer_bytes(w, v[0]);
    writer_str(w, "\n  + ");
    writer_bytes(w, v[1]);
    writer_str(w, "\n");
}

int db_diff(struct db *db)
{
    struct subjects subjects = {0};
    uint32_t n = 0, n_changed = 0;
    struct side a = {0}, b = {0};
    if (!load_side(db, db->words[0], &a) || !load_side(db, db->words[1], &b) ||
        !db_subjects(db, SPAN("-"), &subjects))
        return EXIT_FAILED;
    const enum osdb_gen gen = osdb_gen(a.osdb);
    if (gen != osdb_gen(b.osdb)) {
        say(&db->err, "the files have references of different kinds (-O, -O1, IPv6)");
        return EXIT_FAILED;
    }
    for (uint32_t i = 0; i < subjects.n; i++) {
        uint8_t mem[2][VERDICT_MAX];
        if (subjects.all[i].is_part || osdb_subject_gen(&subjects.all[i].s) != gen)
            continue;
        n++;
        const struct span v[2] = {verdict(&a, &subjects.all[i].s, mem[0]),
                                  verdict(&b, &subjects.all[i].s, mem[1])};
        if (span_eq(v[0], v[1]))
            continue;
        change_write(&db->out, n, v);
        n_changed++;
    }
    writer_dec(&db->out, n);
    writer_str(&db->out, n == 1 ? " fingerprint, " : " fingerprints, ");
    writer_dec(&db->out, n_changed);
    writer_line(&db->out, " with another verdict");
    return EXIT_DONE;
}

// How often one reference was named for the fingerprints of one label.
struct cell {
    struct span name;
    uint32_t n_exact;
    uint32_t n_near; // best of those that are not exact
};

struct trial {
    struct db *db;
    struct osdb_scratch *scratch[OSDB_GENS];
    struct span label; // of the row that is being filled
    struct cell *cells;
    uint32_t n_cells;
    uint32_t n;        // fingerprints of this row
    bool is_reference; // the label is the name of one
    // Of all rows.
    uint32_t n_rows;
    uint32_t n_all;
    uint32_t n_exact;
    uint32_t n_none;
    uint32_t n_labeled; // whose label is a reference's name
    uint32_t n_right;
    uint32_t n_mixed; // rows that a reference of another name matches exactly
};

static struct cell *cell_of(struct trial *t, struct span name)
{
    for (uint32_t i = 0; i < t->n_cells; i++)
        if (span_eq(t->cells[i].name, name))
            return &t->cells[i];
    t->cells[t->n_cells] = (struct cell){.name = name};
    return &t->cells[t->n_cells++];
}

static void try_one(struct trial *t, const struct osdb_subject *s)
{
    struct osdb_result r;
    bool is_right = false;
    const enum osdb_gen gen = osdb_subject_gen(s);
    const struct osdb *osdb = load_osdb(&t->db->data, gen);
    osdb_match(osdb, s, t->scratch[gen], &r);
    const uint32_t n_exact = r.n_perfect < r.n ? r.n_perfect : r.n;
    t->n++;
    t->n_all++;
    t->n_exact += n_exact > 0;
    t->n_none += r.n == 0;
    for (uint32_t i = 0; i < n_exact; i++) {
        cell_of(t, name_of(osdb, &r.match[i]))->n_exact++;
        is_right |= span_eq(name_of(osdb, &r.match[i]), t->label);
    }
    if (n_exact == 0 && r.n > 0)
        cell_of(t, name_of(osdb, &r.match[0]))->n_near++;
    t->n_labeled += t->is_reference;
    t->n_right += t->is_reference && is_right;
}

static bool has_name(const struct osdb *osdb, struct span name)
{
    for (uint32_t i = 0; i < osdb_count(osdb); i++)
        if (span_eq(osdb_ref_at(osdb, i).name, name))
            return true;
    return false;
}

static void begin_row(struct trial *t, struct span label)
{
    const struct loaded *data = &t->db->data;
    t->label = label;
    t->n_cells = 0;
    t->n = 0;
    t->is_reference = false;
    for (int gen = 0; gen < OSDB_GENS; gen++)
        t->is_reference |= has_name(data->os[gen], label);
}

static void cell_write(struct writer *w, const struct trial *t, const struct cell *c)
{
    if (c->n_exact > 0) {
        writer_dec(w, c->n_exact);
        writer_str(w, " exact");
    }
    if (c->n_near > 0) {
        writer_str(w, c->n_exact > 0 ? ", " : "");
        writer_dec(w, c->n_near);
        writer_str(w, " near");
    }
    writer_str(w, "  ");
    writer_escaped(w, c->name);
    writer_str(w, t->is_reference && span_eq(c->name, t->label) ? "  (itself)\n" : "\n");
}

static void end_row(struct trial *t)
{
    struct writer *w = &t->db->out;
    bool is_mixed = false;
    if (t->n == 0)
        return;
    writer_escaped(w, t->label);
    writer_str(w, " (");
    writer_dec(w, t->n);
    writer_str(w, ")\n");
    for (uint32_t i = 0; i < t->n_cells; i++) {
        writer_str(w, "    ");
        cell_write(w, t, &t->cells[i]);
        is_mixed |= t->cells[i].n_exact > 0 && !span_eq(t->cells[i].name, t->label);
    }
    if (t->n_cells == 0)
        writer_line(w, "    no match");
    t->n_rows++;
    t->n_mixed += t->is_reference && is_mixed;
}

static void total_write(struct trial *t)
{
    struct writer *w = &t->db->out;
    const struct {
        uint32_t n;
        const char *what;
    } parts[] = {
        {t->n_all, " fingerprints of "},
        {t->n_rows, " labels: "},
        {t->n_exact, " matched exactly, "},
        {t->n_none, " not at all;\n"},
        {t->n_right, " of the "},
        {t->n_labeled, " that are labeled as a reference were named so; "},
        {t->n_mixed, " such labels\nare matched by another reference too\n"},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        writer_dec(w, parts[i].n);
        writer_str(w, parts[i].what);
    }
}

// Every reference as its own corpus: the ends of the ranges, the first and the last alternative.
// The reference scanner's files have thousands that are not ours to try.
static void try_references(struct trial *t, const struct osdb *osdb)
{
    for (uint32_t i = 0; i < osdb_count(osdb); i++) {
        const struct arena_mark mark = arena_mark(&t->db->arena);
        if (db_is_foreign(osdb_source_at(osdb, osdb_ref_at(osdb, i).source).name))
            continue;
        struct osdb_draft d;
        osdb_draft_of(&t->db->arena, osdb, i, &d);
        begin_row(t, d.name);
        for (int k = 0; k < 4; k++) {
            struct osdb_subject s;
            osdb_example(&t->db->arena, &d, k < 2 ? 0 : UINT32_MAX, k % 2, &s);
            try_one(t, &s);
        }
        end_row(t);
        arena_rewind(&t->db->arena, mark);
    }
}

static void try_subjects(struct trial *t, const struct subjects *all)
{
    bool *is_done = arena_array(&t->db->arena, all->n, sizeof *is_done);
    for (uint32_t i = 0; i < all->n; i++) {
        if (is_done[i])
            continue;
        begin_row(t, all->all[i].label);
        for (uint32_t k = i; k < all->n; k++) {
            if (!span_eq(all->all[k].label, t->label))
                continue;
            is_done[k] = true;
            if (!all->all[k].is_part)
                try_one(t, &all->all[k].s);
        }
        end_row(t);
    }
}

int db_test(struct db *db)
{
    struct trial t = {.db = db};
    struct subjects subjects = {0};
    for (uint32_t i = 0; i < db->n_words; i++)
        if (!db_subjects(db, db->words[i], &subjects))
            return EXIT_FAILED;
    if (!db_load_both(db))
        return EXIT_FAILED;
    if (db->n_words > 0 && subjects.n == 0) {
        say(&db->err, "there is no fingerprint in the corpus");
        return EXIT_FAILED;
    }
    uint32_t n_refs = 0;
    for (int gen = 0; gen < OSDB_GENS; gen++) {
        const struct osdb *osdb = load_osdb(&db->data, (enum osdb_gen)gen);
        t.scratch[gen] = osdb_scratch_new(&db->arena, osdb);
        n_refs += osdb_count(osdb);
    }
    t.cells = arena_array(&db->arena, n_refs, sizeof *t.cells);
    if (db->n_words > 0) {
        try_subjects(&t, &subjects);
    } else {
        for (int gen = 0; gen < OSDB_GENS; gen++)
            try_references(&t, db->data.os[gen]);
    }
    total_write(&t);
    return EXIT_DONE;
}
