// SPDX-License-Identifier: Apache-2.0
// OS fingerprint databases of both generations: text -> tree -> block, subject -> ranked matches.
// Pure. Source of all rules: os-detection specification, sections 3.1, 5 and 6; for the first
// generation its own specification, sections 5 to 7.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/span.h"
#include "osdb/subject.h"

// Whose behaviour: our own, or that of a reference scanner version (spec section 9).
enum quirks { QUIRKS_NONE, QUIRKS_793, QUIRKS_7991 };

// What the files say, as read; the way from text to a block.
struct osdb_tree;

// Called for each broken line. `file` is the name given to osdb_tree_add.
typedef void osdb_diag_fn(void *ctx, const char *file, const struct err_at *at);

struct osdb_tree *osdb_tree_new(struct arena *run, enum quirks quirks);

// For files of a generation, our own behaviour. Without MatchPoints each attribute counts one
// point, but for the second generation, whose files must have them.
struct osdb_tree *osdb_tree_of(struct arena *run, enum osdb_gen gen);

// For a file with this text, our own behaviour.
struct osdb_tree *osdb_tree_for(struct arena *run, struct span text);

// Adds one file's text (kept, not copied). References of files added earlier come first and win
// ties. Broken lines are reported and the rest is loaded (spec 5.4, but nothing is fatal).
// Error (also reported to diag): no usable MatchPoints in this file and none from earlier ones.
// The MatchPoints of the first file that has them serve all files.
enum err osdb_tree_add(struct osdb_tree *tree, const char *file, struct span text,
                       osdb_diag_fn *diag, void *ctx);

// Everything as one relocatable block, see doc/osdb-block.md. ERR_LIMIT: more than
// LIMIT_DB_BLOCK bytes. Working memory comes from `scratch` and is given back.
enum err osdb_compile(struct arena *run, struct arena *scratch, const struct osdb_tree *tree,
                      struct span *out);

struct osdb; // a block that was verified, opaque

// Verifies the block (magic, version, checksum, every index in it) and borrows it.
enum err osdb_open(struct arena *run, struct span block, const struct osdb **out,
                   struct err_at *at);

// Both in one go, for tools that make small databases.
enum err osdb_build(struct arena *run, const struct osdb_tree *tree, const struct osdb **out);

struct osdb_source {
    struct span name; // given to osdb_tree_add
    enum err err;     // what osdb_tree_add said
    uint32_t n_broken;
    uint32_t n_refs;
};

// A broken line. Of each file the first LIMIT_DB_ERRORS are kept.
struct osdb_diag {
    uint32_t source;
    struct err_at at;
};

struct osdb_ref {
    struct span name;
    uint32_t line;        // of the "Fingerprint" line, from 1
    uint32_t source;      // index of its file, in the order of osdb_tree_add
    uint32_t first_class; // its classes are numbered first_class .. + n_classes - 1
    uint32_t n_classes;
};

struct osdb_class {
    struct span vendor;
    struct span family;
    struct span generation; // absent = none
    struct span type;
    uint32_t first_cpe;
    uint32_t n_cpe;
};

// What a block holds. Indices must be below the counts.
enum quirks osdb_quirks(const struct osdb *db);
enum osdb_gen osdb_gen(const struct osdb *db);
uint32_t osdb_count(const struct osdb *db);
struct osdb_ref osdb_ref_at(const struct osdb *db, uint32_t ref);
struct osdb_class osdb_class_at(const struct osdb *db, uint32_t cls);
struct span osdb_cpe_at(const struct osdb *db, uint32_t cpe);
uint32_t osdb_n_sources(const struct osdb *db);
struct osdb_source osdb_source_at(const struct osdb *db, uint32_t source);
uint32_t osdb_n_diags(const struct osdb *db);
struct osdb_diag osdb_diag_at(const struct osdb *db, uint32_t diag);
struct span osdb_expr_at(const struct osdb *db, uint32_t ref, int attr); // may be absent
uint32_t osdb_points(const struct osdb *db, int attr);                   // MatchPoints

// How the expressions of an attribute are read (spec 5.5).
enum osdb_form {
    OSDB_FORM_PLAIN,
    OSDB_FORM_NESTED, // brackets are understood: attributes O, O1-O6
    OSDB_FORM_FIRST,  // first generation: '&', '+', and literals are text
};
enum osdb_form osdb_attr_form(int attr);

bool osdb_expr_match(struct span value, struct span expr, enum osdb_form form, enum quirks quirks);

struct osdb_match {
    uint32_t ref;
    double accuracy; // 0.85 .. 1
};

enum osdb_status { OSDB_NO_MATCHES, OSDB_SUCCESS, OSDB_TOO_MANY };

struct osdb_result {
    enum osdb_status status;
    uint32_t n;         // matches, best first
    uint32_t n_perfect; // of these with accuracy 1
    struct osdb_match match[LIMIT_OS_MATCHES];
};

// Working memory of one thread; its content means nothing between calls.
struct osdb_scratch;
struct osdb_scratch *osdb_scratch_new(struct arena *run, const struct osdb *db);

// Spec 6.1 and 6.2.
void osdb_match(const struct osdb *db, const struct osdb_subject *subject,
                struct osdb_scratch *scratch, struct osdb_result *out);

struct osdb_class_match {
    uint32_t cls;
    double accuracy;
};

// Spec 6.4. Returns how many were written; *n_perfect counts those of perfect matches.
uint32_t osdb_classes(const struct osdb *db, const struct osdb_result *result,
                      struct osdb_class_match out[LIMIT_OS_MATCHES], uint32_t *n_perfect);
