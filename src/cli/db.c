// SPDX-License-Identifier: Apache-2.0
// Arguments of "whorl db", and what its verbs share.
#include "cli/db.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#include "builtin/builtin.h"
#include "cli/cli.h"
#include "cli/file.h"
#include "cli/say.h"
#include "cli/subjects.h"

enum { CLASS_FIELDS = 4 };

struct verb {
    const char *name;
    const char *words;
    const char *help;
    uint32_t min_words;
    uint32_t max_words;
    int (*run)(struct db *db);
};

static const struct verb verbs[] = {
    {"lint", "[file ...]", "find faults; without files in all databases but nmap's", 0, UINT32_MAX,
     db_lint},
    {"stats", "", "how many references, systems, classes, of which files", 0, 0, db_stats},
    {"search", "text", "references with this text in a name, class or CPE name", 1, 1, db_search},
    {"show", "name", "one entry, as it stands in a file", 1, 1, db_show},
    {"add", "file ...", "make an entry of the fingerprints in these files (-: standard input)", 1,
     UINT32_MAX, db_add},
    {"compile", "[file]", "fill the cache of compiled databases, or write the block to a file", 0,
     1, db_compile},
    {"diff", "A B", "which fingerprints on standard input B names otherwise than A", 2, 2, db_diff},
    {"test", "[corpus ...]", "which references are matched by whose fingerprints", 0, UINT32_MAX,
     db_test},
    {"test-service", "file ...", "what the match lines make of service fingerprints", 1, UINT32_MAX,
     db_test_service},
};

static void help(struct writer *w)
{
    writer_str(w, "usage: whorl db verb [options] ...\n");
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        const size_t len = strlen(verbs[i].name) + 1 + strlen(verbs[i].words);
        writer_str(w, "  ");
        writer_str(w, verbs[i].name);
        writer_str(w, " ");
        writer_str(w, verbs[i].words);
        writer_blanks(w, len < 22 ? 22 - len : 1);
        writer_line(w, verbs[i].help);
    }
    writer_str(w, "options:\n"
                  "  --datadir folder    look for data files here first\n"
                  "  --name text         add: the name of the entry\n"
                  "  --class \"vendor | family | generation | type\"\n"
                  "                      add: a class; may be repeated\n"
                  "  --cpe name          add: a CPE name of the class before it\n"
                  "  --print             add: print the entry, write nothing\n"
                  "  --probe name        test-service: the files are raw answers to this probe\n"
                  "Format and rules: whorl-db(5).\n");
}

static int complain(struct db *db, struct span where, const char *what)
{
    say_about(&db->err, where, what);
    return EXIT_USAGE;
}

// "vendor | family | generation | type"
static int take_class(struct db *db, struct span value)
{
    struct span field[CLASS_FIELDS];
    struct span rest = value;
    for (int i = 0; i < CLASS_FIELDS; i++)
        field[i] = span_trim(i == CLASS_FIELDS - 1 ? rest : span_cut(&rest, '|'));
    if (span_is_absent(rest) || field[0].len == 0 || field[1].len == 0)
        return complain(db, SPAN("--class"), "must be \"vendor | family | generation | type\"");
    if (db->n_classes == LIMIT_DB_CLASSES)
        return complain(db, SPAN("--class"), "too many classes");
    db->classes[db->n_classes++] = (struct osdb_draft_class){
        .vendor = field[0],
        .family = field[1],
        .generation = field[2].len ? field[2] : (struct span){NULL, 0},
        .type = field[3],
        .cpe = arena_array(&db->arena, LIMIT_DB_CPES, sizeof(struct span)),
    };
    return EXIT_DONE;
}

static int take_cpe(struct db *db, struct span value)
{
    if (db->n_classes == 0)
        return complain(db, SPAN("--cpe"), "belongs behind the --class that it is of");
    if (!span_starts(value, SPAN("cpe:/")) || span_find(value, ' ') < value.len)
        return complain(db, SPAN("--cpe"), "must begin with cpe:/ and have no blanks");
    struct osdb_draft_class *c = &db->classes[db->n_classes - 1];
    if (c->n_cpe == LIMIT_DB_CPES)
        return complain(db, SPAN("--cpe"), "too many CPE names");
    ((struct span *)c->cpe)[c->n_cpe++] = value;
    return EXIT_DONE;
}

static int take_name(struct db *db, struct span value)
{
    db->name = span_trim(value);
    if (db->name.len == 0 || span_find(value, '#') < value.len)
        return complain(db, SPAN("--name"), "must not be empty and must not hold '#'");
    return EXIT_DONE;
}

static int take_option(struct db *db, struct span name, struct span value)
{
    if (span_find(value, '\n') < value.len)
        return complain(db, name, "must be one line");
    if (span_eq(name, SPAN("--datadir")))
        db->opts.datadir = value;
    else if (span_eq(name, SPAN("--name")))
        return take_name(db, value);
    else if (span_eq(name, SPAN("--class")))
        return take_class(db, value);
    else if (span_eq(name, SPAN("--probe")))
        db->probe = value;
    else if (span_eq(name, SPAN("--cpe")))
        return take_cpe(db, value);
    else
        return complain(db, name, "unknown option");
    return EXIT_DONE;
}

