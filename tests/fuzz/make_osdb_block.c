// SPDX-License-Identifier: Apache-2.0
// One block of the present layout for the corpus of fuzz_osdb_block:
//   make_osdb_block DATABASE OUT
// script/block-corpus calls it for each file there.
#include <stdio.h>

#include "base/limits.h"
#include "osdb/osdb.h"

static int fail(const char *what)
{
    perror(what);
    return 1;
}

int main(int argc, char **argv)
{
    struct arena arena, scratch;
    struct span block;
    if (argc != 3)
        return 2;
    FILE *in = fopen(argv[1], "rb");
    if (!in)
        return fail(argv[1]);
    arena_init(&arena, "corpus");
    arena_init(&scratch, "corpus");
    char *text = arena_alloc(&arena, LIMIT_DB_FILE);
    const size_t n = fread(text, 1, LIMIT_DB_FILE, in);
    fclose(in);
    struct osdb_tree *tree = osdb_tree_new(&arena, QUIRKS_NONE);
    osdb_tree_add(tree, "file", span_of(text, n), NULL, NULL); // broken lines go in as such
    if (osdb_compile(&arena, &scratch, tree, &block) != ERR_OK)
        return 1;
    FILE *out = fopen(argv[2], "wb");
    if (!out)
        return fail(argv[2]);
    const bool is_written = fwrite(block.ptr, 1, block.len, out) == block.len;
    if (fclose(out) != 0 || !is_written)
        return fail(argv[2]);
    arena_fini(&scratch);
    arena_fini(&arena);
    return 0;
}
