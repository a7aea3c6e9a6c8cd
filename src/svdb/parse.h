// SPDX-License-Identifier: Apache-2.0
// Private to svdb: the state while one file is read. parse.c deals with lines, probe.c with what
// a probe is, rule.c with match lines.
#pragma once

#include "svdb/text.h"

enum parse_state {
    PARSE_BEGIN, // no probe yet
    PARSE_PROBE,
    PARSE_SKIP, // inside a probe that was refused: its lines are not reported
};

struct svdb_parse {
    struct svdb_tree *tree;
    struct svdb_file *into;
    const char *file;
    svdb_diag_fn *diag;
    void *ctx;
    struct span rest;
    struct span line; // without its end and the blanks before it
    uint32_t line_no;
    enum parse_state state;
    struct svdb_tree_probe *probe; // that is being read
};

// Hands *at to diag; a line of 0 becomes the current one.
void svdb_parse_report(struct svdb_parse *p, struct err_at *at);
void svdb_parse_error(struct svdb_parse *p, enum err code, const char *what, struct span token);

// Each gets what stands behind the name of the directive and its blank.
void svdb_parse_probe(struct svdb_parse *p, struct span arg);
void svdb_parse_ports(struct svdb_parse *p, struct span arg);
void svdb_parse_ssl_ports(struct svdb_parse *p, struct span arg);
void svdb_parse_rarity(struct svdb_parse *p, struct span arg);
void svdb_parse_total_wait(struct svdb_parse *p, struct span arg);
void svdb_parse_tcpwrapped(struct svdb_parse *p, struct span arg);
void svdb_parse_fallback(struct svdb_parse *p, struct span arg);
void svdb_parse_match(struct svdb_parse *p, struct span arg);
void svdb_parse_softmatch(struct svdb_parse *p, struct span arg);

// Reports the fallbacks that name no probe of the file.
void svdb_parse_fallbacks(struct svdb_parse *p);