// argv[0] is the verb.
static int read_words(struct db *db, int argc, char **argv)
{
    int rc = EXIT_DONE;
    for (int i = 1; i < argc && rc == EXIT_DONE; i++) {
        const struct span arg = span_str(argv[i]);
        struct span value = arg;
        const struct span name = span_cut(&value, '=');
        if (!span_starts(arg, SPAN("--"))) {
            db->words[db->n_words++] = arg;
            continue;
        }
        if (span_eq(arg, SPAN("--print"))) {
            db->is_print = true;
            continue;
        }
        if (span_is_absent(value) && i + 1 == argc)
            return complain(db, name, "unknown option, or its value is missing");
        if (span_is_absent(value))
            value = span_str(argv[++i]);
        rc = take_option(db, name, value);
    }
    return rc;
}

static const struct verb *find_verb(struct span name)
{
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (span_eq(span_str(verbs[i].name), name))
            return &verbs[i];
    return NULL;
}

static int run_verb(struct db *db, int argc, char **argv)
{
    const struct span name = argc > 1 ? span_str(argv[1]) : SPAN("help");
    const struct verb *verb = find_verb(name);
    if (span_eq(name, SPAN("help")) || span_eq(name, SPAN("-h")) || span_eq(name, SPAN("--help"))) {
        help(&db->out);
        return argc > 1 ? EXIT_DONE : EXIT_USAGE;
    }
    if (!verb)
        return complain(db, name, "no such verb; whorl db help lists them");
    const int rc = read_words(db, argc - 1, argv + 1);
    if (rc != EXIT_DONE)
        return rc;
    if (db->n_words < verb->min_words || db->n_words > verb->max_words)
        return complain(db, name, "wrong number of arguments; whorl db help shows them");
    return verb->run(db);
}

int db_run(int argc, char **argv, const struct cli_env *env)
{
    struct db db = {.env = env};
    arena_init(&db.arena, "the run");
    writer_init(&db.out, env->out);
    writer_init(&db.err, env->err);
    opts_init(&db.opts, &opts_scan);
    db.opts.os = true;
    db.words = arena_array(&db.arena, (size_t)argc, sizeof *db.words);
    db.classes = arena_array(&db.arena, LIMIT_DB_CLASSES, sizeof *db.classes);
    int rc = run_verb(&db, argc, argv);
    if (!writer_flush(&db.out)) {
        say_about(&db.err, SPAN("standard output"), "cannot be written");
        rc = EXIT_FAILED;
    }
    load_close(&db.data);
    arena_fini(&db.arena);
    return rc;
}

static bool swallow(struct sink *self, struct span bytes)
{
    (void)self;
    (void)bytes;
    return true;
}

bool db_load(struct db *db, bool quiet)
{
    struct sink nowhere = {swallow};
    struct writer *w = arena_alloc(&db->arena, sizeof *w);
    writer_init(w, &nowhere);
    return load_all(&db->arena, &db->opts, db->env, &db->data, quiet ? w : &db->err);
}

bool db_load_both(struct db *db)
{
    db->opts.os_gens = true;
    return db_load(db, true);
}

static bool ends_with(struct span s, struct span end)
{
    return s.len >= end.len && span_eq(span_from(s, s.len - end.len), end);
}

bool db_is_foreign(struct span file)
{
    return ends_with(file, SPAN("nmap-os-db")) || ends_with(file, SPAN("nmap-os-fingerprints"));
}

bool db_text(struct db *db, struct span path, struct span *text)
{
    const bool is_stdin = span_eq(path, SPAN("-"));
    int rc = is_stdin ? file_read_stdin(&db->arena, text) : file_read(&db->arena, path, text);
    if (rc == 0 && !is_stdin && span_eq(path, SPAN("built-in"))) {
        *text = builtin_os_db;
        return true;
    }
    if (rc == 0 && !is_stdin)
        rc = -ENOENT;
    if (rc < 0)
        say_sys(&db->err, is_stdin ? SPAN("standard input") : path, rc);
    return rc >= 0;
}

static struct span base_name(struct span path)
{
    size_t at = span_find(path, '/');
    while (at + 1 < path.len) {
        path = span_from(path, at + 1);
        at = span_find(path, '/');
    }
    return path;
}

static int order_names(const void *a, const void *b)
{
    return span_cmp(*(const struct span *)a, *(const struct span *)b);
}

// The files of a folder in the order of their names; those that begin with a dot are left out.
static uint32_t list_folder(struct arena *a, DIR *dir, struct span path, struct span **out)
{
    uint32_t n = 0, cap = 0;
    struct dirent *e;
    struct span *list = NULL;
    while ((e = readdir(dir)) != NULL) {
        if (e->d_name[0] == '.' || e->d_type == DT_DIR)
            continue;
        if (n == cap) {
            struct span *more = arena_array(a, cap ? 2 * cap : 64, sizeof *more);
            if (n > 0)
                memcpy(more, list, n * sizeof *more);
            list = more;
            cap = cap ? 2 * cap : 64;
        }
        list[n++] = path_join(a, path, e->d_name);
    }
    if (n > 0)
        qsort(list, n, sizeof *list, order_names);
    *out = list;
    return n;
}

bool db_subjects(struct db *db, struct span path, struct subjects *to)
{
    struct span text, *files;
    DIR *dir = span_eq(path, SPAN("-")) ? NULL : opendir(path.ptr);
    if (!dir) {
        if (!db_text(db, path, &text))
            return false;
        subjects_read(&db->arena, text, base_name(path), to);
        return true;
    }
    const uint32_t n = list_folder(&db->arena, dir, path, &files);
    closedir(dir);
    for (uint32_t i = 0; i < n; i++) {
        if (!db_text(db, files[i], &text))
            return false;
        subjects_read(&db->arena, text, base_name(files[i]), to);
    }
    return true;
}
