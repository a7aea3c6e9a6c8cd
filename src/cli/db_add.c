// SPDX-License-Identifier: Apache-2.0
// "whorl db add": fingerprints become an entry of the user's own database. The file is replaced in
// one step, and only if the new text matches every fingerprint exactly. An entry of the same
// name is widened, everything else in the file stays as it is, comments too.
#include "cli/cli.h"
#include "cli/db.h"
#include "cli/file.h"
#include "cli/say.h"
#include "cli/subjects.h"

enum { HEAD_MAX = 256 };

static const char file_head[] =
    "# Entries of whorl db add and of your own; see whorl-db(5). They win "
    "over all others.\n\n";

struct add {
    struct db *db;
    struct subjects subjects;
    struct osdb_draft draft;
    enum osdb_gen gen;
    struct span path;
    struct span before; // the file's text, empty if there is none
    bool is_merge;      // there is an entry of this name
    uint32_t at;        // its first byte in the text
    uint32_t end;
};

static bool is_one_generation(struct add *a)
{
    a->gen = osdb_subject_gen(&a->subjects.all[0].s);
    for (uint32_t i = 1; i < a->subjects.n; i++) {
        if (osdb_subject_gen(&a->subjects.all[i].s) == a->gen)
            continue;
        say(&a->db->err, "fingerprints of several kinds (IPv4, -O1, IPv6) cannot be one entry");
        return false;
    }
    return true;
}

static struct osdb_tree *tree_new(const struct add *a)
{
    return osdb_tree_of(&a->db->arena, a->gen);
}

static bool read_subjects(struct add *a)
{
    struct db *db = a->db;
    for (uint32_t i = 0; i < db->n_words; i++)
        if (!db_subjects(db, db->words[i], &a->subjects))
            return false;
    if (a->subjects.n_broken > 0)
        say_error(&db->err, SPAN("fingerprint"), &a->subjects.first_broken);
    if (a->subjects.n == 0)
        say(&db->err, "there is no fingerprint in the input");
    return a->subjects.n > 0 && is_one_generation(a);
}

static void make_draft(struct add *a)
{
    struct db *db = a->db;
    struct osdb_subject *all = arena_array(&db->arena, a->subjects.n, sizeof *all);
    for (uint32_t i = 0; i < a->subjects.n; i++)
        all[i] = a->subjects.all[i].s;
    a->draft =
        (struct osdb_draft){.name = db->name, .classes = db->classes, .n_classes = db->n_classes};
    osdb_widen(&db->arena, all, a->subjects.n, &a->draft);
}

// The bytes of an entry: from its line to the blank line or the next entry, but for the comments
// at the end.
static void find_bytes(struct add *a, uint32_t line)
{
    struct span rest = a->before;
    for (uint32_t i = 1; i < line; i++)
        (void)span_cut(&rest, '\n');
    a->at = (uint32_t)(rest.ptr - a->before.ptr);
    bool is_head = true;
    while (rest.len > 0 && rest.ptr[0] != '\n' && rest.ptr[0] != '\r' &&
           (is_head || !span_starts(rest, SPAN("Fingerprint")))) {
        const bool is_comment = rest.ptr[0] == '#';
        (void)span_cut(&rest, '\n');
        is_head = false;
        if (!is_comment)
            a->end = rest.ptr ? (uint32_t)(rest.ptr - a->before.ptr) : (uint32_t)a->before.len;
    }
}

// Joins the draft with the entry of the same name, if the user's file has one.
static void merge(struct add *a)
{
    struct db *db = a->db;
    struct osdb_tree *tree = tree_new(a);
    const struct osdb *own;
    osdb_tree_add(tree, a->path.ptr, a->before, NULL, NULL);
    if (osdb_build(&db->arena, tree, &own) != ERR_OK)
        return;
    for (uint32_t i = 0; i < osdb_count(own); i++) {
        struct osdb_draft old;
        if (!span_eq(osdb_ref_at(own, i).name, db->name))
            continue;
        osdb_draft_of(&db->arena, own, i, &old);
        osdb_draft_join(&db->arena, &old, &a->draft);
        if (db->n_classes > 0) {
            old.classes = db->classes;
            old.n_classes = db->n_classes;
        }
        a->draft = old;
        a->is_merge = true;
        find_bytes(a, old.line);
        return;
    }
}

static void put_origin(struct add *a, struct buf *b)
{
    buf_str(b, "# ");
    buf_dec(b, a->subjects.n);
    buf_str(b,
            a->subjects.n == 1 ? " fingerprint, whorl db add\n" : " fingerprints, whorl db add\n");
}

// The text of the file as it shall be.
static struct span new_text(struct add *a)
{
    struct db *db = a->db;
    const size_t room = a->before.len + osdb_draft_size(&a->draft) + LIMIT_DB_LINE + 2 * HEAD_MAX;
    struct buf b;
    buf_init(&b, arena_alloc(&db->arena, room), room);
    if (a->before.len == 0) {
        buf_str(&b, file_head);
        if (a->gen == OSDB_SECOND)
            osdb_print_points(&b, db->data.os[OSDB_SECOND]);
    }
    buf_bytes(&b, a->is_merge ? span_head(a->before, a->at) : a->before);
    if (!a->is_merge)
        buf_str(&b, a->before.len > 0 && b.p[-1] != '\n' ? "\n\n" : "\n");
    put_origin(a, &b);
    osdb_print_draft(&b, &a->draft);
    if (a->is_merge)
        buf_bytes(&b, span_from(a->before, a->end));
    return buf_span(&b);
}

