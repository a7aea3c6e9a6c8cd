// SPDX-License-Identifier: Apache-2.0
// Private to osdb: the layout of a block, doc/osdb-block.md. All numbers are those of the machine
// that wrote it; all places are counted, none is an address. Each part is an array of one type.
#pragma once

#include "base/seal.h"
#include "osdb/osdb.h"

enum {
    BLOCK_VERSION = 4,
    BLOCK_ROW = 256,           // rows are padded to whole groups of vectors, so many bytes
    BLOCK_POINTS_MAX = 100000, // of one attribute
    BLOCK_PLANES = 24,         // most bits of the sum of all points
};

#define BLOCK_NONE UINT32_MAX // no line, no expression, no text

// Which references of an attribute accept a value, if not POST n references listed in PART_POST.
#define SET_ROW UINT32_MAX       // row `first`: those that have the attribute and do not accept
#define SET_ALL (UINT32_MAX - 1) // all that have the attribute

enum block_part {
    PART_TEXT,      // char: names, expressions, values
    PART_SOURCE,    // struct block_source
    PART_DIAG,      // struct block_diag
    PART_CLASS,     // struct block_class
    PART_CPE,       // struct block_text
    PART_REF,       // struct block_ref
    PART_REF_CLASS, // uint32_t: classes, by reference
    PART_REF_KEY,   // struct block_key, by reference
    PART_REF_LINE,  // uint32_t: for each reference and each test a place in PART_LINE_EXPR
    PART_SHAPE,     // struct block_shape: which attributes a reference has
    PART_LINE_EXPR, // uint32_t: expressions; one for each attribute of the test
    PART_EXPR,      // struct block_text, those of one attribute side by side
    PART_SLOT,      // struct block_slot: hash tables of values, one for each attribute
    PART_SLOT_TEXT, // uint32_t: the text of the value in PART_TEXT, by slot
    PART_BOUND,     // uint64_t: ascending keys of the operands of <, > and - of an attribute
    PART_RANK,      // struct block_set: below, at and between them: 2 * n + 1
    PART_BRACKET,   // struct block_bracket
    PART_POST,      // uint32_t: references
    PART_ROW,       // bits: one for each reference; each row starts at a whole vector
    PART_COUNT,
};

struct block_text {
    uint32_t at;
    uint32_t len; // BLOCK_NONE: absent
};

struct block_source {
    struct block_text name;
    uint32_t err;
    uint32_t n_broken;
    uint32_t n_refs;
};

struct block_diag {
    uint32_t source;
    uint32_t code;
    uint32_t line;
    uint32_t col;
    struct block_text what; // ends with NUL, which is counted
    struct block_text token;
};

struct block_class {
    struct block_text vendor;
    struct block_text family;
    struct block_text generation;
    struct block_text type;
    uint32_t first_cpe;
    uint32_t n_cpe;
};

struct block_ref {
    struct block_text name;
    uint32_t line;
    uint32_t source;
    uint32_t first_class; // in PART_REF_CLASS
    uint32_t n_classes;
};

struct block_key {
    uint32_t name; // equal for equal names
    uint32_t shape;
};

// Bit a of the pair of words: attribute a of the generation, counted from its first one.
struct block_shape {
    uint64_t has[2];
};

struct block_set {
    uint32_t first;
    uint32_t n;
};

struct block_slot {
    uint64_t key; // 0: free
    struct block_set set;
};

// An expression with brackets: asked for every value that has no slot.
struct block_bracket {
    uint32_t expr;
    struct block_set set; // those that have the expression
};

struct block_attr {
    uint32_t points;
    uint32_t present; // row
    uint32_t first_expr;
    uint32_t n_exprs;
    uint32_t first_slot;
    uint32_t slot_bits; // 1 << slot_bits slots; 0: no table, all expressions are asked
    uint32_t first_bound;
    uint32_t n_bounds;
    uint32_t first_rank;
    uint32_t first_bracket;
    uint32_t n_brackets;
    uint32_t unused;
};

struct block_head {
    struct seal seal;
    uint32_t quirks;
    uint32_t gen; // of its tests, enum osdb_gen
    uint32_t row; // bytes of one row
    uint32_t unused;
    struct seal_part part[PART_COUNT];
    struct block_attr attr[ATTR_COUNT];
};
