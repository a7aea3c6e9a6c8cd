// SPDX-License-Identifier: Apache-2.0
// Private to svdb: the layout of a block, doc/svdb-block.md. All numbers are those of the machine
// that wrote it; all places are counted, none is an address. Each part is an array of one type.
#pragma once

#include "base/seal.h"
#include "svdb/svdb.h"

enum { SVBLOCK_VERSION = 1 };

#define SVBLOCK_NONE UINT32_MAX

enum svblock_part {
    SVPART_TEXT,   // char: names, payloads, expressions, templates
    SVPART_SOURCE, // struct svblock_source
    SVPART_DIAG,   // struct svblock_diag
    SVPART_PROBE,  // struct svblock_probe, in the order of the files
    SVPART_NAME,   // struct svblock_name: what the files call the probes
    SVPART_RANGE,  // struct svblock_range
    SVPART_CHAIN,  // struct svblock_chain: the lists asked for a probe, by source
    SVPART_YIELD,  // struct svblock_text: names of services, sorted within a probe
    SVPART_RULE,   // struct svblock_rule: by source, then by probe, then in the order of lines
    SVPART_RE,     // bytes of re_compile
    SVPART_COUNT,
};

struct svblock_text {
    uint32_t at;
    uint32_t len;
};

struct svblock_slice {
    uint32_t first;
    uint32_t n;
};

struct svblock_source {
    struct svblock_text name;
    uint32_t err;
    uint32_t n_broken;
    struct svblock_slice rules;
};

struct svblock_diag {
    uint32_t source;
    uint32_t code;
    uint32_t line;
    uint32_t col;
    struct svblock_text what; // ends with NUL, which is counted
    struct svblock_text token;
};

enum { SVPROBE_NO_PAYLOAD = 1 };

struct svblock_probe {
    struct svblock_text name;
    struct svblock_text payload;
    uint32_t proto;
    uint32_t rarity;
    uint32_t total_wait_ms;
    uint32_t tcpwrapped_ms;
    uint32_t flags;
    uint32_t n_rules;
    struct svblock_slice ports;
    struct svblock_slice ssl_ports;
    struct svblock_slice chain;
    struct svblock_slice yields;
};

struct svblock_name {
    struct svblock_text name;
    uint32_t proto;
    uint32_t probe;
};

struct svblock_range {
    uint16_t lo;
    uint16_t hi;
};

// Rules lo .. hi - 1.
struct svblock_chain {
    uint32_t source;
    uint32_t lo;
    uint32_t hi;
};

enum {
    SVRULE_SOFT = 1,
    SVRULE_CASELESS = 2,
    SVRULE_DOTALL = 4,
    SVRULE_NAMES = 8,   // proves its product by itself, whatever was sent: foreign.c
    SVRULE_BINARY = 16, // but only over its own protocol
};

struct svblock_rule {
    struct svblock_text service;
    struct svblock_text regex;
    struct svblock_text templates;
    uint32_t probe;
    uint32_t source;
    uint32_t line;
    uint32_t flags;
};

struct svblock_head {
    struct seal seal;
    uint32_t null_probe; // or SVBLOCK_NONE
    uint32_t unused;
    struct svblock_slice exclude[2]; // by protocol, in SVPART_RANGE
    struct seal_part part[SVPART_COUNT];
};

extern const struct seal_kind svblock_kind;