struct check {
    struct db *db;
    struct span path;
    bool is_bad;
};

static void on_broken(void *ctx, const char *file, const struct err_at *at)
{
    struct check *c = ctx;
    (void)file;
    say_error(&c->db->err, c->path, at);
    c->is_bad = true;
}

static bool is_named(const struct osdb *own, struct osdb_scratch *scratch,
                     const struct osdb_subject *s, struct span name)
{
    struct osdb_result r;
    osdb_match(own, s, scratch, &r);
    for (uint32_t i = 0; i < r.n_perfect && i < r.n; i++)
        if (span_eq(osdb_ref_at(own, r.match[i].ref).name, name))
            return true;
    return false;
}

// The new text must be good and must name every fingerprint.
static bool check_text(struct add *a, struct span text)
{
    struct db *db = a->db;
    struct check c = {.db = db, .path = a->path};
    struct osdb_tree *tree = tree_new(a);
    const struct osdb *own;
    // What was broken before is not ours to judge.
    osdb_tree_add(tree, a->path.ptr, text, a->before.len > 0 ? NULL : on_broken, &c);
    if (osdb_build(&db->arena, tree, &own) != ERR_OK)
        return false;
    struct osdb_scratch *scratch = osdb_scratch_new(&db->arena, own);
    for (uint32_t i = 0; i < a->subjects.n && !c.is_bad; i++) {
        if (is_named(own, scratch, &a->subjects.all[i].s, db->name))
            continue;
        say(&db->err, "the entry would not match all of its fingerprints; nothing was written");
        return false;
    }
    return !c.is_bad;
}

// Other references that match a fingerprint exactly will be named beside the new entry.
static void tell_rivals(struct add *a)
{
    struct db *db = a->db;
    struct span told[LIMIT_OS_MATCHES];
    uint32_t n_told = 0;
    const struct osdb *all = load_osdb(&db->data, a->gen);
    struct osdb_scratch *scratch = osdb_scratch_new(&db->arena, all);
    for (uint32_t i = 0; i < a->subjects.n; i++) {
        struct osdb_result r;
        if (a->subjects.all[i].is_part)
            continue;
        osdb_match(all, &a->subjects.all[i].s, scratch, &r);
        for (uint32_t k = 0; k < r.n_perfect && k < r.n; k++) {
            const struct span name = osdb_ref_at(all, r.match[k].ref).name;
            uint32_t t = 0;
            while (t < n_told && !span_eq(told[t], name))
                t++;
            if (t < n_told || t == LIMIT_OS_MATCHES || span_eq(name, db->name))
                continue;
            told[n_told++] = name;
            writer_str(&db->out, "Matched exactly as well by: ");
            writer_escaped(&db->out, name);
            writer_str(&db->out, "\n");
        }
    }
}

static void print_draft(struct add *a)
{
    struct db *db = a->db;
    const size_t room = osdb_draft_size(&a->draft) + HEAD_MAX;
    struct buf b;
    buf_init(&b, arena_alloc(&db->arena, room), room);
    put_origin(a, &b);
    osdb_print_draft(&b, &a->draft);
    writer_bytes(&db->out, buf_span(&b));
}

static int write_text(struct add *a, struct span text)
{
    struct db *db = a->db;
    int rc = file_make_folders(&db->arena, a->path);
    if (rc == 0)
        rc = file_replace(&db->arena, a->path, text);
    if (rc < 0) {
        say_sys(&db->err, a->path, rc);
        return EXIT_FAILED;
    }
    writer_escaped(&db->out, db->name);
    writer_str(&db->out, a->is_merge ? ": widened by " : ": made of ");
    writer_dec(&db->out, a->subjects.n);
    writer_str(&db->out, a->subjects.n == 1 ? " fingerprint in " : " fingerprints in ");
    writer_escaped(&db->out, a->path);
    writer_str(&db->out, "\n");
    tell_rivals(a);
    return EXIT_DONE;
}

static bool read_own(struct add *a)
{
    struct db *db = a->db;
    const struct span folder = load_user_folder(&db->arena);
    if (span_is_absent(folder)) {
        say(&db->err, "neither XDG_DATA_HOME nor HOME says where your data folder is");
        return false;
    }
    a->path = path_join(&db->arena, folder, load_os_name(a->gen));
    a->before = SPAN("");
    const int rc = file_read(&db->arena, a->path, &a->before);
    if (rc < 0)
        say_sys(&db->err, a->path, rc);
    return rc >= 0;
}

int db_add(struct db *db)
{
    struct add a = {.db = db};
    if (db->name.len == 0) {
        say_about(&db->err, SPAN("add"), "the entry needs a name: --name \"Vendor system 1.2\"");
        return EXIT_USAGE;
    }
    if (!read_subjects(&a))
        return EXIT_FAILED;
    make_draft(&a);
    if (db->is_print) {
        print_draft(&a);
        return EXIT_DONE;
    }
    db->opts.os_gen = a.gen;
    if (!read_own(&a) || !db_load(db, true))
        return EXIT_FAILED;
    merge(&a);
    const struct span text = new_text(&a);
    return check_text(&a, text) ? write_text(&a, text) : EXIT_FAILED;
}
