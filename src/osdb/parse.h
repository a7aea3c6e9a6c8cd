// SPDX-License-Identifier: Apache-2.0
// Private to osdb: the state while one file is read. parse.c deals with lines and records,
// record.c with what stands inside of a fingerprint, points.c with MatchPoints.
#pragma once

#include "osdb/tree.h"

enum parse_state {
    PARSE_OUTSIDE, // between records: any text here is junk
    PARSE_POINTS,
    PARSE_RECORD,
    PARSE_SKIP, // inside a record that was refused as a whole; its lines are not reported
};

// The fingerprint that is being read.
struct osdb_parse_record {
    struct span name;
    uint32_t line;
    struct span expr[ATTR_COUNT];
    struct osdb_tree_class classes[LIMIT_DB_CLASSES];
    uint32_t n_classes;
    struct span cpe[LIMIT_DB_CPES]; // of the last class
    uint32_t n_cpe;
    bool class_lost; // the last Class line was refused: its CPE lines go with it
};

struct osdb_parse {
    struct osdb_tree *tree;
    struct osdb_file *into;
    const char *file;
    osdb_diag_fn *diag;
    void *ctx;
    struct span rest;
    struct span line;
    uint32_t line_no;
    enum parse_state state;
    bool has_points_record;
    uint32_t points[ATTR_COUNT];
    struct osdb_entry *entries; // room for every Fingerprint line of the file
    uint32_t n;
    struct osdb_parse_record record;
};

// Hands *at to diag as an error of the current line.
void osdb_parse_report(struct osdb_parse *p, struct err_at *at);
void osdb_parse_error(struct osdb_parse *p, enum err code, const char *what, struct span token);

void osdb_points_begin(struct osdb_parse *p);
void osdb_points_line(struct osdb_parse *p);

void osdb_record_begin(struct osdb_parse *p, struct span name);
void osdb_record_line(struct osdb_parse *p);
void osdb_record_end(struct osdb_parse *p);
