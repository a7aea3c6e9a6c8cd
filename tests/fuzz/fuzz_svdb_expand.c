// SPDX-License-Identifier: Apache-2.0
// Any templates over any answer: up to the first line feed templates, the rest is the answer.
// Fields are printable, within their lengths and without blanks at the end.
#include <stdlib.h>

#include "base/buf.h"
#include "svdb/svdb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct span s, size_t max)
{
    if (s.ptr && (s.len == 0 || s.len > max || s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == ','))
        abort();
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < 0x20 || s.ptr[i] > 0x7E)
            abort();
}

static void expand(struct arena *arena, const struct svdb *db, struct span response)
{
    struct svdb_hit hit;
    struct svdb_fields f;
    if (!svdb_find(db, 0, response, svdb_scratch_new(arena, db), &hit))
        return;
    svdb_expand(arena, db, &hit, &f);
    check(f.product, 79);
    check(f.version, 79);
    check(f.extra, 255);
    check(f.hostname, 79);
    check(f.os, 31);
    check(f.device, 31);
    for (int i = 0; i < 3; i++) {
        check(f.cpe[i], 79);
        if (f.cpe[i].ptr && !span_starts(f.cpe[i], SPAN("cpe:/")))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char head[] = "Probe TCP NULL q||\nmatch s m=^(..?)(.*?)(\\d*)(x)?(.*)$=s ";
    struct arena arena;
    const struct svdb *db;
    struct buf b;
    struct span response = span_of(data, size);
    const struct span templates = span_cut(&response, '\n');
    arena_init(&arena, "fuzz");
    const size_t cap = sizeof head + templates.len;
    buf_init(&b, arena_alloc(&arena, cap), cap);
    buf_str(&b, head);
    buf_bytes(&b, templates);
    struct svdb_tree *tree = svdb_tree_new(&arena);
    (void)svdb_tree_add(tree, "a", buf_span(&b), NULL, NULL);
    if (svdb_build(&arena, tree, &db) != ERR_OK)
        abort();
    if (svdb_n_rules(db) == 1)
        expand(&arena, db, response);
    svdb_close(db);
    arena_fini(&arena);
    return 0;
}
