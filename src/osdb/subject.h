// SPDX-License-Identifier: Apache-2.0
// The tests and attributes of a fingerprint, and a subject: what was measured of one host.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

struct buf;
struct osdb_subject;

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
    TEST_TSEQ, // first generation (first-generation specification, section 4)
    TEST_F1,   // T1 .. T7
    TEST_PU = TEST_F1 + 7,
    TEST_N6, // what IPv6 alone has (os-ipv6 specification, 2.5)
    TEST_COUNT,
};

// Attributes are numbered through all tests in printing order (spec 3.1); the numbers of one
// test are osdb_tests[t].first .. first + n - 1.
enum { ATTR_COUNT = 197 };

// The tests of -O, those of -O1, and what IPv6 alone has. A database has references of one of them;
// a subject has values, over IPv6 of the first kind and the last.
enum osdb_gen { OSDB_SECOND, OSDB_FIRST, OSDB_NATIVE, OSDB_GENS };

struct osdb_gen_info {
    uint8_t test; // its first test
    uint8_t n_tests;
    uint8_t attr; // its first attribute
    uint8_t n_attrs;
};

extern const struct osdb_gen_info osdb_gens[OSDB_GENS];

struct osdb_test_info {
    const char *name;
    uint8_t first;
    uint8_t n;
    bool has_r; // ECN, T1-T7, U1, IE, PU: the first attribute tells whether there was a reply
};

extern const struct osdb_test_info osdb_tests[TEST_COUNT];
extern const char *const osdb_attr_names[ATTR_COUNT];

// Attribute number, or -1.
int osdb_attr(enum osdb_test test, struct span name);
// Test number, or -1.
int osdb_test_by_name(enum osdb_gen gen, struct span name);
// The test of a line of a subject, "T1(R=Y%...)", of either generation; -1 if it is none.
int osdb_test_of_line(struct span line);
enum osdb_gen osdb_test_gen(enum osdb_test test);
// By the lines that only one of them has; OSDB_SECOND if there are none, OSDB_NATIVE if there is no
// line of another one.
enum osdb_gen osdb_subject_gen(const struct osdb_subject *subject);
enum osdb_gen osdb_text_gen(struct span text); // of a database file

// One line for each test; an absent span is an absent attribute. The strings are borrowed.
struct osdb_subject {
    struct span value[ATTR_COUNT];
    bool has_line[TEST_COUNT]; // the line is printed, even if it is empty: "SEQ()"
};

// "TEST(A=v%B=w)" lines without the SCAN line. Values are views into text. Blank lines and a
// SCAN line are skipped; unknown tests or attributes, repeated ones and broken lines are errors.
enum err osdb_subject_parse(struct span text, struct osdb_subject *out, struct err_at *at);

// One test line without newline; nothing if the subject has no such line.
void osdb_print_line(struct buf *b, const struct osdb_subject *subject, enum osdb_test test);

// Spec 4.1 and 4.2: the lines of all tries pooled, equal ones once, in order, one per text line.
void osdb_print_merged(struct buf *b, const struct osdb_subject *tries, uint32_t n);
