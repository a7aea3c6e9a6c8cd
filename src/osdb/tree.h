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
};

struct osdb_tree_class {
    struct span vendor;
    struct span family;
    struct span generation; // absent = none
    struct span type;
    const struct span *cpe;
    uint32_t n_cpe;
};

struct osdb_entry {
    struct span name;
    uint32_t line;
    uint32_t source;
    const struct osdb_tree_class *classes;
    uint32_t n_classes;
    const struct osdb_item *items;
    uint32_t n_items;
};

struct osdb_file {
    struct osdb_source source;
    struct err_at diag[LIMIT_DB_ERRORS]; // the first ones of n_broken
};

struct osdb_tree {
    struct arena *run;
    enum quirks quirks;
    enum osdb_gen gen;
    struct osdb_entry **entries;
    uint32_t n;
    struct osdb_file *files;
    uint32_t n_files;
    uint32_t cap_files;
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

enum { OSDB_TEST_ATTRS = 20 }; // the most attributes of one test

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

// The text from a bracket that is never closed; absent if there is none.
struct span osdb_expr_unclosed(struct span expr);

// Room for one more file.
struct osdb_file *osdb_tree_file(struct osdb_tree *tree, const char *name);
