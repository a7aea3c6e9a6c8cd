// SPDX-License-Identifier: Apache-2.0
// Relocatable blocks: a head, then parts, each an array of one type. A head begins with a seal
// (what the block is, for which machine, how long, a digest of everything behind the seal) and
// holds a table of where the parts lie. What stands in the parts is checked by who reads them.
#pragma once

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct pile;

enum { SEAL_ALIGN = 64, SEAL_ORDER = 0x01020304 };

struct seal {
    char magic[8];
    uint32_t version;
    uint32_t order;
    uint64_t size;
    uint64_t sum[2]; // digest of everything behind
};

struct seal_part {
    uint32_t at; // in the block, a multiple of SEAL_ALIGN
    uint32_t n;  // items
};

// A kind of block.
struct seal_kind {
    char magic[8];
    uint32_t version;
    uint32_t n_parts;
    size_t head_size;
    size_t table;              // place of struct seal_part[n_parts] in the head
    const uint32_t *part_size; // bytes of one item
};

// Head and parts as one block; fills the seal and the table. ERR_LIMIT: more than LIMIT_DB_BLOCK.
enum err seal_make(struct arena *run, const struct seal_kind *kind, const void *head,
                   const struct pile *parts, struct span *out);

// Everything that does not depend on what the parts hold: after ERR_OK all of them lie inside.
enum err seal_check(const struct seal_kind *kind, struct span block, struct err_at *at);

// Makes size and digest right again (tests that damage a block).
void seal_mend(void *block, size_t size);

static inline const void *seal_part(const struct seal_kind *kind, struct span block, uint32_t part)
{
    const struct seal_part *table = (const void *)(block.ptr + kind->table);
    return block.ptr + table[part].at;
}
