// SPDX-License-Identifier: Apache-2.0
// Private to the scenario reader: tokens, values, and the pieces of the grammar.
#pragma once

#include "lab/sim/scn.h"

enum scn_token_kind { SCN_END, SCN_NEWLINE, SCN_WORD, SCN_OPEN, SCN_CLOSE };

struct scn_token {
    enum scn_token_kind kind;
    struct span text; // quotes removed, variables replaced
    uint32_t line;
    uint32_t col;
    bool is_quoted;
};

struct scn_var {
    const struct scn_var *next;
    struct span name;
    struct span value;
};

struct scn_reader {
    struct arena *arena;
    const struct scn_files *files;
    struct scn *scn;
    struct err_at *at;
    struct span text;
    size_t pos;
    uint32_t line;
    size_t line_start;
    const struct scn_var *vars;
    uint32_t variant; // what is left of it for further "for" lines
    uint32_t depth;   // of includes
};

// Reads the next token without taking it: see scn_take.
enum err scn_peek(struct scn_reader *r, struct scn_token *out);
enum err scn_take(struct scn_reader *r, struct scn_token *out);

// Takes a word on this line, or fails.
enum err scn_word(struct scn_reader *r, struct scn_token *out);
// Takes the end of the line, or fails.
enum err scn_line_end(struct scn_reader *r);
// The raw text up to the '}' that ends a block; the '{' has been taken. *line is of its start.
enum err scn_raw_block(struct scn_reader *r, struct span *out, uint32_t *line);

// Fills *at with the token's place.
enum err scn_fail(struct scn_reader *r, enum err code, const char *what, const struct scn_token *t);

// Values: each takes one word.
enum err scn_number(struct scn_reader *r, uint64_t max, uint64_t *out);
enum err scn_time(struct scn_reader *r, uint64_t *ns);
enum err scn_share(struct scn_reader *r, uint32_t *per_million); // "2.5%"
enum err scn_address(struct scn_reader *r, uint32_t *out);

// "delay 5ms" and so on: true in *is_link if key is one of those, then its value was taken.
enum err scn_link_item(struct scn_reader *r, struct span key, struct sim_link *link, bool *is_link);

// Statements, their keyword taken.
enum err scn_read_host(struct scn_reader *r);
enum err scn_read_service(struct scn_reader *r, struct sim_host *h); // in the block of a host
enum err scn_read_expect(struct scn_reader *r, uint32_t line);
const struct personality *scn_personality(const struct scn *scn, struct span name);
