// SPDX-License-Identifier: Apache-2.0
// "whorl db VERB ...": work on the OS databases. db.c reads the arguments and finds the verb; the
// verbs stand in db_look.c, db_lint.c, db_add.c, db_try.c and db_service.c.
#pragma once

#include "cli/load.h"
#include "cli/opts.h"
#include "osdb/draft.h"

struct cli_env;
struct subjects;

struct db {
    struct arena arena;
    const struct cli_env *env;
    struct writer out;
    struct writer err;
    struct opts opts; // datadir alone
    struct loaded data;
    struct span *words; // what is no option
    uint32_t n_words;
    // For "add".
    struct span name;
    struct osdb_draft_class *classes;
    uint32_t n_classes;
    bool is_print;
    struct span probe; // for "test-service": the files are answers to it
};

// argv[0] is "db". Returns the exit code.
int db_run(int argc, char **argv, const struct cli_env *env);

// Each returns an exit code; what was asked for is in db->words.
int db_lint(struct db *db);
int db_stats(struct db *db);
int db_search(struct db *db);
int db_show(struct db *db);
int db_add(struct db *db);
int db_compile(struct db *db);
int db_diff(struct db *db);
int db_test(struct db *db);
int db_test_service(struct db *db);

// Loads all databases; false if that failed (told on err). quiet: broken lines are not told.
bool db_load(struct db *db, bool quiet);

// The same, those of the first generation too.
bool db_load_both(struct db *db);

// Whether a database file is the reference scanner's.
bool db_is_foreign(struct span file);

// A file's text; "-" is standard input, "built-in" the embedded data if there is no such file.
// False (told on err) if it cannot be read.
bool db_text(struct db *db, struct span path, struct span *text);

// The fingerprints of a file or of all files in a folder. False (told on err): cannot be read.
bool db_subjects(struct db *db, struct span path, struct subjects *to);
