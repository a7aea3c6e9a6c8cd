// SPDX-License-Identifier: Apache-2.0
// The tests and attributes of a fingerprint, and a subject: what was measured of one host.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

struct buf;

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

// "TEST(A=v%B=w)" lines without the SCAN line. Values are views into text. Blank lines and a
// SCAN line are skipped; unknown tests or attributes, repeated ones and broken lines are errors.
enum err osdb_subject_parse(struct span text, struct osdb_subject *out, struct err_at *at);

// One test line without newline; nothing if the subject has no such line.
void osdb_print_line(struct buf *b, const struct osdb_subject *subject, enum osdb_test test);

// Spec 4.1 and 4.2: the lines of all tries pooled, equal ones once, in order, one per text line.
void osdb_print_merged(struct buf *b, const struct osdb_subject *tries, uint32_t n);
