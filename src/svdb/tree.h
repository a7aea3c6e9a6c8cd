// SPDX-License-Identifier: Apache-2.0
// Private to svdb: what the files say, one file after the other, and the pieces that the parsers
// share. Texts are views into the files, payloads live in the arena of the tree.
#pragma once

#include "base/pile.h"
#include "svdb/svdb.h"

enum {
    SVDB_RARITY = 5, // what holds where no file says it (spec 1.5)
    SVDB_TOTAL_WAIT_MS = 5000,
    SVDB_TCPWRAPPED_MS = 2000,
    SVDB_FALLBACKS = 17,
};

struct svdb_range {
    uint16_t lo;
    uint16_t hi;
};

struct svdb_tree_rule {
    struct span service;
    struct span regex;
    struct span templates; // as written, checked
    uint32_t line;
    uint32_t regex_col;
    bool is_soft;
    bool is_caseless;
    bool is_dotall;
};

struct svdb_tree_name {
    struct span name;
    uint32_t line;
    uint32_t col;
};

// 0 in a number: not said.
struct svdb_tree_probe {
    struct span name;
    enum svdb_proto proto;
    struct span payload; // empty: the NULL probe
    uint32_t line;
    uint32_t rarity;
    uint32_t total_wait_ms;
    uint32_t tcpwrapped_ms;
    bool no_payload;
    struct pile ports;     // struct svdb_range
    struct pile ssl_ports; // struct svdb_range
    struct svdb_tree_name fallback[SVDB_FALLBACKS];
    uint32_t n_fallbacks;
    struct pile rules; // struct svdb_tree_rule
};

struct svdb_file {
    struct svdb_source source;
    struct err_at diag[LIMIT_DB_ERRORS]; // the first ones of n_broken
    struct pile probes;                  // struct svdb_tree_probe *
    struct pile exclude[2];              // struct svdb_range, by protocol
    uint32_t exclude_line;               // 0: none
};

struct svdb_tree {
    struct arena *run;
    struct pile files; // struct svdb_file *
};

static inline uint32_t svdb_tree_n_files(const struct svdb_tree *tree)
{
    return (uint32_t)(tree->files.len / sizeof(struct svdb_file *));
}

static inline struct svdb_file *svdb_tree_file(const struct svdb_tree *tree, uint32_t file)
{
    return ((struct svdb_file **)(void *)tree->files.bytes)[file];
}

static inline uint32_t svdb_file_n_probes(const struct svdb_file *f)
{
    return (uint32_t)(f->probes.len / sizeof(struct svdb_tree_probe *));
}

static inline struct svdb_tree_probe *svdb_file_probe(const struct svdb_file *f, uint32_t probe)
{
    return ((struct svdb_tree_probe **)(void *)f->probes.bytes)[probe];
}

static inline uint32_t svdb_probe_n_rules(const struct svdb_tree_probe *p)
{
    return (uint32_t)(p->rules.len / sizeof(struct svdb_tree_rule));
}

static inline const struct svdb_tree_rule *svdb_probe_rule(const struct svdb_tree_probe *p,
                                                           uint32_t rule)
{
    return (const struct svdb_tree_rule *)(const void *)p->rules.bytes + rule;
}

// The probe that a fallback names in its own file: of the same protocol first, then of any
// (spec 1.5). NULL: none.
const struct svdb_tree_probe *svdb_file_named(const struct svdb_file *f, enum svdb_proto proto,
                                              struct span name);
