// SPDX-License-Identifier: Apache-2.0
// Any bytes as a database, in all modes and as one of either generation: loading ends, what is
// loaded can be matched, and the places of errors lie inside of the text.
#include <stdlib.h>

#include "naive/osdb_naive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char subject_text[] =
    "SEQ(SP=26%GCD=FA00%TI=I)\nOPS(O1=M5B4%O2=M5B4ST11%O3=%O4=M1%O5=M%O6=W7)\n"
    "T1(R=Y%DF=Y%T=40%S=O%A=S+%F=AS%RD=0%Q=)\nT2(R=N)\nU1(R=Y%IPL=164%UN=0)\nIE(R=N)\n";

static const char first_text[] =
    "TSeq(Class=TD%gcd=1%SI=4A%IPID=I%TS=U)\nT1(Resp=Y%DF=Y%W=16A0%ACK=S++%Flags=AS%Ops=MNNTNW)\n"
    "T2(Resp=N)\nT5(Resp=Y%DF=N%W=0%ACK=O%Flags=AR%Ops=)\nPU(Resp=Y%DF=N%TOS=C0%IPLEN=164%UCK=F)\n";

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
static void load_and_match(struct span text, enum osdb_gen gen, enum quirks quirks)
{
    struct arena arena;
    const struct span asked = span_str(gen == OSDB_FIRST ? first_text : subject_text);
    struct osdb_subject subject;
    static struct osdb_result result, naive;
    struct osdb_class_match classes[LIMIT_OS_MATCHES];
    uint32_t n_perfect = 0;
    arena_init(&arena, "fuzz");
    struct osdb_tree *tree =
        gen == OSDB_SECOND ? osdb_tree_new(&arena, quirks) : osdb_tree_of(&arena, gen);
    osdb_tree_add(tree, "a", text, check_place, &text.len);
    osdb_tree_add(tree, "b", text, check_place, &text.len);
    const struct osdb *db = compiled(&arena, tree);
    if (osdb_subject_parse(asked, &subject, NULL) != ERR_OK)
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
        load_and_match(span_of(data, size), OSDB_SECOND, (enum quirks)quirks);
    load_and_match(span_of(data, size), OSDB_FIRST, QUIRKS_NONE);
    load_and_match(span_of(data, size), OSDB_NATIVE, QUIRKS_NONE);
    return 0;
}
