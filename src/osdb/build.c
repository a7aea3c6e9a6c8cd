// SPDX-License-Identifier: Apache-2.0
#include "osdb/osdb.h"

enum err osdb_build(struct arena *run, const struct osdb_tree *tree, const struct osdb **out)
{
    struct arena scratch;
    struct span block;
    arena_init(&scratch, "compiling OS databases");
    enum err e = osdb_compile(run, &scratch, tree, &block);
    arena_fini(&scratch);
    if (e == ERR_OK)
        e = osdb_open(run, block, out, NULL);
    return e;
}
