// SPDX-License-Identifier: Apache-2.0
// For the svdb tests: load texts, keep what was reported as "line:column what [token]" lines.
#pragma once

#include "check.h"
#include "svdb/svdb.h"

struct load {
    struct arena arena;
    struct svdb_tree *tree;
    const struct svdb *db; // of all texts so far
    struct svdb_scratch *scratch;
    enum err err; // of the last svdb_tree_add
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

static inline void load_more(struct load *l, const char *name, struct span text)
{
    if (l->db)
        svdb_close(l->db);
    l->err = svdb_tree_add(l->tree, name, text, load_note, &l->out);
    *l->out.p = '\0';
    assert_int_equal(svdb_build(&l->arena, l->tree, &l->db), ERR_OK);
    l->scratch = svdb_scratch_new(&l->arena, l->db);
}

static inline void load_span(struct load *l, struct span text)
{
    *l = (struct load){0};
    arena_init(&l->arena, "test");
    buf_init(&l->out, l->errors, sizeof l->errors - 1);
    l->tree = svdb_tree_new(&l->arena);
    load_more(l, "file", text);
}

static inline void load_text(struct load *l, const char *text)
{
    load_span(l, span_str(text));
}

static inline void load_fini(struct load *l)
{
    svdb_close(l->db);
    arena_fini(&l->arena);
}

static inline uint32_t load_probe(const struct load *l, enum svdb_proto proto, const char *name)
{
    const int32_t probe = svdb_probe_named(l->db, proto, span_str(name));
    assert_true(probe >= 0);
    return (uint32_t)probe;
}

// The line of the rule that is found, negative if it is soft, 0 if there is none; in the file
// number *source.
static inline int load_find(struct load *l, const char *probe, struct span response,
                            uint32_t *source)
{
    struct svdb_hit hit;
    const uint32_t p = load_probe(l, SVDB_TCP, probe);
    if (!svdb_find(l->db, p, response, l->scratch, &hit))
        return 0;
    const struct svdb_rule r = svdb_rule_at(l->db, hit.rule);
    assert_int_equal(r.is_soft, hit.is_soft);
    assert_int_equal(r.probe, hit.probe);
    if (source)
        *source = r.source;
    return r.is_soft ? -(int)r.line : (int)r.line;
}
