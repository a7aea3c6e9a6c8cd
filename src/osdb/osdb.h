// SPDX-License-Identifier: Apache-2.0
// OS fingerprint databases, second generation: text -> references, subject -> ranked matches.
// Pure. Source of all rules: os-detection specification, sections 3.1, 5 and 6.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/span.h"

struct buf;

// Whose behaviour: our own, or that of a reference scanner version (spec section 9).
enum quirks { QUIRKS_NONE, QUIRKS_793, QUIRKS_7991 };

enum osdb_test {
    TEST_SEQ,
    TEST_OPS,
    TEST_WIN,
    TEST_ECN,
    TEST_T1,
    TEST_T2,
    TEST_T3,
    TEST_T4,
    TEST_T5,
    TEST_T6,
    TEST_T7,
    TEST_U1,
    TEST_IE,
    TEST_COUNT,
};

// Attributes are numbered through all tests in printing order (spec 3.1); the numbers of one
// test are osdb_tests[t].first .. first + n - 1.
enum { ATTR_COUNT = 119 };

struct osdb_test_info {
    const char *name;
    uint8_t first;
    uint8_t n;
    bool has_r; // ECN, T1-T7, U1, IE
};

extern const struct osdb_test_info osdb_tests[TEST_COUNT];
extern const char *const osdb_attr_names[ATTR_COUNT];

// Attribute number, or -1.
int osdb_attr(enum osdb_test test, struct span name);
// Test number, or -1.
int osdb_test_by_name(struct span name);

// One line for each test; an absent span is an absent attribute. The strings are borrowed.
struct osdb_subject {
    struct span value[ATTR_COUNT];
    bool has_line[TEST_COUNT]; // the line is printed, even if it is empty: "SEQ()"
};

struct osdb_class {
    struct span vendor;
    struct span family;
    struct span generation; // absent = none
    struct span type;
    const struct span *cpe;
    uint32_t n_cpe;
};

struct osdb_ref {
    struct span name;
    uint32_t line;   // of the "Fingerprint" line, from 1
    uint32_t source; // index of the file it came from, in the order of osdb_add
    const struct osdb_class *classes;
    uint32_t n_classes;
    uint32_t index; // place in the whole database
};

struct osdb; // all files that were added, opaque

// Called for each broken line. `file` is the name given to osdb_add.
typedef void osdb_diag_fn(void *ctx, const char *file, const struct err_at *at);

struct osdb *osdb_new(struct arena *run, enum quirks quirks);

// Adds one file's text (kept, not copied). References of files added earlier come first and win
// ties. Broken lines are reported and the rest is loaded (spec 5.4, but nothing is fatal).
// Error (also reported to diag): no usable MatchPoints in this file and none from earlier ones.
// The MatchPoints of the first file that has them serve all files.
enum err osdb_add(struct osdb *db, const char *file, struct span text, osdb_diag_fn *diag,
                  void *ctx);

enum quirks osdb_quirks(const struct osdb *db);
uint32_t osdb_count(const struct osdb *db);
const struct osdb_ref *osdb_ref_at(const struct osdb *db, uint32_t index);

// The expression of an attribute of a reference; absent if it has none.
struct span osdb_expr_at(const struct osdb *db, uint32_t index, int attr);
// Points of an attribute (MatchPoints).
uint32_t osdb_points(const struct osdb *db, int attr);

// Spec 5.5. nested: brackets are understood (attributes O, O1-O6).
bool osdb_expr_match(struct span value, struct span expr, bool nested, enum quirks quirks);

struct osdb_match {
    const struct osdb_ref *ref;
    double accuracy; // 0.85 .. 1
};

enum osdb_status { OSDB_NO_MATCHES, OSDB_SUCCESS, OSDB_TOO_MANY };

struct osdb_result {
    enum osdb_status status;
    uint32_t n;         // matches, best first
    uint32_t n_perfect; // of these with accuracy 1
    struct osdb_match match[LIMIT_OS_MATCHES];
};

// Spec 6.1 and 6.2.
void osdb_match(const struct osdb *db, const struct osdb_subject *subject, struct osdb_result *out);

struct osdb_class_match {
    const struct osdb_class *cls;
    double accuracy;
};

// Spec 6.4. Returns how many were written; *n_perfect counts those of perfect matches.
uint32_t osdb_classes(const struct osdb_result *result,
                      struct osdb_class_match out[LIMIT_OS_MATCHES], uint32_t *n_perfect);

// "TEST(A=v%B=w)" lines without the SCAN line. Values are views into text. Blank lines and a
// SCAN line are skipped; unknown tests or attributes, repeated ones and broken lines are errors.
enum err osdb_subject_parse(struct span text, struct osdb_subject *out, struct err_at *at);

// One test line without newline; nothing if the subject has no such line.
void osdb_print_line(struct buf *b, const struct osdb_subject *subject, enum osdb_test test);

// Spec 4.1 and 4.2: the lines of all tries pooled, equal ones once, in order, one per text line.
void osdb_print_merged(struct buf *b, const struct osdb_subject *tries, uint32_t n);
