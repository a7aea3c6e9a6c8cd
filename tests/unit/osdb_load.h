// SPDX-License-Identifier: Apache-2.0
// For the osdb tests: load a text, keep what was reported as "line:column what [token]" lines.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "osdb/osdb.h"

#define POINTS "MatchPoints\nSEQ(SP=25)\nOPS(O1=20)\nT1(R=100%DF=20)\nT2(R=80%W=25)\n\n"

struct load {
    struct arena arena;
    struct osdb_tree *tree;
    const struct osdb *db; // of all texts so far
    struct osdb_scratch *scratch;
    enum err err; // of the last osdb_tree_add
    char errors[4096];
    struct buf out;
};

static inline void load_note(void *ctx, const char *file, const struct err_at *at)
{
    struct buf *b = ctx;
    assert_non_null(file);
    assert_int_not_equal(at->code, ERR_OK);
    buf_dec(b, at->line);
    buf_char(b, ':');
    buf_dec(b, at->col);
    buf_char(b, ' ');
    buf_str(b, at->what);
    buf_str(b, " [");
    buf_str(b, at->token);
    buf_str(b, "]\n");
}

static inline void load_compile(struct load *l)
{
    struct arena scratch;
    struct span block;
    struct err_at at;
    arena_init(&scratch, "test");
    assert_int_equal(osdb_compile(&l->arena, &scratch, l->tree, &block), ERR_OK);
    arena_fini(&scratch);
    assert_int_equal(osdb_open(&l->arena, block, &l->db, &at), ERR_OK);
    l->scratch = osdb_scratch_new(&l->arena, l->db);
}

static inline void load_more(struct load *l, const char *text)
{
    l->err = osdb_tree_add(l->tree, "file", span_str(text), load_note, &l->out);
    *l->out.p = '\0';
    load_compile(l);
}

static inline void load_text(struct load *l, enum quirks quirks, const char *text)
{
    arena_init(&l->arena, "test");
    l->tree = osdb_tree_new(&l->arena, quirks);
    buf_init(&l->out, l->errors, sizeof l->errors - 1);
    load_more(l, text);
}

static inline void load_fini(struct load *l)
{
    arena_fini(&l->arena);
}

static inline int load_attr(enum osdb_test test, const char *name)
{
    const int attr = osdb_attr(test, span_str(name));
    assert_true(attr >= 0);
    return attr;
}

// want == NULL: must be absent.
static inline void check_span(struct span got, const char *want)
{
    assert_int_equal(span_is_absent(got), want == NULL);
    assert_int_equal(got.len, span_str(want).len);
    if (want)
        assert_memory_equal(got.ptr, want, got.len);
}

static inline void check_expr(const struct load *l, uint32_t index, enum osdb_test test,
                              const char *name, const char *want)
{
    check_span(osdb_expr_at(l->db, index, load_attr(test, name)), want);
}
