// SPDX-License-Identifier: Apache-2.0
// Any bytes as a database, in all three modes: loading ends, what is loaded can be matched, and
// the places of errors lie inside of the text.
#include <stdlib.h>

#include "naive/osdb_naive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char subject_text[] =
    "SEQ(SP=26%GCD=FA00%TI=I)\nOPS(O1=M5B4%O2=M5B4ST11%O3=%O4=M1%O5=M%O6=W7)\n"
    "T1(R=Y%DF=Y%T=40%S=O%A=S+%F=AS%RD=0%Q=)\nT2(R=N)\nU1(R=Y%IPL=164%UN=0)\nIE(R=N)\n";

static void check_place(void *ctx, const char *file, const struct err_at *at)
{
    const size_t *size = ctx;
    if (!file || at->code == ERR_OK || !at->what || at->line > *size || at->col > *size + 1)
        abort();
}

static const struct osdb *compiled(struct arena *arena, const struct osdb_tree *tree)
{
    struct arena scratch;
    struct span block;
    const struct osdb *db = NULL;
    arena_init(&scratch, "fuzz");
    if (osdb_compile(arena, &scratch, tree, &block) != ERR_OK ||
        osdb_open(arena, block, &db, NULL) != ERR_OK)
        abort();
    arena_fini(&scratch);
    return db;
}

// The compiled matcher says the same as its naive twin.
static void load_and_match(struct span text, enum quirks quirks)
{
    struct arena arena;
    struct osdb_subject subject;
    static struct osdb_result result, naive;
    struct osdb_class_match classes[LIMIT_OS_MATCHES];
    uint32_t n_perfect = 0;
    arena_init(&arena, "fuzz");
    struct osdb_tree *tree = osdb_tree_new(&arena, quirks);
    osdb_tree_add(tree, "a", text, check_place, &text.len);
    osdb_tree_add(tree, "b", text, check_place, &text.len);
    const struct osdb *db = compiled(&arena, tree);
    if (osdb_subject_parse(span_str(subject_text), &subject, NULL) != ERR_OK)
        abort();
    osdb_match(db, &subject, osdb_scratch_new(&arena, db), &result);
    naive_match(naive_new(&arena, tree), &subject, &naive);
    if (memcmp(&result, &naive, sizeof result) != 0)
        abort();
    if (osdb_classes(db, &result, classes, &n_perfect) < n_perfect || result.n < result.n_perfect)
        abort();
    arena_fini(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (int quirks = QUIRKS_NONE; quirks <= QUIRKS_7991; quirks++)
        load_and_match(span_of(data, size), (enum quirks)quirks);
    return 0;
}
