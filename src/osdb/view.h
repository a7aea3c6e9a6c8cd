// SPDX-License-Identifier: Apache-2.0
// Private to osdb: a verified block, its parts as arrays.
#pragma once

#include "osdb/block.h"

struct osdb {
    const struct block_head *head;
    const struct osdb_gen_info *gen;
    const char *text;
    const struct block_source *sources;
    const struct block_diag *diags;
    const struct block_class *classes;
    const struct block_text *cpes;
    const struct block_ref *refs;
    const uint32_t *ref_classes;
    const struct block_key *ref_keys;
    const uint32_t *ref_lines;
    const struct block_shape *shapes;
    const uint32_t *line_exprs;
    const struct block_text *exprs;
    const struct block_slot *slots;
    const uint32_t *slot_texts;
    const uint64_t *bounds;
    const struct block_set *ranks;
    const struct block_bracket *brackets;
    const uint32_t *posts;
    const char *rows;
    uint32_t n_refs;
    uint32_t row;                // bytes
    uint32_t unit;               // divides all points
    uint32_t n_planes;           // bits of the sum of all points / unit
    uint32_t points[ATTR_COUNT]; // divided by unit
    uint32_t n_point_bits;
    struct block_shape point_bits[BLOCK_PLANES]; // attributes whose points have bit p
};

extern const struct seal_kind block_kind;

static inline struct span view_text(const struct osdb *db, struct block_text t)
{
    return t.len == BLOCK_NONE ? (struct span){NULL, 0} : span_of(db->text + t.at, t.len);
}

// The expression of an attribute of this generation, BLOCK_NONE: none.
uint32_t view_expr(const struct osdb *db, uint32_t ref, int attr);

static inline const char *view_row(const struct osdb *db, uint32_t row)
{
    return db->rows + (size_t)row * db->row;
}

// Everything in the block may be used without further checks.
enum err view_check(const struct osdb *db, struct err_at *at);

// Values and operands are looked up by their keys. A key is never 0. Of at most VALUE_SHORT
// bytes the key tells all and keeps the order of numbers; of longer ones it is a hash.
enum { VALUE_SHORT = 7, VALUE_LONG = 2047 };

uint64_t value_short_key(struct span value);
uint64_t value_key(struct span value); // of at most VALUE_LONG bytes

static inline uint32_t value_long_len(uint64_t key)
{
    return (uint32_t)(key >> 52) & VALUE_LONG;
}

static inline uint32_t value_slot(uint64_t key, uint32_t bits)
{
    return (uint32_t)((key * 0x9E3779B97F4A7C15u) >> (64 - bits));
}
