// SPDX-License-Identifier: Apache-2.0
// Private to saved: bytes -> characters (decode.c) -> tokens and line ends (finder.c), which
// feed the block that is being gathered (block.c) and the host it belongs to (context.c).
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/limits.h"
#include "saved/saved.h"

enum {
    TOKEN_MAX = LIMIT_SUBJECT + 1024, // a whole fingerprint without wrapping is one token
    BLOCK_MAX = LIMIT_SUBJECT + 1024, // test lines and SCAN line
    PENDING_MAX = 12,                 // "&#x0000041;"
    TEST_NAME_MAX = 4,
    ADDR_MAX = 64,
    TESTS_LEAST = 3, // without a SCAN line fewer lines are only talk of a test
};

// Characters: escapes of XML ("&#xa;") and JSON ("\n") are resolved, NULs (UTF-16) dropped.
struct decoder {
    char pending[PENDING_MAX];
    uint32_t n_pending;
};

// Calls emit for each character that `byte` completes, '\n' for line ends.
typedef void decode_fn(void *ctx, char c);
void decode_byte(struct decoder *d, char byte, decode_fn *emit, void *ctx);
void decode_end(struct decoder *d, decode_fn *emit, void *ctx);

struct token {
    struct span text;
    uint64_t line;
    char before;   // the separator before it, '\n' at the beginning of a line
    bool is_first; // of its line
    bool is_cut;   // longer than TOKEN_MAX
};

// Which host the text speaks of.
struct context {
    uint32_t n_heading; // words of "Nmap scan report for" seen in this line
    char key;           // what the next token is: 'a' address, 'n' host name, 0 anything
    uint32_t n_name;
    uint32_t n_addr;
    char name[LIMIT_NAME];
    char addr[ADDR_MAX];
};

void context_token(struct context *c, const struct token *t);
// is_object: the line was a JSON object, and the next one is about another host.
void context_line_end(struct context *c, bool is_object);

// What of a token belongs to a fingerprint.
enum piece { PIECE_NONE, PIECE_PLAIN, PIECE_WRAPPED };

struct block {
    bool is_open; // begun and not yet handed over
    bool is_wrapped;
    bool is_inside; // of the brackets of a test line
    bool has_scan;
    int order; // of the last test line: a smaller one begins another block
    uint64_t line;
    uint64_t last_line; // of the last piece
    char name[TEST_NAME_MAX + 1];
    uint32_t n_name;
    size_t scan_len;  // of the SCAN line without its newline, 0 = none
    size_t whole_len; // of all whole lines
    struct buf text;  // SCAN line first, in mem
    uint64_t *lines;
    uint32_t n_lines;
    const char *damage;
    uint64_t damage_line;
    char token[32];
    uint32_t n_token;
    struct context host; // as it was when the block began
    found_fn *call;
    void *ctx;
};

void block_init(struct block *b, struct arena *run, found_fn *call, void *ctx);

// Takes the token if it belongs to a fingerprint; false if it does not.
bool block_token(struct block *b, const struct token *t, const struct context *host);

// A line ended. It was blank, or it had no piece of a fingerprint in it, or both are false.
void block_line_end(struct block *b, bool is_blank, bool has_piece);

// Hands the block over, if there is one.
void block_finish(struct block *b);

// An IPv6 fingerprint (six.c), which takes characters instead of tokens once it has begun.
enum { SIX_MAX = LIMIT_SUBJECT6 + 1024, SIX_PREFIX = 64 };

struct six {
    bool is_on;
    bool is_wrapped;
    bool is_line_start;
    uint32_t n_prefix;
    char prefix[SIX_PREFIX];
    uint64_t line;
    struct buf text;
    struct context host;
    found_fn *call;
    void *ctx;
};

void six_init(struct six *x, struct arena *run, found_fn *call, void *ctx);
// Whether the token begins such a fingerprint.
bool six_begin(struct six *x, const struct token *t, const struct context *host);
void six_char(struct six *x, char c);
void six_finish(struct six *x); // hands over what there is, if it is on
