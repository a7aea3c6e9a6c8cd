// SPDX-License-Identifier: Apache-2.0
// Private to svdb: a verified block, its parts as arrays.
#pragma once

#include "svdb/block.h"

struct re_set;

struct svdb {
    const struct svblock_head *head;
    const char *text;
    const struct svblock_source *sources;
    const struct svblock_diag *diags;
    const struct svblock_probe *probes;
    const struct svblock_name *names;
    const struct svblock_range *ranges;
    const struct svblock_chain *chains;
    const struct svblock_text *yields;
    const struct svblock_rule *rules;
    uint32_t n_rules;
    struct re_set *re;
};

static inline struct span svdb_text(const struct svdb *db, struct svblock_text t)
{
    return span_of(db->text + t.at, t.len);
}

static inline uint32_t svdb_part_n(const struct svdb *db, enum svblock_part part)
{
    return db->head->part[part].n;
}

// Everything in the block may be used without further checks.
enum err svdb_view_check(const struct svdb *db, struct err_at *at);
