// SPDX-License-Identifier: Apache-2.0
// Any bytes as a service-probe database: loading ends, the places of errors lie inside of the
// text, what is loaded can be compiled and asked, and the naive twin says the same.
#include <stdlib.h>

#include "naive/svdb_naive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_place(void *ctx, const char *file, const struct err_at *at)
{
    const size_t *size = ctx;
    if (!file || at->code == ERR_OK || !at->what || at->line > *size || at->col > *size + 1)
        abort();
}

static void ask(struct arena *arena, const struct svdb *db, struct svnaive *naive,
                struct span response)
{
    struct svdb_scratch *scratch = svdb_scratch_new(arena, db);
    for (uint32_t i = 0; i < svdb_n_probes(db); i++) {
        const struct svdb_probe p = svdb_probe_at(db, i);
        struct svdb_hit hit;
        struct svnaive_hit n;
        struct svdb_fields f;
        const bool is_found = svdb_find(db, i, response, scratch, &hit);
        if (is_found != svnaive_find(naive, p.proto, p.payload, response, &n))
            abort();
        if (is_found &&
            (svdb_rule_at(db, hit.rule).line != n.line || hit.is_soft != n.is_soft ||
             hit.n_groups != n.n_groups || memcmp(hit.group, n.group, sizeof n.group) != 0))
            abort();
        if (is_found)
            svdb_expand(arena, db, &hit, &f);
        if (svdb_find_foreign(db, i, response, scratch, &hit))
            svdb_expand(arena, db, &hit, &f);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    const struct svdb *db;
    struct span text = span_of(data, size);
    arena_init(&arena, "fuzz");
    struct svdb_tree *tree = svdb_tree_new(&arena);
    const struct span second = span_from(text, size / 2);
    (void)svdb_tree_add(tree, "a", text, check_place, &size);
    (void)svdb_tree_add(tree, "b", second, check_place, &size);
    if (svdb_build(&arena, tree, &db) != ERR_OK)
        abort();
    struct svnaive *naive = svnaive_new(&arena, tree);
    ask(&arena, db, naive, SPAN("220 Hello 1.0\r\nabc\n"));
    ask(&arena, db, naive, span_head(second, 200));
    svnaive_free(naive);
    svdb_close(db);
    arena_fini(&arena);
    return 0;
}
