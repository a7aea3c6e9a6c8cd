// SPDX-License-Identifier: Apache-2.0
// Service-probe databases: text -> tree -> block, answer -> rule -> fields. Pure. Source of all
// rules: service-detection specification, section 1 (format, templates) and 2.4 (find).
//
// Several files are used together. Probes of one protocol that send the same bytes are one probe:
// its ports are those of all files, its rarity is the least, its waits the longest; its rules stay
// apart by file. Files added earlier are asked first.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/span.h"

enum svdb_proto { SVDB_TCP, SVDB_UDP };

// What the files say, as read.
struct svdb_tree;

// Called for each broken line; `file` is the name given to svdb_tree_add.
typedef void svdb_diag_fn(void *ctx, const char *file, const struct err_at *at);

struct svdb_tree *svdb_tree_new(struct arena *run);

// Adds one file's text (kept, not copied). Broken lines are reported and the rest is loaded.
// Error (also reported): there is no usable probe in this file.
enum err svdb_tree_add(struct svdb_tree *tree, const char *file, struct span text,
                       svdb_diag_fn *diag, void *ctx);

// Rules of the file, in the order of svdb_tree_add.
uint32_t svdb_tree_n_rules(const struct svdb_tree *tree, uint32_t file);

// Everything as one relocatable block (doc/svdb-block.md). Working memory comes from `scratch`.
enum err svdb_compile(struct arena *run, struct arena *scratch, const struct svdb_tree *tree,
                      struct span *out);

struct svdb; // a block that was verified, opaque

// Verifies the block (magic, version, checksum, every index in it) and borrows it.
enum err svdb_open(struct arena *run, struct span block, const struct svdb **out,
                   struct err_at *at);
enum err svdb_build(struct arena *run, const struct svdb_tree *tree, const struct svdb **out);
void svdb_close(const struct svdb *db); // compiled expressions; the block stays

struct svdb_source {
    struct span name; // given to svdb_tree_add
    enum err err;     // what svdb_tree_add said
    uint32_t n_broken;
    uint32_t n_rules;
};

struct svdb_diag {
    uint32_t source;
    struct err_at at;
};

struct svdb_probe {
    struct span name; // of the first file that has it
    enum svdb_proto proto;
    struct span payload; // empty: the NULL probe
    uint32_t rarity;     // 1..9
    uint32_t total_wait_ms;
    uint32_t tcpwrapped_ms;
    bool no_payload; // not for the UDP port scan
    uint32_t n_rules;
};

struct svdb_rule {
    struct span service;
    struct span regex;
    bool is_soft;
    bool is_caseless;
    bool is_dotall;
    uint32_t probe; // whose list it is in
    uint32_t source;
    uint32_t line;         // from 1
    struct span templates; // as written
};

// What a block holds. Probes are numbered in the order of the files; indices must be below the
// counts.
uint32_t svdb_n_sources(const struct svdb *db);
struct svdb_source svdb_source_at(const struct svdb *db, uint32_t source);
uint32_t svdb_n_diags(const struct svdb *db);
struct svdb_diag svdb_diag_at(const struct svdb *db, uint32_t diag);
uint32_t svdb_n_probes(const struct svdb *db);
struct svdb_probe svdb_probe_at(const struct svdb *db, uint32_t probe);
uint32_t svdb_n_rules(const struct svdb *db);
struct svdb_rule svdb_rule_at(const struct svdb *db, uint32_t rule);
int32_t svdb_null_probe(const struct svdb *db); // -1 if there is none
int32_t svdb_probe_named(const struct svdb *db, enum svdb_proto proto, struct span name);

bool svdb_lists_port(const struct svdb *db, uint32_t probe, uint16_t port);     // "ports"
bool svdb_lists_ssl_port(const struct svdb *db, uint32_t probe, uint16_t port); // "sslports"
bool svdb_excludes(const struct svdb *db, enum svdb_proto proto, uint16_t port);
// Whether the probe's own rules (not its fallbacks) name this service, exactly.
bool svdb_yields(const struct svdb *db, uint32_t probe, struct span service);

// Likewise, but only those rules that this file adds.
bool svdb_yields_from(const struct svdb *db, uint32_t probe, uint32_t source, struct span service);

// Working memory of one thread.
struct svdb_scratch;
struct svdb_scratch *svdb_scratch_new(struct arena *run, const struct svdb *db);

enum { SVDB_GROUPS = 10 }; // the whole match and $1..$9

struct svdb_hit {
    uint32_t rule;
    uint32_t probe; // whose list has the rule
    bool is_soft;
    bool is_foreign;                // found by svdb_find_foreign
    uint32_t n_groups;              // with group 0
    struct span group[SVDB_GROUPS]; // into the response; absent = unset
};

// Spec 2.4 for each file in their order, until one has a hard hit: the first soft hit of an earlier
// file, if there is one, then the hard one. How many were written, at most 2.
uint32_t svdb_find_both(const struct svdb *db, uint32_t probe, struct span response,
                        struct svdb_scratch *scratch, struct svdb_hit out[2]);

// The last of these: the first hard hit of any file, else the first soft one.
bool svdb_find(const struct svdb *db, uint32_t probe, struct span response,
               struct svdb_scratch *scratch, struct svdb_hit *out);

// The first hard hit in the lists of all other probes of any protocol that tells a product.
bool svdb_find_foreign(const struct svdb *db, uint32_t probe, struct span response,
                       struct svdb_scratch *scratch, struct svdb_hit *out);

// Templates filled in, trimmed and made printable (spec 1.8, 4.3). Absent = not given or failed.
struct svdb_fields {
    struct span service; // as in the rule, with a prefix such as "ssl/"
    struct span product;
    struct span version;
    struct span extra;
    struct span hostname;
    struct span os;
    struct span device;
    struct span cpe[3]; // a, h, o
    uint32_t failed;    // bit i: field i of this struct failed (service 0, product 1, ... cpe 7..9)
};

void svdb_expand(struct arena *a, const struct svdb *db, const struct svdb_hit *hit,
                 struct svdb_fields *out);
