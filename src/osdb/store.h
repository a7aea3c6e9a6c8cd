// SPDX-License-Identifier: Apache-2.0
// Private to osdb: how references are held, and the pieces that the parsers share.
// Expressions are views into the text of their file or into constant text.
#pragma once

#include "osdb/osdb.h"

// One expression of a reference; the items of a reference stand in attribute order.
struct osdb_item {
    const char *ptr;
    uint16_t len; // <= LIMIT_DB_LINE
    uint8_t attr;
    bool is_literal; // no operator at all: equal bytes match, others do not
};

struct osdb_entry {
    struct osdb_ref ref;
    const struct osdb_item *items;
    uint32_t n_items;
    uint32_t points; // of all items together
};

struct osdb {
    struct arena *run;
    enum quirks quirks;
    struct osdb_entry **entries;
    uint32_t n;
    uint32_t n_files;
    uint32_t points[ATTR_COUNT];
    bool has_points;
};

// "NAME(body)tail"
struct osdb_line {
    struct span text;
    struct span name;
    struct span body;
    struct span tail;
};

// "name=value"; without '=' the value is absent.
struct osdb_part {
    struct span text;
    struct span name;
    struct span value;
};

enum { OSDB_TEST_ATTRS = 12 }; // the most attributes of one test

// Fills *at with the column of token, which lies in line; returns code.
enum err osdb_fail(struct err_at *at, struct span line, enum err code, const char *what,
                   struct span token);

enum err osdb_line_split(struct span text, struct osdb_line *out, struct err_at *at);

// Cuts the next part off *body; false if there is none left.
bool osdb_line_next(struct span *body, struct osdb_part *out);

// All parts of a line into value[], numbered within the test. lax: unknown and repeated
// attributes are passed over.
enum err osdb_line_attrs(const struct osdb_line *line, enum osdb_test test, bool lax,
                         struct span value[OSDB_TEST_ATTRS], struct err_at *at);

// Whether brackets are understood in the expressions of an attribute (O, O1-O6).
bool osdb_attr_nested(int attr);

// No operator, no alternative, nothing that a leading zero could change.
bool osdb_expr_is_literal(struct span expr);

// The text from a bracket that is never closed; absent if there is none.
struct span osdb_expr_unclosed(struct span expr);
